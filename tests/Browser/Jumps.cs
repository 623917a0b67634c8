using Microsoft.Playwright;
using PnlPipeline.Tests.EndToEnd.System;

namespace PnlPipeline.Tests.Browser;

/// <summary>
/// Nothing that is read moves away under the reader: what is still to come has its place from the beginning.
/// </summary>
public sealed class Jumps(PipelineSystem system, Chromium chromium, Jumps.Batch batch) : IClassFixture<Jumps.Batch>
{
    // Answers come one after another, as on a slow line, not all within one picture.
    private static readonly int[] DelaysMs = [150, 450, 300, 600, 200];

    public sealed class Batch(PipelineSystem system) : IAsyncLifetime
    {
        public long Id { get; private set; }

        public string Symbol { get; private set; } = "";

        public async ValueTask InitializeAsync()
        {
            (Id, var symbols) = await History.MakeAsync(system, "JUMP", flips: 60);
            Symbol = symbols[0];
            // As many batches and symbols as an account of some months has: lists and forms are as tall as they get.
            (_, var others) = await History.MakeAsync(system, "STILL", flips: 40);
            var trader = new Trader(system);
            // More than are compared at once, which a hint says.
            for (var i = 0; i < 20; i++)
                await trader.CreateBatchAsync(new { name = $"STILL {i}", symbols = new[] { others[i % 2] } });
            await trader.InsistAsync(
                Enumerable
                    .Range(0, 24)
                    .Select(i => Trader.Body(Trader.NewSymbol("STILL"), "entry", "bullish", 100m + i, DateTime.UtcNow))
            );
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    public static TheoryData<string, string> Pages => new(Addresses.Pages);

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task A_page_stands_still_while_it_fills(string name, string path)
    {
        var scores = await Task.WhenAll(
            ShiftAsync(Addresses.Fill(path, batch.Id, batch.Symbol), (390, 844)),
            ShiftAsync(Addresses.Fill(path, batch.Id, batch.Symbol), (1440, 900))
        );
        Assert.All(
            scores,
            found => Assert.True(found.Score <= LayoutShift.Most, $"{name}: {found.Score:F4}\n{found.What}")
        );
    }

    private async Task<(double Score, string What)> ShiftAsync(string path, (int, int) size)
    {
        await using var visit = await Visit.SignedInAsync(system, chromium, system.AdminKey, "/set-up", size);
        // What is on its way when the page goes elsewhere.
        visit.Provoke("ERR_ABORTED");
        await visit.Page.AddInitScriptAsync(LayoutShift.Watch);
        var turn = 0;
        await visit.Page.RouteAsync(
            address =>
                address.Contains("/api/v1/", StringComparison.Ordinal)
                && !address.EndsWith("/stream", StringComparison.Ordinal),
            async route =>
            {
                await Task.Delay(DelaysMs[Interlocked.Increment(ref turn) % DelaysMs.Length]);
                await route.ContinueAsync();
            }
        );
        await visit.GoAsync(path);
        await SettledAsync(visit);
        await LayoutShift.ScrollThroughAsync(visit.Page);
        await SettledAsync(visit);
        await visit.Page.UnrouteAllAsync(new() { Behavior = UnrouteBehavior.IgnoreErrors });
        return await LayoutShift.WorstAsync(visit.Page);
    }

    private static async Task SettledAsync(Visit visit)
    {
        await Assertions.Expect(visit.Page.Locator("h1")).ToHaveCountAsync(1);
        await Assertions.Expect(visit.Page.Locator(".skeleton")).ToHaveCountAsync(0);
        // As long as the slowest of a view that asks twice.
        await visit.Page.WaitForTimeoutAsync(1300);
    }
}
