using System.Data.Common;
using System.Globalization;
using Dapper;
using PnlPipeline.Domain.Alerts;
using PnlPipeline.Domain.Prices;
using PnlPipeline.Domain.Statistics;

namespace PnlPipeline.Query.Api.Prices;

/// <summary>
/// The SQL of prices. They come from three places: alerts that are nothing but prices, every alert of the log that is
/// not voided, and the exits of recorded trades. Static: who asks has a connection, and a snapshot where it wants one.
/// </summary>
public static class PriceReader
{
    private const int RangesPerStatement = 200;

    /// <summary>A range of instants of a symbol, both ends included; Unix milliseconds.</summary>
    public readonly record struct SymbolRange(string Symbol, long From, long To);

    /// <summary>The newest price of each of these symbols; a symbol without one is not there.</summary>
    public static async Task<IReadOnlyDictionary<string, PricePoint>> NewestAsync(
        DbConnection connection,
        IReadOnlyCollection<string> symbols
    )
    {
        if (symbols.Count == 0)
            return new Dictionary<string, PricePoint>();

        // Of each stream, and of each symbol, the end of an index; then what else there is at that instant. The index
        // and the order are given: of a table that has grown since its statistics were made, the server would read all
        // of a stream.
        var rows = await connection.QueryAsync<(string Symbol, DateTime Time, AlertId Id, decimal Price)>(
            """
            SELECT s.symbol, a.timestamp, a.alert_id, a.price
              FROM streams s
              STRAIGHT_JOIN LATERAL (
                SELECT timestamp FROM alerts FORCE INDEX (PRIMARY) WHERE stream_id = s.stream_id AND voided_at IS NULL
                 ORDER BY stream_id DESC, timestamp DESC LIMIT 1) newest
              STRAIGHT_JOIN alerts a FORCE INDEX (PRIMARY) ON a.stream_id = s.stream_id AND a.timestamp = newest.timestamp AND a.voided_at IS NULL
             WHERE s.symbol IN @symbols
             UNION ALL
            SELECT s.symbol, t.exit_time, t.trade_id, t.exit_price
              FROM streams s
              STRAIGHT_JOIN LATERAL (
                SELECT exit_time FROM trades FORCE INDEX (trades_exit) WHERE stream_id = s.stream_id AND exit_reason = 'recorded'
                 ORDER BY stream_id DESC, exit_time DESC LIMIT 1) newest
              STRAIGHT_JOIN trades t ON t.stream_id = s.stream_id AND t.exit_time = newest.exit_time AND t.exit_reason = 'recorded'
             WHERE s.symbol IN @symbols AND s.has_recorded
             UNION ALL
            SELECT s.symbol, p.timestamp, p.alert_id, p.price
              FROM (SELECT DISTINCT symbol FROM streams WHERE symbol IN @symbols) s
              STRAIGHT_JOIN LATERAL (
                SELECT timestamp FROM prices FORCE INDEX (PRIMARY) WHERE symbol = s.symbol ORDER BY symbol DESC, timestamp DESC LIMIT 1) newest
              STRAIGHT_JOIN prices p ON p.symbol = s.symbol AND p.timestamp = newest.timestamp
            """,
            new { symbols }
        );
        var newest = new Dictionary<string, PricePoint>(StringComparer.Ordinal);
        foreach (var (symbol, time, id, price) in rows)
        {
            var point = new PricePoint(time.ToUnixMilliseconds(), id, price);
            if (!newest.TryGetValue(symbol, out var known) || point.IsNewerThan(known))
                newest[symbol] = point;
        }

        return newest;
    }

    /// <summary>Every price in these ranges, in no order; of several at one instant all.</summary>
    /// <param name="take">Is given each with the position of its range, and says whether to go on.</param>
    public static async Task ReadAsync(
        DbConnection connection,
        IReadOnlyList<SymbolRange> ranges,
        Func<int, PricePoint, bool> take,
        CancellationToken cancellationToken
    )
    {
        var symbols = ranges.Select(range => range.Symbol).Distinct(StringComparer.Ordinal).ToList();
        if (symbols.Count == 0)
            return;
        var streams = (
            await connection.QueryAsync<(long Id, string Symbol, bool HasRecorded)>(
                "SELECT stream_id, symbol, has_recorded FROM streams WHERE symbol IN @symbols",
                new { symbols }
            )
        ).ToLookup(stream => stream.Symbol, StringComparer.Ordinal);
        var parts = ranges.SelectMany(
            (range, i) =>
                streams[range.Symbol]
                    .SelectMany(stream => OfStream(stream.Id, stream.HasRecorded, range, i))
                    .Append(OfSymbol(symbols.IndexOf(range.Symbol), range, i))
        );
        foreach (var some in parts.Chunk(RangesPerStatement))
        {
            await using var command = connection.CreateCommand();
            command.CommandText = string.Join("\n UNION ALL ", some);
            foreach (var (i, symbol) in symbols.Index())
            {
                var parameter = command.CreateParameter();
                (parameter.ParameterName, parameter.Value) = ($"s{i}", symbol);
                command.Parameters.Add(parameter);
            }

            await using var rows = await command.ExecuteReaderAsync(cancellationToken);
            while (await rows.ReadAsync(cancellationToken))
            {
                var point = new PricePoint(
                    rows.GetDateTime(1).ToUnixMilliseconds(),
                    new AlertId((byte[])rows.GetValue(2)),
                    rows.GetDecimal(3)
                );
                if (!take(rows.GetInt32(0), point))
                    return;
            }
        }
    }

    // Numbers and times of our own. Standing there as such, they make a range of the primary key; joined, they would
    // not.
    private static IEnumerable<string> OfStream(long streamId, bool hasRecorded, SymbolRange range, int i)
    {
        yield return $"SELECT {i}, timestamp, alert_id, price FROM alerts WHERE stream_id = {streamId} AND timestamp "
            + $"{Between(range)} AND voided_at IS NULL";
        if (hasRecorded)
            yield return $"SELECT {i}, exit_time, trade_id, exit_price FROM trades WHERE stream_id = {streamId} AND "
                + $"exit_time {Between(range)} AND exit_reason = 'recorded'";
    }

    private static string OfSymbol(int symbol, SymbolRange range, int i) =>
        $"SELECT {i}, timestamp, alert_id, price FROM prices WHERE symbol = @s{symbol} AND timestamp {Between(range)}";

    private static string Between(SymbolRange range) => $"BETWEEN '{Text(range.From)}' AND '{Text(range.To)}'";

    private static string Text(long time) =>
        UnixTime.FromUnixMilliseconds(time).ToString("yyyy-MM-dd HH:mm:ss.fff", CultureInfo.InvariantCulture);
}
