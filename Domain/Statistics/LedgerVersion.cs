namespace PnlPipeline.Domain.Statistics;

/// <summary>
/// Which state of a batch's ledger something was made of: it differs wherever a row, or what the batch is called, may
/// differ.
/// </summary>
/// <param name="BatchRevision">Counts the batch's edits.</param>
/// <param name="Generation">The one being served; 0 before the first.</param>
/// <param name="LastSeq">How many rows it has.</param>
/// <param name="UpdatedAt">UTC: when its rows were last written. Later with every write, and the <c>posted_at</c> of
/// what was written.</param>
public readonly record struct LedgerVersion(long BatchRevision, long Generation, long LastSeq, DateTime UpdatedAt)
{
    /// <summary>
    /// The batch's own, UTC: trades entered before it do not count. An edit of it makes another
    /// <see cref="BatchRevision"/>. A what-if may have a later one.
    /// </summary>
    public DateTime? StartTime { get; init; }

    /// <summary>Whether the rows are the same.</summary>
    public bool HasRowsOf(LedgerVersion other) =>
        (Generation, LastSeq, UpdatedAt) == (other.Generation, other.LastSeq, other.UpdatedAt);

    /// <summary>As it stands in an <c>ETag</c>.</summary>
    public override string ToString() =>
        $"{BatchRevision}.{Generation}.{LastSeq}.{UpdatedAt.Ticks / TimeSpan.TicksPerMillisecond:x}";
}
