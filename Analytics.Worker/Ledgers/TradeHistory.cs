using System.Data.Common;
using System.Globalization;
using Dapper;
using PnlPipeline.Alerts;
using PnlPipeline.Database;

namespace PnlPipeline.Analytics.Worker.Ledgers;

/// <summary>
/// The trades of some streams in the order of a ledger, read from the database as they were at one instant, a window of time after the other: to sort a million of
/// them before the first one comes would take as long as reading them.
/// </summary>
/// <remarks>
/// A window is of entry times, in which order the table keeps each stream's trades: found by exit time, each would cost the server the way through an index and
/// back. What is entered in a window and closes past its end waits for the window of its exit; as a stream has one trade at a time, those are few.
/// </remarks>
/// <param name="connection">Serves nothing else meanwhile.</param>
/// <param name="start">Entered then or later; <c>null</c>: whenever.</param>
/// <param name="from">Closed then or later; <c>null</c>: whenever.</param>
/// <param name="textBytesMax">Of what the server packs of one stream in a window; past it, it would cut the text short. Then the window is read in two.</param>
public sealed class TradeHistory(
    DbConnection connection, IReadOnlyCollection<long> streams, DateTime? start, DateTime? from, int textBytesMax = 4 * 1_024 * 1_024)
{
    // Of each stream in a window. A text of more than 85,000 bytes, which the driver makes anew each time, would be where garbage is not collected soon; with
    // fewer trades a statement costs more than it brings.
    private const int TradesOfStream = 500;
    private const int TradesOfStreamMin = 20;
    private const int TradesMax = 20_000;

    private readonly string _streams = string.Join(", ", streams);
    private byte[] _text = new byte[128 * 1_024];

    /// <summary>Window by window. Synchronous: a way there and back for some thousand trades.</summary>
    public IEnumerable<IReadOnlyList<CountedTrade>> Read()
    {
        // All windows see the trades as they were when the first was read.
        connection.Execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ; START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY");
        var open = ReadOutOfTurn();
        if (FindEntries() is var (first, last))
        {
            if (from > first)
                first = from.Value;
            var wanted = Math.Max(Math.Min(TradesOfStream * streams.Count, TradesMax), TradesOfStreamMin * streams.Count);
            var width = TimeSpan.FromTicks((last - first).Ticks / 50);
            for (var begin = first; begin <= last;)
            {
                width = width < MinWidth ? MinWidth : width;
                // Past the last one, whatever the arithmetic of times has left over.
                var end = last - begin < width ? last + MinWidth : WholeMilliseconds(begin + width);
                if (Read(begin, end) is not { } entered)
                {
                    if (end - begin <= MinWidth)
                        throw new InvalidOperationException($"More trades of one stream are entered at {begin:O} than can be read at once.");
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
        connection.Execute("COMMIT");
    }

    private static TimeSpan MinWidth => TimeSpan.FromMilliseconds(1);

    // As times are stored.
    private static DateTime WholeMilliseconds(DateTime time) => new(time.Ticks / TimeSpan.TicksPerMillisecond * TimeSpan.TicksPerMillisecond, DateTimeKind.Utc);

    // From the ends of the table's own order, from stream to stream: by grouping alone does the server skip what lies between. Asked for the first and the last of each by
    // order, it took all streams to be short where most were, and read and sorted each whole.
    private (DateTime First, DateTime Last)? FindEntries()
    {
        var (first, last) = connection.QuerySingle<(DateTime?, DateTime?)>(new CommandDefinition(
            $"""
             SELECT MIN(ends.first), MAX(ends.last) FROM (
               SELECT MIN(t.entry_time) AS first, MAX(t.entry_time) AS last FROM trades t FORCE INDEX (PRIMARY)
               WHERE t.stream_id IN ({_streams}) GROUP BY t.stream_id) AS ends
             """,
            flags: CommandFlags.NoCache));
        if (first is null || last is null)
            return null;
        return (start > first ? start.Value : Utc(first.Value), Utc(last.Value));
    }

    private static DateTime Utc(DateTime time) => DateTime.SpecifyKind(time, DateTimeKind.Utc);

    /// <summary>
    /// What no window of entry times would bring in its turn: entered before the time that is asked for and closed after it; and what closed before it was entered, which only
    /// a change by hand leaves behind.
    /// </summary>
    private List<CountedTrade> ReadOutOfTurn()
    {
        var least = Literal(from ?? CountedTrades.Ever);
        using var command = CommandOf(
            $"""
             SELECT {CountedTrades.Columns} FROM trades t FORCE INDEX (trades_exit)
             WHERE t.stream_id IN ({_streams}) AND {CountedTrades.TradeRule}
               AND t.exit_time >= '{least}' AND (t.entry_time < '{least}' OR t.entry_time > t.exit_time)
             """);
        using var reader = command.ExecuteReader();
        return CountedTrades.ReadAll(reader);
    }

    // Null where they are more than the texts hold.
    private List<CountedTrade>? Read(DateTime begin, DateTime end)
    {
        using var command = CommandOf(
            $"""
             SELECT /*+ SET_VAR(group_concat_max_len = {textBytesMax}) */
                    t.stream_id, COUNT(*), CAST(GROUP_CONCAT({PackedTrade.Expression} SEPARATOR '{PackedTrade.Separator}') AS BINARY)
             FROM trades t FORCE INDEX (PRIMARY)
             WHERE t.stream_id IN ({_streams}) AND {CountedTrades.TradeRule}
               AND t.entry_time >= '{Literal(begin)}' AND t.entry_time < '{Literal(end)}' AND t.entry_time <= t.exit_time
             GROUP BY t.stream_id
             """);
        var trades = new List<CountedTrade>();
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            var (streamId, count, length) = (reader.GetInt64(0), reader.GetInt64(1), (int)reader.GetBytes(2, 0, null, 0, 0));
            if (length >= textBytesMax)
                return null;
            if (_text.Length < length)
                _text = new byte[length * 2];
            reader.GetBytes(2, 0, _text, 0, length);
            var before = trades.Count;
            PackedTrade.Read(_text.AsSpan(0, length), streamId, trades);
            if (trades.Count - before != count)
                throw new InvalidOperationException($"Of {count} trades of stream {streamId} the server packed {trades.Count - before}.");
        }

        return trades;
    }

    private DbCommand CommandOf(string sql)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        var parameter = command.CreateParameter();
        (parameter.ParameterName, parameter.Value) = ("start", start ?? CountedTrades.Ever);
        command.Parameters.Add(parameter);
        return command;
    }

    // Numbers and times of our own are safe as literals.
    private static string Literal(DateTime time) => time.ToString("yyyy-MM-dd HH:mm:ss.fff", CultureInfo.InvariantCulture);

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
