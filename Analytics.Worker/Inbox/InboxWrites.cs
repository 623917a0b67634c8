using System.Data.Common;
using System.Globalization;
using Dapper;
using PnlPipeline.Contracts;
using PnlPipeline.Database;
using PnlPipeline.Domain.Alerts;
using PnlPipeline.Domain.Trades;

namespace PnlPipeline.Analytics.Worker.Inbox;

/// <summary>Something that wants a look.</summary>
/// <param name="Kind">As the table has it.</param>
/// <param name="Cause">The id of what it comes of.</param>
/// <param name="Since">UTC: the instant it speaks of.</param>
internal sealed record InboxItem(
    string Kind,
    string Cause,
    DateTime Since,
    long? StreamId = null,
    long? BatchId = null,
    string? Detail = null
);

/// <summary>
/// Writes what wants a look, in the transaction of what caused it: both are there, or neither. The same cause is there
/// once.
/// </summary>
internal static class InboxWrites
{
    private const int MaxDetailLength = 1_000;
    private const int MaxInStatement = 1_000;

    /// <summary>An exit that closed no trade. Of a file it is history, and the import's preview has said so.</summary>
    public const string Unmatched = "unmatched";

    /// <summary>The entries that came while a trade in their direction was open: one a trade.</summary>
    public const string Repeated = "repeated";

    public const string Rejected = "rejected";
    public const string Failed = "failed";
    public const string Inactive = "inactive";
    public const string Check = "check";

    /// <summary>The alerts of a stream whose time and arrival differ: one a stream.</summary>
    public const string Late = "late";

    public const string Undelivered = "undelivered";

    /// <summary>What these streams' alerts came to, for the statements that pairing sends together.</summary>
    /// <param name="received">The alerts that are new, by their ids.</param>
    /// <param name="now">UTC, whole milliseconds.</param>
    /// <param name="isLateKnown">Whether it was said a moment ago that a stream is late.</param>
    /// <param name="lateStreams">Gets those it is said of now.</param>
    public static RowWriter Found(
        IReadOnlyList<StreamPairing> streams,
        IReadOnlyDictionary<AlertId, AlertReceived> received,
        DateTime now,
        TimeSpan lateAfter,
        Predicate<long> isLateKnown,
        List<long> lateStreams
    )
    {
        var rows = Rows();
        foreach (var stream in streams)
        {
            foreach (var item in Of(stream, received, now, lateAfter))
            {
                if (item.Kind == Late)
                {
                    // A script that is always late would else write its row with every alert.
                    if (isLateKnown(stream.Row.StreamId))
                        continue;
                    lateStreams.Add(stream.Row.StreamId);
                }

                Add(rows, item, now);
            }
        }

        return rows;
    }

    /// <summary>What was found by these streams' alerts and trades and is so no longer.</summary>
    public static async Task RemoveAsync(
        DbConnection connection,
        IReadOnlyList<StreamPairing> streams,
        CancellationToken cancellationToken
    )
    {
        await RemoveAsync(
            connection,
            Unmatched,
            streams
                .SelectMany(stream => stream.Changes)
                .SelectMany(changes => changes.Altered)
                .Where(altered => altered.Was == Outcome.Unmatched && altered.Became.Outcome != Outcome.Unmatched)
                .Select(altered => altered.AlertId),
            cancellationToken
        );
        await RemoveAsync(
            connection,
            Repeated,
            streams.SelectMany(stream => stream.Changes).SelectMany(changes => changes.GoneTrades),
            cancellationToken
        );
    }

    /// <summary>Takes out what came of these causes. Without any, nothing is sent.</summary>
    public static async Task RemoveAsync(
        DbConnection connection,
        string kind,
        IEnumerable<AlertId> causes,
        CancellationToken cancellationToken
    )
    {
        foreach (var some in causes.Chunk(MaxInStatement))
        {
            await connection.ExecuteAsync(
                new CommandDefinition(
                    $"DELETE FROM inbox_items WHERE kind = '{kind}' AND cause IN ({string.Join(',', some.Select(id => $"'{id}'"))})",
                    cancellationToken: cancellationToken
                )
            );
        }
    }

