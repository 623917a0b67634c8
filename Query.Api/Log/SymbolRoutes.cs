using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using PnlPipeline.Database;
using PnlPipeline.Domain.Alerts;
using PnlPipeline.Query.Api.Http;

namespace PnlPipeline.Query.Api.Log;

/// <summary>A symbol that alerts came for.</summary>
/// <param name="Timeframes">On which ones, in ordinal order.</param>
/// <param name="Strategies">For which ones, in ordinal order; where some came for none, the empty one is first.</param>
/// <param name="Trades">Open and closed, on all of them.</param>
/// <param name="LastAlert">The latest timestamp of its alerts.</param>
public sealed record SeenSymbol(
    string Symbol,
    IReadOnlyList<string> Timeframes,
    IReadOnlyList<string> Strategies,
    long Trades,
    DateTime? LastAlert
);

public sealed class SymbolParameters : RequestParameters, IParameters<SymbolParameters>
{
    public PageParameters<SymbolPosition> Page { get; init; } = new();
}

/// <summary>A place in the list.</summary>
public sealed record SymbolPosition(string Symbol) : IPosition<SymbolPosition>
{
    private const char Kind = 's';

    public static SymbolPosition? Read(string cursor) =>
        Cursor.TryRead(cursor, Kind) is [var text] && Domain.Alerts.Symbol.TryParse(text, out var symbol, out _)
            ? new SymbolPosition(symbol)
            : null;

    public string ToCursor() => Cursor.Write(Kind, Symbol);
}

/// <summary>What a batch can be made of.</summary>
public static class SymbolRoutes
{
    private const string Example = """
        {"items":[{"symbol":"BTCUSDT","timeframes":["240","60"],"strategies":[""],"trades":412,"lastAlert":"2026-11-22T06:28:00Z"}],"cursor":null}
        """;

    public static RouteGroupBuilder MapSymbols(this RouteGroupBuilder api)
    {
        api.MapGet("/symbols", ListAsync)
            .WithTags("Alerts")
            .Described(
                "Symbols",
                "Symbols seen, in ordinal order, with timeframes, strategies, trades and last alert: what a batch can "
                    + "be made of."
            )
            .Answers(StatusCodes.Status200OK, "A page of symbols; `cursor` is `null` at the end.", Example)
            .Refuses(StatusCodes.Status400BadRequest, "Parameters that are wrong.");
        return api;
    }

    private static async Task<Ok<Page<SeenSymbol>>> ListAsync(
        SymbolParameters parameters,
        MySqlDatabase database,
        CancellationToken cancellationToken
    )
    {
        var (after, limit) = (parameters.Page.Cursor?.Symbol, parameters.Page.Limit);
        await using var connection = await database.OpenAsync(cancellationToken);
        // A stream knows its last alert; its trades are counted within its part of the primary key.
        var streams = await connection.QueryAsync<Row>(
            $"""
            SELECT s.symbol, s.timeframe, s.strategy, s.last_timestamp,
                   (SELECT COUNT(*) FROM trades t WHERE t.stream_id = s.stream_id) AS trades
              FROM streams s
              JOIN (SELECT DISTINCT symbol FROM streams {(
                after is null ? "" : "WHERE symbol > @after"
            )} ORDER BY symbol LIMIT @count) p
                ON p.symbol = s.symbol
             ORDER BY s.symbol, s.timeframe, s.strategy
            """,
            new { after, count = limit + 1 }
        );
        var symbols = streams
            .GroupBy(stream => stream.Symbol, StringComparer.Ordinal)
            .Select(symbol => new SeenSymbol(
                symbol.Key,
                [.. symbol.Select(stream => stream.Timeframe).Distinct(StringComparer.Ordinal)],
                [
                    .. symbol
                        .Select(stream => stream.Strategy)
                        .Distinct(StringComparer.Ordinal)
                        .Order(StringComparer.Ordinal),
                ],
                symbol.Sum(stream => stream.Trades),
                symbol.Max(stream => stream.LastTimestamp)
            ))
            .ToList();
        return TypedResults.Ok(Page.Of(symbols, limit, symbol => new SymbolPosition(symbol.Symbol)));
    }

    private sealed class Row
    {
        public string Symbol { get; init; } = "";

        public string Timeframe { get; init; } = "";

        public string Strategy { get; init; } = "";

        public DateTime? LastTimestamp { get; init; }

        public long Trades { get; init; }
    }
}
