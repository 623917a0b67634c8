using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using PnlPipeline.Domain.Accounts;
using PnlPipeline.Domain.Statistics;

namespace PnlPipeline.Query.Api.Sharing;

/// <summary>
/// Writes a report as one HTML file: no script, no request elsewhere, its style within. Every figure stands in an
/// element with its name in <c>data-figure</c> and its unrounded value in <c>data-value</c>. Pure.
/// </summary>
public static class ReportPage
{
    // Blue and orange are told apart by everybody; green and red are for money alone, and always with their sign.
    private const string Style = """
        :root{color-scheme:light;--ink:#1b2430;--faint:#5c6775;--line:#d9dee5;--up:#0b7a4b;--down:#b3261e;--accent:#1f5fbf}
        *{box-sizing:border-box}body{margin:0 auto;max-width:210mm;padding:12mm;color:var(--ink);background:#fff;font:13px/1.45 system-ui,sans-serif}
        h1{margin:0;font-size:24px;overflow-wrap:anywhere}h2{margin:22px 0 8px;font-size:16px;break-after:avoid}p{margin:4px 0}.faint{color:var(--faint)}
        .up{color:var(--up)}.down{color:var(--down)}.headline{display:grid;grid-template-columns:repeat(auto-fit,minmax(38mm,1fr));gap:10px;margin:16px 0}
        .headline div{padding:8px 10px;border:1px solid var(--line);border-radius:6px}.headline b{display:block;font-size:17px;overflow-wrap:anywhere}
        table{width:100%;border-collapse:collapse;font-variant-numeric:tabular-nums}th,td{padding:3px 6px;text-align:right;border-bottom:1px solid var(--line)}
        th:first-child,td:first-child{text-align:left;overflow-wrap:break-word}th{color:var(--faint);font-weight:600}td.text,th.text{text-align:left}tr{break-inside:avoid}
        svg{display:block;width:100%;height:auto;break-inside:avoid}.axis{fill:var(--faint);font-size:11px}.grid{stroke:var(--line)}.base{stroke:var(--faint);stroke-dasharray:4 3}
        .curve{fill:none;stroke:var(--accent);stroke-width:1.6}.fall{fill:#b3261e33;stroke:var(--down);stroke-width:1}
        .months th,.months td{padding:3px 4px;white-space:nowrap}.calendar td{padding:2px;text-align:center;font-size:10px;border:1px solid var(--line)}.calendar th{padding:2px;text-align:center;font-size:10px}.calendar td:first-child{text-align:left;white-space:nowrap}
        .u1{background:#d6f0e3}.u2{background:#a5dcc0}.u3{background:#6cc399}.d1{background:#f8dcd9}.d2{background:#efb3ad}.d3{background:#e2837a}.none{color:var(--faint)}
        @media print{body{padding:0;max-width:none}@page{size:A4;margin:14mm}}
        @media(max-width:600px){body{padding:14px}.axis{font-size:20px}.scroll{overflow-x:auto}}
        """;

    private const int MonthsOfCalendar = 12;
    private const int Wide = 1000;
    private const int Left = 74;

    private static readonly CultureInfo Plain = CultureInfo.InvariantCulture;

    /// <summary>Nothing but the style above.</summary>
    public static string ContentSecurityPolicy { get; } =
        $"default-src 'none'; style-src "
        + $"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Style)))}'; base-uri 'none'; "
        + "form-action 'none'; frame-ancestors 'none'";

    /// <summary>A link that was revoked, has expired, or never was.</summary>
    public static string NotHere { get; } =
        Document(
            "Not here",
            "<h1>This link leads nowhere</h1><p>It was revoked, has expired, or was copied incompletely. Ask for a "
                + "new one.</p>"
        );

    public static string TooMany { get; } =
        Document("Wait", "<h1>Too many wrong links</h1><p>Wait a minute and open the link again.</p>");

