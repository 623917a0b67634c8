using System.Diagnostics;
using System.Globalization;
using PnlPipeline.Tests.EndToEnd.System;
using PnlPipeline.Tests.Reference;

namespace PnlPipeline.Tests.Faults;

/// <summary>The broker and the database go away in every way there is, while alerts flow.</summary>
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

    [Fact]
    public async Task While_the_brokers_disk_is_full_every_answer_is_202_or_503_and_nothing_is_lost()
    {
        // A limit that no disk has room for: the alarm goes off as where it is full, and the broker takes nothing from publishers.
        await UnderLoadAsync(async flow =>
        {
            await ControlBrokerAsync("set_disk_free_limit", "900TB");
            try
            {
                await flow.FlowsOnAsync(6);
            }
            finally
            {
                await ControlBrokerAsync("set_disk_free_limit", "50MB");
            }
        });
        AnswersAreInTime();
    }

    [Fact]
    public async Task A_queue_that_is_deleted_comes_back_and_nothing_is_lost()
    {
        await using var bus = await Bus.ConnectAsync(system);
        await UnderLoadAsync(async flow =>
        {
            foreach (var queue in (string[])["pairing", "ledgers", "ledger-builds"])
            {
                await Eventually.TrueAsync(() => bus.TryDeleteEmptyAsync(queue), TimeSpan.FromSeconds(60), () => $"{queue} is never empty");
                await Eventually.TrueAsync(() => bus.HasAsync(queue), TimeSpan.FromSeconds(60), () => $"{queue} does not come back");
                await flow.FlowsOnAsync();
            }
        });
        AnswersAreInTime();
    }

    [Theory]
    [InlineData("stopped")]
    [InlineData("killed")]
    [InlineData("paused")]
    public async Task While_the_database_is_away_alerts_are_accepted_and_wait(string how)
    {
        var database = Server.MySql(system);
        await UnderLoadAsync(async flow =>
        {
            if (how == "paused")
            {
                await database.PauseAsync();
                try
                {
                    await flow.FlowsOnAsync(6);
                }
                finally
                {
                    await database.ContinueAsync();
                }

                return;
            }

            if (how == "killed")
            {
                // In the middle of a transaction of pairing's: it has begun, and waits for a row.
                await using var held = await system.HoldAsync();
                await held.ExecuteAsync($"SELECT stream_id FROM streams WHERE symbol = '{_symbols[^1]}' FOR UPDATE");
                await system.SomebodyWaitsAsync();
                await database.KillAsync();
            }
            else
            {
                await database.StopAsync();
            }

            try
            {
                await flow.FlowsOnAsync(6);
            }
            finally
            {
                await database.StartAsync();
            }
        });
        Assert.DoesNotContain(_trader.Answers, answer => answer.Status != "202");
    }

    [Fact]
    public async Task A_worker_that_loses_a_deadlock_does_its_work_again()
    {
        // Heavier than what the worker has written when it comes to wait: of two in a deadlock the lighter one goes.
        await system.ExecuteAsync("CREATE TABLE weight (id INT PRIMARY KEY, w INT) AS WITH RECURSIVE n AS (SELECT 1 AS id, 0 AS w UNION ALL SELECT id + 1, 0 FROM n WHERE id < 900) SELECT * FROM n");
        var lost = 0;
        await UnderLoadAsync(async flow =>
        {
            var clock = Stopwatch.StartNew();
            while (lost < 3 && clock.Elapsed < TimeSpan.FromSeconds(60))
            {
                var before = await DeadlocksAsync();
                await using var held = await system.HoldAsync();
                await held.ExecuteAsync("UPDATE weight SET w = w + 1");
                // The worker takes streams by their ids, upwards; this one takes the last one first.
                await held.ExecuteAsync($"SELECT stream_id FROM streams WHERE symbol = '{_symbols[^1]}' FOR UPDATE");
                await system.SomebodyWaitsAsync();
                foreach (var symbol in _symbols[..^1])
                    await held.ExecuteAsync($"SELECT stream_id FROM streams WHERE symbol = '{symbol}' FOR UPDATE");
                // Had this session been the victim, it would have been told.
                lost += (int)(await DeadlocksAsync() - before);
                await held.RollbackAsync();
                await flow.FlowsOnAsync(1);
            }
        });
        Assert.True(lost > 0, "There was no deadlock that a worker lost.");
        output.WriteLine($"{lost} deadlocks lost by a worker.");

        Task<long> DeadlocksAsync() => system.ScalarAsync("SELECT `count` FROM information_schema.innodb_metrics WHERE name = 'lock_deadlocks'");
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

    private static async Task ControlBrokerAsync(params string[] arguments)
    {
        var program = Environment.GetEnvironmentVariable("PNL_RABBITMQCTL");
        Assert.SkipWhen(string.IsNullOrEmpty(program), "There is no rabbitmqctl for this broker.");
        using var control = Process.Start(new ProcessStartInfo(program!, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var printed = await Task.WhenAll(control.StandardOutput.ReadToEndAsync(), control.StandardError.ReadToEndAsync());
        await control.WaitForExitAsync();
        Assert.True(control.ExitCode == 0, string.Concat(printed));
    }
}
