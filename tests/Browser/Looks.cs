using Microsoft.Playwright;
using PnlPipeline.Tests.EndToEnd.System;

namespace PnlPipeline.Tests.Browser;

/// <summary>
/// Every page, light and dark, on a desktop and on a phone: drawn without an error, and no wider than the window. With PNL_SCREENSHOTS in the environment a
/// picture of each is written to that folder, which is what <c>./screenshots</c> does.
/// </summary>
public sealed class Looks(PipelineSystem system, Chromium chromium, Looks.Batch batch) : IClassFixture<Looks.Batch>
{
    private static readonly string? Folder = Environment.GetEnvironmentVariable("PNL_SCREENSHOTS");

    public sealed class Batch(PipelineSystem system) : IAsyncLifetime
    {
        public long Id { get; private set; }

        public async ValueTask InitializeAsync() => (Id, _) = await History.MakeAsync(system, "DEMO", flips: 150, allocationPercentage: 8);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    public static TheoryData<string, string> Pages => new()
    {
        { "overview", "/" },
        { "batches", "/batches" },
        { "batch", "/batches/ID" },
        { "statistics", "/batches/ID?view=statistics" },
        { "ledger", "/batches/ID?view=ledger" },
        { "alerts", "/alerts" },
        { "inbox", "/inbox" },
        { "imports", "/imports" },
        { "reconciliation", "/reconciliation" },
        { "set-up", "/set-up" },
    };

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task A_page_fits_its_window_light_and_dark_on_desktop_and_phone(string name, string path)
    {
        foreach (var (device, size) in ((string, (int, int))[])[("desktop", (1280, 900)), ("phone", (390, 844))])
        {
            await using var visit = await Visit.SignedInAsync(
                system, chromium, system.AdminKey, path.Replace("ID", $"{batch.Id}", StringComparison.Ordinal), size);
            foreach (var scheme in (ColorScheme[])[ColorScheme.Light, ColorScheme.Dark])
            {
                await visit.Page.EmulateMediaAsync(new() { ColorScheme = scheme });
                await Assertions.Expect(visit.Page.Locator(".skeleton")).ToHaveCountAsync(0);
                Assert.Equal(size.Item1, await visit.Page.EvaluateAsync<int>("() => document.documentElement.scrollWidth"));
                if (Folder is { Length: > 0 })
                {
                    Directory.CreateDirectory(Folder);
                    var file = Path.Combine(Folder, $"{name}-{device}-{scheme.ToString().ToLowerInvariant()}.png");
                    await visit.Page.ScreenshotAsync(new() { Path = file });
                }
            }

            visit.NothingWentWrong();
        }
    }
}
