using System.Globalization;
using System.Text;
using System.Text.Json;
using PnlPipeline.Contracts;
using PnlPipeline.Domain.Alerts;
using PnlPipeline.Tests.Integration.Pairing;
using PnlPipeline.Tests.Integration.Query;
using PnlPipeline.Tests.Integration.Servers;

namespace PnlPipeline.Tests.Integration.Imports;

/// <summary>
/// A list against the alerts of its trades, of which some are late, some are lost and some came twice: what is found is
/// exactly that.
/// </summary>
[Collection(nameof(BrokerTests))]
public sealed class RoundTripTests(TestBroker broker) : IAsyncLifetime
{
    private const int Trades = 200;
    private const string Stream = "?symbol=FOUND&timeframe=60&tz=UTC";

    private static readonly DateTime Start = new(2024, 5, 6, 0, 0, 0, DateTimeKind.Utc);

    private readonly QueryApiWithBroker _api = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await broker.DeleteQueuesAsync();
        await _api.InitializeAsync();
    }

    public ValueTask DisposeAsync() => _api.DisposeAsync();

    [Fact]
    public async Task Delays_losses_and_repeats_are_found_exactly()
    {
        await using var pairing = await WorkerHost.StartAsync(_api.Database.WorkerUrl);
        var (rows, alerts, expected) = (new List<string>(), new List<AlertReceived>(), new List<string>());
        for (var i = 1; i <= Trades; i++)
        {
            // The list has the opening of the bar, the alerts its close, an hour later; four hours in, two out.
            var (entry, exit, price) = (Start.AddHours(6 * i), Start.AddHours((6 * i) + 4), 100 + i);
            rows.Add(Row(i, "Entry", entry, price));
            rows.Add(Row(i, "Exit", exit, price + 5));
            var (isLost, isLate, isDear) = (i % 10 == 3, i % 10 == 5, i % 10 == 7);
            expected.Add($"{i} {(isLost ? "missing" : isLate ? "late" : isDear ? "priceDiffers" : "matched")}");
            if (isLost)
                continue;
            var delay = TimeSpan.FromSeconds(isLate ? 300 : 2);
            var came = new[]
            {
                Alert("entry", entry.AddHours(1), isDear ? price + 1 : price, delay),
                Alert("exit", exit.AddHours(1), price + 5, TimeSpan.FromSeconds(2)),
            };
            // Some come again, as TradingView resends.
            alerts.AddRange(i % 10 == 9 ? [.. came, .. came] : came);
        }

        new Random(3).Shuffle(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(alerts));
        foreach (var some in alerts.Chunk(50))
            await pairing.Bus.Publish(new AlertsReceived(some), Cancellation);
        var delivered = Trades - (Trades / 10);
        await Eventually.BecomesAsync(async () =>
            await _api.Stage.ScalarAsync<long>("SELECT COUNT(*) FROM trades WHERE exit_time IS NOT NULL") == delivered
        );

        var list = "Trade #,Type,Date/Time,Price\n" + string.Join('\n', rows);
        var answer = await ReconcileAsync(list);
        Assert.Equal(3600, answer.GetProperty("offsetSeconds").GetDouble());
        Assert.Equal(expected, States(answer));
        var delays = answer.GetProperty("delays");
        Assert.Equal(
            (2 * delivered, 2, 300),
            (
                delays.GetProperty("alerts").GetInt32(),
                delays.GetProperty("p50").GetDouble(),
                delays.GetProperty("max").GetDouble()
            )
        );

        // The same list brought in, too: recorded trades are no deliveries, and change nothing of it.
        using var upload = await _api.Admin.PostAsync(
            $"/api/v1/imports{Stream}&overlap=take",
            new StringContent(list),
            Cancellation
        );
        var import = await upload.JsonAsync(202);
        await Eventually.BecomesAsync(async () =>
            (await _api.Viewer.GetJsonAsync($"/api/v1/imports/{import.GetProperty("id")}"))
                .GetProperty("state")
                .GetString() == "done"
        );
        Assert.Equal(
            Trades,
            await _api.Stage.ScalarAsync<long>("SELECT COUNT(*) FROM trades WHERE exit_reason = 'recorded'")
        );
        Assert.Equal(expected, States(await ReconcileAsync(list)));
    }

    private async Task<JsonElement> ReconcileAsync(string list) =>
        await (await _api.Viewer.SendAsync("POST", $"/api/v1/reconciliations{Stream}", list)).JsonAsync(200);

    private static List<string> States(JsonElement answer) =>
        [
            .. answer
                .GetProperty("rows")
                .EnumerateArray()
                .Where(row => row.GetProperty("number").ValueKind == JsonValueKind.Number)
                .OrderBy(row => row.GetProperty("number").GetInt32())
                .Select(row => $"{row.GetProperty("number")} {row.GetProperty("state").GetString()}"),
        ];

    private static string Row(int number, string type, DateTime time, int price) =>
        string.Create(CultureInfo.InvariantCulture, $"{number},{type} long,{time:yyyy-MM-dd HH:mm},{price}");

    private static AlertReceived Alert(string side, DateTime time, int price, TimeSpan delay) =>
        AlertParser
            .Parse(
                Encoding.UTF8.GetBytes(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $$"""{"symbol":"FOUND","side":"{{side}}","type":"long","timeframe":"60","price":{{price}},"timestamp":"{{time:yyyy-MM-ddTHH:mm:ss}}Z"}"""
                    )
                ),
                time + delay
            )
            .Alert!;
}
