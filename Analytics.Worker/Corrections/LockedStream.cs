using System.Data;
using System.Data.Common;
using Dapper;
using PnlPipeline.Analytics.Worker.Outbox;
using PnlPipeline.Analytics.Worker.Pairing;
using PnlPipeline.Contracts;
using PnlPipeline.Database;
using PnlPipeline.Domain.Alerts;
using PnlPipeline.Domain.Trades;

namespace PnlPipeline.Analytics.Worker.Corrections;

/// <summary>
/// One correction's transaction, which holds the lock of the stream that it is about. Disposed without a commit,
/// nothing was done.
/// </summary>
internal sealed class LockedStream : IAsyncDisposable
{
    private readonly DbConnection _connection;
    private readonly DbTransaction _transaction;
    private readonly PairingReads _reads;
    private readonly Guid _correctionId;
    private readonly DateTime _now;
    private readonly CancellationToken _cancellationToken;

    private LockedStream(
        DbConnection connection,
        DbTransaction transaction,
        PairingReads reads,
        Guid correctionId,
        DateTime now,
        CancellationToken cancellationToken
    )
    {
        _connection = connection;
        _transaction = transaction;
        _reads = reads;
        _correctionId = correctionId;
        _now = now;
        _cancellationToken = cancellationToken;
    }

    /// <summary>The stream that the alert belongs to; <c>null</c> where there is no such alert.</summary>
    public StreamRow? Row { get; private init; }

    /// <summary>The alert as it is stored.</summary>
    public StoredAlert? Stored { get; private init; }

    /// <summary>What came of the correction, where it has been settled.</summary>
    public CorrectionOutcome? Settled { get; private init; }

