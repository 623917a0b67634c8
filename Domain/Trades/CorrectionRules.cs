using PnlPipeline.Domain.Alerts;

namespace PnlPipeline.Domain.Trades;

/// <summary>What came of a correction, in one word, as it stands in the table.</summary>
public enum CorrectionOutcome
{
    /// <summary>Done.</summary>
    Applied,

    /// <summary>There was nothing to do: voided already, or not voided.</summary>
    Unchanged,

    /// <summary>There is no such alert or trade.</summary>
    Missing,

    /// <summary>The trade has its exit.</summary>
    Closed,

    /// <summary>The very close was made before, and is voided or closed another trade: its id is taken.</summary>
    Taken,

    /// <summary>Whoever asked for it gave up waiting, and was told that it will not happen.</summary>
    Withdrawn,
}

/// <summary>What a correction comes to where it meets this stream. Pure.</summary>
public static class CorrectionRules
{
    /// <summary>Leaves an alert out of the fold, or takes it in again.</summary>
    /// <param name="stored">The alert, <c>null</c> where there is none.</param>
    public static CorrectionOutcome Correct(StoredAlert? stored, bool voided) =>
        stored is null ? CorrectionOutcome.Missing
        : stored.Alert.Voided == voided ? CorrectionOutcome.Unchanged
        : CorrectionOutcome.Applied;

    /// <summary>
    /// Closes a trade by hand, where it is the one open. There it closes it: nothing behind its entry did.
    /// </summary>
    /// <param name="exists">Whether there is such a trade.</param>
    /// <param name="isTaken">Whether an alert with the id of this very close is stored.</param>
    /// <exception cref="NoCorrectionException">The time is not after the entry.</exception>
    public static CorrectionOutcome Close(OpenTrade? open, AlertId tradeId, DateTime time, bool exists, bool isTaken)
    {
        if (open is null || open.TradeId != tradeId)
            return exists ? CorrectionOutcome.Closed : CorrectionOutcome.Missing;
        if (time <= open.EntryTime)
            throw new NoCorrectionException($"The close of {tradeId} is not after its entry.");
        return isTaken ? CorrectionOutcome.Taken : CorrectionOutcome.Applied;
    }
}
