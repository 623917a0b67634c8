using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace PnlPipeline.Benchmarks;

/// <summary>
/// Hundreds of listeners to the event stream while alerts are sent: from the sending of a webhook until each of them
/// has its event, and what that costs the query API. Every listener must have had every alert, once and in the order of
/// the others.
/// </summary>
internal sealed class EventScenario(RunningSystem system, Report report)
{
    private const int Listeners = 500;
    private const int PerSecond = 20;
    private const string Name = "NEWS";
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly ConcurrentDictionary<string, long> _sentAt = new(StringComparer.Ordinal);
    private int _heard;

    public async Task RunAsync()
    {
        using var http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = Listeners + 10 })
        {
            BaseAddress = system.Api.BaseAddress,
            Timeout = Timeout.InfiniteTimeSpan,
        };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Bearer",
            system.Api.DefaultRequestHeaders.Authorization!.Parameter
        );
        using var end = new CancellationTokenSource();
        var ready = new CountdownEvent(Listeners);
        var listening = Enumerable.Range(0, Listeners).Select(_ => ListenAsync(http, ready, end.Token)).ToList();
        await Task.Run(() => ready.Wait(TimeSpan.FromSeconds(60)));

        var before = await RunningSystem.ProcessorTimeAsync("query");
        var clock = Stopwatch.StartNew();
        await SendAsync(clock);
        // A machine that stops for a moment makes the last ones late, and none of them lost.
        var sent = clock.Elapsed;
        while (_heard < Listeners * _sentAt.Count && clock.Elapsed - sent < Patience)
            await Task.Delay(50);
        var cpu = (await RunningSystem.ProcessorTimeAsync("query") - before) / clock.Elapsed;
        var memory = await RunningSystem.ResidentMebibytesAsync("query");
        await end.CancelAsync();
        var heard = await Task.WhenAll(listening);

        var expected = heard[0].ConvertAll(one => one.AlertId);
        if (
            expected.Count != _sentAt.Count
            || !heard.All(own => own.Select(one => one.AlertId).SequenceEqual(expected, StringComparer.Ordinal))
        )
            throw new InvalidOperationException(
                $"{_sentAt.Count} alerts were sent, and not every listener had each once: no result. They heard "
                    + $"{heard.Min(own => own.Count)} to {heard.Max(own => own.Count)}."
            );
        var latencies = heard
            .SelectMany(own =>
                own.Select(one => Stopwatch.GetElapsedTime(_sentAt[one.AlertId], one.At).TotalMilliseconds)
            )
            .Order()
            .ToList();
        report.Add(
            $"webhook to {Listeners} listeners to the events, at {PerSecond}/s",
            $"p50 {latencies[latencies.Count / 2]:F0} ms, p99 {latencies[(int)(latencies.Count * 0.99)]:F0} ms",
            "cheap with hundreds",
            $"{latencies.Count:N0} alerts delivered, each once and in order; the query API took {cpu:P0} of a core "
                + $"and held {memory:N0} MiB"
        );
    }

    private async Task SendAsync(Stopwatch clock)
    {
        using var http = new HttpClient();
        var source = new AlertSource(Name, 10);
        for (var i = 0; clock.Elapsed < Duration; i++)
        {
            var due = TimeSpan.FromSeconds((double)i / PerSecond);
            if (due > clock.Elapsed)
                await Task.Delay(due - clock.Elapsed);
            using var content = new ByteArrayContent(source.Next());
            var sentAt = Stopwatch.GetTimestamp();
            using var response = await http.PostAsync(system.Webhook, content);
            response.EnsureSuccessStatusCode();
            var answer = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
            _sentAt[answer.GetProperty("alertId").GetString()!] = sentAt;
        }
    }

    private async Task<List<(string AlertId, long At)>> ListenAsync(
        HttpClient http,
        CountdownEvent ready,
        CancellationToken cancellationToken
    )
    {
        const string start = "data: {\"alertId\":\"";
        var heard = new List<(string, long)>();
        var isReady = false;
        try
        {
            using var response = await http.GetAsync(
                "/api/v1/stream",
                HttpCompletionOption.ResponseHeadersRead,
                cancellationToken
            );
            response.EnsureSuccessStatusCode();
            using var reader = new StreamReader(
                await response.Content.ReadAsStreamAsync(cancellationToken),
                Encoding.UTF8
            );
            while (await reader.ReadLineAsync(cancellationToken) is { } line)
            {
                if (!isReady && line.StartsWith("id: ", StringComparison.Ordinal))
                {
                    isReady = true;
                    ready.Signal();
                }

                // What was sent before may still be coming.
                if (
                    line.StartsWith(start, StringComparison.Ordinal)
                    && line.Contains($"\"symbol\":\"{Name}", StringComparison.Ordinal)
                )
                {
                    heard.Add((line.Substring(start.Length, 32), Stopwatch.GetTimestamp()));
                    Interlocked.Increment(ref _heard);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The end of the measurement.
        }

        return heard;
    }
}
