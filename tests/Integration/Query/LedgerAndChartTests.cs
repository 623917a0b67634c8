using System.Globalization;
using System.Text.Json;
using PnlPipeline.Database;

namespace PnlPipeline.Tests.Integration.Query;

public sealed class LedgerAndChartTests(LedgerAndChartTests.Batch batch) : IClassFixture<LedgerAndChartTests.Batch>
{
    [Theory]
    [InlineData("", "5 4 3 2 1")]
    [InlineData("?order=asc", "1 2 3 4 5")]
    [InlineData("?order=desc&limit=2", "5 4")]
    [InlineData("?symbol=eth", "5 2")]
    [InlineData("?symbol=BTC&symbol=ETH&timeframe=1h", "5 4 2 1")]
    [InlineData("?side=short&order=asc", "2 4")]
    [InlineData("?from=2026-01-01T23:30:00Z&order=asc", "2 3 4 5")]
    [InlineData("?to=2026-01-03T00:10:00Z", "2 1")]
    [InlineData("?from=2026-01-03T01:10:00+01:00&to=2026-01-03T00:10:00.001Z", "4 3")]
    [InlineData("?from=2027-01-01T00:00:00Z", "")]
    [InlineData("?to=2001-01-01T00:00:00Z", "")]
    [InlineData("?symbol=NONE", "")]
    [InlineData("?tz=Asia/Kolkata&format=", "5 4 3 2 1")]
    public async Task The_ledger_shows_what_the_filter_selects(string query, string seqs)
    {
        Assert.Equal(
            seqs,
            string.Join(' ', (await batch.Api.Viewer.GetJsonAsync($"{batch.Path}/ledger{query}")).Items("seq"))
        );
    }

    [Fact]
    public async Task A_row_shows_its_own_figures_and_its_trade()
    {
        var row = (
            await batch.Api.Viewer.GetJsonAsync(batch.Path + "/ledger?from=2026-01-01T23:30:00Z&limit=1&order=asc")
        ).GetProperty("items")[0];
        Assert.Equal(
            $$"""
            {"seq":2,"tradeId":"{{batch.Trades[
                1
            ].Id}}","symbol":"ETH","timeframe":"60","strategy":null,"side":"short","entryTime":"2026-01-01T09:00:00Z","exitTime":"2026-01-01T23:30:00Z","entryPrice":0.000000000008,"exitPrice":0.00000000001,"changePercentage":-25,"pnl":-27500,"fee":0,"availableCapital":82500,"peakCapital":110000,"drawdown":27500,"drawdownPercentage":25}
            """,
            row.GetRawText()
        );
    }

    [Theory]
    [InlineData("asc", "1 2 3 4 5")]
    [InlineData("desc", "5 4 3 2 1")]
    public async Task Pages_follow_one_another_to_the_end(string order, string seqs)
    {
        var seen = new List<string>();
        string? cursor = "";
        while (cursor is not null)
        {
            var page = await batch.Api.Viewer.GetJsonAsync(
                $"{batch.Path}/ledger?order={order}&limit=2&cursor={cursor}"
            );
            seen.AddRange(page.Items("seq"));
            cursor = page.GetProperty("cursor").GetString();
        }

        Assert.Equal(seqs, string.Join(' ', seen));
    }

    [Theory]
    [InlineData(
        "ledger?order=up&limit=0&cursor=x&from=y&side=z&tz=q&symbol=a%7Cb&timeframe=0",
        "cursor from limit order side symbol timeframe tz"
    )]
    [InlineData("trades?state=half&limit=1001&cursor=x", "cursor limit state")]
    [InlineData("charts/capital?by=year&mode=percentage&points=0&tz=Mars", "by mode points tz")]
    [InlineData("charts/capital?by=day&by=day&points=20001", "by points")]
    [InlineData("charts/trades?by=trade&mode=x&points=1.5", "by mode points")]
    [InlineData("charts/drawdown?by=week&mode=cumulative", "by mode")]
    [InlineData("charts/rolling?of=drawdown&window=0&unit=hours&points=x", "of points unit window")]
    [InlineData("charts/rolling?of=sharpe&unit=trades", "unit")]
    [InlineData("charts/rolling?of=winRate&unit=days", "unit")]
    [InlineData("drawdowns?limit=0", "limit")]
    [InlineData("breakdown?by=weekday&by=hour&by=side", "by")]
    [InlineData("breakdown?by=hour&by=hour", "by")]
    public async Task Parameters_that_are_wrong_are_all_named(string path, string fields)
    {
        Assert.Equal(fields, await (await batch.Api.Viewer.SendAsync("GET", $"{batch.Path}/{path}")).ProblemAsync(400));
    }