    /// <summary>Adds one, within the connection's transaction where it has one.</summary>
    public static async Task AddAsync(
        DbConnection connection,
        InboxItem item,
        DateTime now,
        CancellationToken cancellationToken
    )
    {
        using var rows = Rows();
        Add(rows, item, now);
        await rows.SendAsync(connection, cancellationToken);
    }

    private static IEnumerable<InboxItem> Of(
        StreamPairing stream,
        IReadOnlyDictionary<AlertId, AlertReceived> received,
        DateTime now,
        TimeSpan lateAfter
    )
    {
        var (streamId, bar) = (stream.Row.StreamId, BarLength.Of(stream.Row.Timeframe));
        StreamAlert? late = null;
        AlertId? repeated = null;
        foreach (var (alert, became) in stream.Added)
        {
            if (!received.TryGetValue(alert.AlertId, out var body) || body.Imported)
                continue;
            if (became.Outcome == Outcome.Unmatched && alert.Action == AlertAction.Exit)
                yield return new InboxItem(Unmatched, $"{alert.AlertId}", alert.Position.Timestamp, streamId);
            // Scripts that fire on every bar repeat themselves by the hundred.
            if (became is { Outcome: Outcome.Ignored, TradeId: { } open } && open != repeated)
            {
                repeated = open;
                yield return new InboxItem(Repeated, $"{open}", alert.Position.Timestamp, streamId);
            }

            if (
                alert.Action is AlertAction.Entry or AlertAction.Exit
                && (late is null || late.Position < alert.Position)
                && Lateness.Of(alert.Position.Timestamp, body.ReceivedAt, bar, lateAfter) != TimeSpan.Zero
            )
                late = alert;
        }

        foreach (var (alertId, became, was) in stream.Changes.SelectMany(changes => changes.Altered))
        {
            if (became.Outcome == Outcome.Unmatched && was != Outcome.Unmatched)
                yield return new InboxItem(Unmatched, $"{alertId}", now, streamId);
        }

        if (late is not null)
            yield return new InboxItem(
                Late,
                streamId.ToString(CultureInfo.InvariantCulture),
                late.Position.Timestamp,
                streamId,
                Detail: LateDetail(late.Position.Timestamp, received[late.AlertId].ReceivedAt)
            );
    }

    private static string LateDetail(DateTime timestamp, DateTime receivedAt)
    {
        var minutes = Math.Abs((receivedAt - timestamp).TotalMinutes);
        var length =
            minutes < 120 ? string.Create(CultureInfo.InvariantCulture, $"{minutes:0} minutes")
            : minutes < 48 * 60 ? string.Create(CultureInfo.InvariantCulture, $"{minutes / 60:0} hours")
            : string.Create(CultureInfo.InvariantCulture, $"{minutes / 1_440:0} days");
        return receivedAt > timestamp
            ? $"The newest such alert arrived {length} after the time it names."
            : $"The newest such alert names a time {length} after its arrival.";
    }

    private static RowWriter Rows() =>
        new(
            "INSERT INTO inbox_items (kind, cause, stream_id, batch_id, since, found_at, detail) VALUES ",
            // The newest late alert is the one to speak of. Whatever else came once is as it was.
            """
             AS new ON DUPLICATE KEY UPDATE
              since = IF(inbox_items.kind = 'late', new.since, inbox_items.since), detail = IF(inbox_items.kind = 'late', new.detail, inbox_items.detail)
            """
        );

    private static void Add(RowWriter rows, InboxItem item, DateTime now) =>
        rows.Row()
            .Word(item.Kind)
            .Value(item.Cause)
            .Value(item.StreamId)
            .Value(item.BatchId)
            .Value(item.Since)
            .Value(now)
            .Value(
                item.Detail is { Length: > MaxDetailLength } long_ ? long_[..(MaxDetailLength - 1)] + "…" : item.Detail
            );
}
