using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Dapper;
using PnlPipeline.Analytics.Worker.Corrections;
using PnlPipeline.Contracts;
using PnlPipeline.Database;
using PnlPipeline.Domain.Alerts;
using PnlPipeline.Hosting;
using PnlPipeline.Tests.Integration.Pairing;
using PnlPipeline.Tests.Integration.Query;
using PnlPipeline.Tests.Integration.Servers;
using RabbitMQ.Client;

namespace PnlPipeline.Tests.Integration.Corrections;

/// <summary>
/// From the request over the bus to the rows and back: the query API as a process, pairing in this one. Each test has a
/// symbol of its own.
/// </summary>
[Collection(nameof(BrokerTests))]
public sealed class CorrectionApiTests(QueryApiWithBroker api, TestBroker broker) : IClassFixture<QueryApiWithBroker>
{
    private const string Envelope = "application/vnd.masstransit+json";

    // How long the API waits where nothing else is set.
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(5);

    [Fact]
    public async Task An_alert_is_voided_and_restored_again_and_again()
    {
        await using var worker = await WorkerHost.StartAsync(api.Database.WorkerUrl);
        var (entry, exit) = await PairAsync(worker, "APIVOID");
        var before = await LookAsync(entry, exit);

        var voided = await PostAsync($"alerts/{exit.AlertId}/void", 200);
        Assert.Equal("voided", voided.GetProperty("outcome").GetString());
        Assert.Equal("{}", voided.GetProperty("payload").GetString());
        Assert.Equal(
            voided.GetRawText(),
            (await api.Viewer.GetJsonAsync($"/api/v1/alerts/{exit.AlertId}")).GetRawText()
        );
        Assert.Equal(
            JsonValueKind.Null,
            (await api.Viewer.GetJsonAsync($"/api/v1/trades/{entry.AlertId}")).GetProperty("exitTime").ValueKind
        );
        Assert.Equal(
            voided.GetRawText(),
            (await PostAsync($"alerts/{exit.AlertId.ToUpperInvariant()}/void", 200)).GetRawText()
        );

        // Sent again, it stays voided.
        await worker.Bus.Publish(new AlertsReceived([exit]), QueryApi.Cancellation);
        await Eventually.BecomesAsync(async () => await broker.CountAsync(Topology.Pairing) == 0);
        Assert.Equal(
            "voided",
            (await PostAsync($"alerts/{exit.AlertId}/void", 200)).GetProperty("outcome").GetString()
        );

        Assert.Equal(
            "closed",
            (await PostAsync($"alerts/{exit.AlertId}/restore", 200)).GetProperty("outcome").GetString()
        );
        Assert.Equal(
            "closed",
            (await PostAsync($"alerts/{exit.AlertId}/restore", 200)).GetProperty("outcome").GetString()
        );
        Assert.Equal(before, await LookAsync(entry, exit));

        var trail = await api.Admin.GetJsonAsync($"/api/v1/audit?subject=alerts/{exit.AlertId}");
        Assert.Equal(["alert.restore", "alert.void"], trail.Items("action"));
        Assert.Equal(
            ["""{"was":"voided","is":"closed"}""", """{"was":"closed","is":"voided"}"""],
            trail.Items("detail")
        );
        Assert.All(trail.Items("role"), role => Assert.Equal("admin", role));
    }

