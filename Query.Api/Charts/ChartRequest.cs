using PnlPipeline.Query.Api.Calendar;
using PnlPipeline.Query.Api.Http;
using PnlPipeline.Query.Api.LedgerView;

namespace PnlPipeline.Query.Api.Charts;

/// <summary>What a chart is asked to show.</summary>
/// <param name="By"><c>trade</c> or the word for a <see cref="Period"/>.</param>
/// <param name="Points">About how many points are wanted; <c>null</c> for all.</param>
public sealed record ChartRequest(string By, string Mode, TimeZoneInfo Zone, LedgerFilter Filter, int? Points)
{
    public const string ByTrade = "trade";

    /// <summary>The most that can be asked for.</summary>
    public const int MaxPoints = 20_000;

    /// <summary>The most that is answered without being asked for a number.</summary>
    public const int MaxWhole = 200_000;

    /// <summary>What the series is divided by; not for <see cref="ByTrade"/>.</summary>
    public Period Period => Enum.Parse<Period>(By, ignoreCase: true);

    public static ChartRequest Read(QueryReader query, string[] by, string[] modes) => new(
        query.Word("by", by),
        query.Word("mode", modes),
        query.Zone(),
        LedgerFilter.Read(query),
        query.Whole("points", 1, MaxPoints));

    /// <summary>The periods of the selection's exits in the zone asked for.</summary>
    public Periods Divide(Selection rows) => ZoneCalendar.Of(Zone).Divide(Period, rows.ExitTimes);
}
