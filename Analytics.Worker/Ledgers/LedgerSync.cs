using System.Data.Common;
using PnlPipeline.Domain.Accounts;
using PnlPipeline.Domain.Alerts;

namespace PnlPipeline.Analytics.Worker.Ledgers;

/// <summary>
/// The first row that is not what the trades say: another row, one too many, or none where there should be one.
/// </summary>
/// <param name="From">UTC: nothing that closed before this is wrong.</param>
internal sealed record Difference(long Seq, DateTime From, AlertId? ExpectedTradeId, AlertId? HeldTradeId)
{
    /// <summary>The rows as they should be and as they are, for the log.</summary>
    public LedgerRow? Expected { get; init; }

    public LedgerRow? Held { get; init; }

    /// <summary>Whether it is the same one, seen again.</summary>
    public bool IsSameAs(Difference other) =>
        Seq == other.Seq && ExpectedTradeId == other.ExpectedTradeId && HeldTradeId == other.HeldTradeId;
}

/// <summary>What became of a comparison.</summary>
/// <param name="State">After the last row that should be there; where nothing was written, after the last one
/// compared.</param>
/// <param name="Difference"><c>null</c>: every row is right.</param>
/// <param name="Written">Rows written in place of what was held.</param>
internal sealed record SyncResult(LedgerState State, Difference? Difference, long Written);

/// <summary>Compares the rows of a generation with the trades, and rewrites them from the first that differs.</summary>
internal static class LedgerSync
{
    private const int WriteRows = 10_000;

    /// <summary>Reads until the first difference, and changes nothing.</summary>
    public static Task<SyncResult> CompareAsync(
        DbConnection connection,
        LedgerRows rows,
        LedgerSettings settings,
        LedgerState before,
        IAsyncEnumerable<IReadOnlyList<CountedTrade>> trades,
        CancellationToken cancellationToken
    ) => RunAsync(connection, rows, settings, before, trades, write: null, cancellationToken);

    /// <summary>
    /// Makes the rows after <paramref name="before"/> what the trades say. Rows that are right already are not written.
    /// In a transaction of the caller's.
    /// </summary>
    public static Task<SyncResult> RewriteAsync(
        DbConnection connection,
        LedgerRows rows,
        LedgerSettings settings,
        LedgerState before,
        IAsyncEnumerable<IReadOnlyList<CountedTrade>> trades,
        DateTime postedAt,
        bool mayLoad,
        CancellationToken cancellationToken
    ) => RunAsync(connection, rows, settings, before, trades, new Write(postedAt, mayLoad), cancellationToken);

    private readonly record struct Write(DateTime PostedAt, bool MayLoad);

    private static async Task<SyncResult> RunAsync(
        DbConnection connection,
        LedgerRows rows,
        LedgerSettings settings,
        LedgerState before,
        IAsyncEnumerable<IReadOnlyList<CountedTrade>> trades,
        Write? write,
        CancellationToken cancellationToken
    )
    {
        var held = new LedgerPages(connection, rows, before.Seq + 1);
        var state = before;
        Difference? difference = null;
        var pending = new List<LedgerRow>();
        var written = 0L;
        await foreach (var slice in trades.WithCancellation(cancellationToken))
        {
            for (var i = 0; i < slice.Count; i++)
            {
                var row = CapitalLedger.Next(settings, state, slice[i]);
                if (difference is null)
                {
                    var there = await held.NextAsync(cancellationToken);
                    if (there != row)
                    {
                        difference = Between(row, there);
                        if (write is null)
                            return new SyncResult(state, difference, 0);
                        // Also what stands behind it, known or not: rows are only ever added at the end.
                        if (there is not null)
                            await rows.DeleteAsync(connection, row.State.Seq, cancellationToken);
                    }
                }

                state = row.State;
                if (difference is null)
                    continue;
                pending.Add(row);
                if (pending.Count >= WriteRows)
                    await FlushAsync();
            }
        }

        if (difference is null && await held.NextAsync(cancellationToken) is { } extra)
        {
            difference = new Difference(extra.State.Seq, extra.ExitTime, null, extra.TradeId) { Held = extra };
            if (write is not null)
                await rows.DeleteAsync(connection, extra.State.Seq, cancellationToken);
        }

        await FlushAsync();
        return new SyncResult(state, difference, written);

        async Task FlushAsync()
        {
            if (pending.Count == 0)
                return;
            await rows.AddAsync(connection, pending, write!.Value.PostedAt, write.Value.MayLoad, cancellationToken);
            written += pending.Count;
            pending.Clear();
        }
    }

    private static Difference Between(LedgerRow expected, LedgerRow? held) =>
        new(
            expected.State.Seq,
            held?.ExitTime < expected.ExitTime ? held.Value.ExitTime : expected.ExitTime,
            expected.TradeId,
            held?.TradeId
        )
        {
            Expected = expected,
            Held = held,
        };
}