    [Fact]
    public async Task A_trade_is_closed_by_hand_once()
    {
        await using var worker = await WorkerHost.StartAsync(api.Database.WorkerUrl);
        var entry = Rows.Alert("APICLOSE", AlertAction.Entry, Direction.Short, 100, 1);
        await SendAsync(worker, entry);
        var trade = await PostAsync(
            $"trades/{entry.AlertId}/close",
            200,
            """{"price":"90.50","time":"2026-01-01T00:00:02.250Z"}"""
        );

        var id = AlertId.Of("APICLOSE", "60", AlertAction.Manual, Direction.Short, 90.5m, Rows.Start.AddSeconds(2.25));
        Assert.Equal(
            $$"""
            {"tradeId":"{{entry.AlertId}}","symbol":"APICLOSE","timeframe":"60","strategy":null,"side":"short","entryPrice":100,"entryTime":"2026-01-01T00:00:01Z","exitPrice":90.5,"exitTime":"2026-01-01T00:00:02.250Z","exitReason":"manual","changePercentage":9.5,"entryAlertId":"{{entry.AlertId}}","exitAlertId":"{{id}}","mae":0,"mfe":9.5,"prices":2}
            """,
            trade.GetRawText()
        );
        var alert = await api.Viewer.GetJsonAsync($"/api/v1/alerts/{id}");
        Assert.Equal(
            "manual short closed",
            $"{alert.GetProperty("action")} {alert.GetProperty("direction")} {alert.GetProperty("outcome")}"
        );
        Assert.Equal(
            $$"""{"tradeId":"{{entry.AlertId}}","price":90.5,"time":"2026-01-01T00:00:02.250Z"}""",
            alert.GetProperty("payload").GetString()
        );

        // Closed, it stays so; its close voided, it is open, and the same close is restored and not made again.
        Assert.Equal(
            "id",
            await (await TryPostAsync($"trades/{entry.AlertId}/close", """{"price":80}""")).ProblemAsync(409)
        );
        await PostAsync($"alerts/{id}/void", 200);
        Assert.Equal(
            "time",
            await (
                await TryPostAsync(
                    $"trades/{entry.AlertId}/close",
                    """{"price":90.5,"time":"2026-01-01T00:00:02.25Z"}"""
                )
            ).ProblemAsync(409)
        );
        await PostAsync($"alerts/{id}/restore", 200);
        Assert.Equal(
            trade.GetRawText(),
            (await api.Viewer.GetJsonAsync($"/api/v1/trades/{entry.AlertId}")).GetRawText()
        );
        Assert.Equal(
            ["trade.close"],
            (await api.Admin.GetJsonAsync($"/api/v1/audit?subject=trades/{entry.AlertId}")).Items("action")
        );
    }

    [Fact]
    public async Task A_close_without_a_time_is_of_this_moment()
    {
        await using var worker = await WorkerHost.StartAsync(api.Database.WorkerUrl);
        var entry = Rows.Alert("APINOW", AlertAction.Entry, Direction.Long, 100, 1);
        await SendAsync(worker, entry);
        var earliest = DateTime.UtcNow.AddMilliseconds(-1);
        var trade = await PostAsync($"trades/{entry.AlertId}/close", 200, """{"price":100}""");
        Assert.InRange(trade.GetProperty("exitTime").GetDateTime(), earliest, DateTime.UtcNow);
    }

    [Fact]
    public async Task An_exit_from_before_it_makes_a_close_by_hand_unmatched()
    {
        await using var worker = await WorkerHost.StartAsync(api.Database.WorkerUrl);
        var entry = Rows.Alert("APILATE", AlertAction.Entry, Direction.Long, 100, 1);
        await SendAsync(worker, entry);
        var trade = await PostAsync(
            $"trades/{entry.AlertId}/close",
            200,
            """{"price":90,"time":"2026-01-01T00:00:09Z"}"""
        );
        await SendAsync(worker, Rows.Alert("APILATE", AlertAction.Exit, null, 95, 5));
        Assert.Equal("95 exit", await ExitAsync(entry));
        Assert.Equal(
            "unmatched",
            (await api.Viewer.GetJsonAsync($"/api/v1/alerts/{trade.GetProperty("exitAlertId")}"))
                .GetProperty("outcome")
                .GetString()
        );
    }

    [Theory]
    [InlineData("", "body")]
    [InlineData("nonsense", "body")]
    [InlineData("[]", "body")]
    [InlineData("{}", "price")]
    [InlineData("""{"price":0,"time":"2026-01-01T00:00:01Z","when":1}""", "price time when")]
    public async Task A_close_that_is_wrong_is_refused_with_every_field_s_error(string body, string fields)
    {
        var trade = new StagedTrade("APIWRONG", "60", "long", "2026-01-01T00:00:01", 100m);
        if (
            await api.Stage.ScalarAsync<int>(
                "SELECT COUNT(*) FROM trades WHERE trade_id = @id",
                new { id = trade.Id.ToByteArray() }
            ) == 0
        )
            await api.Stage.TradesAsync(trade);
        Assert.Equal(fields, await (await TryPostAsync($"trades/{trade.Id}/close", body)).ProblemAsync(400));
    }

