using System.Diagnostics;
using PnlPipeline.Benchmarks;

// Measures a running system; ./bench starts one of its own and this. `bare PORT` is the server answering alone.
if (args is ["bare", var port])
{
    await BareHost.RunAsync(int.Parse(port));
    return 0;
}

// `query` measures the reading alone.
if (args is ["query"])
{
    using var running = new RunningSystem();
    await new QueryScenarios(running, new Report()).RunAsync();
    return 0;
}

// `acknowledge RATE SECONDS`: how soon it answers at that rate, with everything behind it at work.
if (args is ["acknowledge", var rate, var time])
{
    using var acknowledging = new RunningSystem();
    await IngestScenarios.AcknowledgeAsync(acknowledging, int.Parse(rate), TimeSpan.FromSeconds(int.Parse(time)));
    return 0;
}

// `accept CONNECTIONS SECONDS`: how many webhooks ingest makes durable, and what each costs; what is accepted is not waited for.
if (args is ["accept", var connections, var seconds])
{
    using var accepting = new RunningSystem();
    await IngestScenarios.AcceptAsync(accepting, int.Parse(connections), TimeSpan.FromSeconds(int.Parse(seconds)));
    return 0;
}

// `page`: a million trades in a browser; `query` makes them.
if (args is ["page"])
{
    using var shown = new RunningSystem();
    await new PageScenario(shown, new Report()).RunAsync("A million");
    return 0;
}

// `news` measures what listeners hear, and what that costs.
if (args is ["news"])
{
    using var told = new RunningSystem();
    await new NewsScenario(told, new Report()).RunAsync();
    return 0;
}

// `ledger`: what changes a ledger of a million trades.
if (args is ["ledger"])
{
    using var changed = new RunningSystem();
    await new LedgerScenario(changed, new Report()).RunAsync();
    return 0;
}

// `visible`: how soon a webhook shows in the API. `sustained`: webhooks through pairing and ten ledgers.
if (args is ["visible" or "sustained"])
{
    using var measured = new RunningSystem();
    var scenarios = new Scenarios(measured, new Report());
    await (args[0] == "visible" ? scenarios.VisibleAsync() : scenarios.SustainedAsync());
    return 0;
}

// `flood` measures what one source that floods does to another.
if (args is ["flood"])
{
    using var flooded = new RunningSystem();
    await new IngestScenarios(flooded, flooded.Webhook, peer: null, new Report()).FloodAsync();
    return 0;
}

// `worker ALERTS STREAMS ALERTS-A-MESSAGE`: the workers alone.
if (args is ["worker", var alerts, var streams, var alertsPerMessage])
{
    using var workers = new RunningSystem();
    await new WorkerScenarios(workers, new Report()).SustainedAsync(int.Parse(alerts), int.Parse(streams), int.Parse(alertsPerMessage));
    return 0;
}

var barePort = BareHost.FreePort();
using var bare = Process.Start(Environment.ProcessPath!, [.. OwnAssembly(), "bare", barePort.ToString()])!;
try
{
    using var system = new RunningSystem();
    var report = new Report();
    // `import` measures that alone, `ingest` likewise.
    if (args is ["import"])
    {
        await new ImportScenario(system, report).ImportAsync();
        return 0;
    }

    using var peer = await Peer.StartAsync(BareHost.FreePort());
    await new IngestScenarios(system, new Uri($"http://127.0.0.1:{barePort}/webhooks/tradingview/none"), peer, report).RunAsync();
    if (args is ["ingest"])
        return 0;
    var whole = new Scenarios(system, report);
    await whole.VisibleAsync();
    await new NewsScenario(system, report).RunAsync();
    await whole.SustainedAsync();
    await new QueryScenarios(system, report).RunAsync();
    await new PageScenario(system, report).RunAsync("A million");
    await new LedgerScenario(system, report).RunAsync();
    await new WorkerScenarios(system, report).SustainedAsync(alerts: 200_000, streams: 50, alertsPerMessage: 500);
    await new ImportScenario(system, report).ImportAsync();
    if (args is [var path])
        await report.WriteAsync(path);
    return 0;
}
finally
{
    bare.Kill();
}

// Started as `dotnet Benchmarks.dll`, the process is dotnet's and needs the assembly named again.
static string[] OwnAssembly() =>
    Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? [typeof(WebhookLoad).Assembly.Location] : [];
