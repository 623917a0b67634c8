using System.Globalization;
using PnlPipeline.Domain.Accounts;
using PnlPipeline.Domain.Alerts;
using PnlPipeline.Domain.Statistics;

namespace PnlPipeline.Tests.Unit.Query;

public sealed class SeriesTests
{
    // Exit time, symbol, timeframe, side, pnl; the ledger starts with 1000.
    private static readonly LedgerColumns Ledger = Columns(
        1000m,
        ("2026-01-01T10:00Z", "BTC", "60", "long", 100m),
        ("2026-01-01T23:30Z", "ETH", "60", "short", -300.5m),
        ("2026-01-03T00:10Z", "BTC", "1D", "long", 50m),
        ("2026-01-03T00:10Z", "BTC", "60", "short", -0.00000001m),
        ("2026-02-02T08:00Z", "ETH", "60", "long", 500m)
    );

    public static TheoryData<string, string> Selections =>
        new()
        {
            { "", "1 2 3 4 5" },
            { "symbol=BTC", "1 3 4" },
            { "symbol=BTC&symbol=ETH", "1 2 3 4 5" },
            { "timeframe=60", "1 2 4 5" },
            { "side=short", "2 4" },
            { "side=short&side=long", "1 2 3 4 5" },
            { "symbol=BTC&timeframe=60&side=short", "4" },
            { "symbol=XRP", "" },
            // From and to: from ≤ exit < to.
            { "from=2026-01-01T23:30Z", "2 3 4 5" },
            { "to=2026-01-03T00:10Z", "1 2" },
            { "from=2026-01-03T00:10Z&to=2026-01-03T00:11Z", "3 4" },
            { "from=2027-01-01T00:00Z", "" },
            { "from=2026-01-02T00:00Z&symbol=ETH", "5" },
        };

    [Theory]
    [MemberData(nameof(Selections))]
    public void A_filter_selects_rows(string filter, string seqs)
    {
        var rows = Select(filter);
        Assert.Equal(seqs, string.Join(' ', Enumerable.Range(0, rows.Count).Select(rows.Seq)));
        Assert.Equal(rows.Count, rows.ExitTimes.Count);
    }

    public static TheoryData<string, string, string, string> Capital =>
        new()
        {
            // Filter, by, cumulative, absolute.
            { "", "trade", "1100 799.5 849.5 849.49999999 1349.49999999", "100 -300.5 50 -0.00000001 500" },
            { "", "day", "799.5 799.5 849.49999999 ×30 1349.49999999", "-200.5 0 49.99999999 0 ×29 500" },
            {
                "",
                "week",
                "849.49999999 849.49999999 849.49999999 849.49999999 849.49999999 1349.49999999",
                "-150.50000001 0 0 0 0 500"
            },
            { "", "month", "849.49999999 1349.49999999", "-150.50000001 500" },
            // Of a selection: from the capital before its first row, the running sum of its own rows.
            { "side=short", "trade", "799.5 799.49999999", "-300.5 -0.00000001" },
            { "from=2026-01-03T00:00Z&symbol=BTC", "day", "849.49999999", "49.99999999" },
            // The span that is asked for, where it is wider than the trades; it ends in March, which is now.
            {
                "from=2025-12-30T00:00Z&to=2026-01-05T00:00Z",
                "day",
                "1000 1000 799.5 799.5 849.49999999 849.49999999",
                "0 0 -200.5 0 49.99999999 0"
            },
            {
                "from=2025-11-30T00:00Z&to=2027-01-05T00:00Z",
                "month",
                "1000 1000 849.49999999 1349.49999999 1349.49999999",
                "0 0 -150.50000001 500 0"
            },
            { "from=2025-12-31T00:00Z&side=short", "week", "799.49999999", "-300.50000001" },
            { "symbol=XRP", "trade", "", "" },
            { "symbol=XRP", "hour", "", "" },
        };