    [Fact]
    public async Task A_cursor_of_the_other_order_is_refused()
    {
        var cursor = (await batch.Api.Viewer.GetJsonAsync(batch.Path + "/ledger?limit=1"))
            .GetProperty("cursor")
            .GetString();
        Assert.Equal(
            "cursor",
            await (
                await batch.Api.Viewer.SendAsync("GET", $"{batch.Path}/ledger?order=asc&cursor={cursor}")
            ).ProblemAsync(400)
        );
    }

    public static TheoryData<string, string> Series =>
        new()
        {
            {
                "capital",
                """
                    "by":"trade","mode":"cumulative","timeZone":"UTC","start":{"time":1767254400000,"value":100000},"total":5,"time":[1767261600000,1767310200000,1767399000000,1767399000000,1770019200000],"value":[110000,82500,84975,84550.125,97232.64375],"seq":[1,2,3,4,5]
                    """
            },
            {
                "capital?by=trade&mode=absolute&symbol=ETH",
                """
                    "by":"trade","mode":"absolute","timeZone":"UTC","total":2,"time":[1767310200000,1770019200000],"value":[-27500,12682.51875],"seq":[2,5]
                    """
            },
            {
                "capital?by=month&tz=Europe/Berlin",
                """
                    "by":"month","mode":"cumulative","timeZone":"Europe/Berlin","start":{"time":1767222000000,"value":100000},"total":2,"time":[1767222000000,1769900400000],"value":[84550.125,97232.64375]
                    """
            },
            {
                "capital?by=day&mode=absolute&to=2026-01-04T00:00:00Z&tz=America/New_York",
                """
                    "by":"day","mode":"absolute","timeZone":"America/New_York","total":3,"time":[1767243600000,1767330000000,1767416400000],"value":[-17500,2050.125,0]
                    """
            },
            {
                "trades?by=week",
                """
                    "by":"week","mode":"cumulative","timeZone":"UTC","start":{"time":1766966400000,"value":0},"total":6,"time":[1766966400000,1767571200000,1768176000000,1768780800000,1769385600000,1769990400000],"value":[4,4,4,4,4,5]
                    """
            },
            {
                "trades?by=month&mode=absolute&side=short",
                """
                    "by":"month","mode":"absolute","timeZone":"UTC","total":1,"time":[1767225600000],"value":[2]
                    """
            },
            {
                "drawdown",
                """
                    "by":"trade","mode":"percentage","timeZone":"UTC","start":{"time":1767254400000,"value":0},"total":5,"time":[1767261600000,1767310200000,1767399000000,1767399000000,1770019200000],"value":[0,25,22.75,23.13625,11.6066875],"seq":[1,2,3,4,5]
                    """
            },
            {
                "drawdown?by=day&mode=absolute&to=2026-01-04T00:00:00Z",
                """
                    "by":"day","mode":"absolute","timeZone":"UTC","start":{"time":1767225600000,"value":0},"total":3,"time":[1767225600000,1767312000000,1767398400000],"value":[27500,27500,25449.875]
                    """
            },
            {
                "capital?symbol=NONE",
                """
                    "by":"trade","mode":"cumulative","timeZone":"UTC","total":0,"time":[],"value":[],"seq":[]
                    """
            },
            {
                "trades?by=hour&symbol=NONE&points=5",
                """
                    "by":"hour","mode":"cumulative","timeZone":"UTC","total":0,"time":[],"value":[]
                    """
            },
        };

    [Theory]
    [MemberData(nameof(Series))]
    public async Task A_series_is_columns(string chart, string series)
    {
        Assert.Equal(
            $$"""{"batchId":{{batch.Id}},{{series.Trim()}}}""",
            (await batch.Api.Viewer.GetJsonAsync($"{batch.Path}/charts/{chart}")).GetRawText()
        );
    }

