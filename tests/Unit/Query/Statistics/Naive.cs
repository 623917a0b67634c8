namespace PnlPipeline.Tests.Unit.Query.Statistics;

/// <summary>
/// Every figure as its definition reads, from rows and with nothing but LINQ: slow, and knows nothing of columns,
/// calendars of stretches, or exact amounts. Percentages and fractions are made in decimal of 28 digits, roots and
/// powers in double.
/// </summary>
internal static class Naive
{
    /// <summary>A day, and the rows that exited on it.</summary>
    public sealed record Day(DateOnly Date, List<Row> Rows);

    /// <summary>A fall of equity: how far, and when. Value 0 and no times where there is none.</summary>
    public sealed record Fall(decimal Value, DateTime? Peak, DateTime? Trough, DateTime? Recovery);

    public static DateTime Local(DateTime utc, TimeZoneInfo zone) =>
        TimeZoneInfo.ConvertTimeFromUtc(DateTime.SpecifyKind(utc, DateTimeKind.Utc), zone);

    public static DateOnly Date(Row row, TimeZoneInfo zone) => DateOnly.FromDateTime(Local(row.Exit, zone));

    /// <summary>
    /// Every date that the zone had from the first exit's to the last's, whatever order they come in where a clock was
    /// put back.
    /// </summary>
    public static List<Day> Days(IReadOnlyList<Row> rows, TimeZoneInfo zone)
    {
        if (rows.Count == 0)
            return [];
        var (first, last) = (rows.Min(row => Date(row, zone)), rows.Max(row => Date(row, zone)));
        var byDate = rows.ToLookup(row => Date(row, zone));
        var dates = new SortedSet<DateOnly>();
        for (
            var time = rows.Min(row => row.Exit).AddDays(-2);
            time < rows.Max(row => row.Exit).AddDays(2);
            time = time.AddMinutes(30)
        )
            dates.Add(DateOnly.FromDateTime(Local(time, zone)));
        return [.. dates.Where(date => date >= first && date <= last).Select(date => new Day(date, [.. byDate[date]]))];
    }

    public static decimal Before(IReadOnlyList<Row> rows) => rows[0].Available - rows[0].Pnl;

    /// <summary>The equity at the end of each day.</summary>
    public static List<decimal> DailyEquity(IReadOnlyList<Row> rows, List<Day> days) =>
        [.. days.Select((_, i) => Before(rows) + days.Take(i + 1).Sum(day => day.Rows.Sum(row => row.Pnl)))];

    /// <summary>Daily returns; null where the day begins at or under 0.</summary>
    public static List<decimal?> Returns(decimal before, List<decimal> equity) =>
        [
            .. equity.Select(
                (value, i) =>
                    (i == 0 ? before : equity[i - 1]) is > 0 and var begin ? (value / begin) - 1 : (decimal?)null
            ),
        ];

    public static Fall Deepest(List<(DateTime Time, decimal Equity)> curve, bool percentage)
    {
        var deepest = new Fall(0, null, null, null);
        for (var i = 1; i < curve.Count; i++)
        {
            var peak = curve.Take(i + 1).Max(point => point.Equity);
            var depth = peak - curve[i].Equity;
            var value =
                !percentage ? depth
                : peak > 0 ? depth / peak * 100
                : 0;
            if (value <= deepest.Value)
                continue;
            var recovery = curve
                .Skip(i + 1)
                .Where(point => point.Equity >= peak)
                .Select(point => (DateTime?)point.Time)
                .FirstOrDefault();
            deepest = new Fall(
                value,
                curve.Take(i + 1).Last(point => point.Equity == peak).Time,
                curve[i].Time,
                recovery
            );
        }

        return deepest;
    }

    public static List<(DateTime Time, decimal Equity)> Curve(IReadOnlyList<Row> rows, decimal before)
    {
        var curve = new List<(DateTime, decimal)> { (rows.Min(row => row.Entry), before) };
        curve.AddRange(rows.Select(row => (row.Exit, before += row.Pnl)));
        return curve;
    }

