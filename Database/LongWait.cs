using System.Data.Common;
using Dapper;

namespace PnlPipeline.Database;

/// <summary>
/// Waiting for what is done on other connections, with locks on one's own: the server ends a session that is silent for
/// a minute, and its locks are gone. Who is frozen says nothing; who waits says something now and then.
/// </summary>
public static class LongWait
{
    private static readonly TimeSpan BetweenSigns = TimeSpan.FromSeconds(20);

    public static Task SayAsync(this DbConnection connection) => connection.ExecuteAsync("DO 0");

    /// <param name="work">Nothing of it is done on the connections that <paramref name="say"/> speaks on.</param>
    /// <param name="say">Where it fails, what was locked is free: that is thrown when the work has ended.</param>
    public static async Task<T> WhileAsync<T>(Task<T> work, Func<Task> say, TimeSpan? every = null)
    {
        try
        {
            while (await Task.WhenAny(work, Task.Delay(every ?? BetweenSigns)).ConfigureAwait(false) != work)
                await say().ConfigureAwait(false);
        }
        catch
        {
            await ((Task)work).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }

        return await work.ConfigureAwait(false);
    }

    /// <summary>What comes bit by bit: each is waited for so.</summary>
    public static async IAsyncEnumerable<T> Through<T>(IAsyncEnumerable<T> bits, Func<Task> say, TimeSpan? every = null)
    {
        await using var bit = bits.GetAsyncEnumerator();
        while (await WhileAsync(bit.MoveNextAsync().AsTask(), say, every).ConfigureAwait(false))
            yield return bit.Current;
    }
}