    [Theory]
    [InlineData(
        "drawdowns?limit=5",
        """
            {"items":[{"peakTime":"2026-01-01T10:00:00Z","troughTime":"2026-01-01T23:30:00Z","recoveryTime":null,"depth":27500,"depthPercentage":25,"trades":4,"seconds":2757600}],"total":1}
            """
    )]
    [InlineData(
        "charts/rolling?window=2",
        """
            {"batchId":1,"of":"winRate","window":2,"unit":"trades","timeZone":"UTC","total":5,"time":[1767261600000,1767310200000,1767399000000,1767399000000,1770019200000],"value":[null,0.5,0.5,0.5,0.5],"seq":[1,2,3,4,5]}
            """
    )]
    [InlineData(
        "charts/rolling?of=volatility&window=2&to=2026-01-03T00:00:00Z&unit=days&annualization=252&tz=America/New_York",
        """
            {"batchId":1,"of":"volatility","window":2,"unit":"days","timeZone":"America/New_York","total":1,"time":[1767243600000],"value":[null]}
            """
    )]
    [InlineData(
        "breakdown?by=weekday&by=symbol&side=long",
        """
            {"groups":[{"key":[1,"ETH"],"trades":1,"wins":1,"winRate":1,"pnl":12682.51875,"averageChange":15,"profitFactor":null,"share":0.5041243882606666},{"key":[4,"BTC"],"trades":1,"wins":1,"winRate":1,"pnl":10000,"averageChange":10,"profitFactor":null,"share":0.3974954803521711},{"key":[6,"BTC"],"trades":1,"wins":1,"winRate":1,"pnl":2475,"averageChange":3,"profitFactor":null,"share":0.09838013138716234}]}
            """
    )]
    public async Task A_batch_shows(string path, string expected) =>
        Assert.Equal(
            expected.Trim().Replace("\"batchId\":1", $"\"batchId\":{batch.Id}", StringComparison.Ordinal),
            (await batch.Api.Viewer.GetJsonAsync($"{batch.Path}/{path}")).GetRawText()
        );

    [Fact]
    public async Task Without_a_filter_the_series_are_the_ledger_s_own_columns()
    {
        var rows = (await batch.Api.Viewer.GetJsonAsync(batch.Path + "/ledger?order=asc"))
            .GetProperty("items")
            .EnumerateArray()
            .ToList();
        foreach (
            var (chart, column) in new[]
            {
                ("capital", "availableCapital"),
                ("capital?mode=absolute", "pnl"),
                ("drawdown", "drawdownPercentage"),
                ("drawdown?mode=absolute", "drawdown"),
            }
        )
        {
            var series = await batch.Api.Viewer.GetJsonAsync($"{batch.Path}/charts/{chart}");
            Assert.Equal(
                rows.Select(row => row.GetProperty(column).GetRawText()),
                series.GetProperty("value").EnumerateArray().Select(value => value.GetRawText())
            );
        }
    }

    [Theory]
    [InlineData("", "5 4 3 2 1 0 7")]
    [InlineData("?state=open", "5 0")]
    [InlineData("?state=closed&cursor=", "4 3 2 1 7")]
    [InlineData("?side=short", "5 3 1")]
    [InlineData("?symbol=btc&timeframe=1d", "2")]
    [InlineData("?from=2026-01-03T00:10:00Z", "4 3 2")]
    [InlineData("?from=2026-01-01T10:00:00Z&to=2026-01-03T00:10:00Z", "1 7")]
    [InlineData("?to=2026-01-01T23:30:00Z", "7")]
    // A flip at this very instant: what it closed exited at it.
    [InlineData("?from=2026-02-02T08:00:00Z", "4")]
    [InlineData("?state=open&from=2026-01-01T00:00:00Z", "")]
    public async Task A_batch_s_trades_are_those_that_count_or_will(string query, string trades)
    {
        // By position in the fixture's list, newest entry first; the batch has BTC and ETH.
        var expected = trades
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(position => batch.All[int.Parse(position, CultureInfo.InvariantCulture)])
            .Select(trade => trade.Id.ToString());
        var seen = (await batch.Api.Viewer.GetJsonAsync($"{batch.Path}/trades{query}")).Items("tradeId");
        Assert.Equal(expected, seen);

        // Page by page it is the same.
        var paged = new List<string>();
        for (string? cursor = ""; cursor is not null; )
        {
            var page = await batch.Api.Viewer.GetJsonAsync(
                $"{batch.Path}/trades{query}{(query.Length == 0 ? "?" : "&")}limit=1&cursor={cursor}"
            );
            paged.AddRange(page.Items("tradeId"));
            cursor = page.GetProperty("cursor").GetString();
        }

        Assert.Equal(seen, paged);
    }