    [Theory]
    [InlineData("alerts/nonsense/void")]
    [InlineData("alerts/00000000000000000000000000000000/void")]
    [InlineData("alerts/00000000000000000000000000000000/restore")]
    [InlineData("trades/nonsense/close")]
    [InlineData("trades/00000000000000000000000000000000/close")]
    public async Task What_is_not_there_is_not_corrected(string path) =>
        await (await TryPostAsync(path, """{"price":1}""")).ProblemAsync(404);

    [Fact]
    public async Task A_correction_that_nobody_takes_is_withdrawn_and_never_happens()
    {
        AlertReceived entry,
            exit,
            open;
        await using (var before = await WorkerHost.StartAsync(api.Database.WorkerUrl))
        {
            (entry, exit) = await PairAsync(before, "APINOBODY");
            open = Rows.Alert("APINOBODY", AlertAction.Entry, Direction.Short, 120, 3);
            await SendAsync(before, open);
            await before.StopAsync();
        }

        await api.StartAsync(("Corrections__DeadlineMs", "300"));
        var rows = await Rows.StoredAsync(api.Database, ["APINOBODY"]);
        foreach (
            var path in new[]
            {
                $"alerts/{exit.AlertId}/void",
                $"alerts/{entry.AlertId}/void",
                $"trades/{open.AlertId}/close",
            }
        )
        {
            var problem = await (await TryPostAsync(path, """{"price":1}""")).JsonAsync(503);
            Assert.Equal("Not applied.", problem.GetProperty("title").GetString());
        }

        // Whoever finds them afterwards leaves them alone.
        Assert.NotEqual(0u, await broker.CountAsync(Topology.Corrections));
        await api.StartAsync();
        await using var worker = await WorkerHost.StartAsync(api.Database.WorkerUrl);
        await Eventually.BecomesAsync(async () => await broker.CountAsync(Topology.Corrections) == 0);
        // The one that follows it has been settled, and with it all of them.
        var other = await PairAsync(worker, "APIFOLLOWS");
        await PostAsync($"alerts/{other.Entry.AlertId}/void", 200);
        await worker.StopAsync();
        Assert.Equal(rows.Alerts, (await Rows.StoredAsync(api.Database, ["APINOBODY"])).Alerts);
        Assert.Equal(rows.Trades, (await Rows.StoredAsync(api.Database, ["APINOBODY"])).Trades);
        Assert.Empty((await api.Admin.GetJsonAsync($"/api/v1/audit?subject=alerts/{exit.AlertId}")).Items("action"));
    }

    [Fact]
    public async Task A_correction_that_is_at_work_at_the_deadline_is_waited_for()
    {
        await api.StartAsync(("Corrections__DeadlineMs", "1000"));
        await using var worker = await WorkerHost.StartAsync(api.Database.WorkerUrl);
        var (_, exit) = await PairAsync(worker, "APIATWORK");
        Task<HttpResponseMessage> asking;
        await using (var connection = await api.Database.OpenAsync())
        await using (var transaction = await connection.BeginTransactionAsync(QueryApi.Cancellation))
        {
            // Pairing settles it, and then has to wait for this alert.
            await connection.ExecuteAsync(
                "SELECT 1 FROM alerts WHERE alert_id = @id FOR UPDATE",
                new { id = Convert.FromHexString(exit.AlertId) },
                transaction
            );
            asking = TryPostAsync($"alerts/{exit.AlertId}/void", "");
            // The request has begun to withdraw it, and waits for what pairing has written there. On a slow machine
            // pairing may come to it too late: then it was withdrawn, and is asked for again.
            await Eventually.BecomesAsync(async () =>
            {
                if (asking.IsCompleted)
                {
                    Assert.Equal(HttpStatusCode.ServiceUnavailable, (await asking).StatusCode);
                    asking = TryPostAsync($"alerts/{exit.AlertId}/void", "");
                }

                return await api.Stage.ScalarAsync<int>(
                        """
                        SELECT COUNT(*) FROM performance_schema.data_locks
                         WHERE object_schema = DATABASE() AND object_name = 'corrections' AND lock_status = 'WAITING'
                        """
                    ) > 0;
            });
            Assert.False(asking.IsCompleted);
        }

        Assert.Equal("voided", (await (await asking).JsonAsync(200)).GetProperty("outcome").GetString());
        await api.StartAsync();
    }

