using System.Security.Cryptography;
using PnlPipeline.Contracts;
using PnlPipeline.Domain.Alerts;

namespace PnlPipeline.Domain.Trades;

/// <summary>How pairing announces what it did. The same deed has the same id, however often it is announced.</summary>
public static class PairingEvents
{
    public static TradeClosed Closed(StreamKey stream, ClosedTrade trade) =>
        new(
            IdOf(trade.Entry.TradeId.ToByteArray(), trade.ExitAlertId.ToByteArray()),
            trade.Entry.TradeId.ToString(),
            stream.Symbol,
            stream.Timeframe,
            trade.Entry.Side,
            trade.Entry.EntryPrice,
            trade.Entry.EntryTime,
            trade.ExitPrice,
            trade.ExitTime,
            trade.ExitReason,
            trade.ChangePercentage,
            stream.Strategy
        );

    /// <param name="earliest">The first of the alerts that made the history another: whatever changed has its exits at
    /// or after it.</param>
    /// <param name="last">Nothing that changed has its exit after this.</param>
    public static StreamRevised Revised(StreamKey stream, AlertPosition earliest, DateTime last) =>
        new(
            IdOf(earliest.AlertId.ToByteArray()),
            stream.Symbol,
            stream.Timeframe,
            earliest.Timestamp,
            last,
            stream.Strategy
        );

    /// <summary>
    /// As by an alert, but by a correction at this place: the next one at the same place is another deed.
    /// </summary>
    public static StreamRevised Revised(StreamKey stream, AlertPosition place, Guid correctionId) =>
        new(
            IdOf(correctionId.ToByteArray(bigEndian: true)),
            stream.Symbol,
            stream.Timeframe,
            place.Timestamp,
            Strategy: stream.Strategy
        );

    /// <summary>The id of a message that carries these events.</summary>
    public static Guid MessageId(IEnumerable<Guid> eventIds) =>
        IdOf([.. eventIds.Select(id => id.ToByteArray(bigEndian: true))]);

    private static Guid IdOf(params byte[][] parts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var part in parts)
            hash.AppendData(part);
        return new Guid(hash.GetHashAndReset().AsSpan(0, 16), bigEndian: true);
    }
}
