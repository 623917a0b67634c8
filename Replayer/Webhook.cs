using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Text;

namespace PnlPipeline.Replayer;

/// <summary>Sends alert bodies as TradingView does, and counts what came back.</summary>
/// <param name="url">The whole webhook URL, token and all; it is never printed.</param>
internal sealed class Webhook(HttpClient http, Uri url)
{
    // TradingView resends after a 5xx, after five seconds, at most three times. So does this, only sooner.
    private const int MaxAttempts = 4;
    private static readonly TimeSpan PauseBeforeResend = TimeSpan.FromMilliseconds(500);

    private readonly ConcurrentDictionary<HttpStatusCode, int> _answers = new();

    /// <summary>Final answers by status.</summary>
    public IReadOnlyDictionary<HttpStatusCode, int> Answers => _answers;

    /// <summary>Sends all bodies, <paramref name="inFlight"/> at once, in order as far as that allows.</summary>
    public async Task SendAsync(IReadOnlyCollection<string> bodies, int inFlight, CancellationToken cancellationToken)
    {
        var sent = 0;
        var clock = Stopwatch.StartNew();
        var nextReport = TimeSpan.FromSeconds(1);
        await Parallel.ForEachAsync(
            bodies,
            new ParallelOptions { MaxDegreeOfParallelism = inFlight, CancellationToken = cancellationToken },
            async (body, token) =>
            {
                var status = await SendAsync(body, token);
                _answers.AddOrUpdate(status, 1, (_, count) => count + 1);
                var done = Interlocked.Increment(ref sent);
                if (clock.Elapsed > nextReport)
                {
                    nextReport = clock.Elapsed + TimeSpan.FromSeconds(1);
                    Console.WriteLine($"  {done:N0} of {bodies.Count:N0} alerts sent");
                }
            }
        );
    }

    private async Task<HttpStatusCode> SendAsync(string body, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
            using var response = await http.PostAsync(url, content, cancellationToken);
            if ((int)response.StatusCode < 500 || attempt == MaxAttempts)
                return response.StatusCode;
            await Task.Delay(PauseBeforeResend, cancellationToken);
        }
    }
}