    public static string Write(Report report)
    {
        var html = new StringBuilder();
        Header(html, report);
        if (report.Statistics.Trades == 0)
        {
            html.Append("<p>No closed trade yet.</p>");
            return Document(report.Batch.Name, html.ToString());
        }

        Headline(html, report);
        html.Append("<h2>Growth of the account</h2>").Append(Curve(report));
        html.Append("<h2>Drawdown</h2>").Append(Fall(report));
        Months(html, report);
        Calendar(html, report);
        Statistics(html, report);
        Breakdown(html, report, "By symbol", report.Symbols, key => key.ToString());
        Breakdown(html, report, "By side", report.Sides, key => key.Word == "long" ? "Long" : "Short");
        Breakdown(html, report, "By weekday", report.Weekdays, key => Plain.DateTimeFormat.DayNames[key.Number % 7]);
        html.Append(
            "<p class=\"faint\">Past results say nothing certain about the future. Positions are sized one after the "
                + "other, each by the balance at its exit.</p>"
        );
        return Document(report.Batch.Name, html.ToString());
    }

    private static string Document(string title, string body) =>
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
        + "content=\"width=device-width,initial-scale=1\">"
        + $"<meta name=\"robots\" "
        + $"content=\"noindex\"><title>{Text(title)}</title><style>{Style}</style></head><body>{body}</body></html>";

    private static void Header(StringBuilder html, Report report)
    {
        var batch = report.Batch;
        html.Append(Plain, $"<h1><bdi>{Text(batch.Name)}</bdi></h1><p class=\"faint\">");
        html.Append(Plain, $"<bdi>{Text(string.Join(" · ", batch.Symbols))}</bdi>");
        if (batch.Timeframes.Count > 0)
            html.Append(Plain, $" on {Text(string.Join(", ", batch.Timeframes))}");
        if (batch.Strategies.Count > 0)
            html.Append(
                Plain,
                $" · strategies "
                    + $"<bdi>{Text(string.Join(", ", batch.Strategies.Select(name => name.Length == 0 ? "(none)" : name)))}</bdi>"
            );
        if (batch.StartTime is { } start)
            html.Append(Plain, $" · since {Day(start, report.Zone)}");
        if (report.Amounts)
            html.Append(Plain, $" · starting capital {Figure("capital", batch.Capital, Money(batch.Capital))}");
        html.Append(
            Plain,
            $" · position size {Number(batch.AllocationPercentage)} % · fee {Number(batch.FeePercentage)} % of order "
                + $"value</p>"
        );
        html.Append("<p class=\"faint\">");
        if (report.Equity.Start is { } first)
            html.Append(
                Plain,
                $"{Day(UnixTime.FromUnixMilliseconds(first.Time), report.Zone)} to "
                    + $"{Day(UnixTime.FromUnixMilliseconds(report.Days.Time[^1]), report.Zone)}. "
            );
        html.Append(
            Plain,
            $"Made {report.MadeAt:yyyy-MM-dd HH:mm} UTC of ledger version <span "
                + $"data-figure=\"version\">{report.Version.Generation}.{report.Version.LastSeq}</span>, "
        );
        html.Append(Plain, $"days in {Text(report.Zone.Id)}.</p>");
    }