    [Theory]
    // By seq.
    [InlineData("ledger?sort=seq", "5 4 3 2 1")]
    [InlineData("ledger?sort=exitTime&order=asc", "1 2 3 4 5")]
    [InlineData("ledger?sort=pnl", "5 1 3 4 2")]
    [InlineData("ledger?sort=pnl&order=asc", "2 4 3 1 5")]
    [InlineData("ledger?sort=changePercentage&order=asc&symbol=BTC", "4 3 1")]
    [InlineData("ledger?sort=holding&to=2026-02-01T00:00:00Z", "3 4 2 1")]
    [InlineData("trades?state=closed&sort=changePercentage&order=asc", "2 4 3 1 5")]
    [InlineData("trades?state=closed&sort=holding&side=long", "5 3 1")]
    [InlineData("trades?state=closed&sort=exitTime", "5 4 3 2 1")]
    [InlineData("trades?state=closed&sort=entryTime&order=asc", "1 2 3 4 5")]
    public async Task Rows_and_trades_come_in_the_order_that_is_asked_for(string path, string seqs)
    {
        var expected = seqs.Split(' ')
            .Select(seq => batch.Trades[int.Parse(seq, CultureInfo.InvariantCulture) - 1].Id.ToString());
        Assert.Equal(expected, (await batch.Api.Viewer.GetJsonAsync($"{batch.Path}/{path}")).Items("tradeId"));
        Assert.Equal(expected, await PagedAsync($"{batch.Path}/{path}"));
    }

    [Theory]
    // Open ones, by their entries: all of them are held until now.
    [InlineData("sort=entryTime", "2026-02-02T08:00:00Z 2026-01-01T08:30:00Z")]
    [InlineData("sort=exitTime&order=asc", "2026-01-01T08:30:00Z 2026-02-02T08:00:00Z")]
    [InlineData("sort=holding", "2026-01-01T08:30:00Z 2026-02-02T08:00:00Z")]
    [InlineData("sort=holding&order=asc", "2026-02-02T08:00:00Z 2026-01-01T08:30:00Z")]
    public async Task Open_trades_come_in_the_order_that_is_asked_for(string query, string entries)
    {
        var path = $"{batch.Path}/trades?state=open&{query}";
        Assert.Equal(entries.Split(' '), (await batch.Api.Viewer.GetJsonAsync(path)).Items("entryTime"));
        Assert.Equal((await batch.Api.Viewer.GetJsonAsync(path)).Items("tradeId"), await PagedAsync(path));
    }

    [Theory]
    // By position in the fixture's list; two rows of one change by their ids.
    [InlineData("symbol=BTC&state=closed&sort=changePercentage&order=asc", "3 2 7")]
    [InlineData("symbol=BTC&symbol=XRP&state=closed&sort=exitTime", "6 3 2 7")]
    [InlineData("symbol=ETH&state=closed&sort=holding&order=asc", "1 4")]
    [InlineData("state=open&sort=holding", "0 5")]
    [InlineData("order=asc&symbol=ETH", "1 4 5")]
    public async Task Trades_of_symbols_come_in_the_order_that_is_asked_for_whatever_batch(string query, string trades)
    {
        var expected = trades
            .Split(' ')
            .Select(position => batch.All[int.Parse(position, CultureInfo.InvariantCulture)].Id.ToString())
            .ToList();
        var path = $"/api/v1/trades?{query}";
        var seen = (await batch.Api.Viewer.GetJsonAsync(path)).Items("tradeId").ToList();
        if (query.Contains("exitTime", StringComparison.Ordinal))
            Assert.Equal(expected.Order(), seen.Order());
        else
            Assert.Equal(expected, seen);
        Assert.Equal(seen, await PagedAsync(path));
    }

