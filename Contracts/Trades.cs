using System.Text.Json.Serialization;

namespace PnlPipeline.Contracts;

/// <summary>What closed a trade.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ExitReason>))]
public enum ExitReason
{
    Exit,
    Flip,
    Manual,

    /// <summary>A list of trades told of the trade, its exit included.</summary>
    Recorded,
}

/// <summary>One trade that has its exit.</summary>
/// <param name="EventId">The same for the same trade closed by the same alert, however often it is published.</param>
/// <param name="TradeId">The id of the alert that opened it.</param>
/// <param name="Strategy">Null for none.</param>
/// <param name="ChangePercentage">Gross, in percent, 8 decimals.</param>
public sealed record TradeClosed(
    Guid EventId,
    string TradeId,
    string Symbol,
    string Timeframe,
    Direction Side,
    decimal EntryPrice,
    DateTime EntryTime,
    decimal ExitPrice,
    DateTime ExitTime,
    ExitReason ExitReason,
    decimal ChangePercentage,
    string? Strategy = null
);

/// <summary>Trades that one transaction closed at the end of their streams.</summary>
public sealed record TradesClosed(IReadOnlyList<TradeClosed> Trades);

/// <summary>
/// A stream whose history was derived again: every trade of it that changed, appeared or went has, before and after,
/// an exit at or after <paramref name="From"/>.
/// </summary>
/// <param name="EventId">The same for the same alert, or correction, that caused it.</param>
/// <param name="To">And, where it is said, at or before this: what closed later is told of by events of its
/// own.</param>
public sealed record StreamRevised(
    Guid EventId,
    string Symbol,
    string Timeframe,
    DateTime From,
    DateTime? To = null,
    string? Strategy = null
);

/// <summary>Streams whose history one transaction derived again.</summary>
public sealed record TradesRevised(IReadOnlyList<StreamRevised> Streams);