    [Fact]
    public async Task Voided_and_restored_at_once_through_two_workers_each_deed_follows_on_the_other()
    {
        await using var one = await WorkerHost.StartAsync(api.Database.WorkerUrl);
        await using var two = await WorkerHost.StartAsync(api.Database.WorkerUrl);
        var (entry, exit) = await PairAsync(one, "APIATONCE");
        var answers = await Task.WhenAll(
            Enumerable
                .Range(0, 24)
                .Select(i => TryPostAsync($"alerts/{exit.AlertId}/{(i % 2 == 0 ? "void" : "restore")}", ""))
        );
        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));

        var deeds = (await api.Admin.GetJsonAsync($"/api/v1/audit?subject=alerts/{exit.AlertId}&limit=1000")).Items(
            "action"
        );
        deeds.Reverse();
        Assert.Equal(Enumerable.Range(0, deeds.Count).Select(i => i % 2 == 0 ? "alert.void" : "alert.restore"), deeds);
        HashSet<string> voided = deeds is [.., "alert.void"] ? [exit.AlertId] : [];
        var expected = NaiveReference.Compute([entry, exit], voided);
        var stored = await Rows.StoredAsync(api.Database, ["APIATONCE"]);
        Assert.Equal(expected.Alerts, stored.Alerts);
        Assert.Equal(expected.Trades, stored.Trades);
    }

    [Fact]
    public async Task Of_many_closes_at_once_and_a_real_exit_one_closes_the_trade()
    {
        await using var one = await WorkerHost.StartAsync(api.Database.WorkerUrl);
        await using var two = await WorkerHost.StartAsync(api.Database.WorkerUrl);
        for (var round = 0; round < 5; round++)
        {
            var symbol = $"APIRACE{round}";
            var entry = Rows.Alert(symbol, AlertAction.Entry, Direction.Long, 100, 1);
            var exit = Rows.Alert(symbol, AlertAction.Exit, null, 105, 5);
            await SendAsync(one, entry);
            var closes = Enumerable
                .Range(0, 6)
                .Select(i =>
                    TryPostAsync(
                        $"trades/{entry.AlertId}/close",
                        $$"""{"price":{{90 + i}},"time":"2026-01-01T00:00:0{{2 + i}}Z"}"""
                    )
                )
                .ToList();
            await two.Bus.Publish(new AlertsReceived([exit]), QueryApi.Cancellation);
            var answers = await Task.WhenAll(closes);
            await Eventually.BecomesAsync(() => IsStoredAsync(exit));

            List<AlertReceived> alerts = [entry, exit];
            alerts.AddRange(
                answers
                    .Index()
                    .Where(answer => answer.Item.StatusCode == HttpStatusCode.OK)
                    .Select(answer =>
                        Rows.Alert(
                            symbol,
                            AlertAction.Manual,
                            Direction.Long,
                            90 + answer.Index,
                            2 + answer.Index,
                            entry.AlertId
                        )
                    )
            );
            Assert.True(alerts.Count <= 3, "more than one close was accepted");
            Assert.All(
                answers,
                answer => Assert.Contains(answer.StatusCode, new[] { HttpStatusCode.OK, HttpStatusCode.Conflict })
            );
            var expected = NaiveReference.Compute(alerts, new HashSet<string>());
            var stored = await Rows.StoredAsync(api.Database, [symbol]);
            Assert.Equal(expected.Alerts, stored.Alerts);
            Assert.Equal(expected.Trades, stored.Trades);
        }
    }

    [Fact]
    public async Task A_correction_that_was_applied_but_not_told_is_told_when_it_comes_again()
    {
        AlertReceived entry;
        await using (var before = await WorkerHost.StartAsync(api.Database.WorkerUrl))
        {
            (entry, _) = await PairAsync(before, "APICRASHED");
            await before.StopAsync();
        }

        var sent = Stopwatch.StartNew();
        var asking = TryPostAsync($"alerts/{entry.AlertId}/void", "");
        var (held, message) = (
            await Eventually.GetAsync(() => broker.HoldAsync(Topology.Corrections), taken => taken is not null)
        )!.Value;
        await new CorrectionStore(new MySqlDatabase(api.Database.WorkerUrl), TimeProvider.System).SettleAsync(
            JsonNode.Parse(message.Body.Span)!["message"].Deserialize<CorrectAlert>(Json)!,
            QueryApi.Cancellation
        );
        await (await asking).JsonAsync(200);
        // The worker that had it is gone, and who asked waits no longer: it comes again all the same.
        await Eventually.BecomesAsync(() => Task.FromResult(sent.Elapsed > Deadline * 1.5));
        await held.DisposeAsync();
        while (await broker.TakeAsync(Topology.Ledgers) is not null)
        {
            // What the alerts themselves did.
        }

        await using var worker = await WorkerHost.StartAsync(api.Database.WorkerUrl);
        var told = await Eventually.GetAsync(() => broker.TakeAsync(Topology.Ledgers), message => message is not null);
        Assert.Equal("APICRASHED", (string?)JsonNode.Parse(told!.Body.Span)!["message"]!["streams"]![0]!["symbol"]);
    }

    [Fact]
    public async Task What_is_no_correction_is_parked_with_its_reason()
    {
        await using var worker = await WorkerHost.StartAsync(api.Database.WorkerUrl);
        var author = new Author("admin", "5f0c0a9d");
        byte[][] rubbish =
        [
            "hello"u8.ToArray(),
            Message(nameof(CorrectAlert), new CorrectAlert(Guid.NewGuid(), "nonsense", true, author)),
            Message(
                nameof(CloseTrade),
                new CloseTrade(Guid.NewGuid(), new string('0', 32), -1, Rows.Start, Rows.Start, author)
            ),
            Message(nameof(CorrectAlert), new { }),
        ];
        foreach (var body in rubbish)
            await broker.SendRawAsync(Topology.Corrections, body, new BasicProperties { ContentType = Envelope });
        await Eventually.BecomesAsync(async () =>
            await api.Stage.ScalarAsync<int>("SELECT COUNT(*) FROM parked_messages WHERE queue = 'corrections'")
            == rubbish.Length
        );
        Assert.Equal(
            0,
            await api.Stage.ScalarAsync<int>(
                "SELECT COUNT(*) FROM parked_messages WHERE queue = 'corrections' AND reason = ''"
            )
        );
    }

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private static byte[] Message(string type, object message) =>
        Encoding.UTF8.GetBytes(
            JsonSerializer.Serialize(
                new
                {
                    messageId = Guid.NewGuid(),
                    messageType = new[] { $"urn:message:PnlPipeline.Contracts:{type}" },
                    message,
                },
                Json
            )
        );

    private async Task<(AlertReceived Entry, AlertReceived Exit)> PairAsync(WorkerHost worker, string symbol)
    {
        var entry = Rows.Alert(symbol, AlertAction.Entry, Direction.Long, 100, 1);
        var exit = Rows.Alert(symbol, AlertAction.Exit, null, 110, 2);
        await SendAsync(worker, entry, exit);
        return (entry, exit);
    }

    private async Task SendAsync(WorkerHost worker, params AlertReceived[] alerts)
    {
        await worker.Bus.Publish(new AlertsReceived(alerts), QueryApi.Cancellation);
        foreach (var alert in alerts)
            await Eventually.BecomesAsync(() => IsStoredAsync(alert));
    }

    private async Task<bool> IsStoredAsync(AlertReceived alert) =>
        await api.Stage.ScalarAsync<int>(
            "SELECT COUNT(*) FROM alerts WHERE alert_id = @id",
            new { id = Convert.FromHexString(alert.AlertId) }
        ) == 1;

    private async Task<string> ExitAsync(AlertReceived entry)
    {
        var trade = await api.Viewer.GetJsonAsync($"/api/v1/trades/{entry.AlertId}");
        return $"{trade.GetProperty("exitPrice")} {trade.GetProperty("exitReason")}";
    }

    private async Task<string> LookAsync(AlertReceived entry, AlertReceived exit)
    {
        var looks = new List<string>();
        foreach (
            var path in new[]
            {
                $"alerts/{entry.AlertId}",
                $"alerts/{exit.AlertId}",
                $"trades/{entry.AlertId}",
                $"trades?symbol={entry.Symbol}",
            }
        )
            looks.Add((await api.Viewer.GetJsonAsync($"/api/v1/{path}")).GetRawText());
        return string.Join('\n', looks);
    }

    private async Task<JsonElement> PostAsync(string path, int status, string body = "") =>
        await (await TryPostAsync(path, body)).JsonAsync(status);

    private Task<HttpResponseMessage> TryPostAsync(string path, string body) =>
        api.Admin.SendAsync("POST", $"/api/v1/{path}", body);
}