    [Theory]
    [MemberData(nameof(Capital))]
    public void Capital_is_summed_exactly(string filter, string by, string cumulative, string absolute)
    {
        var rows = Select(filter);
        Assert.Equal(Values(cumulative), Text(CapitalSeries(rows, by, "UTC", cumulative: true)));
        Assert.Equal(Values(absolute), Text(CapitalSeries(rows, by, "UTC", cumulative: false)));
    }

    [Theory]
    [InlineData("day", "UTC", "2 0 2")]
    [InlineData("day", "Europe/Berlin", "1 1 2")]
    [InlineData("day", "America/New_York", "2 2")]
    [InlineData("week", "UTC", "4 0 0 0 0 1")]
    [InlineData("month", "UTC", "4 1")]
    public void Trades_are_counted_on_the_day_of_their_exit_in_the_zone(string by, string zone, string absolute)
    {
        var rows = by == "day" ? Select("to=2026-01-03T01:00Z") : Select("");
        var periods = Periods(rows, by, zone);
        var counts = Text(Series.TradesByPeriod(periods, cumulative: false));
        Assert.Equal(absolute, string.Join(' ', counts));

        var sum = 0;
        Assert.Equal(
            counts.Select(count => $"{sum += int.Parse(count, CultureInfo.InvariantCulture)}"),
            Text(Series.TradesByPeriod(periods, cumulative: true))
        );
    }

    public static TheoryData<string, string, string, string> Drawdowns =>
        new()
        {
            { "", "trade", "0 300.5 250.5 250.50000001 0", "0 27.31818182 22.77272727 22.77272727 0" },
            // By day: after the day's last row, against the peak of all rows; idle days carry it on.
            { "to=2026-01-04T00:00Z", "day", "300.5 300.5 250.50000001", "27.31818182 27.31818182 22.77272727" },
            { "from=2025-12-31T12:00Z&to=2026-01-02T00:00Z", "day", "0 300.5", "0 27.31818182" },
            // The peak starts at the capital before: the first loss counts.
            { "from=2026-01-01T12:00Z&to=2026-01-02T00:00Z", "trade", "300.5", "27.31818182" },
            { "symbol=XRP", "trade", "", "" },
            { "symbol=XRP", "day", "", "" },
        };

    [Theory]
    [MemberData(nameof(Drawdowns))]
    public void Drawdown_is_measured_from_the_highest_equity_so_far(
        string filter,
        string by,
        string absolute,
        string percentage
    )
    {
        var rows = Select(filter);
        foreach (var (isPercentage, expected) in new[] { (false, absolute), (true, percentage) })
        {
            var series =
                by == "trade"
                    ? Series.DrawdownByTrade(rows, isPercentage)
                    : Series.DrawdownByPeriod(rows, Periods(rows, by, "UTC"), isPercentage);
            Assert.Equal(Values(expected), Text(series));
        }
    }

    [Theory]
    // Filter, by; the start of the curves of capital, of trades and of drawdowns. Each trade is entered a millisecond
    // before it exits.
    [InlineData("", "trade", "2026-01-01T09:59:59.999Z", "1000")]
    [InlineData("", "day", "2026-01-01T00:00Z", "1000")]
    [InlineData("", "week", "2025-12-29T00:00Z", "1000")]
    [InlineData("side=short", "month", "2026-01-01T00:00Z", "1100")]
    [InlineData("from=2026-01-02T12:00Z", "day", "2026-01-02T00:00Z", "799.5")]
    [InlineData("symbol=XRP", "trade", null, null)]
    [InlineData("symbol=XRP", "day", null, null)]
    public void A_curve_says_where_it_starts(string filter, string by, string? time, string? value)
    {
        var rows = Select(filter);
        SeriesStart<FixedPoint>? With(FixedPoint start) =>
            time is null ? null : new SeriesStart<FixedPoint>(Time(time), start);
        Assert.Equal(value, CapitalSeries(rows, by, "UTC", cumulative: true).Start?.Value.ToString());
        Assert.Equal(With(rows.InitialEquity), CapitalSeries(rows, by, "UTC", cumulative: true).Start);
        Assert.Null(CapitalSeries(rows, by, "UTC", cumulative: false).Start);
        Assert.Equal(
            With(rows.InitialEquity),
            Thinning.Thin(CapitalSeries(rows, by, "UTC", cumulative: true), 1).Start
        );
        if (by == "trade")
        {
            Assert.Equal(With(FixedPoint.Zero), Series.DrawdownByTrade(rows, percentage: true).Start);
            return;
        }

        var periods = Periods(rows, by, "UTC");
        Assert.Equal(With(FixedPoint.Zero), Series.TradesByPeriod(periods, cumulative: true).Start);
        Assert.Equal(With(FixedPoint.Zero), Series.DrawdownByPeriod(rows, periods, percentage: true).Start);
    }

