using System.Data.Common;
using Dapper;
using PnlPipeline.Analytics.Worker.Outbox;
using PnlPipeline.Domain.Accounts;

namespace PnlPipeline.Analytics.Worker.Ledgers;

/// <summary>
/// What a ledger served before it was built or repaired: rows behind that were posted by nobody, and their rules are
/// asked now. Rows that stand in the place of others are history.
/// </summary>
/// <param name="ledger">Locked, as it was.</param>
/// <param name="last">The last row served; <c>null</c> where there was none.</param>
/// <param name="editedAt">UTC: it is built because what it counts was edited then, and its history is another.</param>
internal sealed class ServedBefore(LockedLedger ledger, LedgerRow? last, DateTime? editedAt)
{
    // The finest that is stored.
    private static readonly TimeSpan Instant = TimeSpan.FromMilliseconds(1);

    public static async Task<ServedBefore> OfRepairAsync(
        DbConnection connection,
        LockedLedger ledger,
        CancellationToken cancellationToken
    ) => new(ledger, await LastAsync(connection, ledger, cancellationToken), editedAt: null);

    public static async Task<ServedBefore> OfBuildAsync(
        DbConnection connection,
        LockedLedger ledger,
        CancellationToken cancellationToken
    )
    {
        var isEdited = ledger.SettingsRevision != 0;
        var editedAt = isEdited
            ? await connection.ExecuteScalarAsync<DateTime>(
                new CommandDefinition(
                    "SELECT updated_at FROM batches WHERE batch_id = @BatchId",
                    new { ledger.BatchId },
                    cancellationToken: cancellationToken
                )
            )
            : (DateTime?)null;
        return new(ledger, await LastAsync(connection, ledger, cancellationToken), editedAt);
    }

    /// <summary>Writes what the rows behind cross, for the batch's rules with a limit; it has some.</summary>
    /// <param name="now">What is served from now on.</param>
    public async Task NotifyAsync(
        DbConnection connection,
        RuleSet rules,
        LedgerRows now,
        LedgerState state,
        CancellationToken cancellationToken
    )
    {
        var first = await FirstNewAsync(connection, rules, now, state, cancellationToken);
        if (await now.StateBeforeAsync(connection, first, ledger.Settings, cancellationToken) is not { } before)
            return;
        var added = new List<LedgerRow>();
        for (var pages = new LedgerPages(connection, now, first); added.Count <= state.Seq - first; )
        {
            if (await pages.NextAsync(cancellationToken) is not { } row)
                break;
            added.Add(row);
        }

        if (added.Count > 0 || editedAt is not null)
            await OutboxWrites.WriteCrossingsAsync(
                connection,
                rules,
                [(ledger.BatchId, before, added)],
                ledger.Now,
                cancellationToken,
                beginsAnew: editedAt is not null
            );
    }

    private static async Task<LedgerRow?> LastAsync(
        DbConnection connection,
        LockedLedger ledger,
        CancellationToken cancellationToken
    ) => ledger.LastSeq == 0 ? null : await ledger.Rows.FindAsync(connection, ledger.LastSeq, cancellationToken);

    private async Task<long> FirstNewAsync(
        DbConnection connection,
        RuleSet rules,
        LedgerRows now,
        LedgerState state,
        CancellationToken cancellationToken
    )
    {
        // It was altered by hand: what it served is not known, and what may be old is no news.
        if (last is null && ledger.LastSeq > 0)
            return state.Seq + 1;
        var since = rules.OfLedgers[ledger.BatchId].Min(rule => rule.CreatedAt);
        if (editedAt > since)
            since = editedAt.Value;
        if (last is not { } served || served.ExitTime < since)
            return await now.FindFirstAsync(connection, since, state.Seq, cancellationToken);

        // Others that closed at the same instant may stand behind it, in the order of their entries.
        var sameInstant = await now.FindFirstAsync(connection, served.ExitTime, state.Seq, cancellationToken);
        var pages = new LedgerPages(connection, now, sameInstant);
        while (await pages.NextAsync(cancellationToken) is { } row && row.ExitTime == served.ExitTime)
        {
            if (row.TradeId == served.TradeId)
                return row.State.Seq + 1;
        }

        return await now.FindFirstAsync(connection, served.ExitTime + Instant, state.Seq, cancellationToken);
    }
}
