using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Playwright;
using PnlPipeline.Tests.EndToEnd.System;

namespace PnlPipeline.Tests.Browser;

/// <summary>
/// The what-if of a batch shows the API's figures beside the batch's own; its settings are in the address.
/// </summary>
public sealed class WhatIfs(PipelineSystem system, Chromium chromium, WhatIfs.Batch batch)
    : IClassFixture<WhatIfs.Batch>
{
    private static readonly TimeSpan Within = TimeSpan.FromSeconds(30);

    private readonly Trader _trader = new(system);

    public sealed class Batch(PipelineSystem system) : IAsyncLifetime
    {
        public long Id { get; private set; }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;

        public async ValueTask InitializeAsync()
        {
            (Id, _) = await History.MakeAsync(system, "WHATIF", flips: 60, allocationPercentage: 20);
            var trades = (await new Trader(system).GetAsync($"/api/v1/batches/{Id}/trades?limit=30&state=closed"))
                .GetProperty("items")
                .EnumerateArray()
                .Select(trade => trade.GetProperty("tradeId").GetString());
            foreach (var (i, trade) in trades.Index())
            {
                var note = new { tags = (string[])[i % 3 == 0 ? "late" : "picked"] };
                using var written = await system.Admin.PutAsJsonAsync($"/api/v1/trades/{trade}/note", note);
                written.EnsureSuccessStatusCode();
            }
        }
    }

    [Theory]
    [InlineData("", "{}", "")]
    [InlineData(
        "&allocationPercentage=50&slippagePercentage=0.1",
        """{"allocationPercentage":50,"slippagePercentage":0.1}""",
        ""
    )]
    [InlineData(
        "&sizing=percentOfEquity&allocationPercentage=100&maxOpenTrades=1",
        """{"sizing":"percentOfEquity","allocationPercentage":100,"maxOpenTrades":1}""",
        ""
    )]
    [InlineData("&sizing=kelly&side=long", """{"sizing":"kelly","lookback":30,"fraction":0.5}""", "side=long")]
    [InlineData("&maxOpenTrades=1&tag=picked", """{"maxOpenTrades":1}""", "tag=picked")]
    [InlineData("&tag=picked&tag=late&side=short", "{}", "tag=picked&tag=late&side=short")]
    public async Task It_shows_what_the_API_answers_beside_the_batch_as_it_is(string query, string body, string filter)
    {
        var expected = await AskAsync(body, filter);
        await using var visit = await Visit.SignedInAsync(
            system,
            chromium,
            system.ViewerKey,
            $"/batches/{batch.Id}?view=what-if&tz=UTC{query}"
        );
        await Assertions.Expect(Figure(visit, "data-what-if")).ToHaveTextAsync(Money(expected.GetProperty("account")));
        await Assertions
            .Expect(Figure(visit, "data-batch-figure"))
            .ToHaveTextAsync(Money(expected.GetProperty("batch")));
        // What is said of filters is true of all of them.
        await Assertions
            .Expect(visit.Page.Locator("[data-figure=passing]"))
            .ToHaveCountAsync(filter.Length == 0 ? 0 : 1);
        await Eventually.TrueAsync(
            async () => (await visit.DrawnAsync("what-if")).Count == 2,
            Within,
            () => "no chart"
        );
        var drawn = await visit.DrawnAsync("what-if");
        foreach (var (name, account) in ((string, string)[])[("What if", "account"), ("Batch", "batch")])
        {
            var series = expected.GetProperty(account).GetProperty("series");
            decimal[] values =
            [
                .. series.GetProperty("start") is { ValueKind: JsonValueKind.Object } start
                    ? (decimal[])[start.GetProperty("value").GetDecimal()]
                    : [],
                .. series.GetProperty("value").EnumerateArray().Select(value => value.GetDecimal()),
            ];
            Assert.Equal(values, drawn[name].EnumerateArray().Select(point => point[1].GetDecimal()));
        }

        var skipped = expected.GetProperty("skippedTotal").GetInt32();
        if (skipped > 0)
            await Assertions.Expect(visit.Page.Locator("[data-figure=skipped]")).ToHaveTextAsync($"{skipped}");
        visit.NothingWentWrong();
    }

    [Fact]
    public async Task What_is_typed_or_dragged_moves_the_figures_and_can_become_a_batch()
    {
        await using var visit = await Visit.SignedInAsync(
            system,
            chromium,
            system.AdminKey,
            $"/batches/{batch.Id}?view=what-if"
        );
        await visit.Page.GetByLabel("Position size in %, slider").FillAsync("60");
        await Assertions
            .Expect(Figure(visit, "data-what-if"))
            .ToHaveTextAsync(Money((await AskAsync("""{"allocationPercentage":60}""")).GetProperty("account")));
        Assert.Contains("allocationPercentage=60", visit.Page.Url, StringComparison.Ordinal);

        visit.Provoke("400");
        await visit.Page.GetByLabel("Fee in %", new() { Exact = true }).FillAsync("lots");
        await Assertions.Expect(visit.Page.Locator(".field.invalid .field-error")).ToBeVisibleAsync();
        await visit.Page.GetByLabel("Fee in %", new() { Exact = true }).FillAsync("");

        await visit.Button("Make it a batch").ClickAsync();
        var name = await visit.Dialog.GetByLabel("Name").InputValueAsync();
        Assert.EndsWith(", what if", name, StringComparison.Ordinal);
        await visit.Button("Create batch").ClickAsync();
        await Assertions.Expect(visit.Heading(name)).ToBeVisibleAsync();
        var made = (await _trader.GetAsync("/api/v1/batches"))
            .GetProperty("batches")
            .EnumerateArray()
            .Single(one => one.GetProperty("name").GetString() == name);
        Assert.Equal(60, made.GetProperty("allocationPercentage").GetDecimal());
        visit.NothingWentWrong();
    }

    private static ILocator Figure(Visit visit, string of) => visit.Page.Locator($"[{of}='Balance']");

    private static string Money(JsonElement account) =>
        account.GetProperty("availableCapital").GetDecimal().ToString("#,0.00", CultureInfo.InvariantCulture);

    private async Task<JsonElement> AskAsync(string settings, string filter = "")
    {
        var body = JsonSerializer.Deserialize<Dictionary<string, object>>(settings)!;
        (body["by"], body["points"], body["tz"]) = ("day", 1500, "UTC");
        using var response = await system.Admin.PostAsJsonAsync($"/api/v1/batches/{batch.Id}/what-if?{filter}", body);
        response.EnsureSuccessStatusCode();
        return await response.Content.ReadFromJsonAsync<JsonElement>();
    }
}
