using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.Playwright;
using PnlPipeline.Tests.EndToEnd.System;

namespace PnlPipeline.Tests.Browser;

/// <summary>
/// A reader at the page, with a browser profile of their own. Whatever the console calls an error and whatever request
/// fails is kept, and fails the test at the end, unless it was announced by <see cref="Provoke"/>.
/// </summary>
public sealed class Visit : IAsyncDisposable
{
    public const float WithinMs = 30_000;

    private readonly ConcurrentQueue<string> _complaints = new();
    private readonly List<string> _provoked = [];
    private readonly IBrowserContext _context;
    private readonly Uri _root;

    private Visit(IBrowserContext context, IPage page, Uri root)
    {
        (_context, Page, _root) = (context, page, root);
        page.SetDefaultTimeout(WithinMs);
        page.SetDefaultNavigationTimeout(WithinMs);
        Assertions.SetDefaultExpectTimeout(WithinMs);
        page.PageError += (_, fault) => _complaints.Enqueue($"exception: {fault}");
        page.Console += (_, message) =>
        {
            if (message.Type == "error")
                _complaints.Enqueue($"console: {message.Text} {message.Location}");
        };
        page.Response += (_, response) =>
        {
            if (response.Status >= 400)
                _complaints.Enqueue($"{response.Status}: {response.Request.Method} {response.Url}");
        };
        page.RequestFailed += (_, request) =>
        {
            // What the page itself breaks off, as when the reader goes elsewhere, has not failed.
            if (request.Failure != "net::ERR_ABORTED")
                _complaints.Enqueue($"{request.Failure}: {request.Method} {request.Url}");
        };
    }

    public IPage Page { get; }

    /// <param name="size">Width and height in pixels; a desktop's unless given.</param>
    /// <param name="bypassPolicy">Lets a test bring a script of its own into the page, past its content security
    /// policy.</param>
    /// <param name="change">What else is different about the reader's browser: language, time zone, a touch
    /// screen.</param>
    public static async Task<Visit> BeginAsync(
        PipelineSystem system,
        Chromium chromium,
        (int Width, int Height)? size = null,
        bool isDark = false,
        bool bypassPolicy = false,
        Action<BrowserNewContextOptions>? change = null
    )
    {
        var (width, height) = size ?? (1280, 900);
        var options = new BrowserNewContextOptions
        {
            ViewportSize = new ViewportSize { Width = width, Height = height },
            Locale = "en-US",
            TimezoneId = "UTC",
            ColorScheme = isDark ? ColorScheme.Dark : ColorScheme.Light,
            BypassCSP = bypassPolicy,
        };
        change?.Invoke(options);
        var context = await chromium.Browser.NewContextAsync(options);
        return new Visit(context, await context.NewPageAsync(), system.Query.Url);
    }

    /// <summary>A reader who has signed in, at an address of the page.</summary>
    public static async Task<Visit> SignedInAsync(
        PipelineSystem system,
        Chromium chromium,
        string key,
        string path,
        (int Width, int Height)? size = null,
        bool isDark = false,
        bool bypassPolicy = false,
        Action<BrowserNewContextOptions>? change = null
    )
    {
        var visit = await BeginAsync(system, chromium, size, isDark, bypassPolicy, change);
        await visit.GoAsync(path);
        await visit.SignInAsync(key);
        return visit;
    }

    public async Task GoAsync(string path) => await Page.GotoAsync(new Uri(_root, path).ToString());

    public async Task SignInAsync(string key)
    {
        await Page.GetByLabel("Key", new() { Exact = true }).FillAsync(key);
        await Button("Sign in").ClickAsync();
        await Assertions
            .Expect(Page.GetByRole(AriaRole.Heading, new() { Level = 1 }))
            .Not.ToHaveTextAsync("PnlPipeline");
    }

    public ILocator Button(string name) => Page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

    public ILocator Link(string name) => Page.GetByRole(AriaRole.Link, new() { Name = name, Exact = true });

    public ILocator Heading(string name) => Page.GetByRole(AriaRole.Heading, new() { Name = name, Exact = true });

    /// <summary>The pixel of a chart at a point of its first series.</summary>
    public async Task<(float X, float Y)> PixelAsync(string chart, int index)
    {
        await Page.Locator($"[data-chart='{chart}']").ScrollIntoViewIfNeededAsync();
        var at = await Page.EvaluateAsync<float[]>(
            """
            ([name, index]) => {
              const element = document.querySelector(`[data-chart="${name}"]`);
              const data = element.drawn()[0].data;
              const box = element.getBoundingClientRect();
              const point = data[index < 0 ? data.length + index : index];
              const [x] = element.chart.convertToPixel({ seriesIndex: 0 }, Array.isArray(point) ? point : [index, point]);
              return [box.left + x, box.top + 60];
            }
            """,
            new object[] { chart, index }
        );
        return (at[0], at[1]);
    }

    public ILocator Dialog => Page.GetByRole(AriaRole.Dialog);

    /// <summary>The numbers that a chart holds, by the name of the series: not what it looks like.</summary>
    public async Task<IReadOnlyDictionary<string, JsonElement>> DrawnAsync(string chart)
    {
        var text = await Page.EvaluateAsync<string>(
            """name => { const chart = document.querySelector(`[data-chart="${name}"]`); return JSON.stringify(chart && chart.drawn ? chart.drawn() : []); }""",
            chart
        );
        return JsonDocument
            .Parse(text)
            .RootElement.EnumerateArray()
            .ToDictionary(
                series => series.GetProperty("name").GetString()!,
                series => series.GetProperty("data"),
                StringComparer.Ordinal
            );
    }

    /// <summary>Complaints in which one of these stands were provoked by the test.</summary>
    public void Provoke(params string[] parts) => _provoked.AddRange(parts);

    /// <summary>No error in the console and no request that failed.</summary>
    public void NothingWentWrong() =>
        Assert.Equal<string>(
            [],
            [
                .. _complaints.Where(complaint =>
                    !_provoked.Exists(part => complaint.Contains(part, StringComparison.Ordinal))
                ),
            ]
        );

    public async ValueTask DisposeAsync() => await _context.CloseAsync();
}
