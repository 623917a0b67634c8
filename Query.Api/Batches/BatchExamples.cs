using System.ComponentModel.DataAnnotations;
using PnlPipeline.Domain.Accounts;

namespace PnlPipeline.Query.Api.Batches;

/// <summary>What a request may say of a batch.</summary>
/// <param name="Name">1–100 characters after trimming; unique, whatever the letter case.</param>
/// <param name="Symbols">1–500 symbols, in any letter case.</param>
/// <param name="Timeframes">The timeframes that count; empty is all.</param>
/// <param name="Strategies">The strategies that count, as they are written, an empty name for what has none; empty is
/// all.</param>
/// <param name="StartTime">Trades entered before it do not count; absent is all history.</param>
/// <param name="Capital">Above 0, at most 10^12; 100000 unless given.</param>
/// <param name="AllocationPercentage">Above 0, at most 100; 100 unless given.</param>
/// <param name="FeePercentage">Per fill, of its notional: 0 to 10; 0 unless given.</param>
public sealed record BatchBody(
    [property: Length(1, BatchLimits.MaxNameLength)] string Name,
    [property: Length(1, BatchLimits.MaxSymbols)] IReadOnlyList<string> Symbols,
    IReadOnlyList<string>? Timeframes,
    IReadOnlyList<string>? Strategies,
    DateTime? StartTime,
    [property: Range(0, (double)BatchLimits.MaxCapital, MinimumIsExclusive = true)] decimal? Capital,
    [property: Range(0, (double)BatchLimits.MaxAllocationPercentage, MinimumIsExclusive = true)]
        decimal? AllocationPercentage,
    [property: Range(0, (double)BatchLimits.MaxFeePercentage)] decimal? FeePercentage
);

/// <summary>Examples for the API's description.</summary>
internal static class BatchExamples
{
    public const string Create =
        """{"name":"Batch_1","symbols":["BTCUSDT","ETHUSDT"],"capital":100000,"allocationPercentage":50,"feePercentage":0.1}""";

    public const string Patch = """{"name":"Majors","startTime":null,"capital":250000}""";

    public const string Batch = """
        {"id":1,"name":"Batch_1","symbols":["BTCUSDT","ETHUSDT"],"timeframes":[],"strategies":[],"startTime":null,"capital":100000,
         "allocationPercentage":100,"feePercentage":0,"createdAt":"2026-11-22T06:00:00Z","updatedAt":"2026-11-22T06:00:00Z",
         "ledger":{"state":"ready","progress":1,"trades":12,"lastExitTime":"2026-11-22T06:28:00Z","ruined":null,"capped":false},
         "summary":{"availableCapital":104210.5,"pnl":4210.5,"changePercentage":4.2105,"drawdownPercentage":1.2,
                    "maxDrawdownPercentage":6.4,"winRate":0.583,"openTrades":2,"openPnl":-310.2}}
        """;

    public const string List = $$$"""
        {"batches":[{{{Batch}}}],
         "settings":{"defaults":{"timeframes":[],"strategies":[],"startTime":null,"capital":100000,"allocationPercentage":100,"feePercentage":0},
          "limits":{"name":{"min":1,"max":100,"exclusiveMin":false},"symbols":{"min":1,"max":500,"exclusiveMin":false},
           "capital":{"min":0,"max":1000000000000,"exclusiveMin":true},"allocationPercentage":{"min":0,"max":100,"exclusiveMin":true},
           "feePercentage":{"min":0,"max":10,"exclusiveMin":false},"decimals":8},
          "symbols":["BTCUSDT","ETHUSDT"],"timeframes":["60"],"strategies":[""],"staleAfterSeconds":3600}}
        """;
}
