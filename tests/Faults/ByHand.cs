using System.Text.Json;
using PnlPipeline.Tests.EndToEnd.System;
using PnlPipeline.Tests.Reference;

namespace PnlPipeline.Tests.Faults;

/// <summary>Somebody alters rows in the database, past the pipeline, while workers run.</summary>
public sealed class ByHand(PipelineSystem system)
{
    private readonly Trader _trader = new(system);

    [Fact]
    public async Task What_is_altered_by_hand_is_found_reported_and_repaired_by_the_workers_that_run()
    {
        // Apart: a stream that is repaired has its ledgers derived again, and what was wrong in them is gone before
        // anyone saw it.
        var (symbol, kept) = (Trader.NewSymbol("HAND"), Trader.NewSymbol("KEPT"));
        var concerned = await _trader.CreateBatchAsync(new { name = symbol, symbols = (string[])[symbol] });
        var batch = await _trader.CreateBatchAsync(new { name = kept, symbols = (string[])[kept] });
        await _trader.InsistAsync(
            Trader.Flips(symbol, 60, seed: 99).Concat(Trader.Flips(kept, 60, seed: 100)),
            inFlight: 1
        );
        await EverythingIsRightAsync();

        // Of trades one price and one that is gone, of alerts an outcome, of a ledger's rows one sum and one that is
        // gone.
        string[] alterations =
        [
            $"UPDATE trades JOIN (SELECT trade_id FROM trades JOIN streams USING (stream_id) WHERE symbol = "
                + $"'{symbol}' ORDER BY entry_time LIMIT 1 OFFSET 5) one USING (trade_id) SET exit_price = exit_price "
                + $"+ 1",
            $"DELETE trades FROM trades JOIN (SELECT trade_id FROM trades JOIN streams USING (stream_id) WHERE symbol "
                + $"= '{symbol}' ORDER BY entry_time LIMIT 1 OFFSET 9) one USING (trade_id)",
            $"UPDATE alerts JOIN (SELECT alert_id FROM alerts JOIN streams USING (stream_id) WHERE symbol = "
                + $"'{symbol}' ORDER BY timestamp LIMIT 1 OFFSET 20) one USING (alert_id) SET outcome = 'ignored'",
            $"UPDATE ledger_rows JOIN ledgers USING (batch_id, generation) SET pnl = pnl + 1 WHERE batch_id = {batch} "
                + $"AND seq = 15",
            $"DELETE ledger_rows FROM ledger_rows JOIN ledgers USING (batch_id, generation) WHERE batch_id = {batch} "
                + $"AND seq = 30",
        ];
        foreach (var alteration in alterations)
            Assert.Equal(1, await system.ExecuteAsync(alteration));

        // As the others, but that they look every second and not every hour.
        using var pairing = system.NewWorker(
            "pairing",
            broker: null,
            ("Worker__Integrity__EverySeconds", "1"),
            ("Worker__Integrity__RoundEverySeconds", "1")
        );
        using var ledgers = system.NewWorker(
            "ledgers",
            broker: null,
            ("Worker__Ledgers__ReconcileEverySeconds", "1"),
            ("Worker__Ledgers__DeepCheckEverySeconds", "1"),
            ("Worker__Ledgers__RepairAfterSeconds", "1")
        );
        pairing.Start();
        ledgers.Start();

        await EverythingIsRightAsync();
        await Eventually.TrueAsync(
            async () =>
                await IsRepairedAsync(finding => finding.Text("symbol") == symbol)
                && await IsRepairedAsync(finding => finding.Text("batchId") == $"{batch}"),
            TimeSpan.FromSeconds(60),
            () => "not all is reported, or a finding stays open"
        );

        async Task EverythingIsRightAsync()
        {
            await _trader.AlertsAndTradesAreRightAsync();
            await _trader.LedgerIsRightAsync(concerned, new ReferenceBatch([symbol]));
            await _trader.LedgerIsRightAsync(batch, new ReferenceBatch([kept]));
        }
    }

    private async Task<bool> IsRepairedAsync(Func<JsonElement, bool> concerns)
    {
        var findings = (await _trader.GetAsync("/api/v1/health/books?limit=1000"))
            .GetProperty("findings")
            .EnumerateArray()
            .Where(concerns)
            .ToList();
        return findings.Count > 0
            && findings.TrueForAll(finding => finding.GetProperty("repairedAt").ValueKind != JsonValueKind.Null);
    }
}