    private static void Headline(StringBuilder html, Report report)
    {
        var figures = report.Statistics;
        var change =
            report.InitialEquity > FixedPoint.Zero
                ? Ratio.Of(figures.NetProfit.Units * 100, report.InitialEquity.Units)
                : (double?)null;
        html.Append("<div class=\"headline\">");
        Box("Return", Figure("change", change, Percent(change, signed: true), Tone(change)));
        if (report.Amounts)
        {
            Box(
                "Net profit",
                Figure("netProfit", figures.NetProfit, Signed(figures.NetProfit), Tone(figures.NetProfit))
            );
            var balance = report.InitialEquity + figures.NetProfit;
            Box("Balance", Figure("balance", balance, Money(balance)));
        }

        Box(
            "Max drawdown",
            Figure(
                "maxDrawdownPercentage",
                figures.MaxDrawdownPercentage?.Value,
                Percent(figures.MaxDrawdownPercentage?.Value)
            )
        );
        Box("Trades", Figure("trades", figures.Trades, figures.Trades.ToString("N0", Plain)));
        Box("Win rate", Figure("winRate", figures.WinRate, Percent(figures.WinRate * 100)));
        Box("Profit factor", Figure("profitFactor", figures.ProfitFactor, Number(figures.ProfitFactor)));
        Box("Sharpe ratio", Figure("sharpe", figures.Sharpe, Number(figures.Sharpe)));
        html.Append("</div>");
        if (figures.FewTrades)
            html.Append("<p class=\"faint\">Fewer than 30 trades: these figures say little.</p>");

        void Box(string name, string figure) =>
            html.Append(Plain, $"<div><span class=\"faint\">{name}</span><b>{figure}</b></div>");
    }

    // From its start on, which no trade has: a curve without it hides the first trade.
    private static string Curve(Report report)
    {
        var values = report.Equity.Value.Prepend(report.InitialEquity).Select(value => Shown(report, value)).ToArray();
        return Chart(
            [report.Equity.Start!.Time, .. report.Equity.Time],
            values,
            values[0],
            "curve",
            value => report.Amounts ? value.ToString("N0", Plain) : $"{value.ToString("+0.#;-0.#;0", Plain)} %",
            isArea: false
        );
    }

    private static string Fall(Report report) =>
        Chart(
            [report.Drawdown.Start!.Time, .. report.Drawdown.Time],
            [0, .. report.Drawdown.Value.Select(value => -ToDouble(value))],
            0,
            "fall",
            value => $"{Math.Abs(value).ToString("0.#", Plain)} %",
            isArea: true
        );

    private static double Shown(Report report, FixedPoint equity) =>
        report.Amounts ? ToDouble(equity)
        : report.InitialEquity > FixedPoint.Zero
            ? Ratio.Of((equity - report.InitialEquity).Units * 100, report.InitialEquity.Units)
        : 0;

    private static string Chart(
        long[] times,
        double[] values,
        double baseline,
        string kind,
        Func<double, string> label,
        bool isArea
    )
    {
        var height = isArea ? 150 : 280;
        var (bottom, top) = (height - 24, 10);
        var (low, high) = (Math.Min(values.Min(), baseline), Math.Max(values.Max(), baseline));
        if (high <= low)
            (low, high) = (low - 1, high + 1);
        var (first, span) = (times[0], Math.Max(1, times[^1] - times[0]));
        double X(long time) => Left + ((Wide - Left - 6) * (double)(time - first) / span);
        double Y(double value) => bottom - ((bottom - top) * (value - low) / (high - low));
        string Point(double x, double y) => string.Create(Plain, $"{x:0.#},{y:0.#}");

        var svg = new StringBuilder();
        svg.Append(
            Plain,
            $"<svg viewBox=\"0 0 {Wide} {height}\" role=\"img\" "
                + $"aria-label=\"{(isArea ? "Drawdown" : "Growth of the account")}\">"
        );
        for (var i = 0; i <= 3; i++)
        {
            var value = low + ((high - low) * i / 3);
            svg.Append(
                Plain,
                $"<line class=\"grid\" x1=\"{Left}\" x2=\"{Wide}\" y1=\"{Y(value):0.#}\" y2=\"{Y(value):0.#}\"/>"
            );
            svg.Append(
                Plain,
                $"<text class=\"axis\" x=\"{Left - 6}\" y=\"{Y(value) + 4:0.#}\" "
                    + $"text-anchor=\"end\">{label(value)}</text>"
            );
        }

        for (var i = 0; i <= 4; i++)
        {
            var time = first + (span * i / 4);
            svg.Append(
                Plain,
                $"<text class=\"axis\" x=\"{X(time):0.#}\" y=\"{height - 6}\" "
                    + $"text-anchor=\"{(i == 0 ? "start" : i == 4 ? "end" : "middle")}\">{UnixTime.FromUnixMilliseconds(time):yyyy-MM-dd}</text>"
            );
        }

        var points = string.Join(' ', times.Select((time, i) => Point(X(time), Y(values[i]))));
        svg.Append(
            Plain,
            $"<line class=\"base\" x1=\"{Left}\" x2=\"{Wide}\" y1=\"{Y(baseline):0.#}\" y2=\"{Y(baseline):0.#}\"/>"
        );
        svg.Append(
            isArea
                ? $"<polygon class=\"{kind}\" points=\"{Point(X(first), Y(0))} {points} {Point(X(times[^1]), Y(0))}\"/>"
                : $"<polyline class=\"{kind}\" points=\"{points}\"/>"
        );
        return svg.Append("</svg>").ToString();
    }