    /// <summary>By the property's name.</summary>
    public static Dictionary<string, object?> Statistics(IReadOnlyList<Row> rows, TimeZoneInfo zone, int annualization)
    {
        var pnl = rows.Select(row => row.Pnl).ToList();
        var (wins, losses) = (pnl.Where(p => p > 0).ToList(), pnl.Where(p => p < 0).ToList());
        var figures = new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["Trades"] = rows.Count,
            ["Wins"] = wins.Count,
            ["Losses"] = losses.Count,
            ["Breakeven"] = pnl.Count(p => p == 0),
            ["GrossProfit"] = wins.Sum(),
            ["GrossLoss"] = losses.Sum(),
            ["NetProfit"] = pnl.Sum(),
            ["LongestWinStreak"] = Streak(pnl, 1),
            ["LongestLossStreak"] = Streak(pnl, -1),
            ["CurrentStreak"] =
                pnl.Count == 0
                    ? 0
                    : Math.Sign(pnl[^1])
                        * pnl.AsEnumerable()
                            .Reverse()
                            .TakeWhile(p => p != 0 && Math.Sign(p) == Math.Sign(pnl[^1]))
                            .Count(),
            ["FewTrades"] = rows.Count < 30,
            ["FeesPaid"] = rows.Sum(row => row.Fee),
        };
        if (rows.Count == 0)
            return figures;

