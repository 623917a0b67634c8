using System.Text.Json;

namespace PnlPipeline.Tests.Integration.Query;

/// <summary>Channels and rules by the API: what is wrong is said, what is secret is told to nobody.</summary>
public sealed class NotificationApiTests(QueryApi api) : IClassFixture<QueryApi>
{
    private const string Channels = "/api/v1/notifications/channels";
    private const string Rules = "/api/v1/notifications/rules";

    [Fact]
    public async Task A_secret_is_written_and_never_read_back()
    {
        var bodies = new[]
        {
            """{"name":"Hook","type":"webhook","url":"https://hooks.example.com/SECRET1","secret":"SECRET2-of-sixteen"}""",
            """{"name":"Phone","type":"telegram","botToken":"1:SECRET3","chatId":"-10042"}""",
            """{"name":"Discord","type":"discord","url":"https://discord.example.com/api/SECRET4"}""",
            """{"name":"Slack","type":"slack","url":"https://hooks.slack.example.com/SECRET5"}""",
            """{"name":"Mail","type":"email","to":"me@example.com"}""",
        };
        var targets = new List<string>();
        foreach (var body in bodies)
        {
            var answer = await (await api.Admin.SendAsync("POST", Channels, body)).JsonAsync(201);
            targets.Add(answer.GetProperty("target").GetString()!);
            var path = $"{Channels}/{answer.GetProperty("id")}";
            var changed = await (await api.Admin.SendAsync("PATCH", path, """{"name":"Renamed"}""")).JsonAsync(200);
            Assert.Equal(targets[^1], changed.GetProperty("target").GetString());
            await (await api.Admin.SendAsync("POST", path + "/test")).JsonAsync(202);
        }

        Assert.Equal(
            ["hooks.example.com", "-10042", "discord.example.com", "hooks.slack.example.com", "me@example.com"],
            targets
        );
        foreach (var path in new[] { Channels, "/api/v1/notifications/deliveries", "/api/v1/audit" })
            Assert.DoesNotContain(
                "SECRET",
                (await api.Admin.GetJsonAsync(path)).GetRawText(),
                StringComparison.Ordinal
            );
        Assert.DoesNotContain("SECRET", api.Log, StringComparison.Ordinal);
        // What was not sent with the change is as it was.
        Assert.Equal(
            "SECRET2-of-sixteen",
            await api.Stage.ScalarAsync<string>(
                "SELECT settings->>'$.secret' FROM notification_channels WHERE type = 'webhook' AND target = 'hooks.example.com'"
            )
        );
    }

    [Theory]
    [InlineData("{}", "name type")]
    [InlineData("""{"name":"x","type":"pager"}""", "type")]
    [InlineData("""{"name":"x","type":"webhook"}""", "secret url")]
    [InlineData("""{"name":"x","type":"webhook","url":"https://a.example","secret":"short"}""", "secret")]
    [InlineData("""{"name":"x","type":"slack","url":"http://a.example"}""", "url")]
    [InlineData("""{"name":"x","type":"slack","url":"https://169.254.169.254/"}""", "url")]
    [InlineData("""{"name":"x","type":"slack","url":"https://[::1]/"}""", "url")]
    [InlineData("""{"name":"x","type":"slack","url":"https://2130706433/"}""", "url")]
    [InlineData("""{"name":"x","type":"slack","url":"not an address"}""", "url")]
    [InlineData("""{"name":"x","type":"slack","url":5}""", "url")]
    [InlineData("""{"name":"a\r\nb","type":"email","to":"me@example.com"}""", "name")]
    [InlineData("""{"name":"x","type":"email","to":"me@example.com\r\nBcc: you@example.com"}""", "to")]
    [InlineData("""{"name":"x","type":"email","to":"me@example.com, you@example.com"}""", "to")]
    [InlineData("""{"name":"x","type":"email","to":"me@example.com","url":"https://a.example"}""", "url")]
    [InlineData("""{"name":"x","type":"telegram","botToken":"a/b","chatId":"x"}""", "botToken chatId")]
    public async Task A_channel_that_is_wrong_is_refused_by_its_fields(string body, string fields) =>
        Assert.Equal(fields, await (await api.Admin.SendAsync("POST", Channels, body)).ProblemAsync(400));