    private static void Months(StringBuilder html, Report report)
    {
        html.Append(
            "<h2>Monthly returns, %</h2><div class=\"scroll\"><table class=\"months\"><thead><tr><th>Year</th>"
        );
        foreach (var name in Plain.DateTimeFormat.AbbreviatedMonthNames.Take(12))
            html.Append(Plain, $"<th>{name}</th>");
        html.Append("<th>Year</th></tr></thead><tbody>");
        foreach (var year in report.Years)
        {
            html.Append(Plain, $"<tr><td>{year.Year}</td>");
            foreach (var (month, i) in year.Months.Select((month, i) => (month, i)))
                html.Append(
                    Plain,
                    $"<td>{Figure($"month {year.Year}-{i + 1:00}", month, month is { } change ? Points(change * 100) : "", Tone(month))}</td>"
                );
            html.Append(
                Plain,
                $"<td>{Figure($"year {year.Year}", year.Total, year.Total is { } total ? Points(total * 100) : "–", Tone(year.Total))}</td></tr>"
            );
        }

        html.Append("</tbody></table></div>");
    }

    private static void Calendar(StringBuilder html, Report report)
    {
        var days = report
            .Days.Time.Select(
                (time, i) =>
                    (
                        Date: DateOnly.FromDateTime(
                            TimeZoneInfo.ConvertTimeFromUtc(UnixTime.FromUnixMilliseconds(time), report.Zone)
                        ),
                        At: i
                    )
            )
            .GroupBy(day => (day.Date.Year, day.Date.Month))
            .TakeLast(MonthsOfCalendar)
            .ToList();
        var largest = days.SelectMany(month => month).Max(day => Math.Abs(ToDouble(report.Days.Value[day.At])));
        html.Append(
            "<h2>Trades per day</h2><p class=\"faint\">The number of trades closed on each day; green where the day "
                + "made money, red where it lost.</p>"
        );
        html.Append("<div class=\"scroll\"><table class=\"calendar\"><thead><tr><th></th>");
        for (var day = 1; day <= 31; day++)
            html.Append(Plain, $"<th>{day}</th>");
        html.Append("</tr></thead><tbody>");
        foreach (var month in days)
        {
            html.Append(Plain, $"<tr><td>{month.Key.Year}-{month.Key.Month:00}</td>");
            var known = month.ToDictionary(day => day.Date.Day, day => day.At);
            for (var day = 1; day <= 31; day++)
            {
                if (!known.TryGetValue(day, out var at) || report.DayTrades.Value[at] == FixedPoint.Zero)
                {
                    html.Append("<td></td>");
                    continue;
                }

                var change = ToDouble(report.Days.Value[at]);
                var depth = largest > 0 ? Math.Clamp((int)Math.Ceiling(Math.Abs(change) / largest * 3), 1, 3) : 1;
                var colour =
                    change > 0 ? $"u{depth}"
                    : change < 0 ? $"d{depth}"
                    : "none";
                html.Append(Plain, $"<td class=\"{colour}\">{ToDouble(report.DayTrades.Value[at]):0}</td>");
            }

            html.Append("</tr>");
        }

        html.Append("</tbody></table></div>");
    }

