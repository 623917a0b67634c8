using System.Data;
using System.Data.Common;
using Dapper;
using PnlPipeline.Database;
using PnlPipeline.Domain.Alerts;
using PnlPipeline.Domain.Statistics;
using PnlPipeline.Query.Api.Http;
using PnlPipeline.Query.Api.Ledgers;

namespace PnlPipeline.Query.Api.Log;

/// <summary>Which alerts are wanted; an empty list lets all through.</summary>
/// <param name="From">Timestamps at or after it.</param>
/// <param name="To">Timestamps before it.</param>
public sealed record AlertQuery(
    IReadOnlyList<string> Outcomes,
    IReadOnlyList<string> Symbols,
    IReadOnlyList<string> Timeframes,
    IReadOnlyList<string> Strategies,
    DateTime? From,
    DateTime? To,
    AlertStore.Position? After,
    int Count
);

/// <summary>This room's SQL: alerts, newest first.</summary>
public sealed class AlertStore(MySqlDatabase database)
{
    private const int StreamsPerStatement = 200;

    private const string Columns = """
        a.alert_id, s.symbol, s.timeframe, NULLIF(s.strategy, '') AS strategy, a.action, a.direction, a.side, a.type, a.price, a.closeonflip, a.timestamp, a.precedence,
        a.received_at, a.outcome, a.trade_id, a.closed_trade_id
        """;

    private const string NewestFirst = "ORDER BY a.timestamp DESC, a.precedence DESC, a.alert_id DESC LIMIT @Count";

    /// <summary>A place in the list.</summary>
    public sealed record Position(DateTime Timestamp, int Precedence, AlertId AlertId) : IPosition<Position>
    {
        private const char Kind = 'a';

        public static Position? Read(string cursor) =>
            Cursor.TryRead(cursor, Kind) is [var time, ("0" or "1") and var precedence, var id]
            && UnixTime.TryParse(time, out var timestamp)
            && AlertId.TryParse(id, out var alertId)
                ? new Position(timestamp, precedence == "1" ? 1 : 0, alertId)
                : null;

        public string ToCursor() => Cursor.Write(Kind, Timestamp.ToUnixMilliseconds(), Precedence, AlertId);
    }

    /// <summary>A page of alerts.</summary>
    public async Task<Page<Alert>> ListAsync(AlertQuery query, int limit, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        var parameters = new
        {
            query.Outcomes,
            query.Symbols,
            query.Timeframes,
            query.Strategies,
            query.From,
            query.To,
            afterTime = query.After?.Timestamp,
            afterPrecedence = query.After?.Precedence,
            afterId = query.After?.AlertId.ToByteArray(),
            query.Count,
        };
        var ofAlert = AlertConditions(query);
        List<AlertRow> rows = [];
        if (query is { Symbols.Count: 0, Timeframes.Count: 0, Strategies.Count: 0 })
        {
            // All streams together: straight down the index alerts_newest, which has all that is asked for.
            rows.AddRange(await ReadAsync(Keys(ofAlert)));
        }
        else
        {
            // Some streams: down the primary key of each, and the newest of those.
            List<string> ofStream = [];
            if (query.Symbols.Count > 0)
                ofStream.Add("symbol IN @Symbols");
            if (query.Timeframes.Count > 0)
                ofStream.Add("timeframe IN @Timeframes");
            if (query.Strategies.Count > 0)
                ofStream.Add("strategy IN @Strategies");
            var streamIds = await connection.QueryAsync<long>(
                $"SELECT stream_id FROM streams {Where(ofStream)}",
                parameters
            );
            foreach (var some in streamIds.Chunk(StreamsPerStatement))
                rows.AddRange(
                    await ReadAsync(
                        string.Join("\n UNION ALL ", some.Select(id => Keys([$"a.stream_id = {id}", .. ofAlert])))
                    )
                );
        }

        var newest = rows.OrderByDescending(row => row.Timestamp)
            .ThenByDescending(row => row.Precedence)
            .ThenByDescending(row => new AlertId(row.AlertId))
            .Take(query.Count)
            .ToList();
        var page = Page.Of(newest, limit, row => new Position(row.Timestamp, row.Precedence, new AlertId(row.AlertId)));
        var open = await FindOpenAsync(
            connection,
            page.Items.Where(row => row.IsUnmatchedExit).Select(row => row.Symbol)
        );
        return new Page<Alert>([.. page.Items.Select(row => row.ToAlert(open))], page.Cursor);

        // The keys first, so that no row is touched that is not shown.
        Task<IEnumerable<AlertRow>> ReadAsync(string keys) =>
            connection.QueryAsync<AlertRow>(
                $"""
                SELECT {Columns}
                  FROM (SELECT * FROM ({keys}) a {NewestFirst}) k
                  JOIN alerts a ON a.stream_id = k.stream_id AND a.timestamp = k.timestamp AND a.precedence = k.precedence AND a.alert_id = k.alert_id
                  JOIN streams s ON s.stream_id = a.stream_id
                """,
                parameters
            );
    }

