using System.Security.Cryptography;
using PnlPipeline.Alerts;
using PnlPipeline.Contracts;

namespace PnlPipeline.Analytics.Worker.Pairing;

/// <summary>How pairing announces what it did. The same deed has the same id, however often it is announced.</summary>
public static class PairingEvents
{
    public static TradeClosed Closed(string symbol, string timeframe, ClosedTrade trade) => new(
        IdOf(trade.Entry.TradeId.ToByteArray(), trade.ExitAlertId.ToByteArray()),
        trade.Entry.TradeId.ToString(),
        symbol,
        timeframe,
        trade.Entry.Side,
        trade.Entry.EntryPrice,
        trade.Entry.EntryTime,
        trade.ExitPrice,
        trade.ExitTime,
        trade.ExitReason,
        trade.ChangePercentage);

    /// <param name="earliest">The first of the alerts that made the history another: whatever changed has its exits at or after it.</param>
    /// <param name="last">The stream's last alert so far: nothing has an exit after it.</param>
    public static StreamRevised Revised(string symbol, string timeframe, AlertPosition earliest, AlertPosition last) =>
        new(IdOf(earliest.AlertId.ToByteArray()), symbol, timeframe, earliest.Timestamp, last.Timestamp);

    /// <summary>As by an alert, but by a correction at this place: the next one at the same place is another deed.</summary>
    public static StreamRevised Revised(string symbol, string timeframe, AlertPosition place, Guid correctionId) =>
        new(IdOf(correctionId.ToByteArray(bigEndian: true)), symbol, timeframe, place.Timestamp);

    /// <summary>The id of a message that carries these events.</summary>
    public static Guid MessageId(IEnumerable<Guid> eventIds) => IdOf([.. eventIds.Select(id => id.ToByteArray(bigEndian: true))]);

    private static Guid IdOf(params byte[][] parts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var part in parts)
            hash.AppendData(part);
        return new Guid(hash.GetHashAndReset().AsSpan(0, 16), bigEndian: true);
    }
}
