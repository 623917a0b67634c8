using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using PnlPipeline.Hosting;
using PnlPipeline.Tests.Integration.Servers;
using PnlPipeline.Tests.Unit.Documents;

namespace PnlPipeline.Tests.Integration.Ingest;

/// <summary>One ingest for the tests that need nothing special of it.</summary>
public sealed class OneIngest : IAsyncLifetime
{
    public IngestProcess Process { get; private set; } = null!;

    public async ValueTask InitializeAsync() =>
        Process = await IngestProcess.StartAsync(
            TestBroker.IngestUrl,
            ("Webhooks__Tokens__1", "the-token-that-comes-next")
        );

    public ValueTask DisposeAsync() => Process.DisposeAsync();
}

[Collection(nameof(BrokerTests))]
public sealed class WebhookTests(TestBroker broker, OneIngest one) : IClassFixture<OneIngest>, IAsyncLifetime
{
    private const string Example =
        """{"symbol":"BTCUSDT","side":"entry","timeframe":"60","type":"bullish","price":43250.5,"closeonflip":true,"timestamp":"2025-11-22T06:28:00+0000"}""";

    private IngestProcess Ingest => one.Process;

    public async ValueTask InitializeAsync()
    {
        // The queues are declared while the bus starts; what other tests left on them is not ours.
        await Eventually.BecomesAsync(async () => (await Ingest.GetAsync("/health/ready")).Status == HttpStatusCode.OK);
        await broker.EmptyQueuesAsync();
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task An_alert_is_on_its_queue_when_it_is_answered()
    {
        var answer = await Ingest.PostAsync(Example);

        Assert.Equal(HttpStatusCode.Accepted, answer.Status);
        Assert.Equal("accepted", answer.Body.GetProperty("status").GetString());
        var message = Assert.Single(await broker.TakeAllAsync(Topology.Pairing));
        var alert = Assert.Single(message.GetProperty("alerts").EnumerateArray());
        Assert.Equal(answer.AlertId, alert.GetProperty("alertId").GetString());
        Assert.Equal("BTCUSDT", alert.GetProperty("symbol").GetString());
        Assert.Equal("43250.5", alert.GetProperty("price").GetString());
        Assert.Equal(Example, Encoding.UTF8.GetString(alert.GetProperty("payload").GetBytesFromBase64()));
    }

    [Fact]
    public async Task The_messages_that_the_manual_gives_are_on_the_queue_as_they_were_meant()
    {
        foreach (var message in ReadyMessages.All)
            Assert.Equal(
                HttpStatusCode.Accepted,
                (await Ingest.PostAsync(ReadyMessages.Filled(message, "sell", "flat", "2025-11-22T06:28:00Z"))).Status
            );

        var alerts = (await broker.TakeAllAsync(Topology.Pairing)).SelectMany(one =>
            one.GetProperty("alerts").EnumerateArray()
        );
        Assert.Equal(
            ["BTCUSDT 60 Entry", "BTCUSDT 60 Entry", "BTCUSDT 60 Exit", "BTCUSDT 60 Exit My strategy"],
            alerts
                .Select(alert =>
                    $"{alert.GetProperty("symbol")} {alert.GetProperty("timeframe")} {alert.GetProperty("action")} "
                    + (alert.TryGetProperty("strategy", out var strategy) ? strategy.GetString() : "")
                )
                .Select(text => text.Trim())
                .Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public async Task The_same_alert_is_accepted_again_with_the_same_id()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => Ingest.PostAsync(Example)));

        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.Accepted, answer.Status));
        Assert.Single(answers.Select(answer => answer.AlertId).Distinct(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Alerts_that_come_at_once_go_together_and_none_is_lost_or_doubled()
    {
        const int count = 2_000;
        var answers = await Task.WhenAll(Enumerable.Range(1, count).Select(price => Ingest.PostAsync(Priced(price))));

        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.Accepted, answer.Status));
        var messages = await broker.TakeAllAsync(Topology.Pairing);
        var sent = messages
            .SelectMany(message => message.GetProperty("alerts").EnumerateArray())
            .Select(alert => alert.GetProperty("alertId").GetString());
        Assert.Equal(
            answers.Select(answer => answer.AlertId).Order(StringComparer.Ordinal),
            sent.Order(StringComparer.Ordinal)
        );
        Assert.InRange(messages.Count, 1, count / 2);
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/xml")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("nonsense")]
    [InlineData(null)]
    public async Task The_content_type_decides_nothing(string? contentType)
    {
        var body = new ByteArrayContent(Encoding.UTF8.GetBytes(Example));
        if (contentType is not null)
            body.Headers.TryAddWithoutValidation("Content-Type", contentType);

        Assert.Equal(HttpStatusCode.Accepted, (await Ingest.PostAsync(body)).Status);
    }

    [Fact]
    public async Task A_refused_body_gets_every_error_and_is_on_record_as_it_came()
    {
        const string body = """{"symbol":"","price":NaN,"side":"up","timeframe":0}""";
        var answer = await Ingest.PostAsync(body);

        AssertProblem(answer, HttpStatusCode.BadRequest);
        string[] fields = ["price", "side", "symbol", "timeframe", "timestamp"];
        Assert.Equal(
            fields,
            answer
                .Body.GetProperty("errors")
                .EnumerateObject()
                .Select(field => field.Name)
                .Order(StringComparer.Ordinal)
        );
        var rejection = Assert.Single(await broker.TakeAllAsync(Topology.Rejections));
        Assert.Equal(body, Encoding.UTF8.GetString(rejection.GetProperty("body").GetBytesFromBase64()));
        Assert.Equal(
            fields,
            rejection.GetProperty("errors").EnumerateObject().Select(field => field.Name).Order(StringComparer.Ordinal)
        );
        Assert.Empty(await broker.TakeAllAsync(Topology.Pairing));
    }

    [Theory]
    [InlineData("")]
    [InlineData("\0\u0001")]
    [InlineData("{\"a\\ud800\":1,\"A\\uD800\":2}")]
    [InlineData("{\"symbol\":\"\\ud800\",\"side\":\"\\udfff\"}")]
    [InlineData("{\"symbol\":\"'; DROP TABLE alerts; --\",\"side\":\"<script>alert(1)</script>\"}")]
    public async Task Whatever_the_body_it_is_refused_and_on_record(string body)
    {
        AssertProblem(await Ingest.PostAsync(body), HttpStatusCode.BadRequest);
        var rejection = Assert.Single(await broker.TakeAllAsync(Topology.Rejections));
        Assert.Equal(body, Encoding.UTF8.GetString(rejection.GetProperty("body").GetBytesFromBase64()));
    }

    [Theory]
    [InlineData("a-token-of-the-tests-onl")]
    [InlineData("a-token-of-the-tests-onlyy")]
    [InlineData("A-token-of-the-tests-only")]
    [InlineData("a-token-of-the-tests-only%20")]
    [InlineData("a-token-of-the-tests-only/")]
    [InlineData("x")]
    public async Task A_wrong_token_learns_nothing_and_leaves_nothing(string token)
    {
        var answers = new[]
        {
            await Ingest.PostAsync(Example, token),
            await Ingest.PostAsync("no alert", token),
            await Ingest.GetAsync("/elsewhere"),
        };

        // A trailing slash is the same path.
        if (token.EndsWith('/'))
            return;
        Assert.All(answers, answer => AssertProblem(answer, HttpStatusCode.NotFound));
        Assert.Single(answers.Select(answer => answer.Body.GetRawText()).Distinct(StringComparer.Ordinal));
        Assert.Empty(await broker.TakeAllAsync(Topology.Pairing));
        Assert.Empty(await broker.TakeAllAsync(Topology.Rejections));
    }

    [Fact]
    public async Task Two_tokens_are_good_while_one_takes_the_others_place() =>
        Assert.Equal(HttpStatusCode.Accepted, (await Ingest.PostAsync(Example, "the-token-that-comes-next")).Status);

    [Theory]
    [InlineData(16_384, HttpStatusCode.Accepted)]
    [InlineData(16_385, HttpStatusCode.RequestEntityTooLarge)]
    [InlineData(10_000_000, HttpStatusCode.RequestEntityTooLarge)]
    public async Task A_body_has_at_most_16384_bytes_with_its_length_announced_or_not(
        int length,
        HttpStatusCode expected
    )
    {
        var padded = Encoding.UTF8.GetBytes(Example.PadRight(length));

        Assert.Equal(expected, (await Ingest.PostAsync(new ByteArrayContent(padded))).Status);
        Assert.Equal(expected, (await Ingest.PostAsync(new StreamContent(new Unsized(padded)))).Status);
        Assert.Empty(await broker.TakeAllAsync(Topology.Rejections));
    }

    [Fact]
    public async Task Another_method_or_path_is_answered_with_a_problem()
    {
        AssertProblem(
            await Ingest.GetAsync($"/webhooks/tradingview/{IngestProcess.Token}"),
            HttpStatusCode.MethodNotAllowed
        );
        var asHtml = new HttpRequestMessage(HttpMethod.Get, "/");
        asHtml.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/html"));
        AssertProblem(await Ingest.SendAsync(asHtml), HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_body_that_trickles_is_cut_off()
    {
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", Ingest.Url.Port);
        var stream = client.GetStream();
        await stream.WriteAsync(
            Encoding.ASCII.GetBytes(
                $"POST /webhooks/tradingview/{IngestProcess.Token} HTTP/1.1\r\nHost: x\r\nContent-Length: 200\r\n\r\n{{"
            )
        );
        var buffer = new byte[4096];
        var read = await stream.ReadAsync(buffer).AsTask().WaitAsync(TimeSpan.FromSeconds(20));

        var answer = Encoding.ASCII.GetString(buffer, 0, read);
        Assert.StartsWith("HTTP/1.1 408", answer, StringComparison.Ordinal);
        Assert.Contains("application/problem+json", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_description_is_complete()
    {
        var answer = await Ingest.GetAsync("/openapi/v1.json");

        var post = answer.Body.GetProperty("paths").GetProperty("/webhooks/tradingview/{token}").GetProperty("post");
        Assert.NotEqual("", post.GetProperty("summary").GetString());
        Assert.Equal(
            "BTCUSDT",
            post.GetProperty("requestBody")
                .GetProperty("content")
                .GetProperty("application/json")
                .GetProperty("example")
                .GetProperty("symbol")
                .GetString()
        );
        Assert.Equal(
            ["202", "400", "404", "405", "408", "413", "429", "503"],
            post.GetProperty("responses")
                .EnumerateObject()
                .Select(response => response.Name)
                .Order(StringComparer.Ordinal)
        );
        Assert.All(
            post.GetProperty("responses").EnumerateObject(),
            response => Assert.NotEqual("", response.Value.GetProperty("description").GetString())
        );
    }

    [Fact]
    public async Task Health_names_the_broker()
    {
        Assert.Equal(HttpStatusCode.OK, (await Ingest.GetAsync("/health/live")).Status);
        var ready = await Ingest.GetAsync("/health/ready");
        Assert.Equal("rabbitmq", Assert.Single(ready.Body.GetProperty("dependencies").EnumerateObject()).Name);
    }

    [Fact]
    public async Task No_secret_is_in_what_it_prints()
    {
        await Ingest.PostAsync("rubbish");
        await Ingest.PostAsync(Example, "wrong-token-that-is-not-it");

        Assert.DoesNotContain(IngestProcess.Token, Ingest.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("wrong-token", Ingest.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(
            new Uri(TestBroker.IngestUrl).UserInfo.Split(':')[1],
            Ingest.Output,
            StringComparison.Ordinal
        );
    }

    internal static string Priced(int price) =>
        Example.Replace("43250.5", price.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);

    internal static void AssertProblem(Answer answer, HttpStatusCode status)
    {
        Assert.Equal((status, "application/problem+json"), (answer.Status, answer.ContentType));
        Assert.Equal((int)status, answer.Body.GetProperty("status").GetInt32());
        Assert.NotEqual("", answer.Body.GetProperty("title").GetString());
        Assert.NotEqual("", answer.Body.GetProperty("detail").GetString());
    }

    /// <summary>A stream that does not tell its length, so that it is sent in chunks.</summary>
    private sealed class Unsized(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;
    }
}
