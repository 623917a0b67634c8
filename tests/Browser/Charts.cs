using System.Text.Json;
using Microsoft.Playwright;
using PnlPipeline.Tests.EndToEnd.System;

namespace PnlPipeline.Tests.Browser;

/// <summary>What a chart holds is what the API answered, number for number.</summary>
public sealed class Charts(PipelineSystem system, Chromium chromium, Charts.Batch batch) : IClassFixture<Charts.Batch>
{
    private static readonly TimeSpan Within = TimeSpan.FromSeconds(30);

    private readonly Trader _trader = new(system);

    /// <summary>One history for all of these tests.</summary>
    public sealed class Batch(PipelineSystem system) : IAsyncLifetime
    {
        public long Id { get; private set; }

        public string[] Symbols { get; private set; } = [];

        public async ValueTask InitializeAsync() => (Id, Symbols) = await History.MakeAsync(system, "DRAW");

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    private string Api => $"/api/v1/batches/{batch.Id}";

    [Theory]
    [InlineData("/", true)]
    [InlineData("/batches/ID", true)]
    [InlineData("/symbols/SYMBOL", true)]
    [InlineData("/alerts", false)]
    [InlineData("/issues", false)]
    [InlineData("/imports", false)]
    [InlineData("/reconciliation", false)]
    [InlineData("/set-up", false)]
    public async Task The_library_of_charts_is_fetched_where_there_are_charts(string path, bool hasCharts)
    {
        await using var visit = await Visit.SignedInAsync(
            system,
            chromium,
            system.AdminKey,
            Addresses.Fill(path, batch.Id, batch.Symbols[0])
        );
        await Assertions.Expect(visit.Page.Locator("h1")).ToHaveCountAsync(1);
        await Assertions.Expect(visit.Page.Locator(".skeleton")).ToHaveCountAsync(0);
        Assert.Equal(
            hasCharts,
            await visit.Page.EvaluateAsync<bool>(
                "() => performance.getEntriesByType('resource').some(({ name }) => name.includes('/assets/charts-'))"
            )
        );
        visit.NothingWentWrong();
    }

    // What answers first differs from visit to visit: here the curve comes long before the figures.
    [Theory]
    [InlineData("")]
    [InlineData("&mode=absolute")]
    [InlineData("&mode=percentage")]
    [InlineData("&by=day")]
    [InlineData("&by=month&mode=absolute")]
    [InlineData("&view=statistics")]
    [InlineData("&view=ledger")]
    [InlineData("&view=calendar")]
    public async Task A_period_without_trades_is_a_page_without_trades_whatever_is_answered_first(string view)
    {
        await using var visit = await Visit.SignedInAsync(system, chromium, system.ViewerKey, "/set-up");
        await visit.Page.RouteAsync(
            address => address.Contains("/statistics", StringComparison.Ordinal),
            async route =>
            {
                await Task.Delay(1000);
                await route.ContinueAsync();
            }
        );
        await visit.GoAsync($"/batches/{batch.Id}?from=2001-01-01&to=2001-02-01{view}");
        await Assertions.Expect(visit.Page.Locator("h1")).ToHaveCountAsync(1);
        await Assertions.Expect(visit.Page.Locator("[data-figure=trades]")).ToContainTextAsync("0 ");
        await Assertions.Expect(visit.Page.GetByText("could not be shown")).ToHaveCountAsync(0);
        await visit.Page.UnrouteAllAsync(new() { Behavior = UnrouteBehavior.IgnoreErrors });
        visit.NothingWentWrong();
    }

    [Theory]
    [InlineData("", "by=trade&mode=cumulative", "by=trade&mode=percentage", "Balance")]
    [InlineData("?mode=absolute", "by=trade&mode=absolute", "by=trade&mode=percentage", "Profit")]
    [InlineData("?by=day", "by=day&mode=cumulative", "by=day&mode=percentage", "Balance")]
    [InlineData("?by=day&mode=absolute", "by=day&mode=absolute", "by=day&mode=percentage", "Profit")]
    [InlineData(
        "?side=short&by=day",
        "by=day&mode=cumulative&side=short",
        "by=day&mode=percentage&side=short",
        "Balance"
    )]
    public async Task Growth_and_drawdown_are_the_answers_of_the_API_from_the_starting_capital_on(
        string view,
        string capital,
        string drawdown,
        string name
    )
    {
        await using var visit = await Visit.SignedInAsync(
            system,
            chromium,
            system.ViewerKey,
            $"/batches/{batch.Id}{view}"
        );
        await DrawnIsAsync(
            visit,
            "capital",
            name,
            await FromStartAsync(capital, await PairsAsync($"{Api}/charts/capital?{capital}"))
        );
        await DrawnIsAsync(
            visit,
            "capital",
            "Drawdown",
            await FromStartAsync(capital, await PairsAsync($"{Api}/charts/drawdown?{drawdown}"), "0")
        );
        visit.NothingWentWrong();
    }