    private static void Statistics(StringBuilder html, Report report)
    {
        var figures = report.Statistics;
        html.Append("<h2>Statistics</h2><div class=\"scroll\"><table><tbody>");
        Row(
            "Annual return (CAGR)",
            "cagr",
            figures.Cagr,
            Percent(figures.Cagr * 100, signed: true),
            "Growth a year at the same pace; from 30 days on"
        );
        if (report.Amounts)
        {
            Row(
                "Gross profit",
                "grossProfit",
                figures.GrossProfit,
                Money(figures.GrossProfit),
                "Sum of the winning trades"
            );
            Row("Gross loss", "grossLoss", figures.GrossLoss, Signed(figures.GrossLoss), "Sum of the losing trades");
            Row(
                "Average win",
                "averageWin",
                figures.AverageWin,
                Money(figures.AverageWin),
                "Mean of the winning trades"
            );
            Row(
                "Average loss",
                "averageLoss",
                figures.AverageLoss,
                Money(figures.AverageLoss),
                "Mean of the losing trades"
            );
            Row("Expectancy", "expectancy", figures.Expectancy, Money(figures.Expectancy), "Mean result of a trade");
            Row(
                "Max drawdown, amount",
                "maxDrawdown",
                figures.MaxDrawdown?.Value,
                Money(figures.MaxDrawdown?.Value),
                "Deepest fall below the highest balance so far"
            );
        }

        Row(
            "Payoff ratio",
            "payoffRatio",
            figures.PayoffRatio,
            Number(figures.PayoffRatio),
            "Average win / average loss"
        );
        Row(
            "Average change",
            "averageChange",
            figures.AverageChange,
            Percent(figures.AverageChange, signed: true),
            "Mean price change of a trade, after fees"
        );
        Row(
            "Median change",
            "medianChange",
            figures.MedianChange,
            Percent(figures.MedianChange, signed: true),
            "Half of the trades did better"
        );
        Row(
            "Longest winning streak",
            "longestWinStreak",
            figures.LongestWinStreak,
            Number(figures.LongestWinStreak),
            "Wins in a row"
        );
        Row(
            "Longest losing streak",
            "longestLossStreak",
            figures.LongestLossStreak,
            Number(figures.LongestLossStreak),
            "Losses in a row"
        );
        Row(
            "Average duration",
            "averageHolding",
            figures.AverageHolding,
            Duration(figures.AverageHolding),
            "From entry to exit"
        );
        Row(
            "Time in market",
            "exposure",
            figures.Exposure,
            Percent(figures.Exposure * 100),
            "Share of the time with a trade open"
        );
        Row(
            "Longest time under water",
            "longestUnderwater",
            figures.LongestUnderwater,
            Duration(figures.LongestUnderwater),
            "From a highest balance to the next"
        );
        Row(
            "Volatility",
            "volatility",
            figures.Volatility,
            Percent(figures.Volatility * 100),
            "Of daily returns, a year of 365 days"
        );
        Row("Sortino ratio", "sortino", figures.Sortino, Number(figures.Sortino), "As Sharpe, over losing days alone");
        Row("Calmar ratio", "calmar", figures.Calmar, Number(figures.Calmar), "CAGR / max drawdown");
        Row(
            "Value at risk, 95 %",
            "valueAtRisk95",
            figures.ValueAtRisk95,
            Percent(figures.ValueAtRisk95 * 100, signed: true),
            "One day in twenty is worse"
        );
        Row(
            "Best day",
            "bestDay",
            figures.BestDay,
            Percent(figures.BestDay * 100, signed: true),
            "Highest daily return"
        );
        Row(
            "Worst day",
            "worstDay",
            figures.WorstDay,
            Percent(figures.WorstDay * 100, signed: true),
            "Lowest daily return"
        );
        html.Append("</tbody></table></div>");

        void Row<T>(string name, string figure, T value, string text, string meaning) =>
            html.Append(
                Plain,
                $"<tr><td>{name}</td><td>{Figure(figure, value, text)}</td><td class=\"text faint\">{meaning}</td></tr>"
            );
    }