/// <summary>The broker is away.</summary>
public sealed class CorrectionWithoutBrokerTests(QueryApi api) : IClassFixture<QueryApi>
{
    [Fact]
    public async Task Without_a_broker_the_answer_says_that_nothing_changed_and_nothing_will()
    {
        await api.StartAsync(("Corrections__DeadlineMs", "300"));
        var trade = new StagedTrade("NOBROKER", "60", "long", "2026-01-01T00:00:01", 100m);
        await api.Stage.TradesAsync(trade);
        foreach (
            var path in new[] { $"alerts/{trade.Id}/void", $"alerts/{trade.Id}/restore", $"trades/{trade.Id}/close" }
        )
        {
            var response = await api.Admin.SendAsync("POST", $"/api/v1/{path}", """{"price":1}""");
            var problem = await response.JsonAsync(503);
            Assert.Equal("Not applied.", problem.GetProperty("title").GetString());
            Assert.Contains(
                "nothing changed, and nothing will",
                problem.GetProperty("detail").GetString(),
                StringComparison.Ordinal
            );
        }

        Assert.Equal(
            3,
            await api.Stage.ScalarAsync<int>("SELECT COUNT(*) FROM corrections WHERE outcome = 'withdrawn'")
        );
    }

    [Theory]
    [InlineData("99")]
    [InlineData("60001")]
    public async Task A_deadline_out_of_range_stops_the_start(string deadline)
    {
        var (exitCode, output) = await api.RunToItsEndAsync(("Corrections__DeadlineMs", deadline));
        Assert.NotEqual(0, exitCode);
        Assert.Contains("DeadlineMs", output, StringComparison.Ordinal);
    }
}

