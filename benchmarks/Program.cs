using System.Diagnostics;
using PnlPipeline.Benchmarks;

// Measures a running system; ./bench starts one of its own and this. `bare PORT` is the server answering alone.
if (args is ["bare", var port])
{
    await BareHost.RunAsync(int.Parse(port));
    return 0;
}

using var system = new RunningSystem();
var report = new Report();

// One part alone.
switch (args)
{
    // The reading of a million trades, which it makes.
    case ["query"]:
        await new QueryScenarios(system, report).RunAsync();
        return 0;

    // The same of a batch that is there, and of calls whose names have one of the words.
    case ["query", var batch, .. var words]:
        await new QueryScenarios(system, report).AgainAsync(batch, words);
        return 0;

    // What-ifs, a sweep and confidence over so many trades of those that `query` makes, or would.
    case ["whatif", var trades]:
        await new WhatIfScenario(system, report).RunAsync(int.Parse(trades));
        return 0;

    // A million trades in a browser; `query` makes them.
    case ["page", .. var parts]:
        await new PageScenario(system, report).RunAsync(QueryScenarios.BatchName, parts);
        return 0;

    // What changes a ledger of a million trades.
    case ["ledger"]:
        await new LedgerScenario(system, report).RunAsync();
        return 0;

    // How soon ingest answers at a rate, with everything behind it at work.
    case ["acknowledge", var rate, var seconds]:
        await IngestScenarios.AcknowledgeAsync(system, int.Parse(rate), TimeSpan.FromSeconds(int.Parse(seconds)));
        return 0;

    // How many webhooks ingest makes durable, and what each costs; what is accepted is not waited for.
    case ["accept", var connections, var seconds]:
        await IngestScenarios.AcceptAsync(system, int.Parse(connections), TimeSpan.FromSeconds(int.Parse(seconds)));
        return 0;

    // What one source that floods does to another.
    case ["flood"]:
        await new IngestScenarios(system, system.Webhook, peer: null, report).FloodAsync();
        return 0;

    // What listeners hear, and what that costs.
    case ["news"]:
        await new EventScenario(system, report).RunAsync();
        return 0;

    // How soon a webhook shows in the API.
    case ["visible"]:
        await new Scenarios(system, report).VisibleAsync();
        return 0;

    // Webhooks through pairing and ten ledgers.
    case ["sustained"]:
        await new Scenarios(system, report).SustainedAsync();
        return 0;

    // The same, each alert stamped when it is sent.
    case ["live"]:
        await new Scenarios(system, report).SustainedAsync(isLive: true);
        return 0;

    // The workers alone.
    case ["worker", var alerts, var streams, var alertsPerMessage]:
        await new WorkerScenarios(system, report).SustainedAsync(
            int.Parse(alerts),
            int.Parse(streams),
            int.Parse(alertsPerMessage)
        );
        return 0;

    // What history, streams and batches cost as there are more of them: up to so many trades in one table.
    case ["growth", var trades]:
        await new GrowthScenario(system, report).RunAsync(int.Parse(trades));
        return 0;

    case ["import"]:
        await new ImportScenario(system, report).ImportAsync();
        return 0;
}

var barePort = BareHost.FreePort();
using var bare = Process.Start(Environment.ProcessPath!, [.. OwnAssembly(), "bare", barePort.ToString()])!;
try
{
    using var peer = await Peer.StartAsync(BareHost.FreePort());
    await new IngestScenarios(
        system,
        new Uri($"http://127.0.0.1:{barePort}/webhooks/tradingview/none"),
        peer,
        report
    ).RunAsync();
    // Ingest alone, against the server that only answers and the peer.
    if (args is ["ingest"])
        return 0;
    var whole = new Scenarios(system, report);
    await whole.VisibleAsync();
    await new EventScenario(system, report).RunAsync();
    await whole.SustainedAsync();
    await whole.SustainedAsync(isLive: true);
    await new QueryScenarios(system, report).RunAsync();
    await new WhatIfScenario(system, report).RunAsync(QueryScenarios.Trades);
    await new PageScenario(system, report).RunAsync(QueryScenarios.BatchName);
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
    Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet"
        ? [typeof(WebhookLoad).Assembly.Location]
        : [];
