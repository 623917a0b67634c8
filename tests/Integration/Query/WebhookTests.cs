using System.Text.Json;
using PnlPipeline.Tests.Integration.Ingest;
using PnlPipeline.Tests.Integration.Servers;

namespace PnlPipeline.Tests.Integration.Query;

[Collection(nameof(BrokerTests))]
public sealed class WebhookTests(QueryApi api, TestBroker broker) : IClassFixture<QueryApi>
{
    private const string Test = "/api/v1/webhook/test";

    [Fact]
    public async Task An_admin_is_told_the_address_whole_and_a_viewer_without_the_token()
    {
        await api.StartAsync(("Webhook__Url", "https://alerts.example/"), ("Webhook__Token", IngestProcess.Token));
        var response = await api.Admin.SendAsync("GET", "/api/v1/webhook");
        Assert.True(response.Headers.CacheControl?.NoStore);
        Assert.Equal(
            $$"""{"url":"https://alerts.example/webhooks/tradingview/{{IngestProcess.Token}}","isWhole":true}""",
            (await response.JsonAsync(200)).GetRawText()
        );

        Assert.Equal(
            """{"url":"https://alerts.example/webhooks/tradingview/TOKEN","isWhole":false}""",
            (await api.Viewer.GetJsonAsync("/api/v1/webhook")).GetRawText()
        );
    }

    [Fact]
    public async Task A_test_alert_is_accepted_by_ingest_the_next_closes_its_trade_and_the_token_reaches_no_log()
    {
        // Ingest publishes only where the queues are.
        await broker.DeleteQueuesAsync();
        await using var ingest = await IngestProcess.StartAsync(TestBroker.Url);
        await api.StartAsync(
            ("Webhook__Url", "https://alerts.example"),
            ("Webhook__InternalUrl", ingest.Url.ToString()),
            ("Webhook__Token", IngestProcess.Token)
        );

        var sent = await (await api.Admin.SendAsync("POST", Test)).JsonAsync(200);
        var body = sent.GetProperty("body").GetString()!;
        Assert.Equal("entry", JsonElement.Parse(body).GetProperty("side").GetString());
        // The same alert has the same id, whoever sends it.
        Assert.Equal(sent.GetProperty("alertId").GetString(), (await ingest.PostAsync(body)).AlertId);

        await api.Stage.TradesAsync(new StagedTrade("PNLTEST", "1", "long", "2026-11-22T06:00:00", 100));
        sent = await (await api.Admin.SendAsync("POST", Test)).JsonAsync(200);
        Assert.Equal("exit", JsonElement.Parse(sent.GetProperty("body").GetString()!).GetProperty("side").GetString());
        Assert.DoesNotContain(IngestProcess.Token, api.Log + ingest.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_stands_in_a_test_alerts_way_is_named()
    {
        await api.StartAsync();
        Assert.Equal(
            """{"url":null,"isWhole":false}""",
            (await api.Admin.GetJsonAsync("/api/v1/webhook")).GetRawText()
        );
        Assert.Contains("Webhook__Token", await DetailAsync(409), StringComparison.Ordinal);

        await api.StartAsync(("Webhook__InternalUrl", "http://127.0.0.1:1"), ("Webhook__Token", IngestProcess.Token));
        Assert.Contains("Nothing answered at http://127.0.0.1:1.", await DetailAsync(502), StringComparison.Ordinal);

        await using var ingest = await IngestProcess.StartAsync(TestBroker.Url);
        await api.StartAsync(
            ("Webhook__InternalUrl", ingest.Url.ToString()),
            ("Webhook__Token", "a-token-that-is-none-of-them")
        );
        Assert.Contains("does not know the token", await DetailAsync(502), StringComparison.Ordinal);
        Assert.DoesNotContain("a-token-that-is-none-of-them", api.Log, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Webhook__Url", "alerts.example")]
    [InlineData("Webhook__InternalUrl", "ftp://ingest")]
    public async Task An_address_that_is_none_stops_the_start(string name, string value)
    {
        var (exitCode, output) = await api.RunToItsEndAsync((name, value));
        Assert.NotEqual(0, exitCode);
        Assert.Contains($"Set {name}", output, StringComparison.Ordinal);
    }

    private async Task<string> DetailAsync(int status)
    {
        var response = await api.Admin.SendAsync("POST", Test);
        await response.ProblemAsync(status);
        return (await response.JsonAsync(status)).GetProperty("detail").GetString()!;
    }
}
