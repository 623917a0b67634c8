using Microsoft.Playwright;
using PnlPipeline.Tests.EndToEnd.System;

namespace PnlPipeline.Tests.Browser;

/// <summary>Tags and a note of a trade, and a note of a day: written, shown as they are, and a filter.</summary>
public sealed class Written(PipelineSystem system, Chromium chromium, Written.Batch batch)
    : IClassFixture<Written.Batch>
{
    private const string Markup = "<img src=x onerror=alert(1)> & 'quotes'\nsecond line";

    private readonly Trader _trader = new(system);

    public sealed class Batch(PipelineSystem system) : IAsyncLifetime
    {
        public long Id { get; private set; }

        public string[] Symbols { get; private set; } = [];

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;

        public async ValueTask InitializeAsync() =>
            (Id, Symbols) = await History.MakeAsync(system, "NOTED", flips: 40, allocationPercentage: 10);
    }

    [Fact]
    public async Task Tags_and_a_note_of_a_trade_are_written_in_its_panel_and_narrow_everything()
    {
        await using var visit = await Visit.SignedInAsync(
            system,
            chromium,
            system.AdminKey,
            $"/batches/{batch.Id}?view=ledger&tz=UTC"
        );
        var table = visit.Page.GetByRole(AriaRole.Table, new() { Name = "Closed trades" });
        await table.Locator(".opens").First.ClickAsync();
        await visit.Button("Add tags or a note").ClickAsync();
        await visit.Dialog.Locator("[name=tags]").FillAsync("Breakout, late entry");
        await visit.Dialog.Locator("[name=note]").FillAsync(Markup);
        await visit.Button("Save").ClickAsync();
        await Assertions.Expect(visit.Dialog.Locator("[data-note]")).ToHaveTextAsync(Markup);
        await Assertions.Expect(visit.Dialog.Locator("[data-tags] .tag")).ToHaveTextAsync(["breakout", "late entry"]);
        await Assertions.Expect(visit.Dialog.Locator("img")).ToHaveCountAsync(0);
        await visit.Page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(table.Locator(".tag").First).ToHaveTextAsync("breakout");

        // A tag is a filter, in the address, of every view.
        await visit.Page.GetByRole(AriaRole.Button, new() { Name = "Tags: All tags" }).ClickAsync();
        await visit.Page.GetByRole(AriaRole.Checkbox, new() { Name = "breakout" }).CheckAsync();
        await Assertions.Expect(visit.Page.Locator("[data-figure=trades]")).ToContainTextAsync("1");
        Assert.Contains("tag=breakout", visit.Page.Url, StringComparison.Ordinal);
        await Assertions.Expect(table.Locator(".opens")).ToHaveCountAsync(1);
        await visit.Button("Clear filters").ClickAsync();
        Assert.DoesNotContain("tag=", visit.Page.Url, StringComparison.Ordinal);

        await visit.GoAsync($"/batches/{batch.Id}?tz=UTC");
        await Assertions
            .Expect(visit.Page.GetByRole(AriaRole.Region, new() { Name = "Profit by tag" }))
            .ToBeVisibleAsync();
        visit.NothingWentWrong();
    }

    [Fact]
    public async Task What_is_wrong_stands_beside_the_field()
    {
        var trade = (await _trader.GetAsync($"/api/v1/batches/{batch.Id}/trades?limit=1&state=closed&order=asc"))
            .GetProperty("items")[0]
            .GetProperty("tradeId")
            .GetString();
        await using var visit = await Visit.SignedInAsync(
            system,
            chromium,
            system.AdminKey,
            $"/batches/{batch.Id}?view=trades&trade={trade}"
        );
        visit.Provoke("400");
        await visit.Button("Add tags or a note").ClickAsync();
        await visit.Dialog.Locator("[name=tags]").FillAsync(new string('x', 33));
        await visit.Button("Save").ClickAsync();
        await Assertions.Expect(visit.Dialog.Locator(".field-error")).ToContainTextAsync("33 characters");
        visit.NothingWentWrong();
    }

    [Fact]
    public async Task A_day_has_a_note_and_a_viewer_reads_it()
    {
        var path = $"/batches/{batch.Id}?view=calendar&tz=UTC&month=2026-01&day=2026-01-20";
        await using (var visit = await Visit.SignedInAsync(system, chromium, system.AdminKey, path))
        {
            await visit.Button("Add a note to this day").ClickAsync();
            await visit.Page.Locator("[name=note]").FillAsync(Markup);
            await visit.Button("Save").ClickAsync();
            await Assertions.Expect(visit.Page.Locator("[data-note]")).ToHaveTextAsync(Markup);
            await Assertions
                .Expect(visit.Page.Locator("[data-key='day-2026-01-20'] .calendar-noted"))
                .ToHaveCountAsync(1);
            visit.NothingWentWrong();
        }

        await using var viewer = await Visit.SignedInAsync(system, chromium, system.ViewerKey, path);
        await Assertions.Expect(viewer.Page.Locator("[data-note]")).ToHaveTextAsync(Markup);
        await Assertions.Expect(viewer.Button("Edit note")).ToHaveCountAsync(0);
        viewer.NothingWentWrong();
    }

    [Fact]
    public async Task Trades_of_a_symbol_are_sorted_by_a_click()
    {
        await using var visit = await Visit.SignedInAsync(
            system,
            chromium,
            system.ViewerKey,
            $"/symbols/{batch.Symbols[0]}?tz=UTC&state=closed"
        );
        var table = visit.Page.GetByRole(AriaRole.Table, new() { Name = $"Trades of {batch.Symbols[0]}" });
        await table.GetByRole(AriaRole.Button, new() { Name = "Return before fees" }).ClickAsync();
        var worst = (
            await _trader.GetAsync(
                $"/api/v1/trades?symbol={batch.Symbols[0]}&state=closed&sort=changePercentage&order=asc&limit=1"
            )
        ).GetProperty("items")[0];
        await Assertions
            .Expect(table.GetByRole(AriaRole.Row).Nth(1))
            .ToContainTextAsync(
                worst
                    .GetProperty("changePercentage")
                    .GetDouble()
                    .ToString("0.00", System.Globalization.CultureInfo.InvariantCulture)
            );
        Assert.Contains("sort=changePercentage", visit.Page.Url, StringComparison.Ordinal);
        visit.NothingWentWrong();
    }
}