        AddTrades(figures, rows, pnl, wins, losses);
        AddHoldings(figures, rows);
        AddEquity(figures, rows, zone);
        AddReturns(figures, rows, zone, annualization);
        return figures;
    }

    /// <summary>
    /// At each instant at which something enters or exits: what is open of all, while something is open of those
    /// selected.
    /// </summary>
    public static void AddExposure(
        Dictionary<string, object?> figures,
        IReadOnlyList<Row> all,
        IReadOnlyList<Row> selected,
        IReadOnlyList<(Row Trade, bool IsSelected)> open,
        decimal allocation
    )
    {
        if (selected.Count == 0)
            return;
        var trades = all.Concat(open.Select(one => one.Trade)).ToList();
        var chosen = selected.Concat(open.Where(one => one.IsSelected).Select(one => one.Trade)).ToList();
        var instants = trades
            .SelectMany(trade => new[] { trade.Entry, trade.Exit })
            .Where(time => time < DateTime.MaxValue)
            .Distinct()
            .Order()
            .ToList();
        figures["MaxExposure"] = (double)(
            instants.Max(time => chosen.Exists(trade => IsOpen(trade, time)) ? OpenAt(time) : 0) * allocation
        );

        var (begin, end) = (selected.Min(trade => trade.Entry), selected.Max(trade => trade.Exit));
        var over = TimeSpan.Zero;
        foreach (
            var (from, to) in instants
                .Append(begin)
                .Append(end)
                .Where(time => time >= begin && time <= end)
                .Distinct()
                .Order()
                .ToList()
                is var within
                ? within.Zip(within.Skip(1))
                : []
        )
        {
            over += OpenAt(from) * allocation > 100 ? to - from : TimeSpan.Zero;
        }

        figures["TimeOverExposed"] = end > begin ? over / (end - begin) : null;

        int OpenAt(DateTime time) => trades.Count(trade => IsOpen(trade, time));
        static bool IsOpen(Row trade, DateTime time) => trade.Entry <= time && time < trade.Exit;
    }

    private static void AddTrades(
        Dictionary<string, object?> figures,
        IReadOnlyList<Row> rows,
        List<decimal> pnl,
        List<decimal> wins,
        List<decimal> losses
    )
    {
        var winRate = (decimal)wins.Count / rows.Count;
        decimal? averageWin = wins.Count > 0 ? wins.Average() : null;
        decimal? averageLoss = losses.Count > 0 ? losses.Average() : null;
        var payoff = averageWin / -averageLoss;
        figures["WinRate"] = (double)winRate;
        figures["ProfitFactor"] = losses.Count > 0 ? (double)(wins.Sum() / -losses.Sum()) : null;
        figures["AverageWin"] = (double?)averageWin;
        figures["AverageLoss"] = (double?)averageLoss;
        figures["PayoffRatio"] = (double?)payoff;
        figures["Expectancy"] = (double)pnl.Average();
        figures["ExpectancyRatio"] = (double?)(((1 + payoff) * winRate) - 1);
        figures["Kelly"] = (double?)(winRate - ((1 - winRate) / payoff));
        var deviation = SampleDeviation([.. pnl.Select(p => (double)p)]);
        figures["Sqn"] =
            deviation > 1e-12 * (double)pnl.Max(Math.Abs)
                ? Math.Sqrt(rows.Count) * (double)pnl.Average() / deviation
                : null;
        figures["AverageChange"] = (double)rows.Average(row => row.Change);
        figures["MedianChange"] = Median(rows.Select(row => (double)row.Change));
        figures["BestTrade"] = rows.First(row => row.Change == rows.Max(other => other.Change)).Id.ToString();
        figures["WorstTrade"] = rows.First(row => row.Change == rows.Min(other => other.Change)).Id.ToString();
    }

    private static void AddHoldings(Dictionary<string, object?> figures, IReadOnlyList<Row> rows)
    {
        foreach (
            var (name, chosen) in new[]
            {
                ("", rows),
                ("Win", [.. rows.Where(row => row.Pnl > 0)]),
                ("Loss", [.. rows.Where(row => row.Pnl < 0)]),
            }
        )
        {
            var seconds = chosen.Select(row => (row.Exit - row.Entry).TotalSeconds).ToList();
            figures[$"Average{name}Holding"] = seconds.Count > 0 ? seconds.Average() : null;
            figures[$"Median{name}Holding"] = seconds.Count > 0 ? Median(seconds) : null;
        }

        // By entry: what begins within the stretch at hand makes it longer.
        var (open, until) = (TimeSpan.Zero, DateTime.MinValue);
        foreach (var row in rows.OrderBy(row => row.Entry))
        {
            open += row.Exit <= until ? TimeSpan.Zero : row.Exit - (row.Entry > until ? row.Entry : until);
            until = row.Exit > until ? row.Exit : until;
        }

        var total = rows.Max(row => row.Exit) - rows.Min(row => row.Entry);
        figures["Exposure"] = total > TimeSpan.Zero ? open / total : null;
    }

    private static void AddEquity(Dictionary<string, object?> figures, IReadOnlyList<Row> rows, TimeZoneInfo zone)
    {
        var curve = Curve(rows, Before(rows));
        var (absolute, percentage) = (Deepest(curve, percentage: false), Deepest(curve, percentage: true));
        figures["MaxDrawdown"] = absolute;
        figures["MaxDrawdownPercentage"] = percentage;

        var longest = TimeSpan.Zero;
        for (var i = 0; i + 1 < curve.Count; i++)
        {
            if (
                curve[i].Equity < curve.Take(i + 1).Max(point => point.Equity)
                || curve[i + 1].Equity >= curve[i].Equity
            )
                continue;
            var end = curve
                .Skip(i + 1)
                .Where(point => point.Equity >= curve[i].Equity)
                .Select(point => (DateTime?)point.Time)
                .FirstOrDefault();
            var length = (end ?? curve[^1].Time) - curve[i].Time;
            longest = length > longest ? length : longest;
        }

        figures["LongestUnderwater"] = longest.TotalSeconds;
        figures["CurrentDrawdownPercentage"] = Under(curve);

        // After the last row of each day in the order of the ledger; idle days carry it on.
        var squares = new List<double>();
        var all = rows.ToList();
        foreach (var day in Days(rows, zone))
        {
            var under =
                day.Rows.Count == 0 ? squares[^1] : Math.Pow(Under(curve.Take(all.LastIndexOf(day.Rows[^1]) + 2)), 2);
            squares.Add(under);
        }

        figures["UlcerIndex"] = Math.Sqrt(squares.Average());
        figures["RecoveryFactor"] = absolute.Value > 0 ? (double)(rows.Sum(row => row.Pnl) / absolute.Value) : null;

        var (days, growth) = (
            (curve[^1].Time - curve[0].Time) / TimeSpan.FromDays(1),
            curve[0].Equity > 0 ? curve[^1].Equity / curve[0].Equity : -1
        );
        double? cagr = days < 30 || growth < 0 ? null : Math.Pow((double)growth, 365 / days) - 1;
        cagr = cagr is { } value && double.IsFinite(value) ? value : null;
        figures["Cagr"] = cagr;
        figures["Calmar"] = percentage.Value > 0 ? cagr / ((double)percentage.Value / 100) : null;
    }

    private static void AddReturns(
        Dictionary<string, object?> figures,
        IReadOnlyList<Row> rows,
        TimeZoneInfo zone,
        int annualization
    )
    {
        var returns = Returns(Before(rows), DailyEquity(rows, Days(rows, zone)));
        if (returns.Any(value => value is null))
            return;

        var r = returns.Select(value => (double)value!).ToList();
        var (n, mean, largest) = (r.Count, r.Average(), r.Max(Math.Abs));
        double? deviation = n > 1 ? SampleDeviation(r) : null;
        figures["Volatility"] = deviation * Math.Sqrt(annualization);
        var isSpread = deviation > 1e-12 * largest;
        figures["Sharpe"] = isSpread ? mean / deviation * Math.Sqrt(annualization) : null;
        var downside = Math.Sqrt(r.Average(value => Math.Pow(Math.Min(value, 0), 2)));
        figures["Sortino"] =
            downside > 1e-12 * largest ? mean * annualization / (downside * Math.Sqrt(annualization)) : null;

        var sorted = returns.Select(value => value!.Value).Order().ToList();
        var rank = (n - 1) / 20m;
        var lower = sorted[(int)rank];
        var percentile = lower + ((sorted[Math.Min((int)rank + 1, n - 1)] - lower) * (rank - (int)rank));
        figures["ValueAtRisk95"] = (double)percentile;
        figures["ConditionalValueAtRisk95"] = (double)sorted.Where(value => value <= percentile).Average();

        // In the form of pandas: of sums of powers.
        double Sum(int power) => r.Sum(value => Math.Pow(value - mean, power));
        figures["Skewness"] =
            n > 2 && isSpread ? n * Math.Sqrt(n - 1) / (n - 2) * (Sum(3) / Math.Pow(Sum(2), 1.5)) : null;
        figures["Kurtosis"] =
            n > 3 && isSpread
                ? (n * (n + 1.0) * (n - 1) * Sum(4) / ((n - 2.0) * (n - 3) * Math.Pow(Sum(2), 2)))
                    - (3.0 * (n - 1) * (n - 1) / ((n - 2.0) * (n - 3)))
                : null;
        figures["BestDay"] = r.Max();
        figures["WorstDay"] = r.Min();
        figures["PositiveDays"] = (double)r.Count(value => value > 0) / n;
    }

    private static double Under(IEnumerable<(DateTime Time, decimal Equity)> curve)
    {
        var points = curve.ToList();
        var peak = points.Max(point => point.Equity);
        return peak > 0 ? (double)((peak - points[^1].Equity) / peak * 100) : 0;
    }

    private static int Streak(List<decimal> pnl, int sign) =>
        Enumerable.Range(0, pnl.Count + 1).Max(i => pnl.Skip(i).TakeWhile(p => p != 0 && Math.Sign(p) == sign).Count());

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return (sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2;
    }

    private static double SampleDeviation(List<double> values)
    {
        var mean = values.Average();
        return Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)) / (values.Count - 1));
    }
}
