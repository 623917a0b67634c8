using Dapper;
using PnlPipeline.Database;

namespace PnlPipeline.Query.Api.Imports;

/// <summary>The SQL that finds where the alerts of a stream begin that came by webhook.</summary>
public sealed class OverlapStore(MySqlDatabase database)
{
    /// <param name="overlap"><c>skip</c>, or <c>take</c>, where nothing is left out.</param>
    internal Func<string, CancellationToken, Task<DateTime?>> FirstByWebhook(
        string overlap,
        string? timeframe,
        string? strategy
    ) =>
        overlap == "take" || timeframe is null
            ? (_, _) => Task.FromResult<DateTime?>(null)
            : (symbol, cancellationToken) => FindAsync(symbol, timeframe, strategy, cancellationToken);

    // In the order of the primary key, so it ends at the first one. What an import brought in was received when its
    // file was.
    private async Task<DateTime?> FindAsync(
        string symbol,
        string timeframe,
        string? strategy,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        var first = await connection.ExecuteScalarAsync<DateTime?>(
            """
            SELECT a.timestamp FROM alerts a
             WHERE a.stream_id = (SELECT stream_id FROM streams WHERE symbol = @symbol AND timeframe = @timeframe AND strategy = @strategy)
               AND a.action IN ('entry', 'exit')
               AND NOT EXISTS (SELECT 1 FROM imports i WHERE i.created_at = a.received_at)
             ORDER BY a.timestamp LIMIT 1
            """,
            new
            {
                symbol,
                timeframe,
                strategy = strategy ?? "",
            }
        );
        return first;
    }
}