    [Theory]
    [InlineData("", "by=day&mode=absolute")]
    [InlineData("?tradesMode=cumulative", "by=day&mode=cumulative")]
    [InlineData("?tradesBy=month", "by=month&mode=absolute")]
    public async Task Trades_per_period_and_in_total_are_the_answers_of_the_API(string view, string query)
    {
        await using var visit = await Visit.SignedInAsync(
            system,
            chromium,
            system.ViewerKey,
            $"/batches/{batch.Id}{view}"
        );
        await DrawnIsAsync(visit, "trades", "Trades", await PairsAsync($"{Api}/charts/trades?{query}"));
        visit.NothingWentWrong();
    }

    [Fact]
    public async Task Returns_distribution_and_breakdowns_are_the_answers_of_the_API()
    {
        await using var visit = await Visit.SignedInAsync(system, chromium, system.ViewerKey, $"/batches/{batch.Id}");
        await DrawnIsAsync(
            visit,
            "distribution",
            "Trades",
            Texts((await _trader.GetAsync($"{Api}/charts/distribution?of=change&bins=30")).GetProperty("counts"))
        );
        var year = (await _trader.GetAsync($"{Api}/charts/returns?by=month")).GetProperty("years")[0];
        await DrawnIsAsync(
            visit,
            "returns",
            year.GetProperty("year").GetRawText(),
            [.. Texts(year.GetProperty("months")), year.GetProperty("total").GetRawText()]
        );
        foreach (var by in (string[])["timeframe", "side", "weekday", "hour", "month"])
        {
            var groups = (await _trader.GetAsync($"{Api}/breakdown?by={by}")).GetProperty("groups").EnumerateArray();
            await DrawnIsAsync(
                visit,
                $"breakdown-{by}",
                "Profit",
                [.. groups.Select(group => Number(group.GetProperty("pnl")))]
            );
        }

        var symbols = (await _trader.GetAsync($"{Api}/breakdown?by=symbol"))
            .GetProperty("groups")
            .EnumerateArray()
            .OrderByDescending(group => group.GetProperty("pnl").GetDecimal())
            .Select(group => $"{group.GetProperty("key").GetString()} {Number(group.GetProperty("pnl"))}");
        await DrawnIsAsync(visit, "breakdown-symbol", "Profit", [.. symbols]);
        visit.NothingWentWrong();
    }

    [Fact]
    public async Task Filters_act_on_everything_at_once_and_are_in_the_address()
    {
        var symbol = batch.Symbols[1];
        await using var visit = await Visit.SignedInAsync(system, chromium, system.ViewerKey, $"/batches/{batch.Id}");
        await Assertions.Expect(visit.Page.Locator("[data-figure=trades]")).ToContainTextAsync("118");
        await visit.Page.Locator(".segmented label", new() { HasText = "Long" }).ClickAsync();
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Symbols: All symbols" }).ClickAsync();
        await visit.Page.GetByRole(AriaRole.Checkbox, new() { Name = symbol }).CheckAsync();
        await visit.Page.Keyboard.PressAsync("Escape");
        var query = $"symbol={symbol}&side=long";
        var statistics = await _trader.GetAsync($"{Api}/statistics?{query}");
        await Assertions
            .Expect(visit.Page.Locator("[data-figure=trades]"))
            .ToContainTextAsync(statistics.GetProperty("trades").GetRawText());
        await DrawnIsAsync(
            visit,
            "capital",
            "Balance",
            await FromStartAsync(query, await PairsAsync($"{Api}/charts/capital?by=trade&mode=cumulative&{query}"))
        );
        await DrawnIsAsync(
            visit,
            "trades",
            "Trades",
            await PairsAsync($"{Api}/charts/trades?by=day&mode=absolute&{query}")
        );

        // The address is the view: who gets it sees the same.
        Assert.Contains($"symbol={symbol}", visit.Page.Url, StringComparison.Ordinal);
        Assert.Contains("side=long", visit.Page.Url, StringComparison.Ordinal);
        await visit.Page.ReloadAsync();
        await DrawnIsAsync(
            visit,
            "capital",
            "Balance",
            await FromStartAsync(query, await PairsAsync($"{Api}/charts/capital?by=trade&mode=cumulative&{query}"))
        );
        var csv = await visit
            .Page.GetByRole(AriaRole.Region, new() { Name = "Growth of capital" })
            .GetByRole(AriaRole.Link, new() { Name = "CSV" })
            .GetAttributeAsync("href");
        Assert.Contains("side=long", csv, StringComparison.Ordinal);
        visit.NothingWentWrong();
    }

