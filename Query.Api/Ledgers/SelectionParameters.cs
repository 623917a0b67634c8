using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using PnlPipeline.Domain.Alerts;
using PnlPipeline.Domain.Statistics;
using PnlPipeline.Query.Api.Http;

namespace PnlPipeline.Query.Api.Ledgers;

/// <summary>What everything a batch shows takes, so that one set of parameters does for all.</summary>
public sealed class SelectionParameters : FilterParameters
{
    public DownloadParameters Download { get; init; } = new();
}

/// <summary>
/// Which of a batch's trades an account under other settings is made of: those that all else it shows is narrowed to.
/// </summary>
public sealed class WhatIfParameters : RequestParameters, IParameters<WhatIfParameters>
{
    public TradeSelection Selection { get; init; } = new();
}

/// <summary>A selection that nothing can be downloaded of.</summary>
public sealed class TradeSelection : FilterParameters;

/// <summary>Which rows of a ledger count.</summary>
public abstract class FilterParameters : RequestParameters
{
    private const int SecondsAQuarter = 15 * 60;

    /// <summary>
    /// The time zone whose hours, days, weeks (from Monday) and months count: a name of the IANA database.
    /// </summary>
    /// <example>Europe/Berlin</example>
    [JsonPropertyName("tz"), Default("UTC")]
    public TimeZoneInfo Zone { get; init; } = TimeZoneInfo.Utc;

    /// <summary>Only trades that exited at or after this instant. Open trades have no exit and are left out.</summary>
    /// <example>2026-11-01T00:00:00Z</example>
    public DateTime? From { get; init; }

    /// <summary>Only trades that exited before this instant. Open trades have no exit and are left out.</summary>
    /// <example>2026-12-01T00:00:00Z</example>
    public DateTime? To { get; init; }

    /// <summary>Only these symbols; in any letter case.</summary>
    /// <example>BTCUSDT</example>
    [JsonPropertyName("symbol"), SymbolText]
    public IReadOnlyList<string> Symbols { get; init; } = [];

    /// <summary>Only these timeframes; `1h` means `60` as it does in an alert.</summary>
    /// <example>60</example>
    [JsonPropertyName("timeframe"), TimeframeText]
    public IReadOnlyList<string> Timeframes { get; init; } = [];

    /// <summary>Only these strategies, as they are written; empty for trades without one.</summary>
    /// <example>Breakout 4h</example>
    [JsonPropertyName("strategy"), StrategyText]
    public IReadOnlyList<string> Strategies { get; init; } = [];

    /// <summary>Only trades of this side.</summary>
    /// <example>long</example>
    [JsonPropertyName("side"), AllowedValues(LedgerFilter.Long, LedgerFilter.Short)]
    public IReadOnlyList<string> Sides { get; init; } = [];

    /// <summary>Only trades that have one of these tags; in any letter case.</summary>
    /// <example>breakout</example>
    [JsonPropertyName("tag"), TagText]
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Which trades have one of the tags: <see cref="TagFilter"/> reads them before a handler is
    /// called.</summary>
    internal IReadOnlySet<AlertId>? Tagged { get; set; }

    /// <summary>
    /// What an answer by periods depends on beside the ledger: they end where time has come to, as long as that is
    /// before the end asked for.
    /// </summary>
    /// <remarks>In quarters of an hour: in no zone does a period begin between two.</remarks>
    public long? PeriodsEnd(DateTimeOffset now) =>
        To > now.UtcDateTime ? now.ToUnixTimeSeconds() / SecondsAQuarter : null;

    public override void Check(FieldErrors errors) => TimeSpans.Check(From, To, errors);

    public LedgerFilter ToFilter() =>
        new(From?.ToUnixMilliseconds(), To?.ToUnixMilliseconds(), Symbols, Timeframes, Sides)
        {
            Strategies = Strategies,
            Tags = Tags,
            Tagged = Tagged,
        };
}
