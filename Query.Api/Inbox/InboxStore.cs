using System.Data;
using System.Globalization;
using Dapper;
using Microsoft.EntityFrameworkCore;
using PnlPipeline.Contracts;
using PnlPipeline.Database;
using PnlPipeline.Domain.Inbox;
using PnlPipeline.Query.Api.Access;
using PnlPipeline.Query.Api.Http;

namespace PnlPipeline.Query.Api.Inbox;

/// <summary>
/// Reads what the workers found, the last found first, and takes out what somebody looked at. It costs what is shown,
/// not what there is.
/// </summary>
public sealed class InboxStore(MySqlDatabase database, TimeProvider clock)
{
    /// <summary>Of one kind: past it nobody counts.</summary>
    private const int CountedMax = 1_000;

    private static readonly string Counts = string.Join(
        "\nUNION ALL ",
        // Down the index inbox_items_open_kind, and no further than it counts.
        InboxWording.Kinds.Select(kind =>
            $"SELECT '{kind}' AS kind, COUNT(*) AS open FROM (SELECT 1 FROM inbox_items WHERE dismissed_at IS NULL "
            + $"AND kind = '{kind}' LIMIT {CountedMax}) of_kind"
        )
    );

    public async Task<InboxPage> ListAsync(
        IReadOnlyList<string> kinds,
        IReadOnlyList<string> symbols,
        InboxPosition? after,
        int limit,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        var rows = await connection.QueryAsync<Row>(
            new CommandDefinition(
                $"""
                SELECT i.item_id, i.kind, i.cause, COALESCE(a.timestamp, i.since) AS since, i.found_at, i.detail,
                       s.symbol, s.timeframe, NULLIF(s.strategy, '') AS strategy, i.batch_id, b.name AS batch_name,
                       a.direction, a.price, f.repaired_at
                  FROM (SELECT * FROM inbox_items WHERE dismissed_at IS NULL
                          {(kinds.Count > 0 ? "AND kind IN @kinds" : "")}
                          {(
                    symbols.Count > 0
                        ? "AND stream_id IN (SELECT stream_id FROM streams WHERE symbol IN @symbols)"
                        : ""
                )}
                          {(after is null ? "" : "AND item_id < @before")}
                         ORDER BY item_id DESC LIMIT @count) i
                  LEFT JOIN streams s ON s.stream_id = i.stream_id
                  LEFT JOIN batches b ON b.batch_id = i.batch_id
                  LEFT JOIN alerts a ON i.kind IN ('unmatched', 'repeated') AND a.alert_id = UNHEX(i.cause)
                  LEFT JOIN book_findings f ON i.kind = 'check' AND f.finding_id = CAST(i.cause AS UNSIGNED)
                 ORDER BY i.item_id DESC
                """,
                new
                {
                    kinds,
                    symbols,
                    before = after?.Id,
                    count = limit + 1,
                },
                cancellationToken: cancellationToken
            )
        );
        var counts = await connection.QueryAsync<(string Kind, long Open)>(
            new CommandDefinition(Counts, cancellationToken: cancellationToken)
        );
        var page = Page.Of(rows.AsList(), limit, row => new InboxPosition(row.ItemId));
        return new InboxPage(
            [.. page.Items.Select(row => row.ToItem())],
            page.Cursor,
            counts.ToDictionary(one => one.Kind, one => (int)one.Open, StringComparer.Ordinal)
        );
    }

    /// <returns>Whether there is such an item; also where it was dismissed before.</returns>
    public async Task<bool> DismissAsync(Author by, long id, CancellationToken cancellationToken)
    {
        await using var db = await PnlDb.OpenAsync(database, cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(
            IsolationLevel.ReadCommitted,
            cancellationToken
        );
        var now = clock.GetDatabaseTime();
        var item = await db
            .Database.SqlQuery<Found>($"SELECT kind AS Kind, cause AS Cause FROM inbox_items WHERE item_id = {id}")
            .SingleOrDefaultAsync(cancellationToken);
        if (item is null)
            return false;
        var dismissed = await db.Database.ExecuteSqlAsync(
            $"UPDATE inbox_items SET dismissed_at = {now} WHERE item_id = {id} AND dismissed_at IS NULL",
            cancellationToken
        );
        if (dismissed == 0)
            return true;
        db.Add(
            AuditTrail.Entry(
                by,
                now,
                AuditActions.InboxDismiss,
                string.Create(CultureInfo.InvariantCulture, $"inbox/{id}"),
                item
            )
        );
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    /// <summary>All of these kinds, or of any where none is named, up to an item.</summary>
    public async Task<int> DismissAsync(
        Author by,
        IReadOnlyList<string> kinds,
        long upTo,
        CancellationToken cancellationToken
    )
    {
        await using var db = await PnlDb.OpenAsync(database, cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(
            IsolationLevel.ReadCommitted,
            cancellationToken
        );
        var (now, names) = (clock.GetDatabaseTime(), string.Join(',', kinds));
        var count = await db.Database.ExecuteSqlAsync(
            $"UPDATE inbox_items SET dismissed_at = {now} WHERE dismissed_at IS NULL AND item_id <= {upTo} AND ({names} = '' OR FIND_IN_SET(kind, {names}))",
            cancellationToken
        );
        if (count > 0)
        {
            db.Add(
                AuditTrail.Entry(
                    by,
                    now,
                    AuditActions.InboxDismiss,
                    "inbox",
                    new
                    {
                        kinds,
                        upTo,
                        count,
                    }
                )
            );
            await db.SaveChangesAsync(cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        return count;
    }

    private sealed record Found(string Kind, string Cause);

    private sealed record Row
    {
        public long ItemId { get; init; }

        public string Kind { get; init; } = "";

        public string Cause { get; init; } = "";

        public DateTime Since { get; init; }

        public DateTime FoundAt { get; init; }

        public string? Detail { get; init; }

        public string? Symbol { get; init; }

        public string? Timeframe { get; init; }

        public string? Strategy { get; init; }

        public long? BatchId { get; init; }

        public string? BatchName { get; init; }

        public string? Direction { get; init; }

        public decimal? Price { get; init; }

        public DateTime? RepairedAt { get; init; }

        public InboxItem ToItem()
        {
            var facts = new InboxFacts(
                Kind,
                Cause,
                Since,
                Symbol,
                Timeframe,
                Strategy,
                BatchName,
                Direction,
                Price,
                Detail,
                RepairedAt
            );
            var (what, meaning, action) = InboxWording.Of(facts);
            return new InboxItem(
                ItemId,
                Kind,
                Since,
                FoundAt,
                Symbol,
                Timeframe,
                Strategy,
                BatchId,
                InboxCause.Of(facts),
                what,
                meaning,
                action
            );
        }
    }
}
