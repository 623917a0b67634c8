namespace PnlPipeline.Contracts;

/// <summary>
/// An alert that was stored now, and what became of it: what somebody who looks on wants to know at once.
/// </summary>
/// <param name="Timestamp">UTC, whole milliseconds: the instant it speaks of.</param>
/// <param name="Outcome">As the table has it: <c>opened</c>, <c>closed</c>, <c>flipped</c>, <c>ignored</c>,
/// <c>unmatched</c>, <c>recorded</c> or <c>voided</c>.</param>
/// <param name="TradeId">Opened, flipped: the one opened. Closed: the one closed. Ignored: the one open. Recorded:
/// itself. Otherwise none.</param>
/// <param name="ClosedTradeId">Flipped: the one closed.</param>
public sealed record AlertStored(
    string AlertId,
    string Symbol,
    string Timeframe,
    AlertAction Action,
    Direction? Direction,
    decimal Price,
    DateTime Timestamp,
    DateTime ReceivedAt,
    string Outcome,
    string? TradeId,
    string? ClosedTradeId,
    string? Strategy = null
);

/// <summary>
/// Alerts that were stored, in the order in which they were. An event, not the truth: it may be lost, and then the
/// database still says the same.
/// </summary>
/// <param name="Total">How many there were.</param>
/// <param name="Alerts">All of them; empty where they were more than anyone would look at one by one.</param>
public sealed record AlertsStored(int Total, IReadOnlyList<AlertStored> Alerts);

/// <summary>The newest price of a symbol among some that came.</summary>
/// <param name="Timestamp">UTC, whole milliseconds: the instant it speaks of.</param>
public sealed record PriceStored(string Symbol, decimal Price, DateTime Timestamp);

/// <summary>
/// Prices that were stored since the last of these, a symbol once. An event, as <see cref="AlertsStored"/> is.
/// </summary>
public sealed record PricesStored(IReadOnlyList<PriceStored> Prices);

/// <summary>
/// A correction was applied: from this time on outcomes and trades of the stream may be others. An event, as
/// <see cref="AlertsStored"/> is.
/// </summary>
public sealed record StreamCorrected(string Symbol, string Timeframe, DateTime From, string? Strategy = null);

/// <summary>Somebody signed out: streams that were opened in this session end.</summary>
/// <param name="SessionId">Names it; it is nothing that anybody could come in by.</param>
public sealed record SessionEnded(string SessionId);

/// <summary>How far the building of a batch's ledger has come. An event, as <see cref="AlertsStored"/> is.</summary>
/// <param name="Progress">0 to 1.</param>
public sealed record LedgerBuilding(long BatchId, double Progress);
