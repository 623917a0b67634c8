using System.Diagnostics;
using System.Globalization;
using System.Net;

namespace PnlPipeline.Benchmarks;

/// <summary>
/// Ingest by itself: how many webhooks it makes durable, against the same server that only answers and against the
/// peer, in turns in one run; and how soon it answers. What was accepted is counted in the tables afterwards.
/// </summary>
internal sealed class IngestScenarios(RunningSystem system, Uri bareWebhook, Peer? peer, Report report)
{
    private const int Connections = 128;
    private const int PeerConnections = 32;
    private const int Rounds = 3;
    private static readonly TimeSpan Short = TimeSpan.FromSeconds(3);

    // At a low rate it takes longer until a p99 is more than the worst one or two.
    private static readonly TimeSpan Calm = TimeSpan.FromSeconds(8);

    // Each run's alerts are new ones: a system that is measured again has those of the last time.
    private readonly string _run = (DateTimeOffset.UtcNow.ToUnixTimeSeconds() % 1_000_000).ToString(
        "D6",
        CultureInfo.InvariantCulture
    );

    public async Task RunAsync()
    {
        await AcknowledgementAsync();
        await ThroughputAsync();
        await FloodAsync();
    }

    /// <summary>
    /// What a source that floods does to another one: the calm one's latency alone and beside the flood, in turns, the
    /// best of the rounds for each. The flood has a fixed rate: as fast as it goes, its sender would take from this
    /// machine what the calm one is measured on.
    /// </summary>
    public async Task FloodAsync()
    {
        const int limit = 500,
            calmRate = 100,
            floodRate = 5_000;
        using var ingest = await LimitedIngest.StartAsync(BareHost.FreePort(), limit);
        var source = new AlertSource($"CLM{_run}", 10);
        var flooding = new AlertSource($"FLD{_run}", 10);
        var calm = new WebhookLoad(ingest.Webhook, source, IPAddress.Parse("127.0.0.2"));
        var flood = new WebhookLoad(ingest.Webhook, flooding, IPAddress.Parse("127.0.0.3"));
        await calm.OpenAsync(calmRate, Calm, connections: 16);
        var alone = new List<LoadResult>();
        var beside = new List<LoadResult>();
        var floods = new List<LoadResult>();
        for (var round = 0; round < Rounds; round++)
        {
            alone.Add(await calm.OpenAsync(calmRate, Calm, connections: 16));
            var flooded = flood.OpenAsync(floodRate, Calm);
            beside.Add(await calm.OpenAsync(calmRate, Calm, connections: 16));
            floods.Add(await flooded);
        }

        var quiet = alone.MinBy(result => result.P99Ms)!;
        var disturbed = beside.MinBy(result => result.P99Ms)!;
        report.Add(
            "ingest: one source's p99 beside another that floods",
            $"{disturbed.P99Ms:F1} ms",
            "≤ twice that alone",
            $"alone {quiet.P99Ms:F1} ms; p50 {disturbed.P50Ms:F1} ms and {quiet.P50Ms:F1} ms; {calmRate}/s beside "
                + $"{floodRate:N0}/s, of which {floods.Sum(result => result.Accepted):N0} were taken and "
                + $"{floods.Sum(result => result.Others):N0} told 429, at a limit of {limit}/s a source; "
                + $"of the calm one's {beside.Sum(result => result.Others)} not accepted"
        );
    }

    /// <summary>A closed loop by itself, and what an alert takes of the processors; the workers paused.</summary>
    public static Task AcceptAsync(RunningSystem system, int connections, TimeSpan duration)
    {
        var load = NewLoad(system);
        return WithProcessorTimesAsync(
            () => load.ClosedAsync(connections, TimeSpan.FromSeconds(1)),
            () => WithWorkersPausedAsync(() => load.ClosedAsync(connections, duration))
        );
    }

    /// <summary>An open loop by itself, and what an alert takes of the processors; the workers at work.</summary>
    public static Task AcknowledgeAsync(RunningSystem system, int perSecond, TimeSpan duration)
    {
        var load = NewLoad(system);
        return WithProcessorTimesAsync(
            () => load.OpenAsync(perSecond, TimeSpan.FromSeconds(2)),
            () => load.OpenAsync(perSecond, duration)
        );
    }

    private static WebhookLoad NewLoad(RunningSystem system) =>
        new(system.Webhook, new AlertSource($"ACC{Stopwatch.GetTimestamp() % 1_000_000:D6}", 50));

