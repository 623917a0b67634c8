using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;

namespace PnlPipeline.Benchmarks;

/// <summary>Latencies of one run, in milliseconds, and how many answers were 202.</summary>
internal sealed record LoadResult(int Accepted, int Others, TimeSpan Elapsed, double P50Ms, double P99Ms, double MaxMs)
{
    public double PerSecond => Accepted / Elapsed.TotalSeconds;

    public static LoadResult Of(int accepted, int others, TimeSpan elapsed, IEnumerable<IReadOnlyList<double>> latencies)
    {
        var sorted = latencies.SelectMany(own => own).Order().ToArray();
        return new LoadResult(accepted, others, elapsed, At(0.50), At(0.99), At(1));

        double At(double share) => sorted.Length == 0 ? 0 : sorted[Math.Min(sorted.Length - 1, (int)(sorted.Length * share))];
    }
}

/// <summary>Sends alerts over loopback, closed-loop (each connection one after the other) or open-loop (at a given rate).</summary>
internal sealed class Load(Uri webhook, AlertSource source)
{
    /// <summary>As fast as <paramref name="connections"/> connections go, for <paramref name="duration"/>.</summary>
    public async Task<LoadResult> ClosedAsync(int connections, TimeSpan duration)
    {
        using var http = Client(connections);
        var latencies = new ConcurrentBag<List<double>>();
        int accepted = 0, others = 0;
        var clock = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, connections).Select(async _ =>
        {
            var own = new List<double>();
            latencies.Add(own);
            while (clock.Elapsed < duration)
            {
                var begun = Stopwatch.GetTimestamp();
                if (await SendAsync(http, source.Next()))
                    Interlocked.Increment(ref accepted);
                else
                    Interlocked.Increment(ref others);
                own.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
            }
        }));
        return LoadResult.Of(accepted, others, clock.Elapsed, latencies);
    }

    /// <summary>
    /// <paramref name="perSecond"/> alerts a second whatever the answers do; a latency counts from when the alert was due, so that a slow answer is not hidden
    /// by the requests it held up.
    /// </summary>
    public async Task<LoadResult> OpenAsync(int perSecond, TimeSpan duration)
    {
        using var http = Client(256);
        var latencies = new ConcurrentBag<List<double>>();
        int accepted = 0, others = 0;
        var total = (int)(perSecond * duration.TotalSeconds);
        var sends = new List<Task>(total);
        var clock = Stopwatch.StartNew();
        for (var i = 0; i < total; i++)
        {
            var due = TimeSpan.FromSeconds((double)i / perSecond);
            if (due > clock.Elapsed)
                await Task.Delay(due - clock.Elapsed);
            sends.Add(Task.Run(async () =>
            {
                if (await SendAsync(http, source.Next()))
                    Interlocked.Increment(ref accepted);
                else
                    Interlocked.Increment(ref others);
                latencies.Add([(clock.Elapsed - due).TotalMilliseconds]);
            }));
        }

        await Task.WhenAll(sends);
        return LoadResult.Of(accepted, others, clock.Elapsed, latencies);
    }

    public async Task<bool> SendAsync(HttpClient http, byte[] body)
    {
        using var content = new ByteArrayContent(body);
        using var response = await http.PostAsync(webhook, content);
        return response.StatusCode == HttpStatusCode.Accepted;
    }

    private static HttpClient Client(int connections) => new(new SocketsHttpHandler { MaxConnectionsPerServer = connections })
    {
        Timeout = TimeSpan.FromSeconds(10),
    };
}

/// <summary>Distinct alerts of scripts that are always in the market: each cross of a stream closes one trade and opens the next.</summary>
internal sealed class AlertSource(string name, int streams)
{
    private static readonly long Start = new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();
    private int _next = -1;

    public IReadOnlyList<string> Symbols { get; } =
        [.. Enumerable.Range(0, streams).Select(i => string.Create(CultureInfo.InvariantCulture, $"{name}{i:D2}"))];

    public byte[] Next()
    {
        var number = Interlocked.Increment(ref _next);
        var turn = number / streams;
        var type = turn % 2 == 0 ? "bullish" : "bearish";
        return Encoding.UTF8.GetBytes(string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"symbol":"{{Symbols[number % streams]}}","side":"entry","timeframe":"60","type":"{{type}}","price":{{100 + (turn * 7 % 13)}}.{{number % 100:D2}},"closeonflip":true,"timestamp":{{Start + (turn * 60_000L)}}}"""));
    }
}