    [Fact]
    public async Task Days_are_those_of_the_time_zone_in_the_address()
    {
        const string zone = "Asia/Tokyo";
        await using var visit = await Visit.SignedInAsync(
            system,
            chromium,
            system.ViewerKey,
            $"/batches/{batch.Id}?by=day&tz={zone}"
        );
        // Tokyo has no daylight saving: its wall clock is nine hours ahead, always.
        var days = await PairsAsync($"{Api}/charts/capital?by=day&mode=cumulative&tz={zone}", ahead: 9 * 3_600_000L);
        await DrawnIsAsync(visit, "capital", "Balance", await FromStartAsync("by=day", days));
        visit.NothingWentWrong();
    }

    [Fact]
    public async Task A_trade_opens_from_the_closed_trades_and_leads_to_its_alerts_and_their_messages()
    {
        await using var visit = await Visit.SignedInAsync(
            system,
            chromium,
            system.ViewerKey,
            $"/batches/{batch.Id}?view=ledger"
        );
        var table = visit.Page.GetByRole(AriaRole.Table, new() { Name = "Closed trades" });
        // A row that still waits for its data looks like one, and opens nothing.
        await table.Locator(".opens").First.ClickAsync();
        await Assertions.Expect(visit.Dialog).ToBeVisibleAsync();
        await Assertions.Expect(visit.Dialog).ToContainTextAsync("\"closeonflip\":true");
        Assert.Contains("trade=", visit.Page.Url, StringComparison.Ordinal);
        visit.NothingWentWrong();
    }

    // Ahead of the first point there is the capital before it: one trade, or one day, earlier.
    private async Task<IReadOnlyList<string>> FromStartAsync(
        string query,
        IReadOnlyList<string> pairs,
        string? value = null
    )
    {
        if (query.Contains("absolute", StringComparison.Ordinal))
            return pairs;
        var selection = string.Join(
            '&',
            query
                .Split('&')
                .Where(part =>
                    !part.StartsWith("by=", StringComparison.Ordinal)
                    && !part.StartsWith("mode=", StringComparison.Ordinal)
                )
        );
        var first = (await _trader.GetAsync($"{Api}/ledger?order=asc&limit=1&{selection}")).GetProperty("items")[0];
        var start = first.GetProperty("availableCapital").GetDecimal() - first.GetProperty("pnl").GetDecimal();
        var step = query.Contains("by=day", StringComparison.Ordinal) ? 86_400_000L : 1;
        var x = long.Parse(pairs[0].Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture) - step;
        return
        [
            $"{x} {value ?? ((double)start).ToString("R", System.Globalization.CultureInfo.InvariantCulture)}",
            .. pairs,
        ];
    }

    private static async Task DrawnIsAsync(Visit visit, string chart, string series, IReadOnlyList<string> expected) =>
        await Eventually.EqualAsync(
            expected,
            async () =>
                (await visit.DrawnAsync(chart)).TryGetValue(series, out var data)
                    ? Texts(data)
                    : [$"{chart} has no series {series}"],
            Within
        );

    // By trade a point stands at its seq, by period at the start of it.
    private async Task<IReadOnlyList<string>> PairsAsync(string path, long ahead = 0)
    {
        var series = await _trader.GetAsync(path);
        var isByTrade = series.TryGetProperty("seq", out var seq) && seq.ValueKind == JsonValueKind.Array;
        var x = (isByTrade ? seq : series.GetProperty("time"))
            .EnumerateArray()
            .Select(value => value.GetInt64() + (isByTrade ? 0 : ahead));
        return [.. x.Zip(series.GetProperty("value").EnumerateArray(), (at, value) => $"{at} {Number(value)}")];
    }

    private static IReadOnlyList<string> Texts(JsonElement values) =>
        [
            .. values
                .EnumerateArray()
                .Select(value =>
                    value.ValueKind == JsonValueKind.Array
                        ? string.Join(' ', value.EnumerateArray().Select(Number))
                        : Number(value)
                ),
        ];

    // A script's numbers are doubles: the API's are read as such, and written alike.
    private static string Number(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.Number => value.GetDouble().ToString("R", System.Globalization.CultureInfo.InvariantCulture),
            JsonValueKind.String => value.GetString()!,
            _ => value.GetRawText(),
        };
}
