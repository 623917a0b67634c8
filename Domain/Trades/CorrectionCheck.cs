using PnlPipeline.Contracts;
using PnlPipeline.Domain.Alerts;

namespace PnlPipeline.Domain.Trades;

/// <summary>A message that no retry can help: what it carries is no correction.</summary>
public sealed class NoCorrectionException(string message) : Exception(message);

/// <summary>
/// As with alerts: the query API sends nothing else, but what a bug or a hand put on the queue must not half-write.
/// </summary>
public static class CorrectionCheck
{
    private const int MaxAuthorLength = 16;

    /// <exception cref="NoCorrectionException">Says what is wrong.</exception>
    public static void ThrowIfInvalid(CorrectAlert correction) =>
        ThrowIfFaulty(correction.CorrectionId, CommonFault(correction.CorrectionId, correction.AlertId, correction.By));

    /// <inheritdoc cref="ThrowIfInvalid(CorrectAlert)"/>
    public static void ThrowIfInvalid(CloseTrade close) =>
        ThrowIfFaulty(
            close.CorrectionId,
            CommonFault(close.CorrectionId, close.TradeId, close.By)
                ?? AlertCheck.PriceFault(close.Price)
                ?? (AlertCheck.IsTime(close.Time) ? null : "the time is not UTC to the millisecond, from 2000 on")
                ?? (
                    AlertCheck.IsTime(close.RequestedAt)
                        ? null
                        : "requestedAt is not UTC to the millisecond, from 2000 on"
                )
        );

    // Deserializers do not heed what may be null.
    private static string? CommonFault(Guid correctionId, string? id, Author? by) =>
        correctionId == Guid.Empty ? "it has no id"
        : !AlertId.TryParse(id, out _) ? "it names no alert or trade"
        : by is not { Role.Length: > 0 and <= MaxAuthorLength, Key.Length: > 0 and <= MaxAuthorLength }
        || !(by.Role + by.Key).All(char.IsAsciiLetterOrDigit)
            ? "it names no author"
        : null;

    private static void ThrowIfFaulty(Guid correctionId, string? fault)
    {
        if (fault is not null)
            throw new NoCorrectionException($"Correction {correctionId}: {fault}");
    }
}
