using Microsoft.Playwright;
using PnlPipeline.Tests.EndToEnd.System;

namespace PnlPipeline.Tests.Browser;

public sealed class SigningIn(PipelineSystem system, Chromium chromium)
{
    [Fact]
    public async Task A_key_leads_to_where_the_reader_wanted_to_be_and_a_wrong_one_is_reported()
    {
        await using var visit = await Visit.BeginAsync(system, chromium);
        visit.Provoke("401");
        await visit.GoAsync("/batches");
        await visit.Page.GetByLabel("Key", new() { Exact = true }).FillAsync("this is not the key of anybody");
        await visit.Button("Sign in").ClickAsync();
        await Assertions.Expect(visit.Page.GetByRole(AriaRole.Alert)).ToBeVisibleAsync();

        await visit.SignInAsync(system.AdminKey);
        await Assertions.Expect(visit.Heading("Batches")).ToBeVisibleAsync();
        Assert.EndsWith("/batches", visit.Page.Url, StringComparison.Ordinal);

        await visit.Page.ReloadAsync();
        await Assertions.Expect(visit.Heading("Batches")).ToBeVisibleAsync();
        await visit.Button("Sign out").ClickAsync();
        await Assertions.Expect(visit.Button("Sign in")).ToBeVisibleAsync();
        await visit.Page.ReloadAsync();
        await Assertions.Expect(visit.Button("Sign in")).ToBeVisibleAsync();
        visit.NothingWentWrong();
    }

    [Fact]
    public async Task A_viewer_sees_everything_and_no_control_that_changes_anything()
    {
        var (batch, _) = await History.MakeAsync(system, "VIEW", flips: 4);
        await using var visit = await Visit.SignedInAsync(system, chromium, system.ViewerKey, $"/batches/{batch}");
        await Assertions.Expect(visit.Page.Locator("[data-figure=availableCapital]")).ToBeVisibleAsync();
        foreach (var path in (string[])[$"/batches/{batch}", "/batches", "/", "/imports"])
        {
            await visit.GoAsync(path);
            await Assertions
                .Expect(visit.Page.GetByRole(AriaRole.Heading, new() { Level = 1 }).First)
                .ToBeVisibleAsync();
            foreach (
                var name in (string[])
                    ["Edit", "Delete", "New batch", "Import", "Choose a file", "Exclude…", "Include again…"]
            )
                await Assertions.Expect(visit.Button(name)).ToHaveCountAsync(0);
        }

        // Whatever the page is made to send, the API refuses.
        visit.Provoke("403");
        foreach (
            var (method, path) in ((string, string)[])
                [
                    ("DELETE", $"/api/v1/batches/{batch}"),
                    ("PATCH", $"/api/v1/batches/{batch}"),
                    ("POST", "/api/v1/batches"),
                    ("POST", "/api/v1/imports"),
                ]
        )
        {
            var status = await visit.Page.EvaluateAsync<int>(
                "async ([method, path]) => (await fetch(path, { method, body: '{}', headers: { 'Content-Type': "
                    + "'application/json' } })).status",
                new[] { method, path }
            );
            Assert.Equal(403, status);
        }

        Assert.Equal(
            System.Net.HttpStatusCode.OK,
            (await system.Viewer.GetAsync(new Uri($"/api/v1/batches/{batch}", UriKind.Relative))).StatusCode
        );
        visit.NothingWentWrong();
    }
}
