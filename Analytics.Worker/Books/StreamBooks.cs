using System.Data;
using System.Data.Common;
using Microsoft.Extensions.Options;
using PnlPipeline.Analytics.Worker.Ledgers;
using PnlPipeline.Analytics.Worker.Pairing;
using PnlPipeline.Contracts;
using PnlPipeline.Database;

namespace PnlPipeline.Analytics.Worker.Books;

/// <summary>
/// Goes through every stream's alerts, round after round, folds them again and compares: outcomes, trades, and what the stream's row says is open. What
/// is otherwise was altered by hand, or by a fault; it is written as the rules have it, reported, and told to the ledgers.
/// </summary>
public sealed partial class StreamBooks(MySqlDatabase database, IOptions<BookOptions> options, ILogger<StreamBooks> log)
{
    // A stream costs some statements, however few its alerts.
    private const int LeastCost = 100;
    private const int MaxSaid = 5;

    private readonly BookOptions _options = options.Value;

    /// <summary>Goes on for as many alerts as one look may take; nothing where another replica is at it.</summary>
    /// <param name="tell">Told which ledgers have to look where, after each repair.</param>
    /// <returns>The streams that were mended.</returns>
    public async Task<IReadOnlyList<long>> CheckAsync(Func<TradesRevised, Task> tell, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        await using var only = await AdvisoryLock.TryTakeAsync(connection, "books.streams", cancellationToken);
        if (only is null)
            return [];

        var mended = new List<long>();
        var left = _options.AlertsPerLookMax;
        foreach (var due in await BookStore.FindDueAsync(connection, _options.RoundEverySeconds, left / LeastCost, cancellationToken))
        {
            for (var stream = due; stream is not null && left > 0;)
            {
                var (next, isMended, cost) = await CheckStretchAsync(connection, stream, tell, cancellationToken);
                if (isMended)
                    mended.Add(stream.StreamId);
                left -= Math.Max(LeastCost, cost);
                stream = next;
            }

            if (left <= 0)
                break;
        }

        return mended;
    }

    private async Task<(DueStream? Next, bool IsMended, int Cost)> CheckStretchAsync(
        DbConnection connection, DueStream stream, Func<TradesRevised, Task> tell, CancellationToken cancellationToken)
    {
        if (await CompareAsync(connection, stream, isMending: false, cancellationToken) is not { } looked)
            return (null, false, 0);
        var isMended = looked.Found.Any;
        if (isMended)
        {
            // Read again under the stream's lock: what pairing wrote meanwhile counts.
            looked = await CompareAsync(connection, stream, isMending: true, cancellationToken) ?? looked;
            await ReportAsync(connection, stream, looked.Found, tell, cancellationToken);
        }

        foreach (var beyond in looked.Found.Beyond)
        {
            LogBeyond(stream.Symbol, stream.Timeframe, beyond);
            BookMeters.Wrong.Add(1);
            await BookFindings.FoundInStreamAsync(connection, stream.StreamId, beyond, isRepaired: false, cancellationToken);
        }

        var (stretch, found) = looked;
        BookMeters.Checked.Add(stretch.Alerts.Count);
        var place = stretch.Alerts is [.., var last] ? last.Alert.Position : stream.Place;
        var status = found.Beyond.Count > 0 ? "wrong" : isMended ? "repaired" : "ok";
        await BookStore.SaveAsync(connection, stream, place, stretch.Alerts.Count, found.Compared, status, stretch.IsEnd, cancellationToken);
        return (stretch.IsEnd ? null : stream.At(place), isMended, stretch.Alerts.Count);
    }

    /// <summary>Compares a stretch as it was at one instant; mending, under the stream's lock, and writes what the rules say.</summary>
    private async Task<(BookStretch Stretch, BookDifferences Found)?> CompareAsync(
        DbConnection connection, DueStream stream, bool isMending, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(
            isMending ? IsolationLevel.ReadCommitted : IsolationLevel.RepeatableRead, cancellationToken);
        if (await BookStore.ReadAsync(connection, transaction, stream, isMending, _options.StretchAlerts, cancellationToken) is not var (stretch, row))
            return null;

        var found = BookRules.Compare(stretch);
        AlertPosition? end = stretch.IsEnd ? stretch.Alerts is [.., var last] ? last.Alert.Position : stream.Place : null;
        if (end is not null && (row.Last != end || row.Open != found.OpenAfter))
            found.What.Add($"The stream's row should have {found.OpenAfter?.TradeId.ToString() ?? "nothing"} open after {end} and has {row.Open?.TradeId.ToString() ?? "nothing"} after {row.Last}.");
        if (isMending && found.Any)
        {
            await BookStore.WriteAsync(connection, transaction, row, found, end, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }

        return (stretch, found);
    }

    private async Task ReportAsync(
        DbConnection connection, DueStream stream, BookDifferences found, Func<TradesRevised, Task> tell, CancellationToken cancellationToken)
    {
        if (!found.Any)
            return;
        var what = string.Join(' ', found.What.Take(MaxSaid)) + (found.What.Count > MaxSaid ? $" And {found.What.Count - MaxSaid} more." : "");
        LogMended(stream.Symbol, stream.Timeframe, what);
        BookMeters.Repairs.Add(1);
        await BookFindings.FoundInStreamAsync(connection, stream.StreamId, what, isRepaired: true, cancellationToken);
        // Ledgers hold closed trades; where this is lost, their own reconciler finds the same.
        if (found.From is { } from)
            await tell(new TradesRevised([new StreamRevised(Guid.NewGuid(), stream.Symbol, stream.Timeframe, from)]));
    }

    [LoggerMessage(LogLevel.Error, "The books of {Symbol} {Timeframe} were otherwise than its alerts have it, and are mended: {What}")]
    private partial void LogMended(string symbol, string timeframe, string what);

    [LoggerMessage(LogLevel.Error, "The books of {Symbol} {Timeframe} are wrong: {What}")]
    private partial void LogBeyond(string symbol, string timeframe, string what);
}
