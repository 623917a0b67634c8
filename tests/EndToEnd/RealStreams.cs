using System.Diagnostics;
using PnlPipeline.Tests.EndToEnd.System;
using PnlPipeline.Tests.Reference;

namespace PnlPipeline.Tests.EndToEnd;

/// <summary>Alert streams made from real prices, where the folder that PNL_ALERT_STREAMS names holds some.</summary>
public sealed class RealStreams(PipelineSystem system, ITestOutputHelper output)
{
    [Fact]
    public async Task Every_ledger_over_real_alerts_equals_the_plain_computation()
    {
        var folder = Environment.GetEnvironmentVariable("PNL_ALERT_STREAMS");
        Assert.SkipUnless(Directory.Exists(folder), "PNL_ALERT_STREAMS names no folder with *.ndjson alert streams.");

        var trader = new Trader(system);
        var all = new List<string>();
        var batches = new List<(long Id, ReferenceBatch Batch)>();
        foreach (var file in Directory.GetFiles(folder!, "*.ndjson"))
        {
            var bodies = await File.ReadAllLinesAsync(file);
            all.AddRange(bodies);
            var symbol = ReferenceAlert.Read(bodies[0]).Symbol;
            var id = await trader.CreateBatchAsync(
                new
                {
                    name = $"Real {symbol}",
                    symbols = (string[])[symbol],
                    feePercentage = 0.02,
                }
            );
            batches.Add((id, new ReferenceBatch([symbol], FeePercentage: 0.02m)));
        }

        string[] symbols = [.. batches.SelectMany(batch => batch.Batch.Symbols)];
        batches.Add(
            (
                await trader.CreateBatchAsync(
                    new
                    {
                        name = "Real, all",
                        symbols,
                        allocationPercentage = 25,
                    }
                ),
                new ReferenceBatch(symbols, AllocationPercentage: 25m)
            )
        );

        var clock = Stopwatch.StartNew();
        await trader.InsistAsync(all, inFlight: 32);
        var sent = clock.Elapsed;
        await trader.AlertsAndTradesAreRightAsync();
        foreach (var (id, batch) in batches)
            await trader.LedgerIsRightAsync(id, batch);
        output.WriteLine(
            $"{all.Count} alerts sent in {sent.TotalSeconds:F1} s; {batches.Count} ledgers right after "
                + $"{clock.Elapsed.TotalSeconds:F1} s."
        );
    }
}