/// <summary>The database stops answering while a correction is waited for.</summary>
public sealed class CorrectionWithoutDatabaseTests(QueryApi api) : IClassFixture<QueryApi>
{
    [Fact]
    public async Task Where_nobody_can_say_what_came_of_a_correction_the_answer_says_so_and_where_to_look()
    {
        await using var wire = new Wire(api.Database.QueryUrl.Host, api.Database.QueryUrl.Port);
        await api.StartAsync(
            ("Corrections__DeadlineMs", "3000"),
            (
                "ConnectionStrings__MySql",
                TestDatabase.ConnectionString(api.Database.QueryUrl with { Host = "127.0.0.1", Port = wire.Port })
            )
        );
        var trade = new StagedTrade("NODATABASE", "60", "long", "2026-01-01T00:00:01", 100m);
        await api.Stage.TradesAsync(trade);
        var asking = api.Admin.SendAsync("POST", $"/api/v1/alerts/{trade.Id}/void");
        // It has found the alert, and waits.
        await Eventually.BecomesAsync(async () =>
            await api.Stage.ScalarAsync<int>(
                """
                SELECT COUNT(*) FROM performance_schema.events_statements_summary_by_digest
                 WHERE schema_name = DATABASE() AND digest_text LIKE 'SELECT%`outcome`%`corrections`%'
                """
            ) > 0
        );
        wire.Cut();

        var problem = await (await asking).JsonAsync(503);
        Assert.Equal("Perhaps not applied.", problem.GetProperty("title").GetString());
        Assert.Contains(
            $"/api/v1/alerts/{trade.Id}",
            problem.GetProperty("detail").GetString(),
            StringComparison.Ordinal
        );
    }
}
