using System.Globalization;
using System.Text;

namespace PnlPipeline.Benchmarks;

/// <summary>Latencies of one run, in milliseconds, and how many answers were 202.</summary>
internal sealed record LoadResult(int Accepted, int Others, TimeSpan Elapsed, double P50Ms, double P99Ms, double MaxMs)
{
    public double PerSecond => Accepted / Elapsed.TotalSeconds;

    public static LoadResult Of(
        int accepted,
        int others,
        TimeSpan elapsed,
        IEnumerable<IReadOnlyList<double>> latencies
    )
    {
        var sorted = latencies.SelectMany(own => own).Order().ToArray();
        return new LoadResult(accepted, others, elapsed, At(0.50), At(0.99), At(1));

        double At(double share) =>
            sorted.Length == 0 ? 0 : sorted[Math.Min(sorted.Length - 1, (int)(sorted.Length * share))];
    }
}

/// <summary>
/// Distinct alerts of scripts that are always in the market: each cross of a stream closes one trade and opens the
/// next.
/// </summary>
/// <param name="isLive">
/// Each is stamped when it is sent, as by TradingView; otherwise those of one turn of all streams have one time, a
/// minute after those of the turn before.
/// </param>
internal sealed class AlertSource(string name, int streams, bool isLive = false)
{
    private static readonly long Start = new DateTimeOffset(
        2020,
        1,
        1,
        0,
        0,
        0,
        TimeSpan.Zero
    ).ToUnixTimeMilliseconds();
    private int _next = -1;

    public IReadOnlyList<string> Symbols { get; } =
    [.. Enumerable.Range(0, streams).Select(i => string.Create(CultureInfo.InvariantCulture, $"{name}{i:D2}"))];

    public byte[] Next()
    {
        var number = Interlocked.Increment(ref _next);
        var turn = number / streams;
        var type = turn % 2 == 0 ? "bullish" : "bearish";
        var time = isLive ? DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() : Start + (turn * 60_000L);
        return Encoding.UTF8.GetBytes(
            string.Create(
                CultureInfo.InvariantCulture,
                $$"""{"symbol":"{{Symbols[number % streams]}}","side":"entry","timeframe":"60","type":"{{type}}","price":{{100 + (turn * 7 % 13)}}.{{number % 100:D2}},"closeonflip":true,"timestamp":{{time}}}"""
            )
        );
    }
}
