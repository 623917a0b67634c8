using System.Collections.Concurrent;
using PnlPipeline.Tests.EndToEnd.System;
using PnlPipeline.Tests.Reference;

namespace PnlPipeline.Tests.Faults;

/// <summary>What was acknowledged, and the other side never heard of it.</summary>
public sealed class Lines(PipelineSystem system)
{
    private static readonly DateTime Start = new(2025, 3, 3, 9, 0, 0, DateTimeKind.Utc);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Trader _trader = new(system);

    [Theory]
    [InlineData("pairing")]
    [InlineData("ledgers")]
    public async Task A_worker_killed_between_its_publish_and_its_acknowledgement_does_it_again_and_doubles_nothing(
        string role
    )
    {
        var (symbols, batch) = await EnteredAsync("ACK", 3);

        var usual = role == "pairing" ? system.Pairing : system.Ledgers;
        usual.Kill();
        await using var bus = await Bus.ConnectAsync(system);
        await using var line = new AmqpLine(system.Broker.AbsoluteUri);
        using var unheard = system.NewWorker(role, line.Url);
        try
        {
            unheard.Start();
            await unheard.WaitUntilReadyAsync();
            line.LoseAcknowledgements();
            await _trader.InsistAsync(
                symbols.Select(symbol => Trader.Body(symbol, "exit", "bullish", 110m, Start.AddHours(1)))
            );
            // All is done, to the last row, and of nothing does the broker know.
            await _trader.AlertsAndTradesAreRightAsync();
            await _trader.LedgerIsRightAsync(batch, new ReferenceBatch(symbols));
            await Eventually.TrueAsync(
                () => Task.FromResult(line.Lost > 0),
                Patience,
                () => "nothing was acknowledged\n" + unheard.Output
            );
            unheard.Kill();
            await Eventually.TrueAsync(
                async () => await bus.FindAsync(role) is { Messages: > 0 },
                Patience,
                () => "nothing is on the queue again"
            );
        }
        finally
        {
            usual.Start();
        }

        await usual.WaitUntilReadyAsync();
        await Eventually.TrueAsync(
            async () => await bus.FindAsync(role) is { Messages: 0 },
            Patience,
            () => "it is not taken again\n" + usual.Output
        );
        await _trader.InsistAsync(
            symbols.Select(symbol => Trader.Body(symbol, "entry", "bearish", 90m, Start.AddHours(2)))
        );
        await _trader.InsistAsync(
            symbols.Select(symbol => Trader.Body(symbol, "exit", "bearish", 95m, Start.AddHours(3)))
        );
        await _trader.AlertsAndTradesAreRightAsync();
        await _trader.LedgerIsRightAsync(batch, new ReferenceBatch(symbols));
    }

    [Fact]
    public async Task A_worker_whose_publishes_never_return_comes_to_itself_and_no_trade_goes_unannounced()
    {
        // More messages, each with a trade to announce, than the broker sends ahead: where each of those hangs, no
        // other comes.
        var (symbols, batch) = await EnteredAsync("HANG", 40);

        system.Pairing.Kill();
        await using var bus = await Bus.ConnectAsync(system);
        await using var line = new AmqpLine(system.Broker.AbsoluteUri);
        using var hanging = system.NewWorker("pairing", line.Url, ("Worker__Pairing__AnnounceWithinSeconds", "1"));
        try
        {
            hanging.Start();
            await hanging.WaitUntilReadyAsync();
            var announced = new ConcurrentDictionary<string, int>(StringComparer.Ordinal);
            await bus.HearAsync("TradesClosed", id => announced.AddOrUpdate(id!, 1, (_, times) => times + 1));
            line.LoseConfirmations();
            await _trader.InsistAsync(
                symbols.Select(symbol => Trader.Body(symbol, "exit", "bullish", 110m, Start.AddHours(1))),
                inFlight: 1
            );
            // It has given one up, and what led to it came again.
            await Eventually.TrueAsync(
                () => Task.FromResult(announced.Values.Any(times => times > 1)),
                Patience,
                () => "what hangs is not announced again\n" + hanging.Output
            );
            line.CarryAll();

            await _trader.AlertsAndTradesAreRightAsync();
            await _trader.LedgerIsRightAsync(batch, new ReferenceBatch(symbols));
            await Eventually.TrueAsync(
                async () => await bus.FindAsync("pairing") is { Messages: 0 },
                Patience,
                () => "messages are left\n" + hanging.Output
            );
            await hanging.StopAsync();
        }
        finally
        {
            system.Pairing.Start();
        }

        await system.Pairing.WaitUntilReadyAsync();
        Assert.Equal(0u, (await bus.FindAsync("pairing"))!.Value.Messages);
    }

    /// <summary>A trade opened in each of so many streams, and a batch that counts them.</summary>
    private async Task<(string[] Symbols, long Batch)> EnteredAsync(string name, int count)
    {
        string[] symbols = [.. Enumerable.Range(0, count).Select(i => Trader.NewSymbol($"{name}{i}"))];
        var batch = await _trader.CreateBatchAsync(new { name = symbols[0], symbols });
        await _trader.InsistAsync(symbols.Select(symbol => Trader.Body(symbol, "entry", "bullish", 100m, Start)));
        await _trader.AlertsAndTradesAreRightAsync();
        await _trader.LedgerIsRightAsync(batch, new ReferenceBatch(symbols));
        return (symbols, batch);
    }
}
