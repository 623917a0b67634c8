using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using PnlPipeline.Domain.Accounts;
using PnlPipeline.Domain.Statistics;

namespace PnlPipeline.Query.Api.Ledgers;

/// <summary>A series as columns, ready for a chart.</summary>
/// <param name="By">What each point stands for: a trade, or a period.</param>
/// <param name="TimeZone">The IANA name of the zone whose periods these are.</param>
/// <param name="Start">
/// Of a curve only: where it starts, before its first point. By trade at the earliest entry, by period at the first
/// instant of the first one; with the capital before the first selected row, or 0 for counts and drawdowns.
/// </param>
/// <param name="Total">How many points there were before thinning.</param>
/// <param name="Time">Epoch milliseconds: the start of the period, or the trade's exit.</param>
/// <param name="Value">Exact.</param>
/// <param name="Seq">By trade only: the ledger row of each point.</param>
public sealed record SeriesAnswer(
    long BatchId,
    [property: AllowedValues("trade", "hour", "day", "week", "month")] string By,
    [property: AllowedValues("cumulative", "absolute", "percentage")] string Mode,
    string TimeZone,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] SeriesStart<FixedPoint>? Start,
    int Total,
    IReadOnlyList<long> Time,
    IReadOnlyList<FixedPoint> Value,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<long>? Seq
);
