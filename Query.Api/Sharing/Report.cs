using System.Text.Json.Serialization;
using PnlPipeline.Domain.Accounts;
using PnlPipeline.Domain.Statistics;
using PnlPipeline.Query.Api.Batches;
using PnlPipeline.Query.Api.Http;
using PnlPipeline.Query.Api.Ledgers;

namespace PnlPipeline.Query.Api.Sharing;

/// <summary>The query parameters of the report.</summary>
public sealed class ReportParameters : RequestParameters, IParameters<ReportParameters>
{
    /// <summary>
    /// The time zone whose days and months count: a name of the IANA database.
    /// </summary>
    /// <example>Europe/Berlin</example>
    [JsonPropertyName("tz"), Default("UTC")]
    public TimeZoneInfo Zone { get; init; } = TimeZoneInfo.Utc;
}

/// <summary>All that the report of a batch says, of one version of its ledger.</summary>
/// <param name="Amounts">Whether money may be shown; else percentages only.</param>
/// <param name="MadeAt">UTC.</param>
/// <param name="Equity">After each trade, thinned to what a page can show.</param>
/// <param name="Drawdown">In percent of the highest so far, likewise.</param>
/// <param name="Days">The change of capital in each day.</param>
/// <param name="DayTrades">The trades that closed in each of these days.</param>
public sealed record Report(
    Batch Batch,
    bool Amounts,
    TimeZoneInfo Zone,
    DateTime MadeAt,
    LedgerVersion Version,
    BatchStatistics Statistics,
    FixedPoint InitialEquity,
    SeriesColumns Equity,
    SeriesColumns Drawdown,
    SeriesColumns Days,
    SeriesColumns DayTrades,
    IReadOnlyList<YearOfReturns> Years,
    IReadOnlyList<Group> Symbols,
    IReadOnlyList<Group> Sides,
    IReadOnlyList<Group> Weekdays
)
{
    private const int Points = 700;

    /// <summary>Makes it: a pure function of the selected rows.</summary>
    public static Report Of(Batch batch, Selection rows, TimeZoneInfo zone, bool amounts, DateTime now)
    {
        var calendar = ZoneCalendar.Of(zone);
        var days = rows.Divide(calendar, Period.Day, now.ToUnixMilliseconds());
        return new Report(
            batch,
            amounts,
            zone,
            now,
            rows.Ledger.Version,
            // What is open is shown to nobody.
            SelectionStatistics.Of(rows, calendar, 365, OpenTrades.None),
            rows.InitialEquity,
            Series.CapitalByTrade(rows, cumulative: true, Points),
            Series.DrawdownByTrade(rows, percentage: true, Points),
            Series.CapitalByPeriod(rows, days, cumulative: false),
            Series.TradesByPeriod(days, cumulative: false),
            Returns.ByMonth(rows, calendar, now.ToUnixMilliseconds()),
            Groups.Of(rows, calendar, GroupBy.Symbol),
            Groups.Of(rows, calendar, GroupBy.Side),
            Groups.Of(rows, calendar, GroupBy.Weekday)
        );
    }
}

/// <summary>Reads what a report is made of.</summary>
public sealed class ReportReader(BatchStore batches, LedgerCache ledgers, TimeProvider clock)
{
    /// <returns><c>null</c> where there is no such batch.</returns>
    public async Task<Report?> ReadAsync(
        long batchId,
        LedgerFilter filter,
        TimeZoneInfo zone,
        bool amounts,
        CancellationToken cancellationToken
    )
    {
        if (
            await batches.FindAsync(batchId, cancellationToken) is not { } batch
            || await ledgers.ReadAsync(batchId, cancellationToken) is not { } ledger
        )
            return null;
        using var rows = Selection.Of(ledger, filter);
        return Report.Of(batch, rows, zone, amounts, clock.GetUtcNow().UtcDateTime);
    }
}
