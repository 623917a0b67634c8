namespace PnlPipeline.Query.Api.Integrity;

/// <summary>What the standing checks say.</summary>
/// <param name="Status">The worst of all: <c>wrong</c>, <c>repaired</c>, <c>unchecked</c> or <c>ok</c>.</param>
/// <param name="CheckedAt">The oldest of all last full checks; <c>null</c> where something was never checked, or there
/// is nothing.</param>
/// <param name="Findings">The newest first.</param>
public sealed record IntegrityReport(
    string Status,
    DateTime? CheckedAt,
    IReadOnlyList<LedgerBook> Ledgers,
    StreamIntegrity Streams,
    IReadOnlyList<Finding> Findings
);

/// <summary>A ledger at its last full check.</summary>
/// <param name="Rows">How many were read.</param>
/// <param name="Total">Available capital after the last row less the capital before the first.</param>
/// <param name="ByDay">The sum of the sums of each day's pnl.</param>
public sealed record LedgerBook(
    long BatchId,
    string Name,
    string Status,
    DateTime? CheckedAt,
    long Rows,
    decimal Total,
    decimal ByDay,
    decimal ByWeek,
    decimal ByMonth
);

/// <summary>All streams.</summary>
/// <param name="Alerts">Looked at in the last full checks of all.</param>
/// <param name="Trades">Likewise.</param>
/// <param name="Items">First those that are not ok, then those checked longest ago.</param>
public sealed record StreamIntegrity(
    long Total,
    long Ok,
    long Repaired,
    long Wrong,
    long Unchecked,
    long Alerts,
    long Trades,
    IReadOnlyList<StreamBook> Items
);

/// <summary>A stream at its last full check.</summary>
public sealed record StreamBook(
    string Symbol,
    string Timeframe,
    string Status,
    DateTime? CheckedAt,
    long Alerts,
    long Trades
);

/// <summary>Something that was not as it should be.</summary>
/// <param name="RepairedAt"><c>null</c> while it is still as it was found.</param>
/// <param name="BatchId">Where it was in a ledger.</param>
/// <param name="Symbol">Where it was in a stream.</param>
public sealed record Finding(
    DateTime FoundAt,
    DateTime? RepairedAt,
    long? BatchId,
    string? Symbol,
    string? Timeframe,
    string What
);
