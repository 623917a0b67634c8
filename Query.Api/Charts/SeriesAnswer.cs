using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using PnlPipeline.Query.Api.LedgerView;

namespace PnlPipeline.Query.Api.Charts;

/// <summary>A series as columns, ready for a chart.</summary>
/// <param name="By">What each point stands for: a trade, or a period.</param>
/// <param name="TimeZone">The IANA name of the zone whose periods these are.</param>
/// <param name="Total">How many points there were before thinning.</param>
/// <param name="Time">Epoch milliseconds: the start of the period, or the trade's exit.</param>
/// <param name="Value">Exact.</param>
/// <param name="Seq">By trade only: the ledger row of each point.</param>
public sealed record SeriesAnswer(
    long BatchId,
    [property: AllowedValues("trade", "hour", "day", "week", "month")] string By,
    [property: AllowedValues("cumulative", "absolute", "percentage")] string Mode,
    string TimeZone,
    int Total,
    IReadOnlyList<long> Time,
    IReadOnlyList<Amount> Value,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<long>? Seq);