    [Theory]
    [InlineData("state=closed&sort=holding", "symbol")]
    [InlineData("sort=exitTime", "sort symbol")]
    public async Task Closed_trades_of_all_symbols_come_by_their_entries_alone(string query, string fields) =>
        Assert.Equal(
            fields,
            await (await batch.Api.Viewer.SendAsync("GET", $"/api/v1/trades?{query}")).ProblemAsync(400)
        );

    [Fact]
    public async Task A_closed_trade_of_a_batch_has_its_pnl_there()
    {
        foreach (var query in new[] { "", "state=closed&sort=changePercentage", "order=asc&symbol=ETH" })
        {
            var trades = (await batch.Api.Viewer.GetJsonAsync($"{batch.Path}/trades?{query}"))
                .GetProperty("items")
                .EnumerateArray()
                .ToList();
            var rows = (await batch.Api.Viewer.GetJsonAsync(batch.Path + "/ledger"))
                .GetProperty("items")
                .EnumerateArray()
                .ToDictionary(
                    row => row.GetProperty("tradeId").GetString()!,
                    row => row.GetProperty("pnl").GetRawText()
                );
            Assert.All(
                trades,
                trade =>
                    Assert.Equal(
                        rows.GetValueOrDefault(trade.GetProperty("tradeId").GetString()!),
                        trade.TryGetProperty("pnl", out var pnl) ? pnl.GetRawText() : null
                    )
            );
        }

        // Whatever batch: none.
        Assert.All(
            (await batch.Api.Viewer.GetJsonAsync("/api/v1/trades?symbol=BTC")).GetProperty("items").EnumerateArray(),
            trade => Assert.False(trade.TryGetProperty("pnl", out _))
        );
    }

    [Theory]
    [InlineData("ledger?sort=drawdown&order=up", "order sort")]
    [InlineData("trades?sort=pnl", "sort")]
    [InlineData("trades?sort=holding", "sort")]
    public async Task An_order_that_is_not_there_is_refused(string path, string fields) =>
        Assert.Equal(fields, await (await batch.Api.Viewer.SendAsync("GET", $"{batch.Path}/{path}")).ProblemAsync(400));

    [Theory]
    [InlineData("ledger?sort=pnl&limit=1", "ledger?sort=holding")]
    [InlineData("ledger?sort=pnl&limit=1", "ledger?sort=pnl&order=asc")]
    [InlineData("ledger?limit=1", "ledger?sort=pnl")]
    [InlineData("trades?limit=1", "trades?order=asc")]
    [InlineData("trades?state=closed&sort=holding&limit=1", "trades?state=closed&sort=exitTime")]
    [InlineData("trades?state=closed&sort=holding&limit=1", "trades")]
    public async Task A_cursor_of_another_order_is_refused(string path, string other)
    {
        var cursor = (await batch.Api.Viewer.GetJsonAsync($"{batch.Path}/{path}")).GetProperty("cursor").GetString();
        Assert.Equal(
            "cursor",
            await (
                await batch.Api.Viewer.SendAsync(
                    "GET",
                    $"{batch.Path}/{other}{(other.Contains('?', StringComparison.Ordinal) ? '&' : '?')}cursor={cursor}"
                )
            ).ProblemAsync(400)
        );
    }

    private async Task<List<string>> PagedAsync(string path)
    {
        var paged = new List<string>();
        for (string? cursor = ""; cursor is not null; )
        {
            var page = await batch.Api.Viewer.GetJsonAsync($"{path}&limit=1&cursor={cursor}");
            paged.AddRange(page.Items("tradeId"));
            cursor = page.GetProperty("cursor").GetString();
        }

        return paged;
    }

    [Fact]
    public async Task A_batch_s_start_and_timeframes_leave_trades_out()
    {
        var id = await batch.CreateAsync(
            """{"name":"Narrow","symbols":["BTC","ETH"],"timeframes":["60"],"startTime":"2026-01-01T09:00:00Z"}"""
        );
        Assert.Equal(
            new[] { 5, 4, 3, 1 }.Select(position => batch.All[position].Id.ToString()),
            (await batch.Api.Viewer.GetJsonAsync($"/api/v1/batches/{id}/trades")).Items("tradeId")
        );
    }

