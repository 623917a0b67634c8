using System.Diagnostics;
using System.Globalization;
using PnlPipeline.Tests.EndToEnd.System;
using PnlPipeline.Tests.Reference;

namespace PnlPipeline.Tests.Faults;

/// <summary>The broker goes away in every way there is, while alerts flow.</summary>
public sealed class Servers(PipelineSystem system, ITestOutputHelper output)
{
    private const int IngestMegabytesMax = 200;

    private readonly Trader _trader = new(system);
    private readonly string[] _symbols = [.. Enumerable.Range(0, 4).Select(i => Trader.NewSymbol($"SRV{i}"))];

    [Theory]
    [InlineData("stopped")]
    [InlineData("killed")]
    [InlineData("paused")]
    public async Task While_the_broker_is_away_every_answer_is_202_or_503_and_nothing_is_lost(string how)
    {
        var broker = Server.RabbitMq(system);
        await UnderLoadAsync(async flow =>
        {
            if (how == "paused")
            {
                await broker.PauseAsync();
                try
                {
                    await flow.FlowsOnAsync(6);
                }
                finally
                {
                    await broker.ContinueAsync();
                }

                return;
            }

            await (how == "killed" ? broker.KillAsync() : broker.StopAsync());
            try
            {
                await flow.FlowsOnAsync(6);
            }
            finally
            {
                await broker.StartAsync();
            }
        });
        AnswersAreInTime();
    }

    /// <summary>Alerts flow before, while and after the harm is done; then the check: alerts, trades and two ledgers, nothing parked, no error queue.</summary>
    private async Task UnderLoadAsync(Func<AlertFlow, Task> harm)
    {
        var batch = await _trader.CreateBatchAsync(new { name = _symbols[0], symbols = _symbols });
        var part = await _trader.CreateBatchAsync(new { name = _symbols[1], symbols = _symbols[1..3], feePercentage = 0.03 });
        var parked = await system.ScalarAsync("SELECT COUNT(*) FROM parked_messages");
        var flow = new AlertFlow(_trader, _symbols);
        await flow.FlowsOnAsync();
        await Eventually.TrueAsync(
            async () => await system.ScalarAsync($"SELECT COUNT(*) FROM streams WHERE symbol IN ('{string.Join("','", _symbols)}')") == _symbols.Length,
            TimeSpan.FromSeconds(60),
            () => "the streams do not come to be");
        var clock = Stopwatch.StartNew();
        await harm(flow);
        var harmed = clock.Elapsed;
        foreach (var service in (ServiceProcess[])[system.Ingest, system.Pairing, system.Ledgers, system.Query])
            await service.WaitUntilReadyAsync();
        await flow.FlowsOnAsync();
        await flow.EndAsync();

        await _trader.AlertsAndTradesAreRightAsync();
        await _trader.LedgerIsRightAsync(batch, new ReferenceBatch(_symbols));
        await _trader.LedgerIsRightAsync(part, new ReferenceBatch(_symbols[1..3], FeePercentage: 0.03m));
        Assert.Equal(parked, await system.ScalarAsync("SELECT COUNT(*) FROM parked_messages"));
        await using var bus = await Bus.ConnectAsync(system);
        foreach (var queue in Bus.Consumed.Keys)
        {
            Assert.False(await bus.HasAsync(queue + "_error"), queue);
            Assert.False(await bus.HasAsync(queue + "_skipped"), queue);
        }

        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{_trader.Accepted.Count} alerts; harm for {harmed.TotalSeconds:F1} s, all right after {clock.Elapsed.TotalSeconds:F1} s; "
            + $"answers {string.Join(", ", _trader.Answers.CountBy(answer => answer.Status).Select(pair => $"{pair.Key}: {pair.Value}"))}, "
            + $"the slowest after {_trader.Answers.Max(answer => answer.Elapsed).TotalSeconds:F2} s; ingest {PeakMegabytes()} MB at most."));
    }

    // That it is two seconds is shown where nothing else competes for the machine (SpoolTests); here, that it is never a hang.
    private void AnswersAreInTime()
    {
        Assert.DoesNotContain(_trader.Answers, answer => answer.Status is not ("202" or "503"));
        Assert.InRange(PeakMegabytes(), 1, IngestMegabytesMax);
    }

    private long PeakMegabytes() => long.Parse(
        File.ReadLines($"/proc/{system.Ingest.ProcessId}/status").First(line => line.StartsWith("VmHWM", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2],
        CultureInfo.InvariantCulture) / 1024;
}
