using PnlPipeline.Contracts;
using PnlPipeline.Domain.Alerts;
using PnlPipeline.Tests.Integration.Ingest;
using PnlPipeline.Tests.Integration.Pairing;
using PnlPipeline.Tests.Integration.Servers;

namespace PnlPipeline.Tests.Integration.Query;

/// <summary>
/// The end of the walk that <see cref="DocumentedStatusTests"/> goes: the operations that succeed only with a worker or
/// ingest behind the API. Those named in <see cref="Operations"/> are left out there, and each of them is seen here.
/// </summary>
[Collection(nameof(BrokerTests))]
public sealed class DocumentedSuccessTests(QueryApiWithBroker api) : IClassFixture<QueryApiWithBroker>
{
    internal const int Success = 200;

    internal static readonly string[] Operations =
    [
        "postAlertVoid",
        "postAlertRestore",
        "postTradeClose",
        "postWebhookTest",
    ];

    [Fact]
    public async Task What_takes_a_worker_or_ingest_behind_the_api_happens_as_it_is_documented()
    {
        await using var worker = await WorkerHost.StartAsync(api.Database.WorkerUrl);
        await using var ingest = await IngestProcess.StartAsync(TestBroker.Url);
        await api.StartAsync(("Webhook__InternalUrl", ingest.Url.ToString()), ("Webhook__Token", IngestProcess.Token));
        var entry = Rows.Alert("WALKED", AlertAction.Entry, Direction.Long, 100, 1);
        await worker.Bus.Publish(new AlertsReceived([entry]), QueryApi.Cancellation);
        await Eventually.BecomesAsync(async () =>
            (await api.Viewer.SendAsync("GET", $"/api/v1/alerts/{entry.AlertId}")).IsSuccessStatusCode
        );

        var paths = (await api.Nobody.GetJsonAsync("/openapi/v1.json")).GetProperty("paths").EnumerateObject().ToList();
        foreach (var operation in Operations)
        {
            var path = paths.Single(one =>
                one.Value.TryGetProperty("post", out var post)
                && post.GetProperty("operationId").GetString() == operation
            );
            Assert.True(
                path.Value.GetProperty("post").GetProperty("responses").TryGetProperty($"{Success}", out _),
                $"{operation} documents no {Success}: nobody needs to see it."
            );

            var response = await api.Admin.SendAsync(
                "POST",
                path.Name.Replace("{id}", entry.AlertId, StringComparison.Ordinal),
                operation == "postTradeClose" ? """{"price":110}""" : null
            );
            Assert.True(
                (int)response.StatusCode == Success,
                $"{operation} answered {(int)response.StatusCode}: "
                    + $"{await response.Content.ReadAsStringAsync(QueryApi.Cancellation)}"
            );
        }
    }
}
