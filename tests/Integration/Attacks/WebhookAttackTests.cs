using System.Net;
using System.Text;
using PnlPipeline.Hosting;
using PnlPipeline.Tests.Integration.Ingest;
using PnlPipeline.Tests.Integration.Servers;
using PnlPipeline.Tests.Unit.Alerts;
using static PnlPipeline.Tests.Integration.Ingest.WebhookTests;

namespace PnlPipeline.Tests.Integration.Attacks;

/// <summary>What somebody sends who means harm, or a script with a mistake in it.</summary>
[Collection(nameof(BrokerTests))]
public sealed class WebhookBodyTests(TestBroker broker, OneIngest one) : IClassFixture<OneIngest>, IAsyncLifetime
{
    private static readonly string[] HeadersOfAll =
    [
        "X-Content-Type-Options",
        "X-Frame-Options",
        "Referrer-Policy",
        "Content-Security-Policy",
        "Cache-Control",
    ];

    public static TheoryData<string> Hostile => [.. HostileBodies.All.Keys];

    public static TheoryData<string> Odd => [.. HostileBodies.Accepted.Keys];

    private IngestProcess Ingest => one.Process;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await broker.DeleteQueuesAsync();
        await Eventually.BecomesAsync(async () =>
            (await Ingest.PostAsync(Priced(1))).Status == HttpStatusCode.Accepted
        );
        await broker.EmptyQueuesAsync();
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Theory]
    [MemberData(nameof(Hostile))]
    public async Task A_hostile_body_is_refused_by_the_name_of_its_field(string name)
    {
        var (body, fields) = HostileBodies.All[name];

        var answer = await Ingest.PostAsync(new ByteArrayContent(body));

        AssertProblem(answer, HttpStatusCode.BadRequest);
        Assert.Equal(
            fields,
            string.Join(
                ' ',
                answer
                    .Body.GetProperty("errors")
                    .EnumerateObject()
                    .Select(field => field.Name)
                    .Order(StringComparer.Ordinal)
            )
        );
        Assert.Empty(await broker.TakeAllAsync(Topology.Pairing));
        Assert.Single(await broker.TakeAllAsync(Topology.Rejections));
    }

    [Theory]
    [MemberData(nameof(Odd))]
    public async Task An_odd_body_that_keeps_the_rules_is_an_alert_like_any_other(string name)
    {
        var body = HostileBodies.Accepted[name];

        Assert.Equal(HttpStatusCode.Accepted, (await Ingest.PostAsync(new ByteArrayContent(body))).Status);
        var alert = Assert.Single(
            Assert.Single(await broker.TakeAllAsync(Topology.Pairing)).GetProperty("alerts").EnumerateArray()
        );
        Assert.Equal(body, alert.GetProperty("payload").GetBytesFromBase64());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Thousands_of_mutated_bodies_are_accepted_or_refused_and_none_is_a_fault(int seed)
    {
        var random = new Random(seed);
        var bodies = Enumerable
            .Range(0, 2_500)
            .Select(round =>
                round % 5 == 0
                    ? HostileAlerts.Random(random, bytesMax: round % 50 == 0 ? 16_384 : 200)
                    : HostileAlerts.Mutated(random)
            )
            .ToList();
        var statuses = new System.Collections.Concurrent.ConcurrentBag<HttpStatusCode>();
        await Parallel.ForEachAsync(
            bodies,
            new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = Cancellation },
            async (body, _) =>
            {
                var answer = await Ingest.PostAsync(new ByteArrayContent(body));
                if (answer.Status != HttpStatusCode.Accepted)
                    AssertProblem(answer, HttpStatusCode.BadRequest);
                statuses.Add(answer.Status);
            }
        );

        Assert.InRange(statuses.Count(status => status == HttpStatusCode.Accepted), 100, 2_400);
        var accepted = await broker.TakeAlertIdsAsync();
        Assert.InRange(accepted.Count, 1, 2_500);
    }

    [Fact]
    public async Task Chunks_without_end_are_cut_off_with_413()
    {
        var chunk = Encoding.ASCII.GetBytes("400\r\n" + new string(' ', 1024) + "\r\n");
        var answer = await Source.DripAsync(
            Ingest.Url.Port,
            Post("Transfer-Encoding: chunked"),
            chunk,
            between: TimeSpan.FromMilliseconds(1)
        );

        Assert.StartsWith("HTTP/1.1 413", answer, StringComparison.Ordinal);
        Assert.Contains("application/problem+json", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_of_a_byte_a_second_is_cut_off_with_408()
    {
        var answer = await Source.DripAsync(
            Ingest.Url.Port,
            Post("Content-Length: 200"),
            "{"u8.ToArray(),
            between: TimeSpan.FromSeconds(1)
        );

        Assert.StartsWith("HTTP/1.1 408", answer, StringComparison.Ordinal);
        Assert.Contains("application/problem+json", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Headers_of_a_byte_a_second_are_cut_off()
    {
        var answer = await Source.DripAsync(
            Ingest.Url.Port,
            "POST / HTTP/1.1\r\nHost: x\r\nX-Slow: ",
            "x"u8.ToArray(),
            between: TimeSpan.FromSeconds(1)
        );

        Assert.StartsWith("HTTP/1.1 408", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Headers_without_bound_are_refused()
    {
        var answer = await Source.DripAsync(
            Ingest.Url.Port,
            $"POST / HTTP/1.1\r\nHost: x\r\nX-Large: {new string('x', 64 * 1024)}\r\n\r\n",
            "x"u8.ToArray(),
            TimeSpan.FromMilliseconds(50)
        );

        Assert.StartsWith("HTTP/1.1 431", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_answer_tells_browsers_to_make_nothing_of_it()
    {
        using var client = Source.ClientFrom(Source.First, Ingest.Url);
        var webhook = $"/webhooks/tradingview/{IngestProcess.Token}";
        foreach (
            var (method, path, body, status) in ((HttpMethod, string, string?, int)[])
                [
                    (HttpMethod.Post, webhook, Priced(2), 202),
                    (HttpMethod.Post, webhook, "no alert", 400),
                    (HttpMethod.Post, webhook, new string(' ', 20_000), 413),
                    (HttpMethod.Get, webhook, null, 405),
                    (HttpMethod.Post, webhook + "x", Priced(2), 404),
                    (HttpMethod.Get, "/nowhere", null, 404),
                    (HttpMethod.Get, "/health/ready", null, 200),
                    (HttpMethod.Get, "/openapi/v1.json", null, 200),
                ]
        )
        {
            using var request = new HttpRequestMessage(method, path);
            if (body is not null)
                request.Content = new StringContent(body);
            using var answer = await client.SendAsync(request, Cancellation);
            Assert.Equal(status, (int)answer.StatusCode);
            Assert.All(
                HeadersOfAll,
                header => Assert.True(answer.Headers.Contains(header), $"{status} {path} has no {header}")
            );
            Assert.False(answer.Headers.Contains("Server"));
        }
    }

    private static string Post(string header) =>
        $"POST /webhooks/tradingview/{IngestProcess.Token} HTTP/1.1\r\nHost: x\r\n{header}\r\n\r\n";
}

/// <summary>Who may send, and how much of it.</summary>
[Collection(nameof(BrokerTests))]
public sealed class WebhookSourceTests(TestBroker broker)
{
    private static readonly string Webhook = $"/webhooks/tradingview/{IngestProcess.Token}";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Alerts_are_taken_from_the_allowed_networks_alone_and_only_a_known_proxy_may_say_where_they_come_from()
    {
        await using var ingest = await StartAsync(
            ("Webhooks__AllowedNetworks__0", "127.0.0.2"),
            ("Webhooks__AllowedNetworks__1", "198.51.100.0/24"),
            ("Proxies__Known__0", "127.0.0.9")
        );
        using var allowed = Source.ClientFrom(Source.Second, ingest.Url);
        using var stranger = Source.ClientFrom(Source.First, ingest.Url);
        using var proxy = Source.ClientFrom(Source.Proxy, ingest.Url);
        await Eventually.BecomesAsync(async () => (await PostAsync(allowed, null)).Status == HttpStatusCode.Accepted);
        await broker.TakeAllAsync(Topology.Pairing);

        foreach (
            var (client, forwardedFor, status) in ((HttpClient, string?, HttpStatusCode)[])
                [
                    (stranger, null, HttpStatusCode.NotFound),
                    // Forged: he is no proxy.
                    (stranger, "127.0.0.2", HttpStatusCode.NotFound),
                    (stranger, "198.51.100.7", HttpStatusCode.NotFound),
                    (allowed, "203.0.113.1", HttpStatusCode.Accepted),
                    (proxy, null, HttpStatusCode.NotFound),
                    (proxy, "198.51.100.7", HttpStatusCode.Accepted),
                    (proxy, "203.0.113.1", HttpStatusCode.NotFound),
                    // What the sender himself wrote stands in front of what the proxy saw.
                    (proxy, "198.51.100.7, 203.0.113.1", HttpStatusCode.NotFound),
                    (proxy, "203.0.113.1, 198.51.100.7", HttpStatusCode.Accepted),
                    (proxy, "198.51.100.7, 127.0.0.9", HttpStatusCode.Accepted),
                    (proxy, "nonsense", HttpStatusCode.NotFound),
                ]
        )
        {
            var answer = await PostAsync(client, forwardedFor);
            Assert.True(answer.Status == status, $"{forwardedFor}: {answer}");
            Assert.Equal(
                status == HttpStatusCode.Accepted ? 1 : 0,
                (await broker.TakeAllAsync(Topology.Pairing)).Count
            );
        }

        // A right token from the wrong place is answered like a wrong one.
        var wrong = await stranger.PostAsync(
            new Uri(Webhook + "x", UriKind.Relative),
            new StringContent(Priced(1)),
            Cancellation
        );
        Assert.Equal(await wrong.Content.ReadAsStringAsync(Cancellation), (await PostAsync(stranger, null)).Body);
        Assert.Equal(
            HttpStatusCode.OK,
            (await stranger.GetAsync(new Uri("/health/live", UriKind.Relative), Cancellation)).StatusCode
        );
    }

    [Fact]
    public async Task One_source_that_floods_is_told_to_wait_and_the_others_lose_nothing()
    {
        await using var ingest = await StartAsync(
            ("Webhooks__AlertsPerSecondMax", "50"),
            ("Webhooks__BurstMax", "100"),
            ("Proxies__Known__0", "127.0.0.9")
        );
        using var quiet = Source.ClientFrom(Source.First, ingest.Url);
        using var flooding = Source.ClientFrom(Source.Second, ingest.Url);
        await Eventually.BecomesAsync(async () => (await PostAsync(quiet, null)).Status == HttpStatusCode.Accepted);

        using var over = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var limited = 0;
        var flood = Task.WhenAll(
            Enumerable
                .Range(0, 8)
                .Select(async number =>
                {
                    while (!over.IsCancellationRequested)
                    {
                        // A header that only a known proxy may send does not make another source of it.
                        var answer = await PostAsync(flooding, $"198.51.100.{number}");
                        if (answer.Status == HttpStatusCode.TooManyRequests)
                        {
                            Assert.NotNull(answer.RetryAfter);
                            Interlocked.Increment(ref limited);
                        }
                    }
                })
        );
        await Eventually.BecomesAsync(() => Task.FromResult(Volatile.Read(ref limited) > 500));
        for (var round = 0; round < 50; round++)
            Assert.Equal(HttpStatusCode.Accepted, (await PostAsync(quiet, null)).Status);
        await over.CancelAsync();
        await flood;
    }

    [Fact]
    public async Task Ten_thousand_open_connections_are_capped_by_source_and_another_source_is_served()
    {
        await using var ingest = await StartAsync(("Connections__PerSourceMax", "500"));
        using var other = Source.ClientFrom(Source.First, ingest.Url);
        await Eventually.BecomesAsync(async () => (await PostAsync(other, null)).Status == HttpStatusCode.Accepted);

        // From one source, and silent.
        var sockets = new System.Collections.Concurrent.ConcurrentBag<System.Net.Sockets.Socket>();
        try
        {
            await Parallel.ForEachAsync(
                Enumerable.Range(0, 10_000),
                new ParallelOptions { MaxDegreeOfParallelism = 64, CancellationToken = Cancellation },
                async (_, _) => sockets.Add(await Source.ConnectAsync(Source.Second, ingest.Url.Port))
            );

            await Eventually.GetAsync(() => Task.FromResult(sockets.Count(IsOpen)), open => open <= 500);
            Assert.InRange(sockets.Count(IsOpen), 400, 500);
            for (var round = 0; round < 20; round++)
            {
                using var afresh = Source.ClientFrom(Source.First, ingest.Url);
                Assert.Equal(HttpStatusCode.Accepted, (await PostAsync(afresh, null)).Status);
            }
        }
        finally
        {
            foreach (var socket in sockets)
                socket.Dispose();
        }

        // Its own connections gone, the source is served again.
        using var again = Source.ClientFrom(Source.Second, ingest.Url);
        await Eventually.BecomesAsync(async () =>
        {
            try
            {
                return (await PostAsync(again, null)).Status == HttpStatusCode.Accepted;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        });
    }

    [Fact]
    public async Task Connections_are_capped_in_all()
    {
        await using var ingest = await StartAsync(("Connections__Max", "20"));
        var sockets = new List<System.Net.Sockets.Socket>();
        try
        {
            for (var number = 0; number < 60; number++)
                sockets.Add(await Source.ConnectAsync(IPAddress.Parse($"127.0.1.{number}"), ingest.Url.Port));
            await Eventually.GetAsync(() => Task.FromResult(sockets.Count(IsOpen)), open => open <= 20);
        }
        finally
        {
            sockets.ForEach(socket => socket.Dispose());
        }
    }

    private static Task<IngestProcess> StartAsync(params (string Name, string Value)[] settings) =>
        IngestProcess.StartAsync(TestBroker.IngestUrl, settings);

    // A peer that has closed shows as readable with nothing to read.
    private static bool IsOpen(System.Net.Sockets.Socket socket) =>
        !(socket.Poll(0, System.Net.Sockets.SelectMode.SelectRead) && socket.Available == 0);

    private static async Task<(HttpStatusCode Status, string Body, TimeSpan? RetryAfter)> PostAsync(
        HttpClient client,
        string? forwardedFor
    )
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Webhook) { Content = new StringContent(Priced(1)) };
        if (forwardedFor is not null)
            request.Headers.Add("X-Forwarded-For", forwardedFor);
        using var response = await client.SendAsync(request, Cancellation);
        return (
            response.StatusCode,
            await response.Content.ReadAsStringAsync(Cancellation),
            response.Headers.RetryAfter?.Delta
        );
    }
}
