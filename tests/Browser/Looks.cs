using Microsoft.Playwright;
using PnlPipeline.Replayer;
using PnlPipeline.Tests.EndToEnd.System;

namespace PnlPipeline.Tests.Browser;

/// <summary>
/// Every page with the demo's history, light and dark, from a phone to a very wide screen: drawn without an error, and
/// no wider than the window. With PNL_SCREENSHOTS in the environment a picture of each is written to that folder, which
/// is what <c>./screenshots</c> does.
/// </summary>
public sealed class Looks(PipelineSystem system, Chromium chromium, Looks.Demo demo) : IClassFixture<Looks.Demo>
{
    private static readonly string? Folder = Environment.GetEnvironmentVariable("PNL_SCREENSHOTS");

    // Empty where the page is no wider than its window; else what reaches past it.
    private const string TooWide = """
        () => document.documentElement.scrollWidth <= innerWidth ? '' : [...document.querySelectorAll('main *')]
          .filter(element => element.getBoundingClientRect().right > innerWidth).map(element => `${element.tagName}.${element.className}`).slice(0, 12).join(' ')
        """;

    public sealed class Demo(PipelineSystem system) : IAsyncLifetime
    {
        /// <summary>The batch called Crypto.</summary>
        public long Id { get; private set; }

        public async ValueTask InitializeAsync()
        {
            using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(30) };
            var webhook = new Webhook(http, new Uri(system.Ingest.Url, $"/webhooks/tradingview/{system.Token}"));
            await webhook.SendAsync(DemoHistory.Bodies(DateTime.UtcNow), inFlight: 8, CancellationToken.None);
            await DemoBatches.CreateAsync(http, system.Query.Url, system.AdminKey, CancellationToken.None);
            var list = await new Trader(system).GetAsync("/api/v1/batches");
            Id = list.GetProperty("batches")
                .EnumerateArray()
                .Single(batch => batch.GetProperty("name").GetString() == "Crypto")
                .GetProperty("id")
                .GetInt64();
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    public static TheoryData<string, string> Pages => new(Addresses.Pages);

    [Theory]
    [MemberData(nameof(Pages))]
    public async Task A_page_fits_its_window_light_and_dark_from_a_phone_to_a_very_wide_screen(string name, string path)
    {
        foreach (var size in ((int Width, int Height)[])[(390, 844), (768, 1024), (1440, 900), (2560, 1440)])
        {
            await using var visit = await Visit.SignedInAsync(
                system,
                chromium,
                system.AdminKey,
                Addresses.Fill(path, demo.Id, "BTCUSDT"),
                size
            );
            foreach (var scheme in (ColorScheme[])[ColorScheme.Light, ColorScheme.Dark])
            {
                await visit.Page.EmulateMediaAsync(new() { ColorScheme = scheme });
                await Assertions.Expect(visit.Page.Locator(".skeleton")).ToHaveCountAsync(0);
                Assert.Equal("", await visit.Page.EvaluateAsync<string>(TooWide));
                if (Folder is { Length: > 0 })
                    await PictureAsync(visit, $"{name}-{size.Width}-{scheme.ToString().ToLowerInvariant()}");
            }

            visit.NothingWentWrong();
        }
    }

    private static async Task PictureAsync(Visit visit, string name)
    {
        Directory.CreateDirectory(Folder!);
        await visit.Page.ScreenshotAsync(new() { Path = Path.Combine(Folder!, $"{name}.png") });
        await visit.Page.ScreenshotAsync(
            new() { Path = Path.Combine(Folder!, "whole", $"{name}.png"), FullPage = true }
        );
    }
}
