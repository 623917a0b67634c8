namespace PnlPipeline.Domain.Trades.Files;

/// <summary>A trade as a list has it.</summary>
/// <param name="Number">Its <c>Trade #</c>; of trades that were merged, the lowest.</param>
/// <param name="Symbol">Canonical.</param>
/// <param name="EntryTime">UTC, whole milliseconds.</param>
/// <param name="ExitTime">Likewise; <c>null</c> while it is open.</param>
/// <param name="Occurrence">From 1: which of equal ones in the list it is.</param>
public sealed record ListedTrade(
    long Number,
    string Symbol,
    bool IsLong,
    DateTime EntryTime,
    decimal EntryPrice,
    DateTime? ExitTime,
    decimal? ExitPrice,
    int Occurrence = 1
)
{
    public bool IsOpen => ExitTime is null;
}

/// <summary>
/// Some rows of a list that belong together, and what became of them. Every row of a list is in exactly one item, and
/// in one of the four counts.
/// </summary>
/// <param name="Position">The byte of the file at which the first of the rows begins; items come in this order.</param>
/// <param name="Line">The line of that row.</param>
/// <param name="Trade"><c>null</c> where there is none: the rows belong to a trade of another item, say nothing, or are
/// in error.</param>
/// <param name="Accepted">Rows that made the trade.</param>
/// <param name="Merged">Rows of a trade that is part of another item's.</param>
/// <param name="Skipped">Rows that say nothing: the exit that an open trade does not have yet.</param>
/// <param name="Errors">One for each row in error.</param>
public sealed record ListItem(
    long Position,
    long Line,
    ListedTrade? Trade,
    int Accepted,
    int Merged,
    int Skipped,
    IReadOnlyList<RowError> Errors
);