    [Fact]
    public async Task A_long_series_is_whole_up_to_two_hundred_thousand_points_and_thinned_on_request()
    {
        // Two trades 25 years apart, by hour.
        StagedTrade[] trades =
        [
            new("AGES", "60", "long", "2001-01-01T00:00:00", 100m, "2001-01-01T01:00:00", 101m),
            new("AGES", "60", "long", "2002-01-01T00:00:00", 100m, "2025-01-01T01:00:00", 101m),
        ];
        await batch.Api.Stage.TradesAsync(trades);
        var id = await batch.CreateAsync("""{"name":"Ages","symbols":["AGES"]}""");
        await batch.Api.Stage.LedgerAsync(id, 100_000m, trades);
        var path = $"/api/v1/batches/{id}/charts/capital?by=hour";
        Assert.Equal("points", await (await batch.Api.Viewer.SendAsync("GET", path)).ProblemAsync(400));

        var thinned = await batch.Api.Viewer.GetJsonAsync(path + "&mode=absolute&points=100");
        Assert.Equal(210_385, thinned.GetProperty("total").GetInt32());
        Assert.InRange(thinned.GetProperty("time").GetArrayLength(), 50, 100);
        Assert.Equal(2, thinned.GetProperty("value").EnumerateArray().Count(value => value.GetDecimal() != 0));
    }