    [Theory]
    [InlineData("""{}""", "channelId kind")]
    [InlineData("""{"kind":"gossip","channelId":CHANNEL}""", "kind")]
    [InlineData("""{"kind":"silence","channelId":999999}""", "channelId")]
    [InlineData("""{"kind":"drawdown","channelId":CHANNEL}""", "batchId limitPercentage")]
    [InlineData("""{"kind":"drawdown","channelId":CHANNEL,"batchId":999999,"limitPercentage":10}""", "batchId")]
    [InlineData("""{"kind":"drawdown","channelId":CHANNEL,"batchId":1,"limitPercentage":-1}""", "limitPercentage")]
    [InlineData(
        """{"kind":"silence","channelId":CHANNEL,"batchId":1,"limitPercentage":1}""",
        "batchId limitPercentage"
    )]
    [InlineData(
        """{"kind":"dailySummary","channelId":CHANNEL,"timeOfDay":"25:00","timeZone":"Berlin"}""",
        "timeOfDay timeZone"
    )]
    [InlineData("""{"kind":"silence","channelId":CHANNEL,"enabled":"yes","limit":1}""", "enabled limit")]
    public async Task A_rule_that_is_wrong_is_refused_by_its_fields(string body, string fields)
    {
        var channel = await ChannelAsync();
        Assert.Equal(
            fields,
            await (
                await api.Admin.SendAsync(
                    "POST",
                    Rules,
                    body.Replace("CHANNEL", $"{channel}", StringComparison.Ordinal)
                )
            ).ProblemAsync(400)
        );
    }

    [Fact]
    public async Task A_rule_goes_with_its_channel_and_every_change_is_recorded()
    {
        var channel = await ChannelAsync();
        var rule = await (
            await api.Admin.SendAsync("POST", Rules, $$"""{"kind":"dailySummary","channelId":{{channel}}}""")
        ).JsonAsync(201);
        Assert.Equal("18:00 UTC", $"{rule.GetProperty("timeOfDay")} {rule.GetProperty("timeZone")}");
        var path = $"{Rules}/{rule.GetProperty("id")}";
        var changed = await (
            await api.Admin.SendAsync("PATCH", path, """{"timeZone":"Europe/Berlin","enabled":false}""")
        ).JsonAsync(200);
        Assert.Equal(
            ("Europe/Berlin", false),
            (changed.GetProperty("timeZone").GetString(), changed.GetProperty("enabled").GetBoolean())
        );
        await (await api.Viewer.SendAsync("PATCH", path, "{}")).ProblemAsync(403);
        Assert.Contains(
            changed.GetRawText(),
            (await api.Viewer.GetJsonAsync(Rules)).GetRawText(),
            StringComparison.Ordinal
        );

        Assert.Equal(204, (int)(await api.Admin.SendAsync("DELETE", $"{Channels}/{channel}")).StatusCode);
        await (await api.Admin.SendAsync("DELETE", path)).ProblemAsync(404);
        Assert.Equal(
            ["rule.change"],
            (await api.Admin.GetJsonAsync($"/api/v1/audit?subject=notifications/rules/{rule.GetProperty("id")}")).Items(
                "action"
            )
        );
    }

    [Fact]
    public async Task A_test_is_listed_until_a_worker_sends_it()
    {
        var channel = await ChannelAsync();
        var sent = await (await api.Admin.SendAsync("POST", $"{Channels}/{channel}/test")).JsonAsync(202);
        var listed = Assert.Single(
            (await api.Viewer.GetJsonAsync($"/api/v1/notifications/deliveries?channel={channel}&state=pending"))
                .GetProperty("items")
                .EnumerateArray()
        );
        foreach (var property in new[] { "id", "key", "title", "state", "ruleId" })
            Assert.Equal(sent.GetProperty(property).GetRawText(), listed.GetProperty(property).GetRawText());
        Assert.Equal("Test of Chat", listed.GetProperty("title").GetString());
    }

    private async Task<long> ChannelAsync()
    {
        const string body = """{"name":"Chat","type":"slack","url":"https://hooks.example.com/x"}""";
        JsonElement channel = await (await api.Admin.SendAsync("POST", Channels, body)).JsonAsync(201);
        return channel.GetProperty("id").GetInt64();
    }
}
