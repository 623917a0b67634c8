using System.Text;
using Microsoft.Playwright;
using PnlPipeline.Tests.EndToEnd.System;

namespace PnlPipeline.Tests.Browser;

public sealed class Files(PipelineSystem system, Chromium chromium)
{
    private static readonly DateTime Start = new(2025, 5, 5, 10, 0, 0, DateTimeKind.Utc);

    private readonly Trader _trader = new(system);

    [Fact]
    public async Task A_file_of_alerts_goes_in_and_its_bad_line_is_shown_with_number_and_error()
    {
        var symbol = Trader.NewSymbol("FILE");
        var good = Trader.Flips(symbol, 10, seed: 5);
        string[] lines = [.. good.Take(5), "{\"symbol\":\"BAD\",\"side\":\"entry\",\"price\":NaN}", .. good.Skip(5)];
        await using var visit = await Visit.SignedInAsync(system, chromium, system.AdminKey, "/imports");
        await visit.Page.SetInputFilesAsync(
            "input[type=file]",
            new FilePayload
            {
                Name = $"{symbol}.ndjson",
                MimeType = "application/x-ndjson",
                Buffer = Encoding.UTF8.GetBytes(string.Join('\n', lines)),
            }
        );
        await visit.Button("Import").ClickAsync();
        await Assertions
            .Expect(visit.Page.GetByRole(AriaRole.Heading, new() { Level = 1 }))
            .ToContainTextAsync($"{symbol}.ndjson");
        await Assertions.Expect(visit.Page.GetByText("Done", new() { Exact = true })).ToBeVisibleAsync();
        var row = visit.Page.GetByRole(AriaRole.Table, new() { Name = "Failed lines" }).GetByRole(AriaRole.Row).Nth(1);
        await Assertions.Expect(row).ToContainTextAsync("6");
        await Assertions.Expect(row).ToContainTextAsync("price: ");
        Assert.Equal(good.Count, (await _trader.ListAsync($"/api/v1/alerts?symbol={symbol}")).Count);

        await visit.GoAsync("/imports");
        await Assertions.Expect(visit.Link($"{symbol}.ndjson")).ToBeVisibleAsync();
        visit.NothingWentWrong();
    }

    [Fact]
    public async Task A_list_of_trades_is_held_against_what_the_alerts_made()
    {
        var symbol = Trader.NewSymbol("LIST");
        await _trader.InsistAsync(Trader.Body(symbol, "entry", "bullish", 100m, Start));
        await _trader.InsistAsync(Trader.Body(symbol, "exit", "bullish", 110m, Start.AddHours(3)));
        await _trader.AlertsAndTradesAreRightAsync();
        const string list =
            "Trade #,Type,Signal,Date/Time,Price USD\n1,Exit long,Close,2025-05-05 13:00,110\n1,Entry "
            + "long,Long,2025-05-05 10:00,100\n"
            + "2,Exit short,Close,2025-05-06 12:00,90\n2,Entry short,Short,2025-05-06 09:00,95\n";
        await using var visit = await Visit.SignedInAsync(system, chromium, system.ViewerKey, "/reconciliation");
        await visit.Page.SetInputFilesAsync(
            "input[type=file]",
            new FilePayload
            {
                Name = "list.csv",
                MimeType = "text/csv",
                Buffer = Encoding.UTF8.GetBytes(list),
            }
        );
        await visit.Page.GetByLabel("Symbol").FillAsync(symbol);
        await visit.Page.GetByLabel("Timeframe").FillAsync("60");
        await visit.Page.GetByLabel("Time zone of the chart").SelectOptionAsync("UTC");
        await visit.Button("Compare").ClickAsync();
        await Assertions.Expect(visit.Page.Locator("tr[data-state=late]")).ToHaveCountAsync(1);
        await Assertions.Expect(visit.Page.Locator("tr[data-state=missing]")).ToHaveCountAsync(1);
        await visit.Page.Locator(".segmented label").Filter(new() { HasText = "Missing 1" }).ClickAsync();
        await Assertions.Expect(visit.Page.Locator("tr[data-state]")).ToHaveCountAsync(1);
        visit.NothingWentWrong();
    }
}
