namespace PnlPipeline.Contracts;

/// <summary>Whose deed it was, as the audit trail names it.</summary>
/// <param name="Role">Of the key that came with the request.</param>
/// <param name="Key">The key's fingerprint: a few hex digits that tell keys apart and open nothing.</param>
public sealed record Author(string Role, string Key);

/// <summary>An administrator wants an alert left out of the fold, or taken in again.</summary>
/// <param name="CorrectionId">The request's own: however often it comes, it is settled once.</param>
/// <param name="Voided">Out, or in again.</param>
public sealed record CorrectAlert(Guid CorrectionId, string AlertId, bool Voided, Author By);

/// <summary>An administrator wants an open trade closed by hand.</summary>
/// <param name="CorrectionId">As in <see cref="CorrectAlert"/>.</param>
/// <param name="Price">Above 0, below 10^15, at most 12 decimals.</param>
/// <param name="Time">UTC, whole milliseconds, after the trade's entry.</param>
/// <param name="RequestedAt">UTC, whole milliseconds.</param>
public sealed record CloseTrade(
    Guid CorrectionId,
    string TradeId,
    decimal Price,
    DateTime Time,
    DateTime RequestedAt,
    Author By
);
