using PnlPipeline.Tests.EndToEnd.System;

namespace PnlPipeline.Tests.Browser;

/// <summary>A batch of two symbols on two timeframes with some months of trades, and one that is still open.</summary>
internal static class History
{
    public static async Task<(long Batch, string[] Symbols)> MakeAsync(
        PipelineSystem system,
        string name,
        int flips = 60,
        decimal allocationPercentage = 100
    )
    {
        var trader = new Trader(system);
        string[] symbols = [Trader.NewSymbol(name), Trader.NewSymbol(name)];
        var id = await trader.CreateBatchAsync(
            new
            {
                name = symbols[0],
                symbols,
                allocationPercentage,
            }
        );
        await trader.InsistAsync(Trader.Flips(symbols[0], flips, seed: 7));
        await trader.InsistAsync(Trader.Flips(symbols[1], flips, seed: 8, timeframe: "240"));
        await trader.AlertsAndTradesAreRightAsync();
        await trader.LedgerIsRightAsync(
            id,
            new Reference.ReferenceBatch(symbols, AllocationPercentage: allocationPercentage)
        );
        return (id, symbols);
    }
}
