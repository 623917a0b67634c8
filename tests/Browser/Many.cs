using Microsoft.Playwright;
using PnlPipeline.Tests.EndToEnd.System;

namespace PnlPipeline.Tests.Browser;

/// <summary>More batches than the comparison takes, and than there are colours.</summary>
public sealed class Many(PipelineSystem system, Chromium chromium, Many.Batches batches) : IClassFixture<Many.Batches>
{
    public sealed class Batches(PipelineSystem system) : IAsyncLifetime
    {
        public List<long> Ids { get; } = [];

        public string Mark { get; } = Trader.NewSymbol("MANY");

        public async ValueTask InitializeAsync()
        {
            var trader = new Trader(system);
            await trader.InsistAsync(Trader.Flips(Mark, 6, seed: 9));
            for (var i = 1; i <= 22; i++)
                Ids.Add(await trader.CreateBatchAsync(new { name = $"{Mark} {i}", symbols = (string[])[Mark] }));
            await trader.AlertsAndTradesAreRightAsync();
            foreach (var id in Ids)
                await trader.LedgerIsRightAsync(id, new Reference.ReferenceBatch([Mark]));
        }

        // Other tests look at the overview, too.
        public async ValueTask DisposeAsync()
        {
            foreach (var id in Ids)
                await system.Admin.DeleteAsync(new Uri($"/api/v1/batches/{id}", UriKind.Relative));
        }
    }

    [Fact]
    public async Task Twenty_lines_are_told_apart_each_can_be_hidden_and_the_page_says_what_is_left_out()
    {
        await using var visit = await Visit.SignedInAsync(system, chromium, system.ViewerKey, "/");
        await Assertions.Expect(visit.Page.GetByText("Drawdown of the first 20")).ToBeVisibleAsync();
        var legend = visit.Page.Locator(".legend button");
        await Assertions.Expect(legend).ToHaveCountAsync(20);
        var looks = await legend.Locator("i").EvaluateAllAsync<string[]>("marks => marks.map(mark => mark.className)");
        Assert.Equal(20, looks.Distinct().Count());

        await legend.First.ClickAsync();
        await Eventually.TrueAsync(
            async () => (await visit.DrawnAsync("comparison-compared")).Count == 19,
            TimeSpan.FromSeconds(10),
            () => "the line is still there"
        );
        visit.NothingWentWrong();
    }

    [Theory]
    [InlineData(390, 8)]
    [InlineData(390, 22)]
    [InlineData(1440, 22)]
    public async Task Weights_are_of_the_first_twenty_and_fit_the_page(int width, int chosen)
    {
        await using var visit = await Visit.SignedInAsync(
            system,
            chromium,
            system.ViewerKey,
            $"/?{string.Join('&', batches.Ids.Take(chosen).Select(id => $"batch={id}"))}&show=weighted",
            size: (width, 900)
        );
        await Assertions.Expect(visit.Page.Locator("[data-weighted=Balance]")).ToBeVisibleAsync();
        await Assertions.Expect(visit.Page.Locator(".weights-fields input")).ToHaveCountAsync(Math.Min(20, chosen));
        await Assertions.Expect(visit.Page.Locator("[data-figure=weights-total]")).ToHaveTextAsync("100%");
        await Assertions
            .Expect(visit.Page.GetByText("Weights are of the first 20 of 22 batches"))
            .ToHaveCountAsync(chosen > 20 ? 1 : 0);
        Assert.True(await visit.Page.EvaluateAsync<bool>("() => document.documentElement.scrollWidth <= innerWidth"));
        visit.NothingWentWrong();
    }

    [Theory]
    [InlineData("/", ".batch-card")]
    [InlineData("/batches", "tr[data-batch]")]
    public async Task A_batch_is_found_by_its_name(string path, string batch)
    {
        await using var visit = await Visit.SignedInAsync(system, chromium, system.ViewerKey, path);
        await visit.Page.GetByLabel("Search batches").Filter(new() { Visible = true }).FillAsync($"{batches.Mark} 21");
        await Assertions.Expect(visit.Page.Locator(batch)).ToHaveCountAsync(1);
        visit.NothingWentWrong();
    }
}
