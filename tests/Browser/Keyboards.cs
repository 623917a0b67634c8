using System.Text.RegularExpressions;
using Microsoft.Playwright;
using PnlPipeline.Tests.EndToEnd.System;

namespace PnlPipeline.Tests.Browser;

/// <summary>The page without a mouse, and in the system's own colours.</summary>
public sealed class Keyboards(PipelineSystem system, Chromium chromium, Keyboards.Batch batch)
    : IClassFixture<Keyboards.Batch>
{
    public sealed class Batch(PipelineSystem system) : IAsyncLifetime
    {
        public long Id { get; private set; }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;

        public async ValueTask InitializeAsync() => (Id, _) = await History.MakeAsync(system, "KEYS", flips: 20);
    }

    [Fact]
    public async Task A_panel_gives_the_focus_back_to_the_row_that_opened_it()
    {
        await using var visit = await Visit.SignedInAsync(
            system,
            chromium,
            system.ViewerKey,
            $"/batches/{batch.Id}?view=ledger"
        );
        var row = visit.Page.GetByRole(AriaRole.Table, new() { Name = "Closed trades" }).Locator(".opens").Nth(2);
        await row.FocusAsync();
        await visit.Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(visit.Dialog).ToBeVisibleAsync();
        await visit.Page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(visit.Dialog).ToHaveCountAsync(0);
        await Assertions.Expect(row).ToBeFocusedAsync();
        visit.NothingWentWrong();
    }

    [Fact]
    public async Task A_dialog_whose_opener_is_gone_leaves_the_focus_in_the_page()
    {
        await using var visit = await Visit.SignedInAsync(system, chromium, system.AdminKey, "/batches?new=yes");
        await Assertions.Expect(visit.Dialog).ToBeVisibleAsync();
        await visit.Page.Keyboard.PressAsync("Escape");
        await Assertions.Expect(visit.Page.Locator("#main")).ToBeFocusedAsync();
        visit.NothingWentWrong();
    }

    [Fact]
    public async Task A_chart_is_walked_by_arrow_keys_with_a_spoken_value()
    {
        await using var visit = await Visit.SignedInAsync(system, chromium, system.ViewerKey, $"/batches/{batch.Id}");
        await Eventually.TrueAsync(
            async () => (await visit.DrawnAsync("capital")).Count > 0,
            TimeSpan.FromSeconds(30),
            () => "no chart"
        );
        var chart = visit.Page.Locator("[data-chart=capital]");
        await chart.FocusAsync();
        await visit.Page.Keyboard.PressAsync("Home");
        await Assertions.Expect(chart).ToHaveAttributeAsync("aria-valuetext", "Starting capital, Balance 100,000.00");
        await visit.Page.Keyboard.PressAsync("ArrowRight");
        await Assertions
            .Expect(chart)
            .ToHaveAttributeAsync(
                "aria-valuetext",
                new Regex("^Trade 1, Balance .*Drawdown .*%", RegexOptions.None, TimeSpan.FromSeconds(1))
            );
        await visit.Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(visit.Dialog).ToBeVisibleAsync();
        visit.NothingWentWrong();
    }

    [Fact]
    public async Task The_palette_leads_to_a_batch()
    {
        await using var visit = await Visit.SignedInAsync(system, chromium, system.ViewerKey, "/alerts");
        await Assertions.Expect(visit.Heading("Alerts")).ToBeVisibleAsync();
        await visit.Page.Keyboard.PressAsync("Control+k");
        await visit.Page.Keyboard.TypeAsync("KEYS batch");
        await Assertions.Expect(visit.Page.GetByRole(AriaRole.Option).First).ToContainTextAsync("Batch");
        await visit.Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(visit.Page.Locator($"[data-batch='{batch.Id}']")).ToBeVisibleAsync();
        visit.NothingWentWrong();
    }

    [Fact]
    public async Task In_forced_colours_what_is_chosen_looks_chosen()
    {
        await using var visit = await Visit.SignedInAsync(
            system,
            chromium,
            system.ViewerKey,
            $"/batches/{batch.Id}",
            change: options => options.ForcedColors = ForcedColors.Active
        );
        await Assertions.Expect(visit.Page.Locator("[data-figure=trades]")).ToBeVisibleAsync();
        // A frame that the others do not have.
        const string looks =
            "element => { const { outlineStyle, borderBottomColor } = getComputedStyle(element); return "
            + "`${outlineStyle} ${borderBottomColor}`; }";
        var (chosen, other) = (
            await visit.Page.Locator(".segmented label.chosen").First.EvaluateAsync<string>(looks),
            await visit.Page.Locator(".segmented label:not(.chosen)").First.EvaluateAsync<string>(looks)
        );
        Assert.NotEqual(other, chosen);
        var (tab, otherTab) = (
            await visit.Page.Locator(".tabs a[aria-current]").EvaluateAsync<string>(looks),
            await visit.Page.Locator(".tabs a:not([aria-current])").First.EvaluateAsync<string>(looks)
        );
        Assert.NotEqual(otherTab, tab);
        visit.NothingWentWrong();
    }
}
