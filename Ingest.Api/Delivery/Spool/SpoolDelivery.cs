using Microsoft.Extensions.Options;
using PnlPipeline.Contracts;
using PnlPipeline.Hosting;

namespace PnlPipeline.Ingest.Api.Delivery.Spool;

/// <summary>
/// Keeps on disk what the broker does not take now, many in one write to disk, and delivers it in order, one message at
/// a time, as soon as it does. What is delivered twice because a confirm was lost, or the process, does no harm.
/// </summary>
internal sealed partial class SpoolDelivery : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromMilliseconds(250);

    /// <summary>Nobody waits for these: a broker that is slow is given more time than a sender would have.</summary>
    private static readonly TimeSpan ConfirmTimeout = TimeSpan.FromSeconds(5);

    private readonly SpoolFiles? _files;
    private readonly AlertGroupCommit<SpoolEntry>? _entries;
    private readonly ConfirmedPublisher _publisher;
    private readonly DeliveryOptions _delivery;
    private readonly long _rejectionBytesMax;
    private readonly Lock _appending = new();
    private readonly TimeProvider _clock;
    private readonly ILogger<SpoolDelivery> _logger;
    private int _isInTrouble;

    public SpoolDelivery(
        IOptions<SpoolOptions> options,
        IOptions<DeliveryOptions> delivery,
        ConfirmedPublisher publisher,
        TimeProvider clock,
        ILogger<SpoolDelivery> logger
    )
    {
        _publisher = publisher;
        _delivery = delivery.Value;
        _clock = clock;
        _logger = logger;
        if (string.IsNullOrWhiteSpace(options.Value.Directory))
            return;

        _files = new SpoolFiles(options.Value.Directory, options.Value.BytesMax);
        // What was refused is worth less than what was not: it does not push alerts out.
        _rejectionBytesMax = options.Value.BytesMax / 2;
        _entries = new AlertGroupCommit<SpoolEntry>(
            new GroupCommitLimits(
                Committers: 1,
                _delivery.AlertsPerMessageMax,
                _delivery.PayloadBytesPerMessageMax,
                _delivery.WaitingMax,
                _delivery.WaitingBytesMax,
                TimeSpan.FromMilliseconds(_delivery.DeadlineMs - _delivery.SpoolAfterMs)
            ),
            SpoolFormat.SizeOf,
            // Apart, so that no alert is in one group with what there is no room for.
            lanes: 2,
            entry => entry.Kind == SpoolKind.Alert ? 0 : 1,
            AppendAsync,
            clock
        );
        SpoolMeters.Observe(() => _files.State, clock);
        Report(_files.Findings);
    }

    /// <summary>Whether there is one.</summary>
    public bool IsOn => _files is not null;

    /// <summary>Whether anything waits in it.</summary>
    public bool HasBacklog => _files is { HasBacklog: true };

    /// <summary>Whether it would take an alert now, as far as it knows.</summary>
    public bool TakesAlerts => State is { Fault: null } state && state.Bytes < state.BytesMax;

    /// <summary><c>null</c> where there is no spool.</summary>
    public SpoolState? State => _files?.State;

    /// <summary>
    /// True once the alert is on disk; false where there is no room, the disk fails, or it takes too long.
    /// </summary>
    public Task<bool> KeepAsync(AlertReceived alert) =>
        KeepAsync(new SpoolEntry(SpoolKind.Alert, Now, Envelope.ToBytes(Envelope.WriteAlert, alert)));

    /// <inheritdoc cref="KeepAsync(AlertReceived)"/>
    public Task<bool> KeepAsync(AlertRejected rejection) =>
        KeepAsync(new SpoolEntry(SpoolKind.Rejection, Now, Envelope.ToBytes(Envelope.WriteRejection, rejection)));

    public override void Dispose()
    {
        base.Dispose();
        _files?.Dispose();
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        _files is null
            ? Task.CompletedTask
            : Task.WhenAll(
                _entries!.RunAsync(stoppingToken),
                Task.Run(() => DeliverAsync(_files, stoppingToken), CancellationToken.None)
            );

    private long Now => _clock.GetUtcNow().ToUnixTimeMilliseconds();

    private async Task<bool> KeepAsync(SpoolEntry entry)
    {
        if (_entries is null)
            return false;
        if (await _entries.CommitAsync(entry))
        {
            SpoolMeters.Kept.Add(1);
            return true;
        }

        SpoolMeters.Refused.Add(1);
        return false;
    }

    private Task AppendAsync(IReadOnlyList<SpoolEntry> entries, CancellationToken deadline)
    {
        try
        {
            var bytesMax = entries[0].Kind == SpoolKind.Alert ? long.MaxValue : _rejectionBytesMax;
            lock (_appending)
                _files!.Append(entries, bytesMax);
            if (Interlocked.Exchange(ref _isInTrouble, 0) == 1)
                LogRecovery();
            return Task.CompletedTask;
        }
        catch (SpoolFullException) when (entries[0].Kind != SpoolKind.Alert)
        {
            // There may be room for alerts.
            throw;
        }
        catch (IOException fault)
        {
            // Once for each change, as with the broker.
            if (Interlocked.Exchange(ref _isInTrouble, 1) == 0)
                LogTrouble(fault.Message);
            throw;
        }
    }

    private async Task DeliverAsync(SpoolFiles files, CancellationToken stopping)
    {
        try
        {
            while (true)
            {
                if (!files.HasBacklog || !_publisher.IsUp)
                    await Task.Delay(Pause, _clock, stopping);
                else if (!await DeliverNextAsync(files, stopping))
                    await Task.Delay(PauseAfterFailure, _clock, stopping);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // What is left is on disk.
        }
    }

    /// <summary>False where something went wrong, and the same is to be tried again.</summary>
    private async Task<bool> DeliverNextAsync(SpoolFiles files, CancellationToken stopping)
    {
        try
        {
            if (files.Peek() is not { } batch)
                return true;
            for (var done = 0; done < batch.Records.Count; )
            {
                var count = SpoolMessages.NextCount(
                    batch.Records,
                    done,
                    _delivery.AlertsPerMessageMax,
                    _delivery.PayloadBytesPerMessageMax
                );
                var (address, messageId, body) = SpoolMessages.Write(
                    [.. batch.Records.Skip(done).Take(count).Select(record => record.Entry)],
                    _clock.GetUtcNow().UtcDateTime
                );
                using var deadline = CancellationTokenSource.CreateLinkedTokenSource(stopping);
                deadline.CancelAfter(ConfirmTimeout);
                await _publisher.PublishAsync(address, messageId, body, deadline.Token);
                done += count;
                files.Advance(batch, done);
                SpoolMeters.Delivered.Add(count);
            }

            return true;
        }
        catch (Exception) when (!stopping.IsCancellationRequested)
        {
            // The publisher has told it, or the disk has; the records stay where they are.
            return false;
        }
    }

    private void Report(IReadOnlyList<SpoolFinding> findings)
    {
        foreach (var finding in findings)
        {
            if (finding.DamagedBytes > 0)
            {
                SpoolMeters.Damaged.Add(finding.DamagedBytes);
                LogDamaged(finding.File, finding.DamagedBytes, finding.Records);
            }

            if (finding.TornBytes > 0)
                LogTorn(finding.File, finding.TornBytes);
        }

        if (findings.Count > 0)
            LogFound(findings.Sum(finding => finding.Records), findings.Count);
    }

    [LoggerMessage(
        LogLevel.Information,
        "The spool holds {Records} records in {Files} files from an earlier run; they are delivered first"
    )]
    private partial void LogFound(int records, int files);

    [LoggerMessage(
        LogLevel.Warning,
        "The spool's {File} ends in {Bytes} bytes that are no whole record: a write that was broken off"
    )]
    private partial void LogTorn(string file, int bytes);

    [LoggerMessage(
        LogLevel.Error,
        "The spool's {File} has {Bytes} damaged bytes among {Records} whole records; the whole ones are delivered, "
            + "and the file is kept as .damaged"
    )]
    private partial void LogDamaged(string file, int bytes, int records);

    [LoggerMessage(
        LogLevel.Error,
        "The spool takes no more ({Reason}); alerts are answered with 503 until it does, or the broker is back"
    )]
    private partial void LogTrouble(string reason);

    [LoggerMessage(LogLevel.Information, "The spool takes alerts again")]
    private partial void LogRecovery();
}
