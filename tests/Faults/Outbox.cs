using System.Net.Http.Json;
using System.Text.Json;
using PnlPipeline.Tests.EndToEnd.System;

namespace PnlPipeline.Tests.Faults;

/// <summary>Notifications, while the workers that write and send them are killed.</summary>
public sealed class Outbox(PipelineSystem system, ITestOutputHelper output)
{
    private const int Trades = 12;

    private static readonly DateTime Start = new(2025, 3, 3, 9, 0, 0, DateTimeKind.Utc);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Trader _trader = new(system);

    [Fact]
    public async Task A_worker_killed_between_the_commit_of_a_message_and_its_sending_loses_none_and_has_one_key_for_each()
    {
        using var hook = new Hook();
        using var sender = system.NewWorker(
            "notifications",
            broker: null,
            ("Notifications__AllowedNetworks__0", "127.0.0.0/8"),
            ("Notifications__PollMs", "50")
        );
        var symbol = Trader.NewSymbol("TOLD");
        var channel = await AddAsync(
            "channels",
            new
            {
                name = symbol,
                type = "webhook",
                url = hook.Url,
                secret = "a-secret-of-these-tests",
            }
        );
        try
        {
            var rule = await AddAsync("rules", new { kind = "tradeOpened", channelId = channel });
            // Started after the rule was made it tells of every trade, also of those that it finds on its queue.
            system.Pairing.Kill();
            foreach (var half in Bodies(symbol).Chunk(Trades))
            {
                system.Pairing.Start();
                await _trader.InsistAsync(half, inFlight: 1);
                system.Pairing.Kill();
            }

            system.Pairing.Start();
            await system.Pairing.WaitUntilReadyAsync();
            await _trader.AlertsAndTradesAreRightAsync();
            var keys = (await _trader.ListAsync($"/api/v1/trades?symbol={symbol}"))
                .Select(trade => $"{rule}:opened:{trade.Text("tradeId")}")
                .Order(StringComparer.Ordinal)
                .ToList();
            Assert.Equal(Trades, keys.Count);
            Assert.Equal(keys, await KeysAsync("pending"));

            // One is being sent, the others wait.
            sender.Start();
            await ReceivesAsync(1);
            sender.Kill();
            Assert.Equal(keys, await KeysAsync("pending"));

            // Sent, and noted or not.
            hook.Answers = true;
            for (var kill = 0; kill < 3; kill++)
            {
                var before = hook.Received.Count;
                sender.Start();
                await ReceivesAsync(before + 1);
                sender.Kill();
            }

            sender.Start();
            await Eventually.TrueAsync(
                async () => (await KeysAsync("sent")).Count == Trades,
                Patience,
                () => $"not all are sent\n{sender.Output}"
            );

            var answered = hook.Received.Where(one => one.IsAnswered).Select(one => one.Key);
            Assert.Equal(keys, answered.Distinct().Order(StringComparer.Ordinal));
            Assert.All(hook.Received, one => Assert.Equal(one.Key, Of(one.Body, "key")));
            // The entry's price, which no two have, is in the lines.
            Assert.Equal(
                Trades,
                hook.Received.Select(one => (one.Key, Lines: Of(one.Body, "lines"))).Distinct().Count()
            );
            output.WriteLine($"{hook.Received.Count} requests for {Trades} messages.");
        }
        finally
        {
            (await system.Admin.DeleteAsync($"/api/v1/notifications/channels/{channel}")).Dispose();
        }

        Task ReceivesAsync(int count) =>
            Eventually.TrueAsync(
                () => Task.FromResult(hook.Received.Count >= count),
                Patience,
                () => $"nothing is sent\n{sender.Output}"
            );

        async Task<List<string>> KeysAsync(string state) =>
            [
                .. (await _trader.ListAsync($"/api/v1/notifications/deliveries?channel={channel}&state={state}"))
                    .Select(delivery => delivery.Text("key")!)
                    .Order(StringComparer.Ordinal),
            ];
    }

    private static IEnumerable<string> Bodies(string symbol) =>
        Enumerable
            .Range(0, Trades)
            .SelectMany(i =>
                (string[])
                    [
                        Trader.Body(symbol, "entry", "bullish", 100m + i, Start.AddHours(2 * i)),
                        Trader.Body(symbol, "exit", "bullish", 101m + i, Start.AddHours((2 * i) + 1)),
                    ]
            );

    private async Task<long> AddAsync(string what, object body)
    {
        using var answer = await system.Admin.PostAsJsonAsync($"/api/v1/notifications/{what}", body);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, text);
        return JsonDocument.Parse(text).RootElement.GetProperty("id").GetInt64();
    }

    private static string Of(string body, string property) =>
        JsonDocument.Parse(body).RootElement.GetProperty(property).ToString();
}