    [Theory]
    [InlineData(
        "ledger?format=csv&symbol=btc&limit=1&order=desc",
        "batch-1-ledger.csv",
        3,
        "seq,tradeId,symbol,timeframe,strategy,side,entryTime,exitTime,entryPrice,exitPrice,changePercentage,pnl,fee,availableCapital,peakCapital,drawdown,drawdownPercentage,tags,note",
        "1,{7},BTC,60,,long,2026-01-01T08:00:00Z,2026-01-01T10:00:00Z,100,110,10,10000,0,110000,110000,0,0,,"
    )]
    [InlineData(
        "trades?format=csv&state=open&limit=1",
        "batch-1-trades.csv",
        2,
        "tradeId,symbol,timeframe,strategy,side,entryPrice,entryTime,exitPrice,exitTime,exitReason,changePercentage,entryAlertId,exitAlertId,timeOpen,lastPrice,lastPriceTime,unrealisedChangePercentage,stale,mae,mfe,prices,tags,note,pnl",
        "{5},ETH,60,,short,115,2026-02-02T08:00:00Z,,,,,{5},,{open},115,2026-02-02T08:00:00Z,0,true,,,,,,"
    )]
    [InlineData(
        "charts/capital?format=csv&points=1",
        "batch-1-capital.csv",
        6,
        "time,value,seq",
        "2026-01-01T08:00:00Z,100000,"
    )]
    [InlineData(
        "charts/capital?format=csv&by=month",
        "batch-1-capital.csv",
        3,
        "time,value",
        "2026-01-01T00:00:00Z,100000"
    )]
    [InlineData(
        "charts/trades?format=csv&by=month&mode=absolute",
        "batch-1-trades.csv",
        2,
        "time,value",
        "2026-01-01T00:00:00Z,4"
    )]
    [InlineData(
        "charts/exposure?format=csv&points=1",
        "batch-1-exposure.csv",
        10,
        "time,value",
        "2026-01-01T08:00:00Z,100"
    )]
    [InlineData("charts/distribution?format=csv&bins=4", "batch-1-distribution.csv", 4, "from,to,count", "-25,-15,1")]
    [InlineData(
        "charts/returns?format=csv&to=2026-01-02T00:00:00Z&side=short",
        "batch-1-returns.csv",
        1,
        "year,month1,month2,month3,month4,month5,month6,month7,month8,month9,month10,month11,month12,total",
        "2026,-0.25,,,,,,,,,,,,-0.25"
    )]
    [InlineData(
        "breakdown?format=csv&by=timeframe&symbol=BTC",
        "batch-1-breakdown.csv",
        2,
        "key,trades,wins,winRate,pnl,averageChange,profitFactor,share",
        "1D,1,1,1,2475,3,,0.20539206024833767"
    )]
    [InlineData(
        "breakdown?format=csv&by=weekday&by=hour&symbol=BTC",
        "batch-1-breakdown.csv",
        2,
        "key.weekday,key.hour,trades,wins,winRate,pnl,averageChange,profitFactor,share",
        "4,10,1,1,1,10000,10,,0.8298669100942936"
    )]
    [InlineData(
        "drawdowns?format=csv&limit=1",
        "batch-1-drawdowns.csv",
        1,
        "peakTime,troughTime,recoveryTime,depth,depthPercentage,trades,seconds",
        "2026-01-01T10:00:00Z,2026-01-01T23:30:00Z,,27500,25,4,2757600"
    )]
    [InlineData(
        "charts/rolling?format=csv&window=2&of=expectancy&points=1",
        "batch-1-rolling.csv",
        5,
        "time,value,seq",
        "2026-01-01T10:00:00Z,,1"
    )]
    public async Task A_csv_is_the_whole_selection(string path, string file, int rows, string header, string first)
    {
        var response = await batch.Api.Viewer.SendAsync("GET", $"{batch.Path}/{path}");
        var lines = (await response.Content.ReadAsStringAsync(QueryApi.Cancellation)).Split("\r\n");
        Assert.Equal("text/csv", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal(file, response.Content.Headers.ContentDisposition?.FileName?.Trim('"'));
        Assert.Equal(rows + 2, lines.Length);
        Assert.Equal(header, lines[0]);
        // How long a trade has been open is another figure each time.
        if (first.Contains("{open}", StringComparison.Ordinal))
        {
            var cells = lines[1].Split(',');
            cells[Array.IndexOf(header.Split(','), "timeOpen")] = "{open}";
            lines[1] = string.Join(',', cells);
        }

        Assert.Equal(
            first
                .Replace("{7}", $"{batch.All[7].Id}", StringComparison.Ordinal)
                .Replace("{5}", $"{batch.All[5].Id}", StringComparison.Ordinal),
            lines[1]
        );
        Assert.Equal("", lines[^1]);
    }

    [Fact]
    public async Task A_symbol_that_looks_like_a_formula_is_text_in_a_csv()
    {
        var trades = Enumerable
            .Range(0, 2_500)
            .Select(i => new StagedTrade(
                "=2+3,4",
                "60",
                "long",
                $"{Stage.Time("2026-04-01T00:00:00").AddMinutes(2 * i):s}",
                100m,
                $"{Stage.Time("2026-04-01T00:01:00").AddMinutes(2 * i):s}",
                100m
            ))
            .ToArray();
        await batch.Api.Stage.TradesAsync(trades[..3]);
        var id = await batch.CreateAsync("""{"name":"Formula","symbols":["=2+3,4"]}""");
        await batch.Api.Stage.LedgerAsync(id, 100_000m, trades);

        // Longer than one flush, so that it is sent while it is read.
        var response = await batch.Api.Viewer.SendAsync(
            "GET",
            $"/api/v1/batches/{id}/ledger",
            null,
            ("Accept", "text/csv")
        );
        var lines = (await response.Content.ReadAsStringAsync(QueryApi.Cancellation)).Split("\r\n");
        Assert.Equal(2_502, lines.Length);
        Assert.All(
            lines[1..^1],
            (line, i) =>
                Assert.StartsWith($"{i + 1},{trades[i].Id},\"'=2+3,4\",60,,long,", line, StringComparison.Ordinal)
        );
        Assert.Equal(
            4,
            (
                await (
                    await batch.Api.Viewer.SendAsync("GET", $"/api/v1/batches/{id}/trades?format=csv")
                ).Content.ReadAsStringAsync(QueryApi.Cancellation)
            )
                .Split("'=2+3")
                .Length
        );
    }

    [Fact]
    public async Task A_csv_of_no_batch_is_a_problem()
    {
        await (
            await batch.Api.Viewer.SendAsync("GET", "/api/v1/batches/999/ledger", null, ("Accept", "text/csv"))
        ).ProblemAsync(404);
        Assert.Equal(
            "format",
            await (await batch.Api.Viewer.SendAsync("GET", batch.Path + "/charts/capital?format=xml")).ProblemAsync(400)
        );
    }

    [Fact]
    public async Task A_ledger_read_while_it_is_switched_and_rewritten_is_of_one_moment()
    {
        // Each writer's ledger adds up by itself; one read across two would not.
        var trades = Enumerable
            .Range(0, 2_000)
            .Select(i => new StagedTrade(
                "SWITCH",
                "60",
                "long",
                $"{Stage.Time("2026-03-01T00:00:00").AddMinutes(i):s}",
                100m,
                $"{Stage.Time("2026-03-01T00:00:00").AddMinutes(i + 1):s}",
                100m + (i % 7 / 100m)
            ))
            .ToArray();
        var id = await batch.CreateAsync("""{"name":"Switch","symbols":["SWITCH"]}""");
        await batch.Api.Stage.LedgerAsync(id, 100_000m, trades);
        using var stop = new CancellationTokenSource();
        var writer = Task.Run(
            async () =>
            {
                for (var i = 0; !stop.IsCancellationRequested; i++)
                    await batch.Api.Stage.LedgerAsync(
                        id,
                        i % 2 == 0 ? 50_000m : 100_000m,
                        trades[..(i % 2 == 0 ? 1_500 : 2_000)]
                    );
            },
            QueryApi.Cancellation
        );

        var seen = new HashSet<string>();
        for (var i = 0; i < 60; i++)
        {
            var values = (await batch.Api.Viewer.GetJsonAsync($"/api/v1/batches/{id}/charts/capital"))
                .GetProperty("value")
                .EnumerateArray()
                .ToList();
            seen.Add($"{values.Count}");
            Assert.Contains(values.Count, new[] { 1_500, 2_000 });
            Assert.Equal(values.Count == 1_500 ? 50_000m : 100_000m, values[0].GetDecimal());
        }

        await stop.CancelAsync();
        await writer;
    }

    [Fact]
    public async Task A_ledger_that_is_not_built_yet_is_empty()
    {
        var id = await batch.CreateAsync("""{"name":"Unbuilt","symbols":["BTC"]}""");
        Assert.Equal(
            """{"items":[],"cursor":null}""",
            (await batch.Api.Viewer.GetJsonAsync($"/api/v1/batches/{id}/ledger")).GetRawText()
        );
        Assert.Equal(
            0,
            (await batch.Api.Viewer.GetJsonAsync($"/api/v1/batches/{id}/charts/capital"))
                .GetProperty("total")
                .GetInt32()
        );
    }

    /// <summary>A batch of BTC and ETH with a ledger of five rows.</summary>
    public sealed class Batch : IAsyncLifetime
    {
        public QueryApi Api { get; } = new();

        public long Id { get; private set; }

        public string Path => $"/api/v1/batches/{Id}";

        /// <summary>In the order of the ledger.</summary>
        public IReadOnlyList<StagedTrade> Trades { get; private set; } = [];

        /// <summary>With open ones, and one of another symbol.</summary>
        public IReadOnlyList<StagedTrade> All { get; } =
        [
            new("BTC", "240", "long", "2026-01-01T08:30:00", 90m),
            new("ETH", "60", "short", "2026-01-01T09:00:00", 0.000000000008m, "2026-01-01T23:30:00", 0.00000000001m),
            new("BTC", "1D", "long", "2026-01-02T00:00:00", 100m, "2026-01-03T00:10:00", 103m),
            new("BTC", "60", "short", "2026-01-02T00:30:00", 100m, "2026-01-03T00:10:00", 100.5m),
            new("ETH", "60", "long", "2026-01-15T00:00:00", 100m, "2026-02-02T08:00:00", 115m),
            new("ETH", "60", "short", "2026-02-02T08:00:00", 115m),
            new("XRP", "60", "short", "2026-02-02T08:00:00", 115m, "2026-02-02T09:00:00", 115m),
            new("BTC", "60", "long", "2026-01-01T08:00:00", 100m, "2026-01-01T10:00:00", 110m),
        ];

        public async Task<long> CreateAsync(string body) =>
            (await (await Api.Admin.SendAsync("POST", "/api/v1/batches", body)).JsonAsync(201))
                .GetProperty("id")
                .GetInt64();

        public async ValueTask InitializeAsync()
        {
            await Api.InitializeAsync();
            await Api.Stage.TradesAsync([.. All]);
            Id = await CreateAsync("""{"name":"Five","symbols":["BTC","ETH"]}""");
            Trades = [All[7], All[1], All[2], All[3], All[4]];
            await Api.Stage.LedgerAsync(Id, 100_000m, [.. Trades]);
        }

        public ValueTask DisposeAsync() => Api.DisposeAsync();
    }
}
