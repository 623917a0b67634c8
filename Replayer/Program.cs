using System.Diagnostics;
using System.Net;
using PnlPipeline.Replayer;

// Plays alerts through the webhook of a running system.
//
//   player demo             a year that ends now, with its mistakes, and three batches to look at
//   player play FILE...     files of one body a line, in order
//
// Environment: INGEST_URL, WEBHOOK_TOKEN; for the demo also QUERY_URL and ADMIN_KEY. ./run writes them to .run/env.
// IN_FLIGHT: how many alerts are on the way at once (8).

using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, signal) =>
{
    signal.Cancel = true;
    stop.Cancel();
};

try
{
    using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(10) };
    switch (args)
    {
        case ["demo"]:
            await PlayAsync(http, DemoHistory.Bodies(DateTime.UtcNow), stop.Token);
            var query = Setting("QUERY_URL");
            await DemoBatches.CreateAsync(http, new Uri(query), Setting("ADMIN_KEY"), stop.Token);
            await DemoBatches.PrintAsync(http, new Uri(query), stop.Token);
            return 0;

        case ["play", .. { Length: > 0 } files]:
            foreach (var file in files)
            {
                Console.WriteLine(file);
                await PlayAsync(http, await File.ReadAllLinesAsync(file, stop.Token), stop.Token);
            }

            return 0;

        default:
            await Console.Error.WriteLineAsync("Usage: player demo | player play FILE...");
            return 2;
    }
}
catch (Exception fault)
    when (fault is HttpRequestException or IOException or FormatException or OperationCanceledException)
{
    await Console.Error.WriteLineAsync($"The player stopped: {fault.Message}");
    return 1;
}

static async Task PlayAsync(HttpClient http, IReadOnlyCollection<string> bodies, CancellationToken cancellationToken)
{
    var url = new Uri(new Uri(Setting("INGEST_URL")), $"/webhooks/tradingview/{Setting("WEBHOOK_TOKEN")}");
    var inFlight = int.Parse(Environment.GetEnvironmentVariable("IN_FLIGHT") ?? "8");
    var webhook = new Webhook(http, url);
    var clock = Stopwatch.StartNew();
    await webhook.SendAsync(bodies, inFlight, cancellationToken);
    Console.WriteLine(
        $"  {bodies.Count:N0} alerts in {clock.Elapsed.TotalSeconds:F1} s: "
            + string.Join(
                ", ",
                webhook
                    .Answers.OrderBy(answer => answer.Key)
                    .Select(answer => $"{answer.Value:N0} {Meaning(answer.Key)}")
            )
    );
}

static string Meaning(HttpStatusCode status) =>
    status switch
    {
        HttpStatusCode.Accepted => "accepted",
        HttpStatusCode.BadRequest => "refused (and kept with their errors)",
        HttpStatusCode.NotFound => "answered 404: is WEBHOOK_TOKEN right?",
        HttpStatusCode.ServiceUnavailable => "answered 503: not durable",
        _ => $"answered {(int)status}",
    };

static string Setting(string name) =>
    Environment.GetEnvironmentVariable(name) is { Length: > 0 } value
        ? value
        : throw new FormatException($"{name} is not set; ./run writes it to .run/env.");
