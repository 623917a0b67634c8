using System.Globalization;
using System.Text.Json;
using Microsoft.Playwright;
using PnlPipeline.Tests.EndToEnd.System;

namespace PnlPipeline.Tests.Browser;

/// <summary>A batch shown to people without a key, on a screen and on paper; and the page on a home screen.</summary>
public sealed class Sharing(PipelineSystem system, Chromium chromium, Sharing.Batch batch)
    : IClassFixture<Sharing.Batch>
{
    public sealed class Batch(PipelineSystem system) : IAsyncLifetime
    {
        public long Id { get; private set; }

        public async ValueTask InitializeAsync() => (Id, _) = await History.MakeAsync(system, "SHARE", flips: 60);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData(390)]
    [InlineData(1280)]
    public async Task A_link_that_the_page_makes_shows_the_report_until_it_is_revoked(int width)
    {
        await using var visit = await Visit.SignedInAsync(
            system,
            chromium,
            system.AdminKey,
            $"/batches/{batch.Id}",
            (width, 900)
        );
        await visit.Button("Share").ClickAsync();
        await visit.Button("Create link").ClickAsync();
        var link = await visit.Page.GetByLabel("Link", new() { Exact = true }).InputValueAsync();

        // Somebody else, in a browser that knows nothing of the reader's.
        await using var other = await Visit.BeginAsync(system, chromium, (width, 900));
        var answer = await other.Page.GotoAsync(link);
        Assert.Equal(200, answer!.Status);
        await Assertions
            .Expect(other.Page.GetByRole(AriaRole.Heading, new() { Name = "Monthly returns, %" }))
            .ToBeVisibleAsync();
        await Assertions.Expect(other.Page.Locator("[data-figure=netProfit]")).ToHaveCountAsync(0);
        // It has its style: a policy that refuses it leaves the page bare, and nothing is wider than the screen.
        Assert.Equal(
            "rgb(27, 36, 48)",
            await other.Page.EvaluateAsync<string>("() => getComputedStyle(document.body).color")
        );
        Assert.True(await other.Page.EvaluateAsync<bool>("() => document.documentElement.scrollWidth <= innerWidth"));
        other.NothingWentWrong();

        await visit.Page.Locator(".shares").GetByRole(AriaRole.Button, new() { Name = "Revoke" }).First.ClickAsync();
        await Assertions.Expect(visit.Page.GetByText("Link revoked")).ToBeVisibleAsync();
        other.Provoke("404");
        Assert.Equal(404, (await other.Page.GotoAsync(link))!.Status);
        await Assertions.Expect(other.Page.GetByText("This link leads nowhere")).ToBeVisibleAsync();
        visit.NothingWentWrong();
    }

    [Fact]
    public async Task The_report_prints_on_a_few_pages()
    {
        await using var visit = await Visit.SignedInAsync(system, chromium, system.ViewerKey, "/");
        await visit.Page.GotoAsync(new Uri(system.Query.Url, $"/api/v1/batches/{batch.Id}/report.html").ToString());
        var pdf = await visit.Page.PdfAsync(new() { Format = "A4" });
        var pages = System.Text.Encoding.Latin1.GetString(pdf).Split("/Type /Page\n").Length - 1;
        Assert.InRange(pages, 1, 4);
        visit.NothingWentWrong();
    }

    [Fact]
    public async Task The_page_can_be_put_on_a_home_screen()
    {
        await using var visit = await Visit.SignedInAsync(system, chromium, system.ViewerKey, "/");
        var text = await visit.Page.EvaluateAsync<string>(
            """
            async () => {
              const address = document.querySelector('link[rel=manifest]').href;
              const manifest = await (await fetch(address)).json();
              const icons = await Promise.all(manifest.icons.map(async icon => {
                const answer = await fetch(new URL(icon.src, address));
                const image = await createImageBitmap(await answer.blob()).catch(() => null);
                return { status: answer.status, type: answer.headers.get('content-type'), said: icon.type, sizes: icon.sizes, width: image?.width ?? 0 };
              }));
              return JSON.stringify({ display: manifest.display, start: manifest.start_url, icons });
            }
            """
        );
        var manifest = JsonDocument.Parse(text).RootElement;
        Assert.Equal(
            ("standalone", "/"),
            (manifest.GetProperty("display").GetString(), manifest.GetProperty("start").GetString())
        );
        var icons = manifest.GetProperty("icons").EnumerateArray().ToList();
        Assert.All(
            icons,
            icon =>
                Assert.Equal(
                    (200, icon.GetProperty("said").GetString()),
                    (icon.GetProperty("status").GetInt32(), icon.GetProperty("type").GetString())
                )
        );
        Assert.All(
            icons.Where(icon => icon.GetProperty("sizes").GetString() != "any"),
            icon =>
                Assert.Equal(
                    icon.GetProperty("sizes").GetString()!.Split('x')[0],
                    icon.GetProperty("width").GetInt32().ToString(CultureInfo.InvariantCulture)
                )
        );
        visit.NothingWentWrong();
    }
}
