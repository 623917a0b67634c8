using Microsoft.Playwright;
using PnlPipeline.Tests.Browser;

[assembly: AssemblyFixture(typeof(Chromium))]

namespace PnlPipeline.Tests.Browser;

/// <summary>Debian's Chromium, started once for all tests; <c>./test</c> installs it.</summary>
public sealed class Chromium : IAsyncLifetime
{
    // As root there is no sandbox; the rest keeps the browser from calling its maker.
    private static readonly string[] Arguments =
    [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
    ];

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public static string Executable =>
        Environment.GetEnvironmentVariable("PNL_CHROMIUM") is { Length: > 0 } path ? path : "/usr/bin/chromium";

    public IBrowser Browser => _browser!;

    public async ValueTask InitializeAsync()
    {
        if (!File.Exists(Executable))
            throw new InvalidOperationException(
                $"There is no browser at {Executable}. Install Chromium, or say in PNL_CHROMIUM where it is."
            );
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(
            new BrowserTypeLaunchOptions { ExecutablePath = Executable, Args = Arguments }
        );
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
            await _browser.CloseAsync();
        _playwright?.Dispose();
    }
}