    [Theory]
    // The batch's start, and the first day and the number of days of a series over its five trades, of which the last
    // is on the second of February.
    [InlineData("2025-12-25T13:00Z", "", "2025-12-25", 40)]
    [InlineData("2025-12-25T13:00Z", "from=2025-12-31T23:00Z", "2025-12-31", 34)]
    [InlineData("2025-12-25T13:00Z", "to=2026-01-02T00:00Z", "2025-12-25", 8)]
    // Another start than that of the rows, which are served until those are there that it asks for.
    [InlineData("2026-01-15T13:00Z", "", "2026-01-01", 33)]
    [InlineData(null, "", "2026-01-01", 33)]
    // Not past now, which is the first of March.
    [InlineData(null, "to=2026-12-01T00:00Z", "2026-01-01", 60)]
    public void A_series_spans_what_was_asked_for_or_what_the_batch_counts(
        string? start,
        string filter,
        string first,
        int days
    )
    {
        var ledger = Ledger with
        {
            Version = Ledger.Version with
            {
                StartTime = start is null
                    ? null
                    : DateTimeOffset.Parse(start, CultureInfo.InvariantCulture).UtcDateTime,
            },
        };
        var periods = Periods(Selection.Of(ledger, Filter(filter)), "day", "UTC");
        Assert.Equal((Time(first + "T00:00Z"), days), (periods.Starts[0], periods.Starts.Length));
    }

    [Fact]
    public void An_account_that_begins_in_ruin_is_not_under_water()
    {
        var ruined = Columns(
            100m,
            ("2026-01-01T10:00Z", "BTC", "60", "long", -100m),
            ("2026-01-02T10:00Z", "BTC", "60", "long", 0m)
        );
        var rows = Selection.Of(ruined, Filter("from=2026-01-02T00:00Z"));
        Assert.Equal(["0"], Text(Series.DrawdownByTrade(rows, percentage: true)));
    }

    [Fact]
    public void Sums_over_hours_days_weeks_and_months_are_equal_in_every_zone()
    {
        var random = new Random(7);
        var time = DateTimeOffset.Parse("2018-01-01T00:00Z", CultureInfo.InvariantCulture);
        var trades = Enumerable
            .Range(0, 2000)
            .Select(_ =>
            {
                time = time.AddMinutes(random.Next(0, 3000));
                return (
                    time.ToString("yyyy-MM-dd'T'HH:mm'Z'", CultureInfo.InvariantCulture),
                    "BTC",
                    "60",
                    "long",
                    random.Next(-100_000, 100_000) / 1_000_00m
                );
            })
            .ToArray();
        var rows = Selection.Of(Columns(1_000_000m, trades), LedgerFilter.None);
        var last = Text(CapitalSeries(rows, "trade", "UTC", cumulative: true))[^1];
        foreach (
            var zone in new[] { "UTC", "America/Sao_Paulo", "Asia/Kolkata", "Australia/Lord_Howe", "America/St_Johns" }
        )
        {
            foreach (var by in new[] { "hour", "day", "week", "month" })
            {
                Assert.Equal(last, Text(CapitalSeries(rows, by, zone, cumulative: true))[^1]);
                var sum = CapitalSeries(rows, by, zone, cumulative: false)
                    .Value.Aggregate((total, value) => total + value);
                Assert.Equal(last, (rows.InitialEquity + sum).ToString());
            }
        }
    }

