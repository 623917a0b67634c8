namespace PnlPipeline.Domain.Accounts;

/// <summary>
/// Where an event says that a stream changed: trades that closed from <paramref name="From"/> to <paramref name="To"/>.
/// </summary>
public readonly record struct AffectedRange(long StreamId, DateTime From, DateTime To)
{
    public bool Has(DateTime exitTime) => exitTime >= From && exitTime <= To;

    /// <summary>The shortest range that has all that either has. Both are of one stream.</summary>
    public static AffectedRange Around(AffectedRange one, AffectedRange other) =>
        new(one.StreamId, one.From < other.From ? one.From : other.From, one.To > other.To ? one.To : other.To);
}
