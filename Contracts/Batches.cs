namespace PnlPipeline.Contracts;

/// <summary>A batch was made, edited or deleted; the row in the database says what it is now.</summary>
/// <param name="Revision">The batch's revision after the change, its ETag.</param>
/// <param name="IsDeleted">There is no row any more.</param>
public sealed record BatchChanged(long BatchId, long Revision, bool IsDeleted = false);

/// <summary>A ledger has new rows, or rows that replace others.</summary>
/// <param name="Generation">The generation being served.</param>
/// <param name="LastSeq">The sequence number of its last row, 0 where it has none.</param>
public sealed record LedgerUpdated(long BatchId, long Generation, long LastSeq);
