using PnlPipeline.Tests.EndToEnd.System;

namespace PnlPipeline.Tests.EndToEnd;

/// <summary>What Prometheus reads of the real services after an alert has gone all the way.</summary>
public sealed class Metrics(PipelineSystem system)
{
    [Fact]
    public async Task Every_service_says_what_it_did_in_the_names_that_the_alarms_use()
    {
        var trader = new Trader(system);
        var symbol = Trader.NewSymbol("METRIC");
        await trader.InsistAsync(Trader.Flips(symbol, 4, seed: 3));
        await trader.AlertsAndTradesAreRightAsync();

        var (ingest, worker, query) = (
            await ReadAsync(system.Ingest),
            await ReadAsync(system.Pairing),
            await ReadAsync(system.Query)
        );
        Assert.Contains("pnlpipeline_ingest_accepted_total", ingest, StringComparison.Ordinal);
        Assert.Contains("pnlpipeline_ingest_spool_records", ingest, StringComparison.Ordinal);
        Assert.Contains("pnlpipeline_ingest_spool_oldest_seconds", ingest, StringComparison.Ordinal);
        Assert.Contains("pnl_pairing_alerts_total", worker, StringComparison.Ordinal);
        Assert.Contains("pnl_pairing_lag_seconds_bucket", worker, StringComparison.Ordinal);
        Assert.Contains("http_server_request_duration_seconds_bucket", query, StringComparison.Ordinal);
        Assert.All(
            [ingest, worker, query],
            text => Assert.Contains("dotnet_process_memory_working_set_bytes", text, StringComparison.Ordinal)
        );
        // The path of a webhook holds its token.
        Assert.All(
            [ingest, worker, query],
            text => Assert.DoesNotContain(system.Token, text, StringComparison.Ordinal)
        );
    }

    private static async Task<string> ReadAsync(ServiceProcess service)
    {
        using var client = new HttpClient { BaseAddress = service.Url };
        return await client.GetStringAsync(
            new Uri("/metrics", UriKind.Relative),
            TestContext.Current.CancellationToken
        );
    }
}
