using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using PnlPipeline.Alerts;
using PnlPipeline.Database;
using PnlPipeline.Query.Api.Http;
using PnlPipeline.Query.Api.OpenApi;

namespace PnlPipeline.Query.Api.Symbols;

/// <summary>A symbol that alerts came for.</summary>
/// <param name="Timeframes">On which ones, in ordinal order.</param>
/// <param name="Trades">Open and closed, on all of them.</param>
/// <param name="LastAlert">The latest timestamp of its alerts.</param>
public sealed record SeenSymbol(string Symbol, IReadOnlyList<string> Timeframes, long Trades, DateTime? LastAlert);

/// <summary>What a batch can be made of.</summary>
public static class SymbolRoutes
{
    private const char CursorKind = 's';

    private const string Example =
        """
        {"items":[{"symbol":"BTCUSDT","timeframes":["240","60"],"trades":412,"lastAlert":"2026-11-22T06:28:00Z"}],"cursor":null}
        """;

    public static RouteGroupBuilder MapSymbols(this RouteGroupBuilder api)
    {
        api.MapGet("/symbols", ListAsync).WithTags("Alerts")
            .Described("Symbols", "Symbols seen, in ordinal order, with timeframes, trades and last alert: what a batch can be made of.")
            .Takes(Parameter.Limit, Parameter.Cursor)
            .Answers(StatusCodes.Status200OK, "A page of symbols; `cursor` is `null` at the end.", Example)
            .Refuses(StatusCodes.Status400BadRequest, "Parameters that are wrong.");
        return api;
    }

    private static async Task<Results<Ok<Page<SeenSymbol>>, ProblemHttpResult>> ListAsync(
        HttpRequest request, MySqlDatabase database, CancellationToken cancellationToken)
    {
        var query = QueryReader.Of(request);
        var limit = query.Limit();
        var after = query.Position(CursorKind, parts => parts is [var text] && Symbol.TryParse(text, out var symbol, out _) ? symbol : null);
        if (query.Errors.Any)
            return Problems.BadRequest(query.Errors);

        await using var connection = await database.OpenAsync(cancellationToken);
        // A stream knows its last alert; its trades are counted within its part of the primary key.
        var streams = await connection.QueryAsync<Row>(
            $"""
            SELECT s.symbol, s.timeframe, s.last_timestamp,
                   (SELECT COUNT(*) FROM trades t WHERE t.stream_id = s.stream_id) AS trades
              FROM streams s
              JOIN (SELECT DISTINCT symbol FROM streams {(after is null ? "" : "WHERE symbol > @after")} ORDER BY symbol LIMIT @count) p
                ON p.symbol = s.symbol
             ORDER BY s.symbol, s.timeframe
            """,
            new { after, count = limit + 1 });
        var symbols = streams.GroupBy(stream => stream.Symbol, StringComparer.Ordinal)
            .Select(symbol => new SeenSymbol(
                symbol.Key,
                [.. symbol.Select(stream => stream.Timeframe)],
                symbol.Sum(stream => stream.Trades),
                symbol.Max(stream => stream.LastTimestamp)))
            .ToList();
        return TypedResults.Ok(Page.Of(symbols, limit, symbol => Cursor.Write(CursorKind, symbol.Symbol)));
    }

    private sealed class Row
    {
        public string Symbol { get; init; } = "";

        public string Timeframe { get; init; } = "";

        public DateTime? LastTimestamp { get; init; }

        public long Trades { get; init; }
    }
}
