using System.Diagnostics;
using System.Globalization;
using PnlPipeline.Tests.EndToEnd.System;
using PnlPipeline.Tests.Reference;

namespace PnlPipeline.Tests.Faults;

/// <summary>Alerts that flow before, while and after harm is done; then the check.</summary>
/// <param name="streams">That flow, each with up to 67 alerts a second.</param>
public sealed class UnderLoad(PipelineSystem system, ITestOutputHelper output, int streams = 4)
{
    private const int IngestMegabytesMax = 200;

    private readonly string[] _symbols = [.. Enumerable.Range(0, streams).Select(i => Trader.NewSymbol($"LOAD{i}"))];

    public Trader Trader { get; } = new(system);

    /// <summary>Of the streams that flow.</summary>
    public IReadOnlyList<string> Symbols => _symbols;

    /// <summary>
    /// Afterwards alerts, trades and two ledgers are right to the last digit, nothing was parked and there is no error
    /// queue.
    /// </summary>
    public async Task DoAsync(Func<AlertFlow, Task> harm)
    {
        var batch = await Trader.CreateBatchAsync(new { name = _symbols[0], symbols = _symbols });
        var part = await Trader.CreateBatchAsync(
            new
            {
                name = _symbols[1],
                symbols = _symbols[1..3],
                feePercentage = 0.03,
            }
        );
        var parked = await system.ScalarAsync("SELECT COUNT(*) FROM parked_messages");
        var clock = new Stopwatch();
        var harmed = TimeSpan.Zero;
        var flowing = Stopwatch.StartNew();
        await using (var flow = new AlertFlow(Trader, _symbols))
        {
            await flow.FlowsOnAsync();
            await Eventually.TrueAsync(
                async () =>
                    await system.ScalarAsync(
                        $"SELECT COUNT(*) FROM streams WHERE symbol IN ('{string.Join("','", _symbols)}')"
                    ) == _symbols.Length,
                TimeSpan.FromSeconds(60),
                () => "the streams do not come to be"
            );
            clock.Start();
            await harm(flow);
            harmed = clock.Elapsed;
            foreach (var service in (ServiceProcess[])[system.Ingest, system.Pairing, system.Ledgers, system.Query])
                await service.WaitUntilReadyAsync(isRun: true);
            await flow.FlowsOnAsync();
            await flow.EndAsync();
            flowing.Stop();
        }

        await Trader.AlertsAndTradesAreRightAsync();
        await Trader.LedgerIsRightAsync(batch, new ReferenceBatch(_symbols));
        await Trader.LedgerIsRightAsync(part, new ReferenceBatch(_symbols[1..3], FeePercentage: 0.03m));
        Assert.Equal(parked, await system.ScalarAsync("SELECT COUNT(*) FROM parked_messages"));
        await using var bus = await Bus.ConnectAsync(system);
        foreach (var queue in Bus.Consumed.Keys)
        {
            Assert.Null(await bus.FindAsync(queue + "_error"));
            Assert.Null(await bus.FindAsync(queue + "_skipped"));
        }

        output.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{Trader.Accepted.Count} alerts, {Trader.Accepted.Count / flowing.Elapsed.TotalSeconds:F0} a second; harm for {harmed.TotalSeconds:F1} s, all right after "
                    + $"{clock.Elapsed.TotalSeconds:F1} s; "
                    + $"answers {string.Join(", ", Trader.Answers.CountBy(answer => answer.Status).Select(pair => $"{pair.Key}: {pair.Value}"))}, "
                    + $"the slowest after {Trader.Answers.Max(answer => answer.Elapsed).TotalSeconds:F2} s; ingest "
                    + $"{PeakMegabytes()} MB at most."
            )
        );
    }

    /// <summary>
    /// No answer but 202 and 503, and none that did not come: that it is within two seconds is shown where nothing else
    /// competes for the machine (SpoolTests); here, that it is never a hang, and that what waits is not kept in memory.
    /// </summary>
    public void AnswersAreInTime()
    {
        Assert.DoesNotContain(Trader.Answers, answer => answer.Status is not ("202" or "503"));
        Assert.InRange(PeakMegabytes(), 1, IngestMegabytesMax);
    }

    /// <summary>Alerts go on being accepted, for so long as was asked for.</summary>
    public static async Task FlowsOnAsync(AlertFlow flow)
    {
        var clock = Stopwatch.StartNew();
        do await flow.FlowsOnAsync(6);
        while (clock.Elapsed < OnRequest.Absence);
    }

    private long PeakMegabytes() =>
        long.Parse(
            File.ReadLines($"/proc/{system.Ingest.ProcessId}/status")
                .First(line => line.StartsWith("VmHWM", StringComparison.Ordinal))
                .Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2],
            CultureInfo.InvariantCulture
        ) / 1024;
}
