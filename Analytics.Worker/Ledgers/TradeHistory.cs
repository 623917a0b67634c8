using System.Data.Common;
using System.Globalization;
using System.Runtime.CompilerServices;
using Dapper;
using PnlPipeline.Domain.Accounts;

namespace PnlPipeline.Analytics.Worker.Ledgers;

/// <summary>
/// The trades of some streams in the order of a ledger, read from the database as they were at one instant, a window of
/// time after the other: to sort a million of them before the first one comes would take as long as reading them.
/// </summary>
/// <remarks>
/// A window is of entry times, in which order the table keeps each stream's trades: found by exit time, each would cost
/// the server the way through an index and back. What is entered in a window and closes past its end waits for the
/// window of its exit; as a stream has one trade at a time, those are few.
/// </remarks>
/// <param name="connection">Serves nothing else meanwhile.</param>
/// <param name="start">Entered then or later; <c>null</c>: whenever.</param>
/// <param name="from">Closed then or later; <c>null</c>: whenever.</param>
/// <param name="tradesMax">In a window; of those that were entered at one instant there may be more. Where more come,
/// after years of few, the window is read again in two.</param>
public sealed class TradeHistory(
    DbConnection connection,
    IReadOnlyCollection<long> streams,
    DateTime? start,
    DateTime? from,
    int tradesMax = 100_000
)
{
    // With fewer in a window a statement costs more than it brings.
    private const int WantedOfStream = 20;

    private readonly string _streams = string.Join(", ", streams);

    /// <summary>Window by window.</summary>
    public async IAsyncEnumerable<IReadOnlyList<CountedTrade>> ReadAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        // All windows see the trades as they were when the first was read.
        await connection.ExecuteAsync(
            new CommandDefinition(
                "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ; START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY",
                cancellationToken: cancellationToken
            )
        );
        var open = await ReadOutOfTurnAsync(cancellationToken);
        if (await FindEntriesAsync(cancellationToken) is var (first, last))
        {
            if (from > first)
                first = from.Value;
            var wanted = Math.Max(tradesMax / 5, WantedOfStream * streams.Count);
            var width = TimeSpan.FromTicks((last - first).Ticks / 50);
            for (var begin = first; begin <= last; )
            {
                width = width < MinWidth ? MinWidth : width;
                // Past the last one, whatever the arithmetic of times has left over.
                var end = last - begin < width ? last + MinWidth : WholeMilliseconds(begin + width);
                var entered = await ReadAsync(begin, end, cancellationToken);
                if (entered.Count > tradesMax && end - begin > MinWidth)
                {
                    width = (end - begin) / 2;
                    continue;
                }

                open.AddRange(entered);
                if (TakeClosed(open, end) is { Count: > 0 } closed)
                    yield return closed;
                begin = end;
                width *= Math.Clamp((double)wanted / Math.Max(1, entered.Count), 0.2, 5);
            }
        }

        if (TakeClosed(open, DateTime.MaxValue) is { Count: > 0 } rest)
            yield return rest;
        await connection.ExecuteAsync(new CommandDefinition("COMMIT", cancellationToken: cancellationToken));
    }

    private static TimeSpan MinWidth => TimeSpan.FromMilliseconds(1);

    // As times are stored.
    private static DateTime WholeMilliseconds(DateTime time) =>
        new(time.Ticks / TimeSpan.TicksPerMillisecond * TimeSpan.TicksPerMillisecond, DateTimeKind.Utc);

    // From the ends of the table's own order, from stream to stream: by grouping alone does the server skip what lies
    // between. Asked for the first and the last of each by order, it took all streams to be short where most were, and
    // read and sorted each whole.
    private async Task<(DateTime First, DateTime Last)?> FindEntriesAsync(CancellationToken cancellationToken)
    {
        var (first, last) = await connection.QuerySingleAsync<(DateTime?, DateTime?)>(
            new CommandDefinition(
                $"""
                SELECT MIN(ends.first), MAX(ends.last) FROM (
                  SELECT MIN(t.entry_time) AS first, MAX(t.entry_time) AS last FROM trades t FORCE INDEX (PRIMARY)
                  WHERE t.stream_id IN ({_streams}) GROUP BY t.stream_id) AS ends
                """,
                cancellationToken: cancellationToken,
                flags: CommandFlags.NoCache
            )
        );
        if (first is null || last is null)
            return null;
        return (start > first ? start.Value : first.Value, last.Value);
    }

    /// <summary>
    /// What no window of entry times would bring in its turn: entered before the time that is asked for and closed
    /// after it; and what closed before it was entered, which only a change by hand leaves behind.
    /// </summary>
    private Task<List<CountedTrade>> ReadOutOfTurnAsync(CancellationToken cancellationToken)
    {
        var least = Literal(from ?? CountedTrades.Ever);
        return CountedTrades.ReadAsync(
            connection,
            $"""
            SELECT {CountedTrades.Columns} FROM trades t FORCE INDEX (trades_exit)
            WHERE t.stream_id IN ({_streams}) AND {CountedTrades.TradeRule}
              AND t.exit_time >= '{least}' AND (t.entry_time < '{least}' OR t.entry_time > t.exit_time)
            """,
            new { start = start ?? CountedTrades.Ever },
            cancellationToken
        );
    }

    private Task<List<CountedTrade>> ReadAsync(DateTime begin, DateTime end, CancellationToken cancellationToken) =>
        CountedTrades.ReadAsync(
            connection,
            $"""
            SELECT {CountedTrades.Columns} FROM trades t FORCE INDEX (PRIMARY)
            WHERE t.stream_id IN ({_streams}) AND {CountedTrades.TradeRule}
              AND t.entry_time >= '{Literal(begin)}' AND t.entry_time < '{Literal(end)}' AND t.entry_time <= t.exit_time
            {(end - begin > MinWidth ? $"LIMIT {tradesMax + 1}" : "")}
            """,
            new { start = start ?? CountedTrades.Ever },
            cancellationToken
        );

    // Numbers and times of our own are safe as literals.
    private static string Literal(DateTime time) =>
        time.ToString("yyyy-MM-dd HH:mm:ss.fff", CultureInfo.InvariantCulture);

    /// <summary>Takes those out that close before a time, in the order of a ledger.</summary>
    private static List<CountedTrade> TakeClosed(List<CountedTrade> open, DateTime before)
    {
        var closed = open.FindAll(trade => trade.ExitTime < before);
        if (closed.Count == open.Count)
            open.Clear();
        else
            open.RemoveAll(trade => trade.ExitTime < before);
        closed.Sort((one, other) => LedgerPosition.Of(one).CompareTo(LedgerPosition.Of(other)));
        return closed;
    }
}
