using System.Text.Json;
using Microsoft.Playwright;
using PnlPipeline.Tests.EndToEnd.System;
using PnlPipeline.Tests.Servers;

namespace PnlPipeline.Tests.Browser;

/// <summary>
/// axe-core finds nothing serious or critical, on any page, in either colour scheme, on desktop and phone.
/// </summary>
public sealed class Accessibility(PipelineSystem system, Chromium chromium, Accessibility.Batch batch)
    : IClassFixture<Accessibility.Batch>
{
    /// <summary>From the page's own packages: Dashboard/package.json has its version.</summary>
    private static string Axe => Repository.PathOf("Dashboard", "node_modules", "axe-core", "axe.min.js");

    public sealed class Batch(PipelineSystem system) : IAsyncLifetime
    {
        public long Id { get; private set; }

        public string Symbol { get; private set; } = "";

        public async ValueTask InitializeAsync()
        {
            (Id, var symbols) = await History.MakeAsync(system, "AXE", flips: 40);
            Symbol = symbols[0];
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    public static TheoryData<string> Paths =>
        [
            .. Addresses.Pages.Select(page => page.Path),
            "/batches/ID?hold=yes",
            "/batches/ID?view=calendar&month=2026-01&day=2026-01-20",
            "/batches/ID?view=what-if",
            "/batches/ID?view=what-if&sizing=kelly&maxOpenTrades=2",
        ];

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task No_serious_violation(string path)
    {
        foreach (var (isDark, size) in ((bool, (int, int))[])[(false, (1280, 900)), (true, (390, 844))])
        {
            await using var visit = await Visit.SignedInAsync(
                system,
                chromium,
                system.AdminKey,
                Addresses.Fill(path, batch.Id, batch.Symbol),
                size,
                isDark,
                bypassPolicy: true
            );
            await Assertions.Expect(visit.Page.Locator(".skeleton")).ToHaveCountAsync(0);
            await visit.Page.AddScriptTagAsync(new() { Path = Axe });
            var text = await visit.Page.EvaluateAsync<string>(
                "async () => JSON.stringify((await axe.run()).violations)"
            );
            var found = JsonDocument
                .Parse(text)
                .RootElement.EnumerateArray()
                .Where(violation => violation.GetProperty("impact").GetString() is "serious" or "critical")
                .Select(violation =>
                    $"{violation.GetProperty("id")}: {violation.GetProperty("nodes")[0].GetProperty("html")}"
                );
            Assert.Empty(found);
            visit.NothingWentWrong();
        }
    }
}
