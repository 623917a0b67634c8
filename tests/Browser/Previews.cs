using System.Text;
using Microsoft.Playwright;
using PnlPipeline.Tests.EndToEnd.System;

namespace PnlPipeline.Tests.Browser;

/// <summary>
/// A file is shown as it was understood, and what it leaves open is asked, before anything of it is stored.
/// </summary>
public sealed class Previews(PipelineSystem system, Chromium chromium)
{
    private readonly Trader _trader = new(system);

    [Fact]
    public async Task What_a_list_of_trades_leaves_open_is_asked_in_plain_words_and_nothing_is_stored_before_Import()
    {
        var symbol = Trader.NewSymbol("OPEN");
        const string list =
            "Trade #;Type;Signal;Date/Time;Price\n1;Entry long;Long;01/02/2024 10:00;43.250\n1;Exit "
            + "long;Close;02/02/2024 10:00;44.250\n"
            + "2;Entry short;Short;03/02/2024 10:00;44.100\n2;Exit short;Close;04/02/2024 10:00;-1\n";
        await using var visit = await Visit.SignedInAsync(system, chromium, system.AdminKey, "/imports");
        await ChooseAsync(visit, $"{symbol}.csv", list);
        var form = visit.Page.GetByRole(AriaRole.Form, new() { Name = "Import a file" });
        await Assertions.Expect(visit.Button("Preview")).ToBeVisibleAsync();
        Assert.Equal(
            ["Symbol", "Timeframe", "Time zone of the chart", "Decimal mark", "Dates"],
            await AsksAsync(visit)
        );

        await form.GetByLabel("Symbol").FillAsync(symbol);
        await form.GetByLabel("Timeframe").FillAsync("4h");
        await form.GetByLabel("Time zone of the chart").SelectOptionAsync("Europe/Berlin");
        await form.GetByLabel("Decimal mark").SelectOptionAsync("Comma: 43.250 is 43,250");
        await form.GetByLabel("Dates").SelectOptionAsync("Day first: 01/02/2024 10:00 is February 1, 2024");
        await visit.Button("Preview").ClickAsync();
        var rows = visit
            .Page.GetByRole(AriaRole.Region, new() { Name = "First rows as they were understood" })
            .GetByRole(AriaRole.Row);
        await Assertions.Expect(rows.Nth(1)).ToContainTextAsync("43,250");
        await Assertions.Expect(rows.Nth(1)).ToContainTextAsync("02/01/24, 10:00");
        await Assertions
            .Expect(visit.Page.GetByRole(AriaRole.Region, new() { Name = "Rows in error" }))
            .ToContainTextAsync("price");
        Assert.Empty(await _trader.ListAsync($"/api/v1/trades?symbol={symbol}"));
        Assert.DoesNotContain(
            await _trader.ListAsync("/api/v1/imports?"),
            import => import.GetProperty("fileName").GetString() == $"{symbol}.csv"
        );

        await visit.Button("Import").ClickAsync();
        await Assertions.Expect(visit.Page.GetByText("Done", new() { Exact = true })).ToBeVisibleAsync();
        await Eventually.TrueAsync(
            async () =>
                (await _trader.ListAsync($"/api/v1/trades?symbol={symbol}&timeframe=240&state=closed")).Count == 1,
            TimeSpan.FromSeconds(30),
            () => "the trade is not there"
        );
        var trade = (await _trader.ListAsync($"/api/v1/trades?symbol={symbol}"))[0];
        Assert.Equal(
            (43250m, "2024-02-01T09:00:00Z"),
            (trade.GetProperty("entryPrice").GetDecimal(), trade.GetProperty("entryTime").GetString())
        );
        visit.NothingWentWrong();
    }

    [Fact]
    public async Task The_columns_of_an_unknown_header_are_named_above_their_first_rows()
    {
        var symbol = Trader.NewSymbol("COLS");
        const string list =
            "No,What,When,How much\n1,Entry long,2024-02-01 10:00,100.5\n1,Exit long,2024-02-02 10:00,110.5\n";
        await using var visit = await Visit.SignedInAsync(system, chromium, system.AdminKey, "/imports");
        await ChooseAsync(visit, $"{symbol}.csv", list);
        await Assertions.Expect(visit.Page.GetByText("Mark the columns that hold")).ToBeVisibleAsync();
        await Assertions
            .Expect(visit.Page.GetByRole(AriaRole.Region, new() { Name = "First rows of the file" }))
            .ToContainTextAsync("2024-02-01 10:00");
        await Assertions.Expect(visit.Button("Preview")).ToBeDisabledAsync();
        foreach (
            var (column, holds) in ((string, string)[])
                [("No", "Trade number"), ("What", "Entry or exit"), ("When", "Date and time"), ("How much", "Price")]
        )
            await visit
                .Page.GetByLabel($"What is in the column {column}", new() { Exact = true })
                .SelectOptionAsync(holds);
        await visit.Button("Preview").ClickAsync();
        await visit.Page.GetByLabel("Symbol", new() { Exact = true }).FillAsync(symbol);
        await visit.Page.GetByLabel("Timeframe").FillAsync("1h");
        await visit.Page.GetByLabel("Time zone of the chart").SelectOptionAsync("UTC");
        await visit.Button("Preview").ClickAsync();
        await Assertions.Expect(visit.Page.Locator("[data-preview=trades] tbody tr")).ToHaveCountAsync(1);
        await Assertions.Expect(visit.Page.Locator("[data-preview=trades] tbody tr")).ToContainTextAsync("110.5");
        visit.NothingWentWrong();
    }

    [Fact]
    public async Task A_file_that_says_everything_is_asked_nothing_and_one_without_a_good_row_cannot_be_imported()
    {
        var symbol = Trader.NewSymbol("SAYS");
        await using var visit = await Visit.SignedInAsync(system, chromium, system.AdminKey, "/imports");
        await ChooseAsync(visit, $"{symbol}.ndjson", string.Join('\n', Trader.Flips(symbol, 4, seed: 3)));
        await Assertions.Expect(visit.Button("Import")).ToBeEnabledAsync();
        await Assertions.Expect(visit.Page.Locator("[data-preview=ndjson] tbody tr")).ToHaveCountAsync(7);
        Assert.Equal(["Strategy optional"], await AsksAsync(visit));

        await ChooseAsync(visit, "bad.ndjson", """{"symbol":"{{ticker}}","side":"entry","price":NaN}""");
        await Assertions
            .Expect(visit.Page.GetByRole(AriaRole.Region, new() { Name = "Rows in error" }))
            .ToContainTextAsync("{{ticker}}");
        await Assertions.Expect(visit.Button("Import")).ToBeDisabledAsync();

        await ChooseAsync(visit, "empty.csv", "");
        await Assertions.Expect(visit.Page.GetByRole(AriaRole.Alert)).ToContainTextAsync("Holds no line");
        visit.NothingWentWrong();
    }

    /// <summary>The names of the fields that the form shows.</summary>
    private static async Task<IReadOnlyList<string>> AsksAsync(Visit visit) =>
        [.. (await visit.Page.Locator(".import-form label[for]").AllTextContentsAsync()).Select(label => label.Trim())];

    private static async Task ChooseAsync(Visit visit, string name, string text) =>
        await visit.Page.SetInputFilesAsync(
            "input[type=file]",
            new FilePayload
            {
                Name = name,
                MimeType = "text/csv",
                Buffer = Encoding.UTF8.GetBytes(text),
            }
        );
}
