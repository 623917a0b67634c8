using Microsoft.Playwright;
using PnlPipeline.Tests.EndToEnd.System;

namespace PnlPipeline.Tests.Browser;

/// <summary>What is typed into a form is understood, and never lost.</summary>
public sealed class Forms(PipelineSystem system, Chromium chromium)
{
    private readonly Trader _trader = new(system);

    [Fact]
    public async Task A_number_may_be_typed_with_separators()
    {
        var symbol = Trader.NewSymbol("COMMA");
        await using var visit = await Visit.SignedInAsync(system, chromium, system.AdminKey, "/batches?new=yes");
        await FillAsync(visit, symbol);
        await visit.Dialog.Locator("input[name=capital]").FillAsync("250,000");
        await visit.Dialog.Locator("input[name=feePercentage]").FillAsync("0,05 %");
        await visit.Button("Create batch").ClickAsync();
        await Assertions.Expect(visit.Heading($"Form {symbol}")).ToBeVisibleAsync();
        var made = await _trader.GetAsync($"/api/v1/batches/{visit.Page.Url.Split('?')[0].Split('/')[^1]}");
        Assert.Equal(
            (250_000m, 0.05m),
            (made.GetProperty("capital").GetDecimal(), made.GetProperty("feePercentage").GetDecimal())
        );
        visit.NothingWentWrong();
    }

    [Fact]
    public async Task A_slip_beside_the_dialog_loses_nothing_and_escape_asks_first()
    {
        await using var visit = await Visit.SignedInAsync(system, chromium, system.AdminKey, "/batches?new=yes");
        await FillAsync(visit, "SLIP");
        await visit.Page.Mouse.ClickAsync(4, 4);
        await Assertions.Expect(Name(visit)).ToHaveValueAsync("Form SLIP");
        await visit.Page.Keyboard.PressAsync("Escape");
        await visit.Button("Keep editing").ClickAsync();
        await Assertions.Expect(Name(visit)).ToHaveValueAsync("Form SLIP");
        await visit.Page.Keyboard.PressAsync("Escape");
        await visit.Button("Discard").ClickAsync();
        await Assertions.Expect(visit.Dialog).ToHaveCountAsync(0);
        visit.NothingWentWrong();
    }

    [Fact]
    public async Task A_session_that_expires_while_a_form_is_open_loses_nothing()
    {
        var symbol = Trader.NewSymbol("EXPIRE");
        await using var visit = await Visit.SignedInAsync(system, chromium, system.AdminKey, "/batches?new=yes");
        visit.Provoke("401");
        await FillAsync(visit, symbol);
        await visit.Page.Context.ClearCookiesAsync();
        await visit.Button("Create batch").ClickAsync();
        await visit.Page.GetByLabel("Key", new() { Exact = true }).FillAsync(system.AdminKey);
        await visit.Button("Sign in").ClickAsync();
        await Assertions.Expect(Name(visit)).ToHaveValueAsync($"Form {symbol}");
        await visit.Button("Create batch").ClickAsync();
        await Assertions.Expect(visit.Heading($"Form {symbol}")).ToBeVisibleAsync();
        visit.NothingWentWrong();
    }

    [Fact]
    public async Task What_has_to_be_corrected_is_said_in_the_forms_words()
    {
        await using var visit = await Visit.SignedInAsync(system, chromium, system.AdminKey, "/batches?new=yes");
        await visit.Dialog.Locator("input[name=capital]").FillAsync("a lot");
        await visit.Button("Create batch").ClickAsync();
        foreach (
            var text in (string[])
                ["Enter a name.", "Choose at least one symbol.", "Enter a number above 0 and up to 1,000,000,000,000."]
        )
            await Assertions.Expect(visit.Dialog.GetByText(text)).ToBeVisibleAsync();
        await Assertions.Expect(Name(visit)).ToBeFocusedAsync();
        Assert.DoesNotContain("JSON", await visit.Dialog.InnerTextAsync(), StringComparison.Ordinal);
        visit.NothingWentWrong();
    }

    private static ILocator Name(Visit visit) => visit.Dialog.Locator("input[name=name]");

    private static async Task FillAsync(Visit visit, string symbol)
    {
        await Name(visit).FillAsync($"Form {symbol}");
        await visit.Dialog.Locator("input[name=symbols]").FillAsync(symbol);
        await visit.Page.Keyboard.PressAsync("Enter");
    }
}
