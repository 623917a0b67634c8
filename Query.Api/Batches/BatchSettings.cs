namespace PnlPipeline.Query.Api.Batches;

/// <summary>What an administrator says of a batch.</summary>
/// <param name="Name">Trimmed, 1–100 characters.</param>
/// <param name="Symbols">1–500, canonical, each once, in ordinal order.</param>
/// <param name="Timeframes">Canonical, each once, in ordinal order; empty is all.</param>
/// <param name="Strategies">Each once, in ordinal order, an empty name for what has none; empty is all.</param>
/// <param name="StartTime">UTC; <c>null</c> is all history.</param>
/// <param name="FeePercentage">Per fill, of its notional.</param>
public sealed record BatchSettings(
    string Name,
    IReadOnlyList<string> Symbols,
    IReadOnlyList<string> Timeframes,
    IReadOnlyList<string> Strategies,
    DateTime? StartTime,
    decimal Capital,
    decimal AllocationPercentage,
    decimal FeePercentage
)
{
    /// <summary>What is not said. A name and symbols must be.</summary>
    public static readonly BatchSettings Default = new("", [], [], [], null, 100_000m, 100m, 0m);

    /// <summary>Names are unique by this.</summary>
    public string NameKey => Name.ToUpperInvariant();

    /// <summary>Whether both make the same ledger of the same trades.</summary>
    public bool CountsLike(BatchSettings other) =>
        Symbols.SequenceEqual(other.Symbols, StringComparer.Ordinal)
        && Timeframes.SequenceEqual(other.Timeframes, StringComparer.Ordinal)
        && Strategies.SequenceEqual(other.Strategies, StringComparer.Ordinal)
        && StartTime == other.StartTime
        && Capital == other.Capital
        && AllocationPercentage == other.AllocationPercentage
        && FeePercentage == other.FeePercentage;

    /// <summary>Every setting by its name in the API, for the audit trail.</summary>
    public IReadOnlyDictionary<string, object?> ToDetail() =>
        new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["name"] = Name,
            ["symbols"] = Symbols,
            ["timeframes"] = Timeframes,
            ["strategies"] = Strategies,
            ["startTime"] = StartTime,
            ["capital"] = Capital,
            ["allocationPercentage"] = AllocationPercentage,
            ["feePercentage"] = FeePercentage,
        };

    /// <summary>What is other than <paramref name="before"/>: each setting as it was and as it is.</summary>
    public IReadOnlyDictionary<string, object> ToDetail(BatchSettings before)
    {
        var (was, now) = (before.ToDetail(), ToDetail());
        return now
            .Keys.Where(name =>
                now[name] is IReadOnlyList<string> texts
                    ? !texts.SequenceEqual((IReadOnlyList<string>)was[name]!, StringComparer.Ordinal)
                    : !Equals(was[name], now[name])
            )
            .ToDictionary(
                name => name,
                name => (object)new { was = was[name], @is = now[name] },
                StringComparer.Ordinal
            );
    }
}
