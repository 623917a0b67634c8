using System.Data;
using System.Data.Common;
using Microsoft.Extensions.Options;
using PnlPipeline.Contracts;
using PnlPipeline.Database;
using PnlPipeline.Domain.Trades;

namespace PnlPipeline.Analytics.Worker.Integrity;

/// <summary>
/// Goes through every stream's alerts, round after round, folds them again and compares: outcomes, trades, and what the
/// stream's row says is open. What is otherwise was altered by hand, or by a fault; it is written as the rules have it,
/// reported, and told to the ledgers.
/// </summary>
public sealed partial class StreamChecks(
    MySqlDatabase database,
    IOptions<IntegrityOptions> options,
    ILogger<StreamChecks> log
)
{
    // A stream costs some statements, however few its alerts.
    private const int LeastCost = 100;
    private const int MaxSaid = 5;

    private readonly IntegrityOptions _options = options.Value;

    /// <summary>Goes on for as many alerts as one look may take; nothing where another replica is at it.</summary>
    /// <param name="tell">Told which ledgers have to look where, after each repair.</param>
    /// <returns>The streams that were repaired.</returns>
    public async Task<IReadOnlyList<long>> CheckAsync(
        Func<TradesRevised, Task> tell,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        await using var only = await AdvisoryLock.TryTakeAsync(connection, "books.streams", cancellationToken);
        if (only is null)
            return [];

        var repaired = new List<long>();
        var left = _options.AlertsPerRangeMax;
        foreach (
            var due in await IntegrityStore.FindDueAsync(
                connection,
                _options.RoundEverySeconds,
                left / LeastCost,
                cancellationToken
            )
        )
        {
            for (var stream = due; stream is not null && left > 0; )
            {
                var (next, isRepaired, cost) = await CheckRangeAsync(connection, stream, tell, cancellationToken);
                if (isRepaired)
                    repaired.Add(stream.StreamId);
                left -= Math.Max(LeastCost, cost);
                stream = next;
            }

            if (left <= 0)
                break;
        }

        return repaired;
    }

    private async Task<(DueStream? Next, bool IsRepaired, int Cost)> CheckRangeAsync(
        DbConnection connection,
        DueStream stream,
        Func<TradesRevised, Task> tell,
        CancellationToken cancellationToken
    )
    {
        if (await CompareAsync(connection, stream, isRepairing: false, cancellationToken) is not { } looked)
            return (null, false, 0);
        var isRepaired = looked.Found.Any;
        if (isRepaired)
        {
            // Read again under the stream's lock: what pairing wrote meanwhile counts.
            looked = await CompareAsync(connection, stream, isRepairing: true, cancellationToken) ?? looked;
            await ReportAsync(connection, stream, looked.Found, tell, cancellationToken);
        }

        foreach (var beyond in looked.Found.Beyond)
        {
            LogBeyond(stream.Key, beyond);
            IntegrityMeters.Wrong.Add(1);
            await IntegrityFindings.FoundInStreamAsync(
                connection,
                stream.StreamId,
                beyond,
                isRepaired: false,
                cancellationToken
            );
        }

        var (range, found) = looked;
        IntegrityMeters.Checked.Add(range.Alerts.Count);
        var place = range.Alerts is [.., var last] ? last.Alert.Position : stream.Place;
        var status =
            found.Beyond.Count > 0 ? "wrong"
            : isRepaired ? "repaired"
            : "ok";
        await IntegrityStore.SaveAsync(
            connection,
            stream,
            place,
            range.Alerts.Count,
            found.Compared,
            status,
            range.IsEnd,
            cancellationToken
        );
        return (range.IsEnd ? null : stream.At(place), isRepaired, range.Alerts.Count);
    }

    /// <summary>
    /// Compares a range as it was at one instant; repairing, under the stream's lock, and writes what the rules say.
    /// </summary>
    private async Task<(StreamRange Range, IntegrityDifferences Found)?> CompareAsync(
        DbConnection connection,
        DueStream stream,
        bool isRepairing,
        CancellationToken cancellationToken
    )
    {
        await using var transaction = await connection.BeginTransactionAsync(
            isRepairing ? IsolationLevel.ReadCommitted : IsolationLevel.RepeatableRead,
            cancellationToken
        );
        if (
            await IntegrityStore.ReadAsync(
                connection,
                transaction,
                stream,
                isRepairing,
                _options.RangeAlerts,
                cancellationToken
            )
            is not var (range, row)
        )
            return null;

        var found = IntegrityRules.Compare(range);
        AlertPosition? end = range.IsEnd
            ? range.Alerts is [.., var last]
                ? last.Alert.Position
                : stream.Place
            : null;
        if (end is not null && (row.Last != end || row.Open != found.OpenAfter))
            found.What.Add(
                $"The stream's row should have {found.OpenAfter?.TradeId.ToString() ?? "nothing"} open after {end} "
                    + $"and has {row.Open?.TradeId.ToString() ?? "nothing"} after {row.Last}."
            );
        if (isRepairing && found.Any)
        {
            await IntegrityStore.WriteAsync(connection, transaction, row, found, end, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }

        return (range, found);
    }

    private async Task ReportAsync(
        DbConnection connection,
        DueStream stream,
        IntegrityDifferences found,
        Func<TradesRevised, Task> tell,
        CancellationToken cancellationToken
    )
    {
        if (!found.Any)
            return;
        var what =
            string.Join(' ', found.What.Take(MaxSaid))
            + (found.What.Count > MaxSaid ? $" And {found.What.Count - MaxSaid} more." : "");
        LogRepaired(stream.Key, what);
        IntegrityMeters.Repairs.Add(1);
        await IntegrityFindings.FoundInStreamAsync(
            connection,
            stream.StreamId,
            what,
            isRepaired: true,
            cancellationToken
        );
        // Ledgers hold closed trades; where this is lost, LedgerRepair finds the same.
        if (found.From is { } from)
            await tell(
                new TradesRevised([
                    new StreamRevised(Guid.NewGuid(), stream.Symbol, stream.Timeframe, from, Strategy: stream.Strategy),
                ])
            );
    }

    [LoggerMessage(
        LogLevel.Error,
        "The trades of {Stream} differed from what its alerts make, and were repaired: {What}"
    )]
    private partial void LogRepaired(StreamKey stream, string what);

    [LoggerMessage(LogLevel.Error, "The trades of {Stream} are wrong: {What}")]
    private partial void LogBeyond(StreamKey stream, string what);
}
