using System.Globalization;
using System.Text.Json;
using Microsoft.Playwright;
using PnlPipeline.Tests.EndToEnd.System;

namespace PnlPipeline.Tests.Browser;

/// <summary>
/// Batches combined in weights of one's choice: the page shows the API's figures beside those of the plain sum, and its
/// address says which weights they are.
/// </summary>
public sealed class Weighted(PipelineSystem system, Chromium chromium, Weighted.Batches batches)
    : IClassFixture<Weighted.Batches>
{
    private const string Chart = "comparison-weighted";

    private static readonly TimeSpan Within = TimeSpan.FromSeconds(30);

    private readonly Trader _trader = new(system);

    public sealed class Batches(PipelineSystem system) : IAsyncLifetime
    {
        public List<long> Ids { get; } = [];

        // Other tests look at the overview, too.
        public async ValueTask DisposeAsync()
        {
            foreach (var id in Ids)
                await system.Admin.DeleteAsync(new Uri($"/api/v1/batches/{id}", UriKind.Relative));
        }

        public async ValueTask InitializeAsync()
        {
            var trader = new Trader(system);
            var (first, symbols) = await History.MakeAsync(system, "WEIGHTY", flips: 40, allocationPercentage: 30);
            Ids.Add(first);
            foreach (var symbol in symbols)
                Ids.Add(await trader.CreateBatchAsync(new { name = $"{symbol} alone", symbols = (string[])[symbol] }));
            foreach (var id in Ids)
            {
                await Eventually.TrueAsync(
                    async () =>
                        (await trader.GetAsync($"/api/v1/batches/{id}")).GetProperty("ledger") is var ledger
                        && ledger.GetProperty("state").GetString() == "ready"
                        && ledger.GetProperty("trades").GetInt32() > 0,
                    Within,
                    () => "no ledger"
                );
            }
        }
    }

    private string Chosen => string.Join('&', batches.Ids.Select(id => $"batch={id}"));

    private string Address => $"/?{Chosen}&show=weighted&tz=UTC";

    [Theory]
    [InlineData("", "weights=33.34&weights=33.33&weights=33.33")]
    [InlineData(
        "&weight={2}:10&weight={0}:60&weight={1}:30&rebalance=month",
        "weights=60&weights=30&weights=10&rebalance=month"
    )]
    [InlineData("&suggest=equalRisk", "suggest=equalRisk")]
    [InlineData("&suggest=minimumVariance&rebalance=month", "suggest=minimumVariance&rebalance=month")]
    public async Task It_shows_what_the_API_answers_beside_the_plain_sum(string query, string asked)
    {
        var path = string.Format(CultureInfo.InvariantCulture, query, [.. batches.Ids.Cast<object>()]);
        var expected = await _trader.GetAsync($"/api/v1/compare?{Chosen}&by=day&tz=UTC&{asked}");
        await using var visit = await Visit.SignedInAsync(system, chromium, system.ViewerKey, Address + path);
        await Eventually.TrueAsync(async () => (await visit.DrawnAsync(Chart)).Count == 2, Within, () => "no chart");
        var drawn = await visit.DrawnAsync(Chart);
        var sum = expected.GetProperty("sum");
        foreach (
            var (name, values) in ((string, JsonElement)[])
                [("Weighted", expected.GetProperty("weighted")), ("Combined", sum)]
        )
        {
            decimal[] points =
            [
                sum.GetProperty("start").GetProperty("value").GetDecimal(),
                .. values.GetProperty("value").EnumerateArray().Select(value => value.GetDecimal()),
            ];
            Assert.Equal(points, drawn[name].EnumerateArray().Select(point => point[1].GetDecimal()));
        }

        foreach (
            var (of, account) in ((string, string)[])[("data-weighted", "weighted"), ("data-combined", "unweighted")]
        )
        {
            var figures = expected.GetProperty(account);
            foreach (
                var (label, value) in ((string, double)[])
                    [
                        ("Balance", Last(figures.GetProperty("value"))),
                        ("Return", Last(figures.GetProperty("changePercentage"))),
                        ("Max drawdown", figures.GetProperty("maxDrawdownPercentage").GetDouble()),
                        ("Volatility", figures.GetProperty("volatility").GetDouble() * 100),
                        ("Sharpe", figures.GetProperty("sharpe").GetDouble()),
                        ("Sortino", figures.GetProperty("sortino").GetDouble()),
                    ]
            )
            {
                var text = await visit.Page.Locator($"[{of}='{label}']").InnerTextAsync();
                Assert.Equal(value, Number(text), 0.00501);
            }
        }

        // The weights that it is in stand in the fields, and come to 100.
        var fields = visit.Page.Locator(".weights input[name^=weight-]");
        var shown = new List<double>();
        for (var i = 0; i < batches.Ids.Count; i++)
            shown.Add(Number(await fields.Nth(i).InputValueAsync()));
        foreach (var (weight, field) in Numbers(expected.GetProperty("weighted").GetProperty("weights")).Zip(shown))
            Assert.Equal(weight * 100, field, 0.0101);
        Assert.Equal(100, shown.Sum(), 1e-9);
        await Assertions.Expect(visit.Page.Locator("[data-figure=weights-total]")).ToHaveTextAsync("100%");

        if (query.Contains("suggest", StringComparison.Ordinal))
        {
            var suggestion = expected.GetProperty("suggestion");
            var said = visit.Page.Locator("[data-figure=suggestion]");
            foreach (var end in (string[])["from", "to"])
            {
                var day = DateTimeOffset.FromUnixTimeMilliseconds(suggestion.GetProperty(end).GetInt64());
                await Assertions
                    .Expect(said)
                    .ToContainTextAsync(day.ToString("MMM d, yyyy", CultureInfo.InvariantCulture));
            }

            await Assertions.Expect(said).ToContainTextAsync($"the {suggestion.GetProperty("days")} days");
            await Assertions.Expect(said).ToContainTextAsync("fit the past");
        }

        visit.NothingWentWrong();
    }

    [Fact]
    public async Task Weights_are_typed_suggested_and_scaled_and_a_link_shows_the_same()
    {
        await using var visit = await Visit.SignedInAsync(system, chromium, system.ViewerKey, Address);
        await TypeAsync(visit, 0, "50");
        await Assertions.Expect(visit.Page.Locator(".weights-total")).ToContainTextAsync("16.66% too much");
        await TypeAsync(visit, 1, "lots");
        await Assertions.Expect(visit.Page.Locator(".field.invalid .field-error")).ToContainTextAsync("0 to 100");
        await TypeAsync(visit, 1, "10");
        await Assertions.Expect(visit.Page.Locator(".weights-total")).ToContainTextAsync("6.67% is missing");
        await visit.Button("Scale to 100 %").ClickAsync();
        await Assertions.Expect(visit.Page.Locator("[data-figure=weights-total]")).ToHaveTextAsync("100%");
        await Assertions.Expect(Field(visit, 0)).ToHaveValueAsync("53.57");
        await visit.Page.GetByRole(AriaRole.Radio, new() { Name = "Monthly" }).CheckAsync(new() { Force = true });

        var expected = await _trader.GetAsync(
            $"/api/v1/compare?{Chosen}&by=day&tz=UTC&weights=53.57&weights=10.72&weights=35.71&rebalance=month"
        );
        await using var other = await Visit.SignedInAsync(
            system,
            chromium,
            system.ViewerKey,
            new Uri(visit.Page.Url).PathAndQuery
        );
        foreach (var one in (Visit[])[visit, other])
        {
            await Eventually.TrueAsync(
                async () =>
                    (await one.DrawnAsync(Chart)).TryGetValue("Weighted", out var points)
                    && Math.Abs(
                        points.EnumerateArray().Last()[1].GetDouble()
                            - Last(expected.GetProperty("weighted").GetProperty("value"))
                    ) < 1e-6,
                Within,
                () => "other weights"
            );
        }

        await visit.Button("Equal risk").ClickAsync();
        await Assertions.Expect(visit.Page.Locator("[data-figure=suggestion]")).ToContainTextAsync("fit the past");
        Assert.DoesNotContain("weight=", visit.Page.Url, StringComparison.Ordinal);
        // What was suggested is where typing goes on from.
        var suggested = await Field(visit, 2).InputValueAsync();
        await TypeAsync(visit, 0, "0");
        await Assertions.Expect(visit.Page.Locator("[data-figure=suggestion]")).ToHaveCountAsync(0);
        Assert.Equal(suggested, await Field(visit, 2).InputValueAsync());
        visit.NothingWentWrong();
    }

    [Fact]
    public async Task What_the_API_refuses_stands_at_the_weights()
    {
        var weights = batches.Ids.Zip(
            ["33.333333333", "33.333333333", "33.333333334"],
            (id, part) => $"weight={id}:{part}"
        );
        await using var visit = await Visit.SignedInAsync(
            system,
            chromium,
            system.ViewerKey,
            $"{Address}&{string.Join('&', weights)}"
        );
        visit.Provoke("400");
        await Assertions.Expect(visit.Page.Locator(".weights-total .field-error")).ToContainTextAsync("8 decimals");
        await visit.Button("Equal parts").ClickAsync();
        await Assertions.Expect(visit.Page.Locator("[data-weighted=Sharpe]")).ToBeVisibleAsync();
        visit.NothingWentWrong();
    }

    [Fact]
    public async Task One_batch_needs_no_weights_and_two_fit_a_phone()
    {
        await using var visit = await Visit.SignedInAsync(
            system,
            chromium,
            system.ViewerKey,
            $"/?batch={batches.Ids[0]}&show=weighted&tz=UTC",
            size: (390, 844)
        );
        await Assertions.Expect(visit.Page.GetByText("Weights need two batches")).ToBeVisibleAsync();
        await visit.GoAsync($"/?batch={batches.Ids[0]}&batch={batches.Ids[1]}&show=weighted&tz=UTC");
        await Assertions.Expect(visit.Page.Locator("[data-weighted=Sharpe]")).ToBeVisibleAsync();
        Assert.True(await visit.Page.EvaluateAsync<bool>("() => document.documentElement.scrollWidth <= innerWidth"));
        visit.NothingWentWrong();
    }

    [Fact]
    public async Task Correlations_have_names_numbers_and_the_days_they_are_of()
    {
        var expected = await _trader.GetAsync($"/api/v1/compare?{Chosen}&by=day&tz=UTC");
        await using var visit = await Visit.SignedInAsync(
            system,
            chromium,
            system.ViewerKey,
            $"/?{Chosen}&show=figures&tz=UTC"
        );
        var table = visit.Page.GetByRole(AriaRole.Region, new() { Name = "Correlation of daily returns" });
        var names = expected
            .GetProperty("batches")
            .EnumerateArray()
            .Select(batch => batch.GetProperty("name").GetString()!)
            .ToArray();
        await Assertions.Expect(table.Locator("th[scope=col]")).ToHaveTextAsync(names);
        await Assertions.Expect(table.Locator("th[scope=row]")).ToHaveTextAsync(names);
        var cells = table.Locator("td.number");
        for (var i = 0; i < names.Length; i++)
        {
            for (var j = 0; j < names.Length; j++)
            {
                var cell = cells.Nth((i * names.Length) + j);
                var days = expected.GetProperty("commonDays")[i][j].GetInt32();
                await Assertions.Expect(cell.Locator("small")).ToHaveTextAsync($"{days} days");
                if (i == j)
                    continue;
                var text = (await cell.InnerTextAsync()).Split('\n', ' ')[0];
                Assert.Equal(expected.GetProperty("correlation")[i][j].GetDouble(), Number(text), 0.00501);
            }
        }

        visit.NothingWentWrong();
    }

    private static ILocator Field(Visit visit, int batch) =>
        visit.Page.Locator(".weights input[name^=weight-]").Nth(batch);

    private static Task TypeAsync(Visit visit, int batch, string text) => Field(visit, batch).FillAsync(text);

    private static double Last(JsonElement column) => column.EnumerateArray().Last().GetDouble();

    private static IEnumerable<double> Numbers(JsonElement column) =>
        column.EnumerateArray().Select(value => value.GetDouble());

    private static double Number(string text) =>
        double.Parse(
            text.Replace('\u2212', '-').Replace("%", "", StringComparison.Ordinal),
            NumberStyles.Any,
            CultureInfo.InvariantCulture
        );
}
