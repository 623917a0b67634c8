using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using PnlPipeline.Tests.EndToEnd.System;

namespace PnlPipeline.Tests.Browser;

/// <summary>What is clicked opens exactly what it showed, and what is shared shows the same to everybody.</summary>
public sealed class Links(PipelineSystem system, Chromium chromium, Links.Batch batch) : IClassFixture<Links.Batch>
{
    private static readonly TimeSpan Within = TimeSpan.FromSeconds(30);

    private readonly Trader _trader = new(system);

    public sealed class Batch(PipelineSystem system) : IAsyncLifetime
    {
        public long Id { get; private set; }

        public string[] Symbols { get; private set; } = [];

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;

        public async ValueTask InitializeAsync() =>
            (Id, Symbols) = await History.MakeAsync(system, "LINK", flips: 200, allocationPercentage: 8);
    }

    [Theory]
    [InlineData("by=month", -1, "by=month")]
    [InlineData("by=month", 0, "by=month")]
    [InlineData("by=week", -1, "by=week")]
    [InlineData("by=hour", 5, "by=hour")]
    [InlineData(
        "by=month&from=2026-01-10&to=2026-02-10",
        0,
        "by=month&from=2026-01-10T00:00:00Z&to=2026-02-11T00:00:00Z"
    )]
    public async Task A_bar_opens_the_trades_that_it_shows(string view, int index, string query)
    {
        var series = await _trader.GetAsync($"/api/v1/batches/{batch.Id}/charts/capital?mode=absolute&{query}");
        var values = series.GetProperty("value").EnumerateArray().Select(value => value.GetDecimal()).ToList();
        var expected = values[index < 0 ? values.Count + index : index];
        await using var visit = await Visit.SignedInAsync(
            system,
            chromium,
            system.ViewerKey,
            $"/batches/{batch.Id}?mode=absolute&{view}"
        );
        await Eventually.TrueAsync(
            async () => (await visit.DrawnAsync("capital")).ContainsKey("Profit"),
            Within,
            () => "no chart"
        );
        var (x, y) = await visit.PixelAsync("capital", index);
        await visit.Page.Mouse.ClickAsync(x, y);
        await Assertions.Expect(visit.Heading("Closed trades")).ToBeVisibleAsync();
        await Assertions
            .Expect(visit.Page.Locator("[data-figure=netProfit]"))
            .ToHaveTextAsync(
                expected == 0
                    ? "0.00"
                    : (expected > 0 ? "+" : "") + expected.ToString("#,0.00", CultureInfo.InvariantCulture)
            );
        visit.NothingWentWrong();
    }

    [Fact]
    public async Task A_shared_link_shows_the_days_of_the_one_who_sent_it()
    {
        await using var sender = await Visit.SignedInAsync(
            system,
            chromium,
            system.ViewerKey,
            $"/batches/{batch.Id}?by=day",
            change: options => options.TimezoneId = "America/New_York"
        );
        await Assertions
            .Expect(sender.Page)
            .ToHaveURLAsync(new Regex("tz=America%2FNew_York", RegexOptions.None, TimeSpan.FromSeconds(1)));
        await Eventually.TrueAsync(
            async () => (await sender.DrawnAsync("capital")).Count > 0,
            Within,
            () => "no chart"
        );
        var sent = (await sender.DrawnAsync("capital"))["Balance"].GetRawText();
        await using var other = await Visit.SignedInAsync(
            system,
            chromium,
            system.ViewerKey,
            new Uri(sender.Page.Url).PathAndQuery,
            change: options => options.TimezoneId = "Asia/Tokyo"
        );
        await Eventually.EqualAsync(
            [sent],
            async () =>
                (await other.DrawnAsync("capital")).TryGetValue("Balance", out var drawn) ? [drawn.GetRawText()] : [],
            Within
        );
        other.NothingWentWrong();
    }

    [Fact]
    public async Task A_symbol_filter_counts_that_symbols_open_trades()
    {
        // Each of the two symbols has one trade open at its end.
        await using var visit = await Visit.SignedInAsync(system, chromium, system.ViewerKey, $"/batches/{batch.Id}");
        await Assertions.Expect(visit.Page.Locator("[data-figure=trades]")).ToContainTextAsync("2 open");
        await visit.GoAsync($"/batches/{batch.Id}?symbol={batch.Symbols[0]}");
        await Assertions.Expect(visit.Page.Locator("[data-figure=trades]")).ToContainTextAsync("1 open");
        visit.NothingWentWrong();
    }

    [Fact]
    public async Task A_city_is_taken_for_its_time_zone_and_an_offset_is_refused_with_the_reason()
    {
        await using var visit = await Visit.SignedInAsync(system, chromium, system.ViewerKey, $"/batches/{batch.Id}");
        var zone = visit.Page.GetByLabel("Time zone", new() { Exact = true });
        await zone.FillAsync("new york");
        await zone.PressAsync("Enter");
        await Assertions.Expect(zone).ToHaveValueAsync("America/New_York");
        await zone.FillAsync("+05:30");
        await zone.PressAsync("Enter");
        await Assertions.Expect(visit.Page.GetByText("offsets such as +05:30 are not accepted")).ToBeVisibleAsync();
        await Assertions.Expect(zone).ToHaveValueAsync("+05:30");
        visit.NothingWentWrong();

        // In the address it is not asked of the API either.
        await visit.GoAsync($"/batches/{batch.Id}?tz=%2B05:30");
        await Assertions.Expect(visit.Page.GetByText("There is no time zone")).ToBeVisibleAsync();
        await Assertions.Expect(visit.Page.Locator("[data-figure=trades]")).ToContainTextAsync("398");
        visit.NothingWentWrong();
    }

    [Fact]
    public async Task A_mistyped_address_says_so_in_the_page_and_the_icon_is_there()
    {
        await using var visit = await Visit.SignedInAsync(system, chromium, system.ViewerKey, "/");
        visit.Provoke("404");
        await visit.GoAsync("/batchess");
        await Assertions.Expect(visit.Page.GetByText("Page not found")).ToBeVisibleAsync();
        Assert.Equal(
            System.Net.HttpStatusCode.OK,
            (await system.Viewer.GetAsync(new Uri("/favicon.ico", UriKind.Relative))).StatusCode
        );
        visit.NothingWentWrong();
    }

    [Theory]
    [InlineData("capital")]
    [InlineData("trades")]
    public async Task The_wheel_over_a_chart_scrolls_the_page(string chart)
    {
        await using var visit = await Visit.SignedInAsync(system, chromium, system.ViewerKey, $"/batches/{batch.Id}");
        await Eventually.TrueAsync(async () => (await visit.DrawnAsync(chart)).Count > 0, Within, () => "no chart");
        var (x, y) = await visit.PixelAsync(chart, 20);
        await visit.Page.Mouse.MoveAsync(x, y);
        var before = await visit.Page.EvaluateAsync<double>("scrollY");
        await visit.Page.Mouse.WheelAsync(0, 400);
        await Eventually.TrueAsync(
            async () => await visit.Page.EvaluateAsync<double>("scrollY") > before + 100,
            TimeSpan.FromSeconds(5),
            () => "the page did not scroll"
        );
        visit.NothingWentWrong();
    }
}
