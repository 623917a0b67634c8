using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using PnlPipeline.Tests.EndToEnd.System;

namespace PnlPipeline.Tests.Browser;

/// <summary>
/// What else could have come of a batch, and how it stands against holding: every picture holds the API's numbers.
/// </summary>
public sealed class WhatElse(PipelineSystem system, Chromium chromium, WhatElse.Batch batch)
    : IClassFixture<WhatElse.Batch>
{
    private static readonly TimeSpan Within = TimeSpan.FromSeconds(30);

    private readonly Trader _trader = new(system);

    public sealed class Batch(PipelineSystem system) : IAsyncLifetime
    {
        public long Id { get; private set; }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;

        public async ValueTask InitializeAsync() =>
            (Id, _) = await History.MakeAsync(system, "ELSE", flips: 60, allocationPercentage: 20);
    }

    private string Api => $"/api/v1/batches/{batch.Id}";

    [Fact]
    public async Task A_grid_of_settings_is_tried_ranked_and_used()
    {
        await using var visit = await VisitAsync(
            "view=what-if&try=many&xFrom=10&xTo=30&xSteps=3&y=feePercentage&yFrom=0&yTo=0.1&ySteps=2&rankBy=availableCapital"
        );
        await Assertions.Expect(visit.Page.Locator("[data-figure=combinations]")).ToContainTextAsync("6 combinations");
        await visit.Button("Try them all").ClickAsync();

        var expected = await SweepAsync(
            """{"grid":{"allocationPercentage":[10,20,30],"feePercentage":[0,0.1]},"rankBy":"availableCapital","settings":{"sizing":"sequential"},"tz":"UTC"}"""
        );
        await DrawnIsAsync(
            visit,
            "sweep",
            "Trials",
            [
                .. expected
                    .GetProperty("trials")
                    .EnumerateArray()
                    .Select(trial =>
                        $"{Number(trial.GetProperty("values").GetProperty("allocationPercentage"))} "
                        + $"{Number(trial.GetProperty("values").GetProperty("feePercentage"))} "
                        + Number(trial.GetProperty("rankedBy"))
                    ),
            ]
        );
        var best = expected.GetProperty("trials")[0];
        await Assertions
            .Expect(visit.Page.Locator("[data-figure=bestCapital]"))
            .ToHaveTextAsync(Money(best.GetProperty("availableCapital")));
        await Assertions
            .Expect(visit.Page.Locator("[data-figure=deflatedSharpe]"))
            .ToHaveTextAsync(Share(best.GetProperty("deflatedSharpe")));
        await Assertions.Expect(visit.Page.Locator("[data-list=trials] tbody tr")).ToHaveCountAsync(6);

        await visit.Button("Use these settings").First.ClickAsync();
        await Assertions
            .Expect(visit.Page.Locator("[data-what-if='Balance']"))
            .ToHaveTextAsync(Money(best.GetProperty("availableCapital")));
        Assert.DoesNotContain("try=many", visit.Page.Url, StringComparison.Ordinal);
        visit.NothingWentWrong();
    }

    [Fact]
    public async Task A_grid_that_is_too_large_or_no_number_is_not_sent()
    {
        await using var visit = await VisitAsync("view=what-if&try=many&xSteps=100&y=feePercentage&ySteps=11");
        await Assertions.Expect(visit.Page.Locator("[data-figure=combinations]")).ToContainTextAsync("at most 1,000");
        await Assertions.Expect(visit.Button("Try them all")).ToBeDisabledAsync();
        await visit.Page.GetByLabel("Position size in %: steps").FillAsync("many");
        await Assertions.Expect(visit.Page.Locator(".field.invalid .field-error")).ToContainTextAsync("whole number");
        visit.NothingWentWrong();
    }

    [Theory]
    [InlineData("", "method=bootstrap")]
    [InlineData("&method=shuffle&seed=7&paths=300", "method=shuffle&seed=7&paths=300")]
    [InlineData("&goal=101000&drawdownLimit=5&side=long", "method=bootstrap&goal=101000&drawdownLimit=5&side=long")]
    public async Task Monte_Carlo_is_the_answer_of_the_API(string view, string query)
    {
        var answer = await _trader.GetAsync($"{Api}/charts/confidence?tz=UTC&{query}");
        var result = answer.GetProperty("result");
        await using var visit = await VisitAsync($"view=what-if&try=paths{view}");
        foreach (var band in (string[])["p5", "p25", "p50", "p75", "p95"])
            await DrawnIsAsync(visit, "fan", band, Texts(result.GetProperty("fan").GetProperty(band)));
        await Assertions
            .Expect(visit.Page.Locator("[data-figure=ruined]"))
            .ToHaveTextAsync(Share(result.GetProperty("ruined")));
        foreach (var name in (string[])["passedDrawdownLimit", "reachedGoal"])
        {
            var share = result.GetProperty(name);
            await Assertions
                .Expect(visit.Page.Locator($"[data-figure={name}]"))
                .ToContainTextAsync(share.ValueKind == JsonValueKind.Null ? "set" : Share(share));
        }

        await Assertions
            .Expect(visit.Page.Locator("[data-figure=final-p50]"))
            .ToHaveTextAsync(Money(result.GetProperty("finalEquity").GetProperty("p50")));
        visit.NothingWentWrong();
    }

    [Fact]
    public async Task Statistics_have_their_intervals_and_their_course()
    {
        await using var visit = await VisitAsync("view=statistics&rolling=profitFactor&window=20");
        var intervals = (await _trader.GetAsync($"{Api}/charts/confidence?method=bootstrap&paths=1000&points=2&tz=UTC"))
            .GetProperty("result")
            .GetProperty("intervals");
        foreach (var name in (string[])["sharpe", "profitFactor"])
        {
            var own = intervals.GetProperty(name);
            await Assertions
                .Expect(visit.Page.Locator($"[data-interval={name}]"))
                .ToHaveTextAsync($"{Ratio(own.GetProperty("lower"))} to {Ratio(own.GetProperty("upper"))}");
        }

        await Assertions.Expect(visit.Page.Locator("[data-interval=winRate]")).ToBeVisibleAsync();
        var rolling = await _trader.GetAsync($"{Api}/charts/rolling?of=profitFactor&window=20&tz=UTC");
        await DrawnIsAsync(
            visit,
            "rolling",
            "Profit factor",
            Pairs(rolling.GetProperty("time"), rolling.GetProperty("value"))
        );
        await visit.Page.GetByLabel("Figure over time").SelectOptionAsync("sharpe");
        await Assertions.Expect(visit.Page.Locator(".rolling-window")).ToContainTextAsync("days");
        Assert.Contains("rolling=sharpe", visit.Page.Url, StringComparison.Ordinal);
        visit.NothingWentWrong();
    }

    [Fact]
    public async Task The_batch_stands_against_buy_and_hold_and_beside_it()
    {
        var benchmark = await _trader.GetAsync($"{Api}/charts/benchmark?tz=UTC");
        var start = $"{benchmark.GetProperty("start").GetProperty("time").GetInt64() - 86_400_000L} 0";
        await using var visit = await VisitAsync("by=day&hold=yes");
        await visit
            .Heading("Against buy & hold")
            .Or(visit.Page.Locator(".charts > .grid").Nth(1))
            .First.ScrollIntoViewIfNeededAsync();
        foreach (
            var (series, column) in ((string, string)[])
                [("Batch", "changePercentage"), ("Buy & hold", "benchmarkPercentage")]
        )
        {
            await DrawnIsAsync(
                visit,
                "benchmark",
                series,
                [start, .. Pairs(benchmark.GetProperty("time"), benchmark.GetProperty(column))]
            );
        }

        await Assertions
            .Expect(visit.Page.Locator("[data-figure=beta]"))
            .ToHaveTextAsync(Ratio(benchmark.GetProperty("beta")));

        // In money, from the starting capital, at the end of each day.
        var drawn = (await visit.DrawnAsync("capital"))["Buy & hold"]
            .EnumerateArray()
            .Select(point => point[1].GetDouble());
        Assert.Equal(
            [
                100_000,
                .. benchmark
                    .GetProperty("benchmarkPercentage")
                    .EnumerateArray()
                    .Select(change => 100_000 * (1 + (change.GetDouble() / 100))),
            ],
            drawn
        );
        visit.NothingWentWrong();
    }

    [Fact]
    public async Task How_far_trades_went_is_a_point_each_that_opens_its_trade()
    {
        var trades = (await _trader.GetAsync($"{Api}/trades?state=closed&sort=exitTime&limit=1000&tz=UTC"))
            .GetProperty("items")
            .EnumerateArray()
            .ToList();
        await using var visit = await VisitAsync("");
        await visit.Page.Locator(".charts > .grid").Nth(1).ScrollIntoViewIfNeededAsync();
        await Eventually.EqualAsync(
            trades
                .Select(trade => $"{Number(trade.GetProperty("mae"))} {Number(trade.GetProperty("changePercentage"))}")
                .Order(StringComparer.Ordinal)
                .ToList(),
            async () =>
                (await visit.DrawnAsync("excursions")).TryGetValue("Trades", out var points)
                    ? [.. Texts(points).Order(StringComparer.Ordinal)]
                    : [],
            Within
        );
        var chart = visit.Page.Locator("[data-chart=excursions]");
        await chart.FocusAsync();
        await visit.Page.Keyboard.PressAsync("ArrowRight");
        // It is said with the next picture.
        await Assertions
            .Expect(chart)
            .ToHaveAttributeAsync("aria-valuetext", new Regex("MAE", RegexOptions.None, TimeSpan.FromSeconds(1)));
        await visit.Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(visit.Dialog).ToBeVisibleAsync();
        visit.NothingWentWrong();
    }

    private Task<Visit> VisitAsync(string query) =>
        Visit.SignedInAsync(system, chromium, system.ViewerKey, $"/batches/{batch.Id}?tz=UTC&{query}");

    private async Task<JsonElement> SweepAsync(string body)
    {
        using var begun = await system.Admin.PostAsync(
            $"{Api}/sweeps",
            new StringContent(body, System.Text.Encoding.UTF8, "application/json")
        );
        begun.EnsureSuccessStatusCode();
        var sweep = await begun.Content.ReadFromJsonAsync<JsonElement>();
        await Eventually.TrueAsync(
            async () =>
                (sweep = await _trader.GetAsync(begun.Headers.Location!.ToString())).GetProperty("state").GetString()
                == "done",
            Within,
            () => sweep.GetRawText()
        );
        return sweep;
    }

    private static async Task DrawnIsAsync(Visit visit, string chart, string series, IReadOnlyList<string> expected) =>
        await Eventually.EqualAsync(
            expected,
            async () =>
                (await visit.DrawnAsync(chart)).TryGetValue(series, out var data)
                    ? Texts(data)
                    : [$"{chart} has no series {series}"],
            Within
        );

    private static IReadOnlyList<string> Pairs(JsonElement time, JsonElement value) =>
        [.. time.EnumerateArray().Zip(value.EnumerateArray(), (at, one) => $"{at.GetInt64()} {Number(one)}")];

    private static IReadOnlyList<string> Texts(JsonElement values) =>
        [
            .. values
                .EnumerateArray()
                .Select(value =>
                    value.ValueKind == JsonValueKind.Array
                        ? string.Join(' ', value.EnumerateArray().Select(Number))
                        : Number(value)
                ),
        ];

    private static string Number(JsonElement value) =>
        value.ValueKind == JsonValueKind.Number
            ? value.GetDouble().ToString("R", CultureInfo.InvariantCulture)
            : value.GetRawText();

    private static string Money(JsonElement value) =>
        value.GetDouble().ToString("#,0.00", CultureInfo.InvariantCulture);

    private static string Ratio(JsonElement value) => value.GetDouble().ToString("0.00", CultureInfo.InvariantCulture);

    private static string Share(JsonElement value) =>
        value.ValueKind == JsonValueKind.Null
            ? "–"
            : (value.GetDouble() * 100).ToString("0.#", CultureInfo.InvariantCulture) + "%";
}
