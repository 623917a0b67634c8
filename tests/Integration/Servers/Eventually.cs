using System.Diagnostics;

namespace PnlPipeline.Tests.Integration.Servers;

/// <summary>Waiting for a condition, with a deadline.</summary>
public static class Eventually
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>Asks until the answer satisfies <paramref name="condition"/>, and returns it.</summary>
    /// <exception cref="TimeoutException">It did not in time; the message has the last answer.</exception>
    public static async Task<T> GetAsync<T>(Func<Task<T>> ask, Predicate<T> condition, int deadlineSeconds = 60)
    {
        for (var waited = Stopwatch.StartNew(); ; )
        {
            var answer = await ask();
            if (condition(answer))
                return answer;
            // At a breakpoint time stands still.
            if (waited.Elapsed.TotalSeconds > deadlineSeconds && !Debugger.IsAttached)
                throw new TimeoutException($"Still {answer} after {deadlineSeconds} s.");
            await Task.Delay(Pause, TestContext.Current.CancellationToken);
        }
    }

    /// <inheritdoc cref="GetAsync"/>
    public static Task BecomesAsync(Func<Task<bool>> condition, int deadlineSeconds = 60) =>
        GetAsync(condition, static met => met, deadlineSeconds);
}