    [Fact]
    public void A_sum_past_the_digits_of_a_decimal_is_exact()
    {
        // A thousand wins of 10^18 less a hundred-millionth each.
        var win = 999_999_999_999_999_999.99999999m;
        var trades = Enumerable.Range(0, 1000).Select(_ => ("2026-01-01T10:00Z", "BTC", "60", "long", win)).ToArray();
        var ledger = Columns(1m, trades);
        Assert.Equal(
            "1000000000000000000000.99999",
            Text(Series.CapitalByTrade(Selection.Of(ledger, LedgerFilter.None), cumulative: true))[^1]
        );
    }

    private static SeriesColumns CapitalSeries(Selection rows, string by, string zone, bool cumulative) =>
        by == "trade"
            ? Series.CapitalByTrade(rows, cumulative)
            : Series.CapitalByPeriod(rows, Periods(rows, by, zone), cumulative);

    private static Periods Periods(Selection rows, string by, string zone) =>
        rows.Divide(
            ZoneCalendar.Of(TimeZoneInfo.FindSystemTimeZoneById(zone)),
            Enum.Parse<Period>(by, ignoreCase: true),
            Time("2026-03-01T00:00Z")
        );

    private static Selection Select(string filter) => Selection.Of(Ledger, Filter(filter));

    private static LedgerFilter Filter(string text)
    {
        var parts = text.Split('&', StringSplitOptions.RemoveEmptyEntries)
            .Select(part => part.Split('='))
            .ToLookup(part => part[0], part => part[1]);
        return new LedgerFilter(
            parts["from"].Select(time => (long?)Time(time)).FirstOrDefault(),
            parts["to"].Select(time => (long?)Time(time)).FirstOrDefault(),
            [.. parts["symbol"]],
            [.. parts["timeframe"]],
            [.. parts["side"]]
        );
    }

    private static LedgerColumns Columns(
        decimal capital,
        params (string Exit, string Symbol, string Timeframe, string Side, decimal Pnl)[] trades
    )
    {
        var streams = trades.Select(trade => new LedgerStream(trade.Symbol, trade.Timeframe)).Distinct().ToList();
        var available = FixedPoint.Of(capital);
        return new LedgerColumns(
            1,
            [.. trades.Select(trade => Time(trade.Exit))],
            [.. trades.Select(trade => Time(trade.Exit) - 1)],
            [.. trades.Select(trade => streams.IndexOf(new LedgerStream(trade.Symbol, trade.Timeframe)))],
            [.. trades.Select(trade => trade.Side == "short")],
            AmountColumn.Of([.. trades.Select(_ => FixedPoint.Zero)]),
            AmountColumn.Of([.. trades.Select(trade => FixedPoint.Of(trade.Pnl))]),
            AmountColumn.Of([.. trades.Select(trade => available += FixedPoint.Of(trade.Pnl))]),
            AmountColumn.Of([.. trades.Select(_ => FixedPoint.Zero)]),
            AmountColumn.Of([.. trades.Select(_ => FixedPoint.Zero)]),
            AmountColumn.Of([.. trades.Select(_ => FixedPoint.Zero)]),
            new AlertId[trades.Length],
            streams
        );
    }

    private static long Time(string text) =>
        DateTimeOffset.Parse(text, CultureInfo.InvariantCulture).ToUnixTimeMilliseconds();

    private static List<string> Text(SeriesColumns series) => [.. series.Value.Select(value => value.ToString())];

    // "0 ×3" stands for three zeros.
    private static List<string> Values(string text)
    {
        var values = new List<string>();
        foreach (var word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (word.StartsWith('×'))
                values.AddRange(Enumerable.Repeat(values[^1], int.Parse(word[1..], CultureInfo.InvariantCulture) - 1));
            else
                values.Add(word);
        }

        return values;
    }
}
