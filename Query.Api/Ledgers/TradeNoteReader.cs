using Dapper;
using PnlPipeline.Database;
using PnlPipeline.Domain.Alerts;
using PnlPipeline.Domain.Trades;
using PnlPipeline.Query.Api.Http;

namespace PnlPipeline.Query.Api.Ledgers;

/// <summary>What is written down of a trade.</summary>
/// <param name="Tags">In ordinal order.</param>
/// <param name="Note">Plain text; empty for none.</param>
public sealed record TradeNote(IReadOnlyList<string> Tags, string Note)
{
    public static readonly TradeNote None = new([], "");
}

/// <summary>A tag in any letter case; read as it is kept.</summary>
public sealed class TagTextAttribute : TextFormatAttribute
{
    public override bool TryRead(string text, out object? value, out string error)
    {
        var isRead = NoteRules.TryParseTag(text, out var tag, out error);
        value = tag;
        return isRead;
    }
}

/// <summary>Reads tags and notes of trades, whatever batch.</summary>
public sealed class TradeNoteReader(MySqlDatabase database)
{
    /// <summary>Changes with every change of any note or tag.</summary>
    public async Task<long> RevisionAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        return await connection.ExecuteScalarAsync<long>(
            "SELECT CAST(COALESCE(SUM(revision), 0) AS SIGNED) FROM trade_notes"
        );
    }

    /// <summary>The trades that have one of these tags.</summary>
    public async Task<IReadOnlySet<AlertId>> TaggedAsync(
        IReadOnlyList<string> tags,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        return (
            await connection.QueryAsync<AlertId>("SELECT trade_id FROM trade_tags WHERE tag IN @tags", new { tags })
        ).ToHashSet();
    }

    /// <summary>The tags of every trade that has any.</summary>
    public async Task<IReadOnlyDictionary<AlertId, IReadOnlyList<string>>> TagsAsync(
        CancellationToken cancellationToken
    )
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        var rows = await connection.QueryAsync<(AlertId TradeId, string Tag)>(
            "SELECT trade_id, tag FROM trade_tags ORDER BY trade_id, tag"
        );
        return rows.GroupBy(row => row.TradeId, row => row.Tag)
            .ToDictionary(tags => tags.Key, tags => (IReadOnlyList<string>)[.. tags]);
    }

    /// <summary>What is written down of these trades; those of which nothing is are not there.</summary>
    /// <param name="trades">Their ids, as they are printed.</param>
    public async Task<IReadOnlyDictionary<string, TradeNote>> ReadAsync(
        IEnumerable<string> trades,
        CancellationToken cancellationToken
    )
    {
        var ids = trades.Select(id => AlertId.Parse(id).ToByteArray()).ToList();
        if (ids.Count == 0)
            return new Dictionary<string, TradeNote>();
        await using var connection = await database.OpenAsync(cancellationToken);
        var rows = await connection.QueryAsync<(AlertId TradeId, string Note, string? Tag)>(
            """
            SELECT n.trade_id, n.note, t.tag
              FROM trade_notes n LEFT JOIN trade_tags t ON t.trade_id = n.trade_id
             WHERE n.trade_id IN @ids AND (n.note <> '' OR t.tag IS NOT NULL)
            """,
            new { ids }
        );
        return rows.GroupBy(row => row.TradeId)
            .ToDictionary(
                one => one.Key.ToString(),
                one => new TradeNote(
                    [.. one.Select(row => row.Tag).OfType<string>().Order(StringComparer.Ordinal)],
                    one.First().Note
                ),
                StringComparer.Ordinal
            );
    }
}
