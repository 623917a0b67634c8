using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using PnlPipeline.Tests.EndToEnd.System;
using PnlPipeline.Tests.Reference;

namespace PnlPipeline.Tests.EndToEnd;

/// <summary>The way of an alert from the webhook to the ledger, over HTTP alone.</summary>
public sealed class Flow(PipelineSystem system)
{
    private static readonly DateTime Start = new(2025, 3, 3, 9, 0, 0, DateTimeKind.Utc);

    private readonly Trader _trader = new(system);

    [Fact]
    public async Task An_entry_and_its_exit_become_one_trade_and_one_ledger_row()
    {
        var symbol = Trader.NewSymbol("FLOW");
        var batch = new ReferenceBatch([symbol], Capital: 10_000m, AllocationPercentage: 50m, FeePercentage: 0.1m);
        var id = await _trader.CreateBatchAsync(
            new
            {
                name = symbol,
                symbols = (string[])[symbol],
                capital = 10_000,
                allocationPercentage = 50,
                feePercentage = 0.1,
            }
        );

        await _trader.InsistAsync(Trader.Body(symbol, "entry", "bullish", 100m, Start));
        await _trader.InsistAsync(Trader.Body(symbol, "exit", "bullish", 103m, Start.AddHours(2)));

        await _trader.AlertsAndTradesAreRightAsync();
        await _trader.LedgerIsRightAsync(id, batch);
        // By hand: 3 % − 0.1 × 203 / 100 = 2.797 % of half of 10,000.
        Assert.Equal(
            139.85m,
            (await _trader.GetAsync($"/api/v1/batches/{id}")).GetProperty("summary").GetProperty("pnl").GetDecimal()
        );
    }