    public static async Task<LockedStream> HoldAsync(
        DbConnection connection,
        Guid correctionId,
        AlertId alertId,
        DateTime now,
        CancellationToken cancellationToken
    )
    {
        // An alert never changes its stream, so that one can be known before it is locked; everything else is read
        // under the lock.
        var streamId = await connection.QuerySingleOrDefaultAsync<long?>(
            new CommandDefinition(
                "SELECT stream_id FROM alerts WHERE alert_id = @alertId",
                new { alertId = alertId.ToByteArray() },
                cancellationToken: cancellationToken
            )
        );
        var transaction = await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancellationToken);
        var reads = new PairingReads(connection, transaction, cancellationToken);
        var row = streamId is { } known ? (await reads.LockStreamsAsync([known])).SingleOrDefault() : null;
        var stored = row is null ? [] : await reads.FindStoredAsync([alertId]);
        var settled = await connection.QuerySingleOrDefaultAsync<string>(
            new CommandDefinition(
                "SELECT outcome FROM corrections WHERE correction_id = @id",
                new { id = correctionId.ToByteArray(bigEndian: true) },
                transaction,
                cancellationToken: cancellationToken
            )
        );
        return new LockedStream(connection, transaction, reads, correctionId, now, cancellationToken)
        {
            Row = row,
            Stored = stored is [var found] ? found.Stored : null,
            Settled = settled is null ? null : Enum.Parse<CorrectionOutcome>(settled, ignoreCase: true),
        };
    }

    /// <summary>
    /// What a correction that comes again has to tell: whoever applied it may have been gone before he could.
    /// </summary>
    /// <param name="place">Where it changed the stream.</param>
    public Settlement Again(CorrectionOutcome settled, AlertPosition? place) =>
        settled == CorrectionOutcome.Applied && place is { } position && Row is { } row
            ? new Settlement(settled, new Announcement([], [PairingEvents.Revised(row.Key, position, _correctionId)]))
            : Settlement.Nothing(settled);

    public Task<bool> HasTradeAsync(AlertId tradeId) =>
        HasAsync("SELECT EXISTS (SELECT 1 FROM trades WHERE trade_id = @id)", tradeId);

    public Task<bool> HasAlertAsync(AlertId alertId) =>
        HasAsync("SELECT EXISTS (SELECT 1 FROM alerts WHERE alert_id = @id)", alertId);

    /// <returns><c>false</c> where it has been settled meanwhile, by whoever waited for it.</returns>
    public async Task<bool> TrySettleAsync(CorrectionOutcome outcome)
    {
        try
        {
            await ExecuteAsync(
                "INSERT INTO corrections (correction_id, outcome, settled_at) VALUES (@id, @outcome, @now)",
                new
                {
                    id = _correctionId.ToByteArray(bigEndian: true),
                    outcome = outcome.ToString().ToLowerInvariant(),
                    now = _now,
                }
            );
            return true;
        }
        catch (DbException fault) when (MySqlDatabase.IsDuplicateKey(fault))
        {
            return false;
        }
    }

    /// <summary>
    /// Puts the alert into its place, new or instead of the one that is stored there, and writes what the stream comes
    /// to.
    /// </summary>
    /// <param name="received">The alert as it came, where it is new.</param>
    public async Task<StreamPairing> DeriveAsync(StreamAlert alert, AlertReceived? received)
    {
        var stream = new StreamPairing(Row!, [alert]);
        await PairingStore.PlaceAsync([stream], _reads);
        Dictionary<AlertId, AlertReceived> bodies = received is null ? [] : new() { [alert.AlertId] = received };
        // Nobody's clock is wrong where somebody corrects.
        await new PairingWrites(
            _connection,
            mayLoad: false,
            TimeSpan.MaxValue / 4,
            _ => true,
            _cancellationToken
        ).WriteAsync([stream], bodies, _now);
        return stream;
    }

    /// <summary>Has the rules tell of the trade that was closed by this alert.</summary>
    public Task NotifyClosedAsync(RuleSet rules, StreamPairing stream, AlertId close) =>
        OutboxWrites.WriteClosedAsync(_connection, rules, stream, close, _now, _cancellationToken);

    /// <summary>Marks an alert as voided, or takes the mark away. What it comes to has been written already.</summary>
    public Task MarkAsync(AlertId alertId, bool voided) =>
        ExecuteAsync(
            "UPDATE alerts SET voided_at = @voidedAt WHERE alert_id = @alertId",
            new { voidedAt = voided ? _now : (DateTime?)null, alertId = alertId.ToByteArray() }
        );

    /// <param name="detail">JSON.</param>
    public Task RecordAsync(Author by, string action, string subject, string detail) =>
        ExecuteAsync(
            """
            INSERT INTO audit_trail (occurred_at, role, key_fingerprint, action, subject, detail)
            VALUES (@now, @Role, @Key, @action, @subject, @detail)
            """,
            new
            {
                now = _now,
                by.Role,
                by.Key,
                action,
                subject,
                detail,
            }
        );

    /// <summary>
    /// As pairing tells of alerts: at the end of a stream trades only close, before it any may be others.
    /// </summary>
    public Settlement Tell(StreamPairing stream)
    {
        var closed = stream.IsLate
            ? []
            : stream
                .Changes.SelectMany(changes => changes.ClosedTrades)
                .Select(trade => PairingEvents.Closed(stream.Row.Key, trade));
        StreamRevised[] revised =
            stream.IsLate && stream.Changes.Any(changes => changes.HasTrades)
                ? [PairingEvents.Revised(stream.Row.Key, stream.Earliest.Position, _correctionId)]
                : [];
        return new Settlement(
            CorrectionOutcome.Applied,
            new Announcement([.. closed], revised),
            new StreamCorrected(
                stream.Row.Symbol,
                stream.Row.Timeframe,
                stream.Earliest.Position.Timestamp,
                stream.Row.Strategy
            )
        );
    }

    public async Task<Settlement> CommitAsync(Settlement settlement)
    {
        await _transaction.CommitAsync(_cancellationToken);
        return settlement;
    }

    public async ValueTask DisposeAsync()
    {
        await _transaction.DisposeAsync();
        await _connection.DisposeAsync();
    }

    private Task<bool> HasAsync(string sql, AlertId id) =>
        _connection.ExecuteScalarAsync<bool>(
            new CommandDefinition(
                sql,
                new { id = id.ToByteArray() },
                _transaction,
                cancellationToken: _cancellationToken
            )
        );

    private Task<int> ExecuteAsync(string sql, object parameters) =>
        _connection.ExecuteAsync(
            new CommandDefinition(sql, parameters, _transaction, cancellationToken: _cancellationToken)
        );
}
