using Microsoft.Playwright;
using PnlPipeline.Tests.EndToEnd.System;

namespace PnlPipeline.Tests.Browser;

/// <summary>
/// No figure is cut, in any language, at any width: every cell is as wide as what is in it, or wraps.
/// </summary>
public sealed class Cells(PipelineSystem system, Chromium chromium, Cells.Batch batch) : IClassFixture<Cells.Batch>
{
    // Previews of long text are cut on purpose: the row opens to the whole.
    private const string Cut = """
        () => [...document.querySelectorAll('main td, main th, main dd, main [role=cell]:not(.preview), main [role=columnheader], main .figure, main .row-card > :not(.row-card-detail)')]
          .filter(cell => cell.clientWidth > 1 && cell.scrollWidth > cell.clientWidth + 1)
          .map(cell => `${cell.textContent} (${cell.scrollWidth} in ${cell.clientWidth})`)
        """;

    public sealed class Batch(PipelineSystem system) : IAsyncLifetime
    {
        private static readonly DateTime Start = new(2025, 12, 31, 6, 30, 0, DateTimeKind.Utc);

        public long Id { get; private set; }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;

        /// <summary>Prices of nine digits, a trade of +250 %, a large profit, and a long symbol.</summary>
        public async ValueTask InitializeAsync()
        {
            var trader = new Trader(system);
            string[] symbols = [Trader.NewSymbol("WIDE"), Trader.NewSymbol("BINANCE:1000000MOGUSDTPERPETUAL")];
            Id = await trader.CreateBatchAsync(
                new
                {
                    name = $"{symbols[0]} {new string('W', 80)}",
                    symbols,
                    capital = 98_765_432,
                }
            );
            foreach (var (symbol, at) in symbols.Select((symbol, at) => (symbol, at)))
            {
                await trader.InsistAsync(Trader.Body(symbol, "entry", "bullish", 123_456.789m, Start.AddDays(at)));
                await trader.InsistAsync(
                    Trader.Body(symbol, "exit", "bullish", 432_098.7615m, Start.AddDays(at).AddHours(300))
                );
                await trader.InsistAsync(
                    Trader.Body(symbol, "entry", "bearish", 0.000000123456m, Start.AddDays(at).AddHours(310))
                );
            }

            await trader.AlertsAndTradesAreRightAsync();
            await trader.LedgerIsRightAsync(Id, new Reference.ReferenceBatch(symbols, Capital: 98_765_432));
        }
    }

    public static TheoryData<string> Locales => ["en-US", "de-DE", "ja-JP", "ar-EG"];

    [Theory]
    [MemberData(nameof(Locales))]
    public async Task No_cell_is_cut(string locale)
    {
        foreach (var width in (int[])[390, 768, 1440, 2560])
        {
            await using var visit = await Visit.SignedInAsync(
                system,
                chromium,
                system.ViewerKey,
                $"/batches/{batch.Id}?view=ledger",
                (width, 900),
                change: options => options.Locale = locale
            );
            foreach (
                var path in (string[])
                    [
                        $"/batches/{batch.Id}?view=ledger",
                        $"/batches/{batch.Id}?view=trades",
                        "/alerts",
                        "/batches",
                        $"/batches/{batch.Id}",
                        "/?show=figures",
                    ]
            )
            {
                await visit.GoAsync(path);
                await Assertions
                    .Expect(
                        visit
                            .Page.Locator("main :is([role=cell], td, [data-figure])")
                            .Filter(new() { Visible = true })
                            .First
                    )
                    .ToBeVisibleAsync();
                await Assertions.Expect(visit.Page.Locator("main .skeleton")).ToHaveCountAsync(0);
                await Eventually.EqualAsync<string>(
                    [],
                    async () => await visit.Page.EvaluateAsync<string[]>(Cut),
                    TimeSpan.FromSeconds(5)
                );
            }

            visit.NothingWentWrong();
        }
    }
}