    [Fact]
    public async Task The_same_alert_sent_fifty_times_at_once_is_stored_once_and_accepted_each_time()
    {
        var symbol = Trader.NewSymbol("SAME");
        var body = Trader.Body(symbol, "entry", "bullish", 43250.5m, Start);

        var statuses = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => _trader.SendAsync(body)));

        Assert.All(statuses, status => Assert.Equal(HttpStatusCode.Accepted, status));
        await _trader.AlertsAndTradesAreRightAsync();
    }

    [Fact]
    public async Task The_two_alerts_of_a_flip_come_out_the_same_in_either_order()
    {
        var (first, second) = (Trader.NewSymbol("FLIPA"), Trader.NewSymbol("FLIPB"));
        foreach (var (symbol, exitFirst) in ((string, bool)[])[(first, true), (second, false)])
        {
            var exit = Trader.Body(symbol, "exit", "bullish", 110m, Start.AddHours(1));
            var entry = Trader.Body(symbol, "entry", "bearish", 110m, Start.AddHours(1));
            await _trader.InsistAsync(Trader.Body(symbol, "entry", "bullish", 100m, Start));
            await _trader.InsistAsync(exitFirst ? exit : entry);
            await _trader.InsistAsync(exitFirst ? entry : exit);
        }

        await _trader.AlertsAndTradesAreRightAsync();
        foreach (var symbol in (string[])[first, second])
        {
            var trades = await _trader.ListAsync($"/api/v1/trades?symbol={symbol}");
            Assert.Equal(["open", "exit"], trades.Select(trade => trade.Text("exitReason") ?? "open"));
        }
    }

    [Fact]
    public async Task Alerts_in_any_order_give_the_trades_and_ledgers_of_the_right_order()
    {
        var symbol = Trader.NewSymbol("LATE");
        var id = await _trader.CreateBatchAsync(new { name = symbol, symbols = (string[])[symbol] });
        var bodies = Trader.Flips(symbol, 60, seed: 11).ToArray();
        new Random(12).Shuffle(bodies);

        await _trader.InsistAsync(bodies);

        await _trader.AlertsAndTradesAreRightAsync();
        await _trader.LedgerIsRightAsync(id, new ReferenceBatch([symbol]));
    }

    [Fact]
    public async Task An_exit_that_comes_long_before_its_entry_is_unmatched_until_the_entry_arrives()
    {
        var symbol = Trader.NewSymbol("EARLY");
        await _trader.InsistAsync(Trader.Body(symbol, "exit", "bullish", 120m, Start.AddDays(300)));
        await _trader.AlertsAndTradesAreRightAsync();

        await _trader.InsistAsync(Trader.Body(symbol, "entry", "bullish", 100m, Start));
        await _trader.AlertsAndTradesAreRightAsync();
    }

    [Fact]
    public async Task A_batch_edited_while_alerts_flow_ends_with_the_ledger_of_its_last_settings()
    {
        var (kept, dropped) = (Trader.NewSymbol("KEPT"), Trader.NewSymbol("DROP"));
        var id = await _trader.CreateBatchAsync(new { name = kept, symbols = (string[])[kept, dropped] });
        var flow = _trader.InsistAsync(Trader.Flips(kept, 300, seed: 21).Concat(Trader.Flips(dropped, 300, seed: 22)));

        var startTime = new DateTime(2026, 1, 20, 0, 0, 0, DateTimeKind.Utc);
        foreach (
            var change in (object[])
                [
                    new { capital = 5_000 },
                    new { feePercentage = 0.05 },
                    new { symbols = (string[])[kept] },
                    new { allocationPercentage = 33.33333333, startTime },
                ]
        )
        {
            using var response = await system.Admin.PatchAsJsonAsync($"/api/v1/batches/{id}", change);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            Assert.Equal(
                "building",
                (await response.Content.ReadFromJsonAsync<JsonElement>())
                    .GetProperty("ledger")
                    .GetProperty("state")
                    .GetString()
            );
        }

        await flow;
        await _trader.AlertsAndTradesAreRightAsync();
        await _trader.LedgerIsRightAsync(
            id,
            new ReferenceBatch(
                [kept],
                StartTime: startTime,
                Capital: 5_000m,
                AllocationPercentage: 33.33333333m,
                FeePercentage: 0.05m
            )
        );
    }

    [Fact]
    public async Task A_refused_body_is_answered_field_by_field_and_kept_as_it_came()
    {
        var mark = Trader.NewSymbol("BAD");
        var body =
            $$"""{"symbol":"{{mark}}","side":"entry","timeframe":"60","type":"up","price":NaN,"timestamp":"yesterday"}""";

        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        using var response = await system.Webhook.PostAsync(
            new Uri($"/webhooks/tradingview/{system.Token}", UriKind.Relative),
            content
        );

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        var errors = (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors");
        Assert.Equal(
            ["price", "side", "timestamp"],
            errors.EnumerateObject().Select(error => error.Name).Order(StringComparer.Ordinal)
        );
        await Eventually.TrueAsync(
            async () =>
                (await _trader.GetAsync("/api/v1/alerts/rejected?limit=100"))
                    .GetProperty("items")
                    .EnumerateArray()
                    .Any(item => item.GetRawText().Contains(mark, StringComparison.Ordinal)),
            TimeSpan.FromSeconds(20),
            () => "the refused body is not in the log"
        );
    }

    [Fact]
    public async Task A_message_that_is_none_of_ours_is_parked_with_its_reason_and_the_rest_flows()
    {
        var mark = Trader.NewSymbol("RUBBISH");
        await using (var connection = await system.ConnectToBrokerAsync())
        {
            await using var channel = await connection.CreateChannelAsync();
            await RabbitMQ.Client.IChannelExtensions.BasicPublishAsync(
                channel,
                exchange: "",
                routingKey: "pairing",
                mandatory: true,
                body: Encoding.UTF8.GetBytes($"this is no JSON: {mark}")
            );
        }

        var symbol = Trader.NewSymbol("FLOWS");
        await _trader.InsistAsync(Trader.Flips(symbol, 5, seed: 31));

        await _trader.AlertsAndTradesAreRightAsync();
        await Eventually.TrueAsync(
            async () =>
                (await _trader.GetAsync("/api/v1/parked-messages?limit=100"))
                    .GetProperty("items")
                    .EnumerateArray()
                    .Count(item =>
                        item.GetRawText().Contains(mark, StringComparison.Ordinal)
                        && item.Text("reason") is { Length: > 0 }
                    ) == 1,
            TimeSpan.FromSeconds(20),
            () => "the message is not parked, or more than once"
        );
    }
}
