using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using PnlPipeline.Domain.Alerts;
using PnlPipeline.Query.Api.Http;

namespace PnlPipeline.Query.Api.Log;

public sealed class AlertParameters : RequestParameters, IParameters<AlertParameters>
{
    /// <summary>Only alerts that came to this.</summary>
    /// <example>flipped</example>
    [
        JsonPropertyName("outcome"),
        AllowedValues("opened", "closed", "flipped", "ignored", "unmatched", "recorded", "voided")
    ]
    public IReadOnlyList<string> Outcomes { get; init; } = [];

    /// <summary>Only these symbols; in any letter case.</summary>
    /// <example>BTCUSDT</example>
    [JsonPropertyName("symbol"), SymbolText]
    public IReadOnlyList<string> Symbols { get; init; } = [];

    /// <summary>Only these timeframes; `1h` means `60` as it does in an alert.</summary>
    /// <example>60</example>
    [JsonPropertyName("timeframe"), TimeframeText]
    public IReadOnlyList<string> Timeframes { get; init; } = [];

    /// <summary>Only these strategies, as they are written; empty for alerts without one.</summary>
    /// <example>Breakout 4h</example>
    [JsonPropertyName("strategy"), StrategyText]
    public IReadOnlyList<string> Strategies { get; init; } = [];

    /// <summary>Only alerts whose timestamp is at or after this instant.</summary>
    /// <example>2026-11-01T00:00:00Z</example>
    public DateTime? From { get; init; }

    /// <summary>Only alerts whose timestamp is before this instant.</summary>
    /// <example>2026-12-01T00:00:00Z</example>
    public DateTime? To { get; init; }

    public PageParameters<AlertStore.Position> Page { get; init; } = new();

    public DownloadParameters Download { get; init; } = new();

    public override void Check(FieldErrors errors) => TimeSpans.Check(From, To, errors);
}

public sealed class RejectedAlertParameters : RequestParameters, IParameters<RejectedAlertParameters>
{
    public PageParameters<RejectedAlertStore.Position> Page { get; init; } = new();

    public DownloadParameters Download { get; init; } = new();
}
