using PnlPipeline.Domain.Alerts;

namespace PnlPipeline.Domain.Statistics;

/// <summary>What everything a batch shows can be narrowed to. An empty list lets all through.</summary>
/// <param name="From">Unix milliseconds: exits at or after it.</param>
/// <param name="To">Unix milliseconds: exits before it.</param>
/// <param name="Sides"><c>long</c>, <c>short</c>.</param>
public sealed record LedgerFilter(
    long? From,
    long? To,
    IReadOnlyList<string> Symbols,
    IReadOnlyList<string> Timeframes,
    IReadOnlyList<string> Sides
)
{
    public const string Long = "long";
    public const string Short = "short";

    public static readonly LedgerFilter None = new(null, null, [], [], []);

    /// <summary>An empty name selects what has no strategy.</summary>
    public IReadOnlyList<string> Strategies { get; init; } = [];

    /// <summary>Trades that have one of these tags.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Which trades have one of <see cref="Tags"/>; <c>null</c> where no tag is asked for.</summary>
    public IReadOnlySet<AlertId>? Tagged { get; init; }

    /// <summary>Whether it lets every row through.</summary>
    public bool IsAll => !IsOfSome && From is null && To is null;

    /// <summary>Whether rows of one time may be let through or not.</summary>
    public bool IsOfSome => IsOfStreams || Sides.Count > 0 || Tagged is not null;

    /// <summary>Whether it asks for some of the streams only.</summary>
    public bool IsOfStreams => Symbols.Count + Timeframes.Count + Strategies.Count > 0;

    public bool Selects(LedgerStream stream) =>
        (Symbols.Count == 0 || Symbols.Contains(stream.Symbol))
        && (Timeframes.Count == 0 || Timeframes.Contains(stream.Timeframe))
        && (Strategies.Count == 0 || Strategies.Contains(stream.Strategy ?? ""));

    public bool SelectsTrade(AlertId trade) => Tagged is null || Tagged.Contains(trade);

    public bool SelectsSide(bool isShort) => Sides.Count == 0 || Sides.Contains(isShort ? Short : Long);
}
