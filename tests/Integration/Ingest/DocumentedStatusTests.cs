using System.Net;
using System.Text;
using System.Text.Json;
using PnlPipeline.Tests.Integration.Attacks;
using PnlPipeline.Tests.Integration.Servers;
using static PnlPipeline.Tests.Integration.Ingest.WebhookTests;

namespace PnlPipeline.Tests.Integration.Ingest;

/// <summary>
/// Walks every operation that ingest's <c>/openapi/v1.json</c> documents and sees each of its statuses happen: a
/// documented status that nobody provokes fails, and so does an answer whose status is not documented.
/// </summary>
[Collection(nameof(BrokerTests))]
public sealed class DocumentedStatusTests(TestBroker broker)
{
    private const string Webhook = "post /webhooks/tradingview/{token}";

    private readonly Dictionary<string, HashSet<int>> _seen = [];

    [Fact]
    public async Task Every_documented_status_happens_and_no_other()
    {
        // Ingest publishes only where the queues are.
        await broker.DeleteQueuesAsync();
        await using var line = new BrokerLine(TestBroker.Url);
        await using var ingest = await IngestProcess.StartAsync(line.Url);
        await Eventually.BecomesAsync(async () => (await ingest.GetAsync("/health/ready")).Status == HttpStatusCode.OK);
        var documented = Documented((await ingest.GetAsync("/openapi/v1.json")).Body);

        See(await ingest.PostAsync(Priced(1)));
        See(await ingest.PostAsync("no alert"));
        See(await ingest.PostAsync(new string(' ', 16_385)));
        See(await ingest.PostAsync(Priced(1), "a-guess-of-a-token"));
        See(await ingest.GetAsync($"/webhooks/tradingview/{IngestProcess.Token}"));
        await SendSlowlyAsync(ingest);
        await line.DownAsync();
        See(await ingest.PostAsync(Priced(2)));
        await SendTooFastAsync();

        Assert.Equal(
            documented.ToDictionary(operation => operation.Key, operation => Text(operation.Value)),
            _seen.ToDictionary(operation => operation.Key, operation => Text(operation.Value))
        );
    }

    private static Dictionary<string, HashSet<int>> Documented(JsonElement document) =>
        document
            .GetProperty("paths")
            .EnumerateObject()
            .SelectMany(path =>
                path.Value.EnumerateObject()
                    .Select(operation =>
                        (
                            Name: $"{operation.Name} {path.Name}",
                            Statuses: operation
                                .Value.GetProperty("responses")
                                .EnumerateObject()
                                .Select(response => int.Parse(response.Name, null))
                                .ToHashSet()
                        )
                    )
            )
            .ToDictionary(operation => operation.Name, operation => operation.Statuses);

    private static string Text(IEnumerable<int> statuses) => string.Join(' ', statuses.Distinct().Order());

    private static async Task<string> DripAsync(IngestProcess ingest) =>
        await Source.DripAsync(
            ingest.Url.Port,
            $"POST /webhooks/tradingview/{IngestProcess.Token} HTTP/1.1\r\nHost: x\r\nContent-Length: 200\r\n\r\n",
            Encoding.ASCII.GetBytes("{"),
            between: TimeSpan.FromSeconds(1)
        );

    private async Task SendSlowlyAsync(IngestProcess ingest) =>
        See(int.Parse((await DripAsync(ingest)).Split(' ')[1], null));

    private async Task SendTooFastAsync()
    {
        await using var ingest = await IngestProcess.StartAsync(
            TestBroker.IngestUrl,
            ("Webhooks__AlertsPerSecondMax", "1"),
            ("Webhooks__BurstMax", "1")
        );
        // More at once than a second lets through, however slow the machine.
        foreach (var answer in await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => ingest.PostAsync("no alert"))))
            See(answer);
    }

    private void See(Answer answer)
    {
        if (answer.Status >= HttpStatusCode.BadRequest)
            AssertProblem(answer, answer.Status);
        See((int)answer.Status);
    }

    private void See(int status)
    {
        if (!_seen.TryGetValue(Webhook, out var statuses))
            _seen[Webhook] = statuses = [];
        statuses.Add(status);
    }
}
