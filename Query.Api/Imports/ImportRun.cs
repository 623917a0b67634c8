using System.Diagnostics;
using System.Text.Json;
using MassTransit;
using PnlPipeline.Contracts;
using PnlPipeline.Database;
using PnlPipeline.Domain.Calendar;
using PnlPipeline.Domain.Trades.Files;

namespace PnlPipeline.Query.Api.Imports;

/// <summary>
/// One import on its way: reads, publishes a bounded number of alerts ahead, and moves the position on as they are
/// stored. All it knows is in the database: broken off anywhere, it goes on from the position, and what was published
/// behind that comes to nothing the second time.
/// </summary>
internal sealed partial class ImportRun(
    ImportRecord import,
    byte[] owner,
    UploadStore uploads,
    ProgressStore progress,
    OverlapStore overlaps,
    IBus bus,
    ImportOptions options,
    ILogger logger
)
{
    private static readonly TimeSpan PublishWithin = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ShortestLook = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan LongestLook = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// Nothing stored for so long: what is on its way may have been lost with its queue, and is sent again; the next
    /// time, after twice as long, for it may as well be that pairing is away.
    /// </summary>
    private static readonly TimeSpan FirstStall = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestStall = TimeSpan.FromMinutes(30);

    private readonly Stopwatch _sinceLease = Stopwatch.StartNew();
    private TimeSpan _stall = FirstStall;

    /// <summary>Returns when the import is done.</summary>
    /// <exception cref="ProgressStore.LeaseLostException" />
    /// <exception cref="Exception">The broker or the database is away: run it again later.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (
            !await RunFromPositionAsync(await progress.ReadAsync(import.ImportId, cancellationToken), cancellationToken)
        )
            LogStalled(import.ImportId, _stall);
        var end = await progress.ReadAsync(import.ImportId, cancellationToken);
        if (end is { Accepted: 0, Merged: 0, Rejected: > 0 })
            await progress.FailAsync(
                import.ImportId,
                owner,
                $"None of its {end.Rejected} rows could be taken: the errors say why. Nothing was stored.",
                cancellationToken
            );
        else
            await progress.FinishAsync(import.ImportId, owner, cancellationToken);
    }

    /// <returns>False where nothing came forward for long.</returns>
    private async Task<bool> RunFromPositionAsync(ImportRecord from, CancellationToken cancellationToken)
    {
        var reader = await OpenAsync(from, cancellationToken);
        var ahead = new Queue<Slice>();
        var (alertsAhead, isEnd, look) = (0, false, ShortestLook);
        var sinceStored = Stopwatch.StartNew();
        while (true)
        {
            while (!isEnd && (ahead.Count == 0 || alertsAhead + options.AlertsPerMessageMax <= options.AlertsAheadMax))
            {
                if (await reader.NextAsync(cancellationToken) is not { } slice)
                {
                    isEnd = true;
                    break;
                }

                // What is there already need not be sent: a file that is sent twice, or the slice at which a run was
                // broken off.
                if (!await progress.IsStoredAsync(slice, from.CreatedAt, cancellationToken))
                    await PublishAsync(slice.Alerts, cancellationToken);
                ahead.Enqueue(slice);
                alertsAhead += slice.Alerts.Count;
            }

            if (ahead.Count == 0)
                return true;
            var stored = new List<Slice>();
            while (
                ahead.TryPeek(out var first) && await progress.IsStoredAsync(first, from.CreatedAt, cancellationToken)
            )
                stored.Add(ahead.Dequeue());
            if (stored.Count > 0)
            {
                await progress.AdvanceAsync(
                    import.ImportId,
                    owner,
                    stored,
                    options.LeaseSeconds,
                    options.ErrorsKeptMax,
                    cancellationToken
                );
                alertsAhead -= stored.Sum(slice => slice.Alerts.Count);
                sinceStored.Restart();
                _sinceLease.Restart();
                (_stall, look) = (FirstStall, ShortestLook);
                continue;
            }

            if (sinceStored.Elapsed > _stall)
            {
                _stall = _stall * 2 < LongestStall ? _stall * 2 : LongestStall;
                return false;
            }

            await RenewAsync(cancellationToken);
            await Task.Delay(look, cancellationToken);
            look = look * 2 < LongestLook ? look * 2 : LongestLook;
        }
    }

    private Task<FileSlices> OpenAsync(ImportRecord from, CancellationToken cancellationToken)
    {
        var form =
            JsonSerializer.Deserialize<FileForm>(from.Form ?? "null")
            ?? throw new InvalidDataException("The import does not know how its file is read.");
        var context = new FileContext(
            form,
            new FileRequest(Symbol: from.Symbol, Timeframe: from.Timeframe, Strategy: from.Strategy),
            ZoneOffsets.Of(from.TimeZone is { } zone ? TimeZoneInfo.FindSystemTimeZoneById(zone) : TimeZoneInfo.Utc),
            from.CreatedAt,
            overlaps.FirstByWebhook(from.Overlap, from.Timeframe, from.Strategy)
        );
        return FileSlices.OpenAsync(
            context,
            (position, cancellation) => uploads.ReadAsync(from.ImportId, position, cancellation),
            from.Position,
            from.LinesRead,
            options.AlertsPerMessageMax,
            cancellationToken
        );
    }

    private async Task PublishAsync(IReadOnlyList<AlertReceived> alerts, CancellationToken cancellationToken)
    {
        // A confirm alone does not say that a queue has it: mandatory makes "no queue" an error. The bus honours the
        // token late, so the deadline stands outside.
        var publish = bus.Publish(
            new AlertsReceived(alerts),
            static context => context.Mandatory = true,
            cancellationToken
        );
        try
        {
            await publish.WaitAsync(PublishWithin, cancellationToken);
        }
        catch
        {
            // Should it come through after all, the alerts are stored once all the same.
            _ = publish.ContinueWith(
                late => late.Exception,
                CancellationToken.None,
                TaskContinuationOptions.OnlyOnFaulted,
                TaskScheduler.Default
            );
            throw;
        }
    }

    private async Task RenewAsync(CancellationToken cancellationToken)
    {
        if (_sinceLease.Elapsed.TotalSeconds < options.LeaseSeconds / 3.0)
            return;
        await progress.RenewAsync(import.ImportId, owner, options.LeaseSeconds, cancellationToken);
        _sinceLease.Restart();
    }

    [LoggerMessage(
        LogLevel.Warning,
        "Of import {ImportId} nothing was stored for long; what is on its way is sent again. If it stays: does "
            + "pairing run? Next look after {Stall}"
    )]
    private partial void LogStalled(long importId, TimeSpan stall);
}
