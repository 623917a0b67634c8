using PnlPipeline.Query.Api.Http;
using PnlPipeline.Query.Api.OpenApi;

namespace PnlPipeline.Query.Api.LedgerView;

/// <summary>What everything a batch shows can be narrowed to. An empty list lets all through.</summary>
/// <param name="From">Unix milliseconds: exits at or after it.</param>
/// <param name="To">Unix milliseconds: exits before it.</param>
/// <param name="Sides"><c>long</c>, <c>short</c>.</param>
public sealed record LedgerFilter(
    long? From, long? To, IReadOnlyList<string> Symbols, IReadOnlyList<string> Timeframes, IReadOnlyList<string> Sides)
{
    public const string Long = "long";
    public const string Short = "short";

    public static readonly LedgerFilter None = new(null, null, [], [], []);

    /// <summary>The parameters that <see cref="Read"/> reads, for the API's description.</summary>
    public static readonly IReadOnlyList<QueryParameter> Parameters =
    [
        Parameter.From("Only trades that exited at or after this instant. Open trades have no exit and are left out."),
        Parameter.To("Only trades that exited before this instant. Open trades have no exit and are left out."),
        Parameter.Symbol,
        Parameter.Timeframe,
        Parameter.Side,
    ];

    /// <summary>Reads the filter's parameters; what is wrong with them is added to the reader's errors.</summary>
    public static LedgerFilter Read(QueryReader query)
    {
        var (from, to) = query.Span();
        return new LedgerFilter(
            from is { } f ? f.ToUnixMilliseconds() : null,
            to is { } t ? t.ToUnixMilliseconds() : null,
            query.Symbols(),
            query.Timeframes(),
            query.Words("side", Long, Short));
    }

    public bool Selects(LedgerStream stream) =>
        (Symbols.Count == 0 || Symbols.Contains(stream.Symbol)) && (Timeframes.Count == 0 || Timeframes.Contains(stream.Timeframe));

    public bool SelectsSide(bool isShort) => Sides.Count == 0 || Sides.Contains(isShort ? Short : Long);
}
