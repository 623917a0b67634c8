using Microsoft.Playwright;
using PnlPipeline.Tests.EndToEnd.System;

namespace PnlPipeline.Tests.Browser;

public sealed class ManagingBatches(PipelineSystem system, Chromium chromium)
{
    private readonly Trader _trader = new(system);

    [Fact]
    public async Task A_batch_is_made_changed_and_deleted_without_anything_but_the_page()
    {
        var symbol = Trader.NewSymbol("FORM");
        await using var visit = await Visit.SignedInAsync(system, chromium, system.AdminKey, "/batches");
        await visit.Button("New batch").ClickAsync();
        await visit.Dialog.GetByLabel("Name", new() { Exact = true }).FillAsync($"Made {symbol}");
        await visit.Dialog.Locator("input[name=symbols]").FillAsync(symbol);
        await visit.Page.Keyboard.PressAsync("Enter");
        await visit.Dialog.Locator("input[name=capital]").FillAsync("25000");
        await visit.Button("Create batch").ClickAsync();
        await Assertions.Expect(visit.Heading($"Made {symbol}")).ToBeVisibleAsync();

        var id = visit.Page.Url.Split('?')[0].Split('/')[^1];
        var made = await _trader.GetAsync($"/api/v1/batches/{id}");
        Assert.Equal(
            (symbol, 25_000m),
            (made.GetProperty("symbols")[0].GetString(), made.GetProperty("capital").GetDecimal())
        );

        await visit.Button("Edit").ClickAsync();
        await visit.Dialog.GetByLabel("Name", new() { Exact = true }).FillAsync($"Changed {symbol}");
        await visit.Dialog.Locator("input[name=feePercentage]").FillAsync("0.1");
        await visit.Button("Save").ClickAsync();
        await Assertions.Expect(visit.Heading($"Changed {symbol}")).ToBeVisibleAsync();
        var changed = await _trader.GetAsync($"/api/v1/batches/{id}");
        Assert.Equal(
            ($"Changed {symbol}", 0.1m),
            (changed.GetProperty("name").GetString(), changed.GetProperty("feePercentage").GetDecimal())
        );

        await visit.Button("Delete").ClickAsync();
        await visit.Button("Delete batch").ClickAsync();
        await Assertions.Expect(visit.Heading("Batches")).ToBeVisibleAsync();
        await Assertions.Expect(visit.Page.Locator($"[data-batch='{id}']")).ToHaveCountAsync(0);
        Assert.Equal(
            System.Net.HttpStatusCode.NotFound,
            (await system.Viewer.GetAsync(new Uri($"/api/v1/batches/{id}", UriKind.Relative))).StatusCode
        );
        visit.NothingWentWrong();
    }

    [Fact]
    public async Task What_is_wrong_with_a_form_is_said_beside_its_field()
    {
        await using var visit = await Visit.SignedInAsync(system, chromium, system.AdminKey, "/batches?new=yes");
        await visit.Dialog.Locator("input[name=capital]").FillAsync("-1");
        await visit.Button("Create batch").ClickAsync();
        foreach (var field in (string[])["name", "symbols", "capital"])
        {
            var input = visit.Dialog.Locator($"input[name={field}]");
            await Assertions.Expect(input).ToHaveAttributeAsync("aria-invalid", "true");
            var ids = (await input.GetAttributeAsync("aria-describedby"))!.Split(' ');
            await Assertions.Expect(visit.Page.Locator($"[id='{ids[^1]}']")).Not.ToBeEmptyAsync();
        }

        visit.NothingWentWrong();
    }

    [Fact]
    public async Task Markup_in_a_name_or_a_symbol_is_text()
    {
        const string symbol = "<IMG/SRC=X/ONERROR=DOCUMENT.TITLE='TAKEN'>";
        const string name = "<script>document.title='taken'</script><b>bold</b>";
        var id = await _trader.CreateBatchAsync(new { name, symbols = (string[])[symbol] });
        await _trader.InsistAsync(Trader.Flips(symbol, 4, seed: 3));
        await _trader.AlertsAndTradesAreRightAsync();
        await _trader.LedgerIsRightAsync(id, new Reference.ReferenceBatch([symbol]));
        await using var visit = await Visit.SignedInAsync(system, chromium, system.AdminKey, $"/batches/{id}");
        await Assertions.Expect(visit.Heading(name)).ToBeVisibleAsync();
        await Assertions
            .Expect(visit.Page.GetByRole(AriaRole.Region, new() { Name = "Profit by symbol, table" }))
            .ToContainTextAsync(symbol);
        foreach (var path in (string[])[$"/batches/{id}?view=ledger", $"/batches/{id}?view=trades", "/batches", "/"])
        {
            await visit.GoAsync(path);
            await Assertions
                .Expect(
                    visit
                        .Page.GetByText(path.Contains("view", StringComparison.Ordinal) ? symbol : name)
                        .Locator("visible=true")
                        .First
                )
                .ToBeVisibleAsync();
        }

        Assert.DoesNotContain("taken", await visit.Page.TitleAsync(), StringComparison.OrdinalIgnoreCase);
        Assert.Equal(0, await visit.Page.Locator("img[src='X'], main b:text-is('bold')").CountAsync());
        visit.NothingWentWrong();
    }
}
