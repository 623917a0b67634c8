using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text.Json.Serialization;
using PnlPipeline.Domain.Alerts;
using PnlPipeline.Domain.Trades;
using PnlPipeline.Query.Api.Http;

namespace PnlPipeline.Query.Api.Imports;

public sealed class ReconciliationParameters : RequestParameters, IParameters<ReconciliationParameters>
{
    private const int DefaultSeconds = 60;
    private const int SecondsMax = 31 * 24 * 3600;

    public FileParameters File { get; init; } = new();

    /// <summary>Only trades whose entry is at or after this instant, such as that of the first alert.</summary>
    /// <example>2026-11-01T00:00:00Z</example>
    public DateTime? From { get; init; }

    /// <summary>Only trades whose entry is before this instant.</summary>
    /// <example>2026-12-01T00:00:00Z</example>
    public DateTime? To { get; init; }

    /// <summary>Seconds from the list's times to those of the alerts, negative ones too; `auto` finds them.</summary>
    /// <example>3600</example>
    [JsonPropertyName("offsetSeconds"), OffsetText(SecondsMax), Default("auto")]
    public TimeSpan? Offset { get; init; }

    /// <summary>
    /// How far times may differ; without it, 60 or half a bar, whichever is less. Of bars of a day and longer an hour
    /// more: a date carries no hour, and the exchange may keep another daylight saving time than the chart.
    /// </summary>
    /// <example>60</example>
    [Range(0, SecondsMax)]
    public int? TimeToleranceSeconds { get; init; }

    /// <summary>How far prices may differ, in percent of the list's.</summary>
    /// <example>0.1</example>
    [PercentageText, Default("0.1")]
    public decimal PriceTolerancePercentage { get; init; }

    /// <summary>How long after its timestamp an alert may come.</summary>
    /// <example>60</example>
    [Range(0, SecondsMax), Default(DefaultSeconds)]
    public int DelayToleranceSeconds { get; init; }

    /// <summary>Only these rows; `exit` are those closed on one side only.</summary>
    /// <example>missing</example>
    [
        JsonPropertyName("show"),
        AllowedValues("exact", "missing", "extra", "late", "price", "exit", "ignored", "unmatched", "voided")
    ]
    public IReadOnlyList<string> Kinds { get; init; } = [];

    /// <summary>How many rows at most; CSV has all.</summary>
    /// <example>1000</example>
    [Range(1, 20_000), Default(1_000)]
    public int Limit { get; init; }

    public DownloadParameters Download { get; init; } = new();

    public override void Check(FieldErrors errors) => TimeSpans.Check(From, To, errors);

    /// <param name="bar">How long a bar of the timeframe is; <c>null</c> where that is not fixed.</param>
    public Tolerances ToTolerances(TimeSpan? bar)
    {
        var half = (bar ?? TimeSpan.MaxValue) / 2;
        var usual = TimeSpan.FromSeconds(DefaultSeconds);
        if (bar >= TimeSpan.FromDays(1))
            usual += TimeSpan.FromHours(1);
        return new Tolerances(
            TimeToleranceSeconds is { } asked ? TimeSpan.FromSeconds(asked)
                : usual < half ? usual
                : half,
            PriceTolerancePercentage,
            TimeSpan.FromSeconds(DelayToleranceSeconds)
        );
    }
}

/// <summary>A span of whole seconds in either direction, or <c>auto</c>, which is <c>null</c>.</summary>
public sealed class OffsetTextAttribute(int secondsMax) : TextFormatAttribute
{
    public override bool TryRead(string text, out object? value, out string error)
    {
        var isNumber =
            int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var seconds)
            && Math.Abs((long)seconds) <= secondsMax;
        value = isNumber ? TimeSpan.FromSeconds(seconds) : null;
        error =
            $"Is neither auto nor a whole number of seconds up to {secondsMax}. Send for example offsetSeconds=3600 "
            + $"or offsetSeconds=-3600.";
        return isNumber || text == "auto";
    }
}

/// <summary>A number from 0 to 100.</summary>
public sealed class PercentageTextAttribute : TextFormatAttribute
{
    public override bool TryRead(string text, out object? value, out string error)
    {
        var isRead =
            decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var percentage)
            && percentage <= 100;
        value = percentage;
        error = "Is not a number from 0 to 100. Send for example priceTolerancePercentage=0.1.";
        return isRead;
    }
}
