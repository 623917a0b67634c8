using PnlPipeline.Tests.EndToEnd.System;

namespace PnlPipeline.Tests.Faults;

/// <summary>
/// Alerts of several streams without end, each sent until it is accepted, while a test does its harm. Ends with the
/// test, however that ends.
/// </summary>
public sealed class AlertFlow : IAsyncDisposable
{
    private static readonly DateTime Start = new(2025, 3, 3, 9, 0, 0, DateTimeKind.Utc);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    // Enough that there is always something in hand, and not so much that the checks take longer than the harm.
    private static readonly TimeSpan UsualPause = TimeSpan.FromMilliseconds(150);

    private readonly Task _sending;
    private int _waves;
    private bool _isEnough;

    /// <param name="pause">Between the beginnings of two waves, at least: longer where the harm takes minutes.</param>
    public AlertFlow(Trader trader, IReadOnlyList<string> symbols, TimeSpan? pause = null) =>
        _sending = Task.Run(async () =>
        {
            for (; !Volatile.Read(ref _isEnough); Interlocked.Increment(ref _waves))
                await Task.WhenAll(
                    trader.InsistAsync(symbols.SelectMany(symbol => Wave(symbol, _waves)), inFlight: 8),
                    Task.Delay(pause ?? UsualPause)
                );
        });

    /// <summary>Returns when so many more waves of ten alerts a symbol have been accepted.</summary>
    public async Task FlowsOnAsync(int waves = 3)
    {
        var before = Volatile.Read(ref _waves);
        await Eventually.TrueAsync(
            () => Task.FromResult(_sending.IsFaulted || Volatile.Read(ref _waves) >= before + waves),
            Patience,
            () => "the alerts do not flow"
        );
    }

    public Task EndAsync()
    {
        Volatile.Write(ref _isEnough, true);
        return _sending;
    }

    public async ValueTask DisposeAsync() => await EndAsync().ContinueWith(static _ => { }, TaskScheduler.Default);

    // Entries, flips and exits of one stream, later than those of the wave before but now and then for one another.
    private static IEnumerable<string> Wave(string symbol, int wave)
    {
        var random = new Random(wave);
        for (var i = 0; i < 5; i++)
        {
            var time = Start.AddMinutes((wave * 100) + (i * 10));
            var type = random.Next(2) == 0 ? "bullish" : "bearish";
            yield return Trader.Body(symbol, "entry", type, 50m + (random.Next(1_000) / 10m), time);
            yield return Trader.Body(
                symbol,
                "exit",
                type,
                50m + (random.Next(1_000) / 10m),
                time.AddMinutes(random.Next(1, 30))
            );
        }
    }
}