    private static async Task WithProcessorTimesAsync(Func<Task> warm, Func<Task<LoadResult>> measure)
    {
        await warm();
        var before = await ProcessorTimesAsync();
        var result = await measure();
        var after = await ProcessorTimesAsync();
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{result.PerSecond:N0}/s, p50 {result.P50Ms:F2} ms, p99 {result.P99Ms:F1} ms, max {result.MaxMs:F1} "
                    + $"ms, {result.Others} not accepted; an alert takes "
                    + $"{string.Join(", ", before.Keys.Select(who => $"{who} {(after[who] - before[who]).TotalMicroseconds / result.Accepted:F0} µs"))}"
            )
        );
    }

    private static async Task<Dictionary<string, TimeSpan>> ProcessorTimesAsync()
    {
        var times = new Dictionary<string, TimeSpan>(StringComparer.Ordinal)
        {
            ["the sender"] = Process.GetCurrentProcess().TotalProcessorTime,
        };
        foreach (
            var who in (string[])["ingest", "servers/rabbitmq", "pairing-1", "ledgers-1", "query", "servers/mysql"]
        )
            times[who] = await RunningSystem.ProcessorTimeAsync(who);
        return times;
    }

    /// <summary>Best of the rounds for each: a shared machine is slow now and then, never fast.</summary>
    private async Task ThroughputAsync()
    {
        var name = $"THR{_run}";
        var source = new AlertSource(name, 50);
        var bares = new List<LoadResult>();
        var owns = new List<LoadResult>();
        var small = new List<LoadResult>();
        var peers = new List<LoadResult>();
        for (var round = 0; round < Rounds; round++)
        {
            bares.Add(await new WebhookLoad(bareWebhook, new AlertSource("BARE", 50)).ClosedAsync(Connections, Short));
            owns.Add(
                await WithWorkersPausedAsync(() =>
                    new WebhookLoad(system.Webhook, source).ClosedAsync(Connections, Short)
                )
            );
            Console.WriteLine($"  round {round + 1}: {owns[^1].PerSecond:N0}/s of {bares[^1].PerSecond:N0}/s");
            // The pipeline behind it goes on pairing for a while; what is compared next must not pay for it.
            await system.WaitUntilPostedAsync(name, owns.Concat(small).Sum(result => result.Accepted), []);
            small.Add(
                await WithWorkersPausedAsync(() =>
                    new WebhookLoad(system.Webhook, source).ClosedAsync(PeerConnections, Short)
                )
            );
            await system.WaitUntilPostedAsync(name, owns.Concat(small).Sum(result => result.Accepted), []);
            if (peer is not null)
                peers.Add(
                    await new WebhookLoad(peer.Webhook, new AlertSource($"PEER{round}", 50)).ClosedAsync(
                        PeerConnections,
                        Short
                    )
                );
        }

        var bare = bares.MaxBy(result => result.PerSecond)!;
        var own = owns.MaxBy(result => result.PerSecond)!;
        var least = small.MinBy(result => result.P99Ms)!;
        report.Add(
            "ingest: the same server answering alone",
            $"{bare.PerSecond:N0}/s",
            "the limit",
            $"{Connections} connections, best of {Rounds}; p99 {bare.P99Ms:F1} ms"
        );
        report.Add(
            "ingest: accepted and durable",
            $"{own.PerSecond:N0}/s",
            "≥ 18,000/s or half the limit",
            $"{own.PerSecond / bare.PerSecond:P0} of the limit; p50 {own.P50Ms:F1} ms, p99 {own.P99Ms:F1} ms; workers "
                + $"paused meanwhile; others {owns.Sum(result => result.Others)}; all rounds "
                + $"{string.Join(", ", owns.Select(result => $"{result.PerSecond:N0}"))}"
        );
        if (peers.Count == 0)
        {
            report.Add("ingest: the peer", "not measured", "", "Node.js or the peer's packages are not there");
            return;
        }

        var fastest = peers.MinBy(result => result.P99Ms)!;
        report.Add(
            "ingest: p99 against the peer's",
            $"{least.P99Ms:F1} ms against {fastest.P99Ms:F1} ms",
            "≤ a fifth",
            $"{PeerConnections} connections each, the best of {Rounds} for each; "
                + $"{small.Max(result => result.PerSecond):N0}/s against {peers.Max(result => result.PerSecond):N0}/s"
        );
    }

    /// <summary>
    /// Pairing shares these cores and takes what ingest leaves: sustained throughput is another row's. Paused, the
    /// workers go on afterwards, and the counts are held against the tables.
    /// </summary>
    private static async Task<LoadResult> WithWorkersPausedAsync(Func<Task<LoadResult>> measure)
    {
        var workers =
            Environment
                .GetEnvironmentVariable("WORKER_PIDS")
                ?.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
            ?? [];
        if (workers.Length == 0)
            return await measure();
        Signal("-STOP", workers);
        try
        {
            return await measure();
        }
        finally
        {
            Signal("-CONT", workers);
        }
    }

    private static void Signal(string signal, string[] processes)
    {
        using var kill = Process.Start("kill", [signal, .. processes]);
        kill.WaitForExit();
    }

    private async Task AcknowledgementAsync()
    {
        var name = $"OPN{_run}";
        var source = new AlertSource(name, 20);
        // New processes compile their code for some ten seconds, on the cores that answer; told apart, for a service
        // that has been up for a minute does not.
        var first = await new WebhookLoad(system.Webhook, source).OpenAsync(500, TimeSpan.FromSeconds(20));
        var result = await new WebhookLoad(system.Webhook, source).OpenAsync(500, TimeSpan.FromSeconds(20));
        await system.WaitUntilPostedAsync(name, first.Accepted + result.Accepted, []);
        report.Add(
            "ingest: acknowledgement at 500/s, open loop",
            $"p99 {result.P99Ms:F1} ms",
            "p99 ≤ 10 ms",
            $"p50 {result.P50Ms:F1} ms, max {result.MaxMs:F1} ms, {result.Others} not accepted; in the 20 s before, "
                + $"the first of new processes, p50 {first.P50Ms:F1} ms, p99 {first.P99Ms:F1} ms"
        );
    }
}