    /// <summary>Every alert that is wanted.</summary>
    public IAsyncEnumerable<Alert> StreamAsync(AlertQuery query, CancellationToken cancellationToken) =>
        Page.AllAsync<Alert, Position>(after =>
            ListAsync(query with { After = after, Count = Page.MaxLimit + 1 }, Page.MaxLimit, cancellationToken)
        );

    public async Task<AlertDetail?> FindAsync(AlertId alertId, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        await using var snapshot = await connection.BeginTransactionAsync(
            IsolationLevel.RepeatableRead,
            cancellationToken
        );
        var row = await connection.QuerySingleOrDefaultAsync<AlertRow>(
            $"""
            SELECT {Columns}, a.payload, a.paired_at
              FROM alerts a JOIN streams s ON s.stream_id = a.stream_id
             WHERE a.alert_id = @alertId
            """,
            new { alertId = alertId.ToByteArray() }
        );
        if (row is null)
            return null;

        var closed = row.Outcome switch
        {
            "closed" or "recorded" => row.TradeId,
            "flipped" => row.ClosedTradeId,
            _ => null,
        };
        return row.ToDetail(
            closed is null ? null : await PostedAtAsync(connection, row.Symbol, closed),
            await FindOpenAsync(connection, row.IsUnmatchedExit ? [row.Symbol] : [])
        );
    }

    /// <summary>The streams of these symbols in which a trade is open now, in order.</summary>
    public static async Task<IReadOnlyList<OpenStream>> FindOpenAsync(
        DbConnection connection,
        IEnumerable<string> symbols
    )
    {
        List<string> some = [.. symbols.Distinct(StringComparer.Ordinal)];
        if (some.Count == 0)
            return [];
        var rows = await connection.QueryAsync<(string Symbol, string Timeframe, string? Strategy, byte[] TradeId)>(
            """
            SELECT symbol, timeframe, NULLIF(strategy, '') AS strategy, open_trade_id FROM streams
             WHERE symbol IN @some AND open_trade_id IS NOT NULL
             ORDER BY symbol, timeframe, strategy
            """,
            new { some }
        );
        return
        [
            .. rows.Select(row => new OpenStream(
                row.Symbol,
                row.Timeframe,
                row.Strategy,
                new AlertId(row.TradeId).ToString()
            )),
        ];
    }

    // When the first of the ledgers that count the trade had it. Rows have no index by trade: their order leads to
    // them.
    private static async Task<DateTime?> PostedAtAsync(DbConnection connection, string symbol, byte[] tradeId)
    {
        var place = await connection.QuerySingleOrDefaultAsync<LedgerPosition.Place>(
            "SELECT exit_time, entry_time, trade_id FROM trades WHERE trade_id = @tradeId AND exit_time IS NOT NULL",
            new { tradeId }
        );
        if (place is null)
            return null;

        var ledgers = (
            await connection.QueryAsync<LedgerPosition.Ledger>(
                """
                SELECT l.batch_id AS BatchId, l.generation AS Generation, l.last_seq AS LastSeq
                  FROM batch_symbols b JOIN ledgers l ON l.batch_id = b.batch_id
                 WHERE b.symbol = @symbol AND l.last_seq > 0
                """,
                new { symbol }
            )
        ).AsList();
        var seqs = await LedgerPosition.FirstAtOrAfterAsync(connection, ledgers, place);
        var rows = ledgers
            .Where(ledger => seqs[ledger.BatchId] <= ledger.LastSeq)
            .Select(ledger => $"({ledger.BatchId},{ledger.Generation},{seqs[ledger.BatchId]})")
            .ToList();
        return rows.Count == 0
            ? null
            : await connection.ExecuteScalarAsync<DateTime?>(
                $"""
                SELECT MIN(posted_at) FROM ledger_rows
                 WHERE (batch_id, generation, seq) IN ({string.Join(',', rows)}) AND trade_id = @tradeId
                """,
                new { tradeId }
            );
    }

    private static List<string> AlertConditions(AlertQuery query)
    {
        var conditions = new List<string>();
        if (query.Outcomes.Count > 0)
            conditions.Add("a.outcome IN @Outcomes");
        if (query.From is not null)
            conditions.Add("a.timestamp >= @From");
        if (query.To is not null)
            conditions.Add("a.timestamp < @To");
        if (query.After is not null)
        {
            conditions.Add(
                """
                a.timestamp <= @afterTime AND (a.timestamp < @afterTime
                  OR a.precedence < @afterPrecedence OR (a.precedence = @afterPrecedence AND a.alert_id < @afterId))
                """
            );
        }

        return conditions;
    }

    private static string Keys(IReadOnlyCollection<string> conditions) =>
        $"(SELECT a.stream_id, a.timestamp, a.precedence, a.alert_id FROM alerts a {Where(conditions)} {NewestFirst})";

    private static string Where(IReadOnlyCollection<string> conditions) =>
        conditions.Count == 0 ? "" : "WHERE " + string.Join("\n AND ", conditions);
}