    private static void Breakdown(
        StringBuilder html,
        Report report,
        string title,
        IReadOnlyList<Group> groups,
        Func<GroupKey, string> name
    )
    {
        html.Append(
            Plain,
            $"<h2>{title}</h2><div class=\"scroll\"><table><thead><tr><th></th><th>Trades</th><th>Win "
                + $"rate</th><th>Average change</th><th>Profit factor</th>"
        );
        html.Append(report.Amounts ? "<th>Profit</th></tr></thead><tbody>" : "</tr></thead><tbody>");
        foreach (var group in groups)
        {
            html.Append(
                Plain,
                $"<tr><td><bdi>{Text(name(group.Key.First))}</bdi></td><td>{group.Trades:N0}</td><td>{Percent(group.WinRate * 100)}</td>"
            );
            html.Append(
                Plain,
                $"<td class=\"{Tone(group.AverageChange)}\">{Percent(group.AverageChange, signed: true)}</td><td>{Number(group.ProfitFactor)}</td>"
            );
            if (report.Amounts)
                html.Append(
                    Plain,
                    $"<td>{Figure($"pnl {group.Key}", group.Pnl, Signed(group.Pnl), Tone(group.Pnl))}</td>"
                );
            html.Append("</tr>");
        }

        html.Append("</tbody></table></div>");
    }

    private static string Figure<T>(string name, T value, string text, string tone = "") =>
        $"<span class=\"{tone}\" data-figure=\"{Text(name)}\" "
        + $"data-value=\"{Text(JsonSerializer.Serialize(value))}\">{(value is null && text.Length > 0 ? "–" : text)}</span>";

    private static string Tone(double? value) =>
        value > 0 ? "up"
        : value < 0 ? "down"
        : "";

    private static string Tone(FixedPoint value) =>
        value > FixedPoint.Zero ? "up"
        : value < FixedPoint.Zero ? "down"
        : "";

    private static string Money(FixedPoint? value) => value is { } money ? ToDecimal(money).ToString("N2", Plain) : "–";

    private static string Money(decimal value) => value.ToString("N2", Plain);

    private static string Money(double? value) => value is { } money ? money.ToString("N2", Plain) : "–";

    private static string Signed(FixedPoint value) => ToDecimal(value).ToString("+#,##0.00;-#,##0.00;0.00", Plain);

    private static string Percent(double? value, bool signed = false) =>
        value is { } percent ? $"{percent.ToString(signed ? "+#,##0.00;-#,##0.00;0.00" : "#,##0.00", Plain)} %" : "–";

    private static string Points(double percent) => percent.ToString("+#,##0.0;-#,##0.0;0.0", Plain);

    private static string Number(double? value) => value is { } number ? number.ToString("#,##0.00", Plain) : "–";

    private static string Number(decimal value) => value.ToString("0.########", Plain);

    private static string Number(int value) => value.ToString("N0", Plain);

    private static string Duration(double? seconds) =>
        seconds is not { } value ? "–"
        : value >= 86_400 ? $"{(value / 86_400).ToString("0.#", Plain)} days"
        : value >= 3_600 ? $"{(value / 3_600).ToString("0.#", Plain)} hours"
        : $"{(value / 60).ToString("0.#", Plain)} minutes";

    private static string Day(DateTime utc, TimeZoneInfo zone) =>
        TimeZoneInfo
            .ConvertTimeFromUtc(DateTime.SpecifyKind(utc, DateTimeKind.Utc), zone)
            .ToString("yyyy-MM-dd", Plain);

    private static decimal ToDecimal(FixedPoint value) => decimal.Parse(value.ToString(), Plain);

    private static double ToDouble(FixedPoint value) => Ratio.Of(value.Units, FixedPoint.Of(1).Units);

    private static string Text(string text) => WebUtility.HtmlEncode(text);
}
