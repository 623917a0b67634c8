using System.Diagnostics;

namespace PnlPipeline.Tests.EndToEnd.System;

/// <summary>Waits for a condition, with a deadline.</summary>
public static class Eventually
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    public static async Task TrueAsync(Func<Task<bool>> condition, TimeSpan within, Func<string> otherwise)
    {
        var clock = Stopwatch.StartNew();
        while (!await condition())
        {
            if (clock.Elapsed > within && !Debugger.IsAttached)
                Assert.Fail($"Not within {within.TotalSeconds:F0} s: {otherwise()}");
            await Task.Delay(Pause);
        }
    }

    /// <summary>
    /// Waits until <paramref name="actual"/> gives <paramref name="expected"/>; at the deadline, shows how they differ.
    /// </summary>
    public static async Task EqualAsync<T>(
        IReadOnlyList<T> expected,
        Func<Task<IReadOnlyList<T>>> actual,
        TimeSpan within
    )
    {
        var clock = Stopwatch.StartNew();
        for (; ; )
        {
            var seen = await actual();
            if (seen.SequenceEqual(expected))
                return;
            if (clock.Elapsed > within && !Debugger.IsAttached)
            {
                Assert.Equal(expected, seen);
                return;
            }

            await Task.Delay(Pause);
        }
    }
}
