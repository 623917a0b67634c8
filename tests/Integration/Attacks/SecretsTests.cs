using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using PnlPipeline.Hosting;
using PnlPipeline.Tests.Integration.Ingest;
using PnlPipeline.Tests.Integration.Servers;
using static PnlPipeline.Tests.Integration.Ingest.WebhookTests;

namespace PnlPipeline.Tests.Integration.Attacks;

/// <summary>
/// The webhook's token stands in a path, and paths are what frameworks like to tell: logs at every level, metrics,
/// traces, messages.
/// </summary>
[Collection(nameof(BrokerTests))]
public sealed class SecretsTests(TestBroker broker)
{
    private const string Wrong = "a-token-that-somebody-guessed";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_secret_is_in_logs_metrics_traces_messages_or_answers()
    {
        await broker.DeleteQueuesAsync();
        await using var collector = new Collector();
        await collector.StartAsync();
        await using var line = new BrokerLine(TestBroker.IngestUrl);
        await using var ingest = await IngestProcess.StartAsync(
            line.Url,
            ("Logs__Format", "json"),
            ("Serilog__MinimumLevel__Default", "Verbose"),
            ("Serilog__MinimumLevel__Override__Microsoft", "Verbose"),
            ("OTEL_EXPORTER_OTLP_ENDPOINT", collector.Url),
            ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"),
            ("OTEL_METRIC_EXPORT_INTERVAL", "200")
        );
        await Eventually.BecomesAsync(async () =>
            (await ingest.PostAsync(Priced(1))).Status == HttpStatusCode.Accepted
        );

        var answers = new List<Answer>
        {
            await ingest.PostAsync(Priced(2)),
            await ingest.PostAsync("no alert"),
            await ingest.PostAsync(Priced(3), Wrong),
            await ingest.GetAsync($"/webhooks/tradingview/{IngestProcess.Token}"),
            await ingest.GetAsync($"/Webhooks//TradingView/{IngestProcess.Token}/more"),
            await ingest.PostAsync(new string(' ', 20_000)),
            await ingest.GetAsync("/health/ready"),
        };
        // Not a request, and the server quotes it at its lowest level.
        await Source.DripAsync(
            ingest.Url.Port,
            $"POST /webhooks/tradingview/{IngestProcess.Token} \u0001 HTTP/1.1\r\n\r\n",
            "x"u8.ToArray(),
            TimeSpan.FromMilliseconds(50)
        );
        // What is logged while a request runs carries its path.
        line.Hold();
        answers.Add(await ingest.PostAsync("no alert either"));
        answers.Add(await ingest.PostAsync(Priced(4)));
        await Eventually.BecomesAsync(() =>
            Task.FromResult(ingest.Output.Contains("may not be on record", StringComparison.Ordinal))
        );
        line.LetGo();
        await Eventually.BecomesAsync(async () =>
            (await ingest.PostAsync(Priced(5))).Status == HttpStatusCode.Accepted
        );
        await Eventually.BecomesAsync(() =>
            Task.FromResult(
                collector.Received.Any(text => text.Contains("pnlpipeline.ingest.rejected", StringComparison.Ordinal))
            )
        );

        // It was told much, or this is no test.
        Assert.Contains("/webhooks/tradingview/***", ingest.Output, StringComparison.Ordinal);
        string[] secrets = [IngestProcess.Token, Wrong, new Uri(TestBroker.IngestUrl).UserInfo.Split(':')[1]];
        var messages = new List<string>();
        foreach (var queue in new[] { Topology.Pairing, Topology.Rejections })
        {
            while (await broker.TakeAsync(queue) is { } taken)
                messages.Add(
                    Encoding.Latin1.GetString(taken.Body.Span)
                        + string.Join(' ', taken.BasicProperties.Headers?.Select(header => Text(header.Value)) ?? [])
                );
        }

        Assert.NotEmpty(messages);
        foreach (var secret in secrets)
        {
            Assert.DoesNotContain(secret, ingest.Output, StringComparison.OrdinalIgnoreCase);
            Assert.All(
                answers,
                answer => Assert.DoesNotContain(secret, answer.Body.GetRawText(), StringComparison.OrdinalIgnoreCase)
            );
            Assert.All(
                collector.Received,
                text => Assert.DoesNotContain(secret, text, StringComparison.OrdinalIgnoreCase)
            );
            Assert.All(messages, text => Assert.DoesNotContain(secret, text, StringComparison.OrdinalIgnoreCase));
        }
    }

    private static string Text(object? value) => value is byte[] bytes ? Encoding.Latin1.GetString(bytes) : $"{value}";

    /// <summary>Takes what is exported by OTLP over HTTP, as it comes: strings stand in it as they are.</summary>
    private sealed class Collector : IAsyncDisposable
    {
        private readonly WebApplication _app;

        public Collector()
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            _app = builder.Build();
            _app.Urls.Add("http://127.0.0.1:0");
            _app.Run(async http =>
            {
                using var body = new MemoryStream();
                await http.Request.Body.CopyToAsync(body, http.RequestAborted);
                Received.Add(Encoding.Latin1.GetString(body.ToArray()));
            });
        }

        public ConcurrentBag<string> Received { get; } = [];

        public string Url => _app.Urls.First();

        public Task StartAsync() => _app.StartAsync(Cancellation);

        public ValueTask DisposeAsync() => _app.DisposeAsync();
    }
}
