using System.Data.Common;
using System.Diagnostics;
using Dapper;
using MassTransit;
using Microsoft.Extensions.Options;
using PnlPipeline.Database;

namespace PnlPipeline.Query.Api.Corrections;

/// <summary>What came of a correction, as it stands in the table <c>corrections</c>.</summary>
public enum CorrectionOutcome
{
    Applied,
    Unchanged,
    Missing,
    Closed,
    Taken,

    /// <summary>Pairing did not take it in time; it will not be applied any more.</summary>
    Withdrawn,

    /// <summary>Not in the table, and the table does not answer: it may still be applied.</summary>
    NotKnown,
}

/// <summary>
/// Hands corrections to pairing, which alone may write alerts and trades, and waits for what comes of them. Pairing
/// writes that down in the transaction that does it, and so no answer can be lost on the way: it is looked for where it
/// was written, by whichever replica waits.
/// </summary>
public sealed partial class Corrector(
    IBus bus,
    MySqlDatabase database,
    IOptions<CorrectionOptions> options,
    ILogger<Corrector> log
)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(100);

    // A correction that is at work holds its row until it is done; a long history takes its time.
    private static readonly TimeSpan WithdrawalMax = TimeSpan.FromSeconds(30);

    private readonly TimeSpan _deadline = TimeSpan.FromMilliseconds(options.Value.DeadlineMs);

    /// <summary>
    /// Returns once the correction is settled, one way or the other, or nobody can say. Who asked may be gone
    /// meanwhile: it goes on all the same.
    /// </summary>
    public async Task<CorrectionOutcome> SettleAsync<T>(Guid correctionId, T correction)
        where T : class
    {
        using var stop = new CancellationTokenSource(_deadline);
        var waited = Stopwatch.StartNew();
        // The bus honours the token late, and a publish that comes through after all finds the correction withdrawn.
        var publish = Task.Run(() => bus.Publish(correction, AddHeaders, stop.Token), CancellationToken.None);
        for (
            var pause = FirstPause;
            waited.Elapsed < _deadline && !(publish.IsFaulted || publish.IsCanceled);
            pause = Longer(pause)
        )
        {
            try
            {
                if (await FindAsync(correctionId, stop.Token).WaitAsync(stop.Token) is { } outcome)
                    return outcome;
                await Task.Delay(pause, stop.Token);
            }
            catch (Exception fault) when (fault is OperationCanceledException || MySqlDatabase.IsTransient(fault))
            {
                // The deadline, or the database is away: both are seen to below and above.
                await Task.Delay(pause, CancellationToken.None);
            }
        }

        if (publish.IsFaulted)
            LogNotPublished(correctionId, publish.Exception.GetBaseException().GetType().Name);
        else
            _ = publish.ContinueWith(
                late => late.Exception,
                CancellationToken.None,
                TaskContinuationOptions.OnlyOnFaulted,
                TaskScheduler.Default
            );
        return await WithdrawAsync(correctionId);

        // It does not expire: who takes it late finds it withdrawn, and one that was applied by a worker that was
        // killed before it told of it comes again to be told of.
        void AddHeaders(PublishContext<T> message) => message.MessageId = correctionId;
    }

    private static TimeSpan Longer(TimeSpan pause) => pause * 2 < LongestPause ? pause * 2 : LongestPause;

    private async Task<CorrectionOutcome> WithdrawAsync(Guid correctionId)
    {
        try
        {
            // The first row of the id counts. Where pairing has written it and is not done, this waits for what comes
            // of it.
            using var stop = new CancellationTokenSource(WithdrawalMax);
            var outcome = await InsertOrFindAsync(correctionId, stop.Token).WaitAsync(stop.Token);
            LogSettledLate(correctionId, outcome);
            return outcome;
        }
        catch (Exception fault)
            when (fault is OperationCanceledException or DbException || MySqlDatabase.IsTransient(fault))
        {
            LogNotKnown(correctionId, fault.GetType().Name);
            return CorrectionOutcome.NotKnown;
        }
    }

    private async Task<CorrectionOutcome> InsertOrFindAsync(Guid correctionId, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        try
        {
            await connection.ExecuteAsync(
                new CommandDefinition(
                    "INSERT INTO corrections (correction_id, outcome, settled_at) VALUES (@id, 'withdrawn', "
                        + "UTC_TIMESTAMP(3))",
                    new { id = correctionId.ToByteArray(bigEndian: true) },
                    cancellationToken: cancellationToken
                )
            );
            return CorrectionOutcome.Withdrawn;
        }
        catch (DbException fault) when (MySqlDatabase.IsDuplicateKey(fault))
        {
            return await FindAsync(connection, correctionId, cancellationToken) ?? CorrectionOutcome.NotKnown;
        }
    }

    private async Task<CorrectionOutcome?> FindAsync(Guid correctionId, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        return await FindAsync(connection, correctionId, cancellationToken);
    }

    private static async Task<CorrectionOutcome?> FindAsync(
        DbConnection connection,
        Guid correctionId,
        CancellationToken cancellationToken
    )
    {
        var word = await connection.QuerySingleOrDefaultAsync<string>(
            new CommandDefinition(
                "SELECT outcome FROM corrections WHERE correction_id = @id",
                new { id = correctionId.ToByteArray(bigEndian: true) },
                cancellationToken: cancellationToken
            )
        );
        return word is null ? null : Enum.Parse<CorrectionOutcome>(word, ignoreCase: true);
    }

    [LoggerMessage(LogLevel.Warning, "Correction {CorrectionId} could not be published: {Fault}")]
    private partial void LogNotPublished(Guid correctionId, string fault);

    [LoggerMessage(LogLevel.Warning, "Correction {CorrectionId} was not taken in time: {Outcome}")]
    private partial void LogSettledLate(Guid correctionId, CorrectionOutcome outcome);

    [LoggerMessage(LogLevel.Error, "What came of correction {CorrectionId} is not known: {Fault}")]
    private partial void LogNotKnown(Guid correctionId, string fault);
}
