using Microsoft.Playwright;
using PnlPipeline.Tests.EndToEnd.System;

namespace PnlPipeline.Tests.Browser;

/// <summary>What a phone, or a page zoomed to 200 %, must still show, and how a finger uses it.</summary>
public sealed class Phones(PipelineSystem system, Chromium chromium, Phones.Batch batch) : IClassFixture<Phones.Batch>
{
    private static readonly (int, int) Phone = (390, 844);

    // Where an element is cut off by the window; empty where it is whole.
    private const string CutOff = """
        element => {
          const box = element.getBoundingClientRect();
          return box.width > 0 && box.top >= 0 && box.left >= 0 && box.right <= innerWidth + 1 && box.bottom <= innerHeight + 1 ? '' : JSON.stringify(box);
        }
        """;

    public sealed class Batch(PipelineSystem system) : IAsyncLifetime
    {
        public long Id { get; private set; }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;

        public async ValueTask InitializeAsync() => (Id, _) = await History.MakeAsync(system, "PHONE", flips: 20);
    }

    [Theory]
    [InlineData("/batches/ID?view=ledger", "Closed trades")]
    [InlineData("/alerts", "Alerts")]
    public async Task A_panel_opens_with_its_title_and_its_way_out_in_view(string path, string table)
    {
        await using var visit = await Visit.SignedInAsync(
            system,
            chromium,
            system.ViewerKey,
            path.Replace("ID", $"{batch.Id}", StringComparison.Ordinal),
            Phone
        );
        await visit.Page.GetByRole(AriaRole.Table, new() { Name = table }).Locator(".opens").First.ClickAsync();
        await Assertions
            .Expect(visit.Dialog.GetByRole(AriaRole.Heading, new() { Level = 2 }))
            .Not.ToHaveTextAsync("Trade");
        Assert.Equal(
            "",
            await visit.Dialog.GetByRole(AriaRole.Heading, new() { Level = 2 }).EvaluateAsync<string>(CutOff)
        );
        Assert.Equal(
            "",
            await visit
                .Dialog.GetByRole(AriaRole.Button, new() { Name = "Close", Exact = true })
                .EvaluateAsync<string>(CutOff)
        );
        visit.NothingWentWrong();
    }

    [Fact]
    public async Task A_closed_trade_shows_its_symbol_side_time_profit_and_return_without_scrolling_sideways()
    {
        var row = (await new Trader(system).GetAsync($"/api/v1/batches/{batch.Id}/ledger?limit=1")).GetProperty(
            "items"
        )[0];
        await using var visit = await Visit.SignedInAsync(
            system,
            chromium,
            system.ViewerKey,
            $"/batches/{batch.Id}?view=ledger",
            Phone
        );
        var card = visit.Page.GetByRole(AriaRole.Table, new() { Name = "Closed trades" }).Locator(".opens").First;
        await card.ScrollIntoViewIfNeededAsync();
        await Assertions.Expect(card).ToContainTextAsync(row.GetProperty("symbol").GetString()!);
        await Assertions
            .Expect(card)
            .ToContainTextAsync(row.GetProperty("side").GetString() == "long" ? "Long" : "Short");
        var profit = row.GetProperty("pnl").GetDecimal();
        await Assertions
            .Expect(card.Locator(".row-card-figure"))
            .ToHaveTextAsync($"{(profit > 0 ? "+" : "")}{profit:#,0.00}".Replace('−', '-'));
        await Assertions.Expect(card.Locator(".row-card-note")).ToContainTextAsync("%");
        foreach (var part in await card.Locator(".row-card > *").AllAsync())
            Assert.Equal("", await part.EvaluateAsync<string>(CutOff));
        visit.NothingWentWrong();
    }

    [Fact]
    public async Task Five_pages_are_in_reach_of_the_thumb_and_the_others_behind_More()
    {
        await using var visit = await Visit.SignedInAsync(system, chromium, system.ViewerKey, "/", Phone);
        foreach (var page in (string[])["Overview", "Batches", "Symbols", "Alerts"])
            Assert.Equal(
                "",
                await visit
                    .Page.GetByRole(AriaRole.Navigation)
                    .GetByRole(AriaRole.Link, new() { Name = page, Exact = true })
                    .EvaluateAsync<string>(CutOff)
            );
        Assert.Equal("", await visit.Button("More").EvaluateAsync<string>(CutOff));
        await visit.Button("More").ClickAsync();
        await visit
            .Page.GetByRole(AriaRole.Group, new() { Name = "More pages" })
            .GetByRole(AriaRole.Link, new() { Name = "Set-up", Exact = true })
            .ClickAsync();
        await Assertions.Expect(visit.Heading("Set-up")).ToBeVisibleAsync();
        await Assertions.Expect(visit.Page.GetByRole(AriaRole.Group, new() { Name = "More pages" })).ToBeHiddenAsync();
        visit.NothingWentWrong();
    }

    [Fact]
    public async Task The_first_tap_on_a_chart_shows_its_tooltip_and_the_second_one_opens_the_trade()
    {
        await using var visit = await Visit.SignedInAsync(
            system,
            chromium,
            system.ViewerKey,
            $"/batches/{batch.Id}",
            Phone,
            change: options => options.HasTouch = true
        );
        await Eventually.TrueAsync(
            async () => (await visit.DrawnAsync("capital")).Count > 0,
            TimeSpan.FromSeconds(30),
            () => "no chart"
        );
        var (x, y) = await visit.PixelAsync("capital", 10);
        await visit.Page.Touchscreen.TapAsync(x, y);
        await Assertions.Expect(visit.Page.Locator(".chart-tooltip:visible").First).ToBeVisibleAsync();
        await Assertions.Expect(visit.Dialog).ToHaveCountAsync(0);
        await visit.Page.Touchscreen.TapAsync(x, y);
        await Assertions.Expect(visit.Dialog).ToBeVisibleAsync();
        visit.NothingWentWrong();
    }
}
