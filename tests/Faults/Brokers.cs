using PnlPipeline.Tests.EndToEnd.System;
using PnlPipeline.Tests.Reference;

namespace PnlPipeline.Tests.Faults;

/// <summary>The broker goes away in every way there is, while alerts flow.</summary>
public sealed class Brokers(PipelineSystem system, ITestOutputHelper output)
{
    private readonly UnderLoad _load = new(system, output);

    [Theory]
    [InlineData("stopped")]
    [InlineData("killed")]
    [InlineData("paused")]
    public async Task While_the_broker_is_away_every_answer_is_202_or_503_and_nothing_is_lost(string how)
    {
        var broker = Server.RabbitMq(system);
        await _load.DoAsync(flow => broker.AwayAsync(how, () => UnderLoad.FlowsOnAsync(flow)));
        _load.AnswersAreInTime();
    }

    [Theory]
    [InlineData("set_disk_free_limit", "100000000000000", "50MB")]
    [InlineData("set_vm_memory_high_watermark", "0", "0.6")]
    public async Task While_the_broker_is_out_of_disk_or_memory_every_answer_is_202_or_503_and_nothing_is_lost(
        string limit,
        string alarming,
        string usual
    )
    {
        await _load.DoAsync(async flow =>
        {
            try
            {
                await Server.ControlBrokerAsync(limit, alarming);
                await UnderLoad.FlowsOnAsync(flow);
            }
            finally
            {
                await Server.ControlBrokerAsync(limit, usual);
            }
        });
        _load.AnswersAreInTime();
    }

    [Fact]
    public async Task Consumers_of_queues_that_were_deleted_come_back_by_themselves_and_what_is_accepted_then_is_not_lost()
    {
        var trader = _load.Trader;
        string[] symbols = [Trader.NewSymbol("GONEA"), Trader.NewSymbol("GONEB")];
        var batch = await trader.CreateBatchAsync(new { name = symbols[0], symbols });
        await trader.InsistAsync(symbols.SelectMany((symbol, index) => Trader.Flips(symbol, 20, seed: 95 + index)));
        // Nothing may be on the way: what lies in a queue goes with it.
        await trader.AlertsAndTradesAreRightAsync();
        await trader.LedgerIsRightAsync(batch, new ReferenceBatch(symbols));

        await using var bus = await Bus.ConnectAsync(system);
        foreach (var queue in Bus.Consumed.Keys)
            await bus.DeleteAsync(queue);
        foreach (var queue in Bus.Consumed.Keys)
        {
            await Eventually.TrueAsync(
                async () => await bus.FindAsync(queue) is { Consumers: > 0 },
                TimeSpan.FromSeconds(60),
                () => $"nobody consumes {queue}\n{system.Pairing.Output}\n{system.Ledgers.Output}"
            );
        }

        await trader.InsistAsync(symbols.SelectMany((symbol, index) => Trader.Flips(symbol, 60, seed: 97 + index)));
        await trader.AlertsAndTradesAreRightAsync();
        await trader.LedgerIsRightAsync(batch, new ReferenceBatch(symbols));
    }

    [Fact]
    public async Task A_worker_whose_bus_is_without_its_queues_although_the_broker_answers_ends_to_be_started_anew()
    {
        // An account that the broker lets in, and nothing more: as to a bus that does not come back, whatever the
        // reason.
        var account = $"lost_{Guid.NewGuid():N}";
        await Server.ControlBrokerAsync("add_user", account, account);
        try
        {
            await Server.ControlBrokerAsync(
                "set_permissions",
                "-p",
                Uri.UnescapeDataString(system.Broker.AbsolutePath[1..]),
                account,
                "",
                "",
                ""
            );
            using var lost = system.NewWorker(
                "pairing",
                new UriBuilder(system.Broker) { UserName = account, Password = account }
                    .Uri
                    .AbsoluteUri,
                ("Bus__LostSecondsMax", "1")
            );
            lost.Start();
            Assert.Equal(1, await lost.EndAsync());
            Assert.Contains("does not come back to its queues", lost.Output, StringComparison.Ordinal);
        }
        finally
        {
            await Server.ControlBrokerAsync("delete_user", account);
        }
    }

    [Fact]
    public async Task The_ledgers_queue_deleted_again_and_again_while_alerts_flow_leaves_no_ledger_behind()
    {
        await using var bus = await Bus.ConnectAsync(system);
        await _load.DoAsync(async flow =>
        {
            for (var i = 0; i < OnRequest.Rounds; i++)
            {
                await bus.DeleteAsync("ledgers");
                await flow.FlowsOnAsync();
                await Eventually.TrueAsync(
                    async () => await bus.FindAsync("ledgers") is { Consumers: > 0 },
                    TimeSpan.FromSeconds(60),
                    () => $"nobody consumes the ledgers' queue\n{system.Ledgers.Output}"
                );
            }
        });
        _load.AnswersAreInTime();
    }
}
