using System.Globalization;
using PnlPipeline.Domain.Alerts;
using PnlPipeline.Domain.Statistics;
using PnlPipeline.Query.Api.Http;

namespace PnlPipeline.Query.Api.Log;

/// <summary>What trades are sorted by.</summary>
public enum TradeSort
{
    EntryTime,
    ExitTime,
    ChangePercentage,
    Holding,
}

/// <summary>A place in a list of trades, in one of its orders.</summary>
/// <param name="Key">What the trade is sorted by: of <see cref="TradeSort.EntryTime"/> Unix milliseconds.</param>
/// <param name="Trade">Which one of equal ones: by its id, or by the seq of its ledger row.</param>
public sealed record TradePosition(TradeSort Sort, bool IsAscending, Int128 Key, string Trade)
    : IPosition<TradePosition>
{
    private const char Oldest = 't';
    private const char Newest = 'T';

    /// <summary>In the order of entries; <c>null</c> for another one.</summary>
    public TradeStore.Position? Entry =>
        Sort == TradeSort.EntryTime
            ? new TradeStore.Position(UnixTime.FromUnixMilliseconds((long)Key), AlertId.Parse(Trade))
            : null;

    public static TradePosition OfEntry(Trade trade, bool isAscending) =>
        new(TradeSort.EntryTime, isAscending, trade.EntryTime.ToUnixMilliseconds(), trade.TradeId);

    public static TradePosition? Read(string cursor)
    {
        var isAscending = Cursor.TryRead(cursor, Oldest) is not null;
        if (
            Cursor.TryRead(cursor, isAscending ? Oldest : Newest) is not [var word, var number, var trade]
            || !Enum.TryParse<TradeSort>(word, out var sort)
            || !Enum.IsDefined(sort)
            || !Int128.TryParse(number, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var key)
            || key == Int128.MinValue
        )
        {
            return null;
        }

        var isKnown =
            sort == TradeSort.EntryTime
                ? UnixTime.TryParse(number, out _) && AlertId.TryParse(trade, out _)
                : AlertId.TryParse(trade, out _)
                    || long.TryParse(trade, NumberStyles.None, CultureInfo.InvariantCulture, out _);
        return isKnown ? new TradePosition(sort, isAscending, key, trade) : null;
    }

    public string ToCursor() => Cursor.Write(IsAscending ? Oldest : Newest, Sort, Key, Trade);
}
