using Microsoft.Playwright;
using PnlPipeline.Tests.EndToEnd.System;

namespace PnlPipeline.Tests.Browser;

/// <summary>
/// What is being typed stays, whatever happens meanwhile; and what it comes to in the address is one number to
/// everybody.
/// </summary>
public sealed class Typing(PipelineSystem system, Chromium chromium, Typing.Batch batch) : IClassFixture<Typing.Batch>
{
    private readonly Trader _trader = new(system);

    public sealed class Batch(PipelineSystem system) : IAsyncLifetime
    {
        public long Id { get; private set; }

        public string Symbol { get; private set; } = "";

        public async ValueTask InitializeAsync()
        {
            (Id, var symbols) = await History.MakeAsync(system, "TYPED", flips: 40);
            Symbol = symbols[0];
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData("/batches/ID?view=what-if&try=paths", "[name=goal]", "120000", "goal=120000")]
    [InlineData("/batches/ID?view=statistics", "[aria-label='How many trades']", "25", "window=25")]
    [InlineData("/alerts", "[aria-label='Symbols, separated by commas']", "sol, eth", "symbol=SOL&symbol=ETH")]
    public async Task What_is_half_typed_stays_while_alerts_come(string path, string field, string text, string query)
    {
        await using var visit = await Visit.SignedInAsync(
            system,
            chromium,
            system.ViewerKey,
            Addresses.Fill(path, batch.Id, batch.Symbol)
        );
        var input = visit.Page.Locator(field);
        await input.FillAsync("");
        await input.PressSequentiallyAsync(text);
        // Read again, and drawn again, for each of them.
        for (var i = 0; i < 3; i++)
        {
            var read = visit.Page.WaitForResponseAsync(response =>
                response.Url.Contains("/api/v1/", StringComparison.Ordinal)
            );
            await _trader.InsistAsync(
                Trader.Body(batch.Symbol, "entry", i % 2 == 0 ? "bullish" : "bearish", 100m + i, DateTime.UtcNow)
            );
            await read;
            await visit.Page.WaitForTimeoutAsync(800);
        }

        Assert.Equal(text, await input.InputValueAsync());
        await input.BlurAsync();
        await visit.Page.WaitForURLAsync(url => url.Contains(query, StringComparison.Ordinal));
        visit.NothingWentWrong();
    }

    [Theory]
    [InlineData("en-US", "1,500", "1500", "1500")]
    [InlineData("de-DE", "1.500", "1500", "1500")]
    [InlineData("de-DE", "15,625", "15.625", "15,625")]
    [InlineData("en-US", "15.625", "15.625", "15.625")]
    [InlineData("ja-JP", "0.5", "0.5", "0.5")]
    [InlineData("ar-EG", "12.345", "12.345", "12.345")]
    public async Task A_number_in_the_address_is_the_same_to_everybody(
        string locale,
        string typed,
        string digits,
        string shown
    )
    {
        await using var visit = await Visit.SignedInAsync(
            system,
            chromium,
            system.ViewerKey,
            $"/batches/{batch.Id}?view=what-if&sizing=fixedAmount",
            change: options => options.Locale = locale
        );
        var amount = visit.Page.Locator("[name=amount]");
        await amount.FillAsync(typed);
        await visit.Page.WaitForURLAsync(url => $"{url}&".Contains($"&amount={digits}&", StringComparison.Ordinal));
        // It stays as it was typed, and comes back as the reader writes it.
        Assert.Equal(typed, await amount.InputValueAsync());
        await visit.Page.ReloadAsync();
        await Assertions.Expect(visit.Page.Locator("[name=amount]")).ToHaveValueAsync(shown);
        visit.NothingWentWrong();
    }

    [Theory]
    [InlineData("en-US", "12.345")]
    [InlineData("de-DE", "12,345")]
    public async Task A_form_can_be_saved_as_it_comes(string locale, string shown)
    {
        var id = await _trader.CreateBatchAsync(
            new
            {
                name = $"Typed {locale}",
                symbols = new[] { batch.Symbol },
                allocationPercentage = 12.345m,
            }
        );
        await using var visit = await Visit.SignedInAsync(
            system,
            chromium,
            system.AdminKey,
            $"/batches/{id}",
            change: options => options.Locale = locale
        );
        await visit.Button("Edit").ClickAsync();
        await Assertions.Expect(visit.Page.Locator("[name=allocationPercentage]")).ToHaveValueAsync(shown);
        await visit.Page.Locator("[name=name]").FillAsync($"Renamed {locale}");
        await visit.Button("Save").ClickAsync();
        await Assertions.Expect(visit.Dialog).ToHaveCountAsync(0);
        var saved = await _trader.GetAsync($"/api/v1/batches/{id}");
        Assert.Equal(
            (12.345m, $"Renamed {locale}"),
            (saved.GetProperty("allocationPercentage").GetDecimal(), saved.GetProperty("name").GetString())
        );
        visit.NothingWentWrong();
    }
}
