using System.Text;
using System.Text.Json.Nodes;
using PnlPipeline.Tests.Servers;

namespace PnlPipeline.Tests.Integration.Query;

/// <summary>The query API with a build of the page that is small enough to be seen through.</summary>
public sealed class QueryApiWithPage : QueryApi, IAsyncLifetime
{
    public const string Index = "<!doctype html><title>The page</title>";
    public const string Script = "console.log('the page')";
    public const string Compressed = "the script as brotli would have it";

    private readonly string _directory = Path.Combine(Path.GetTempPath(), $"pnl-page-{Guid.NewGuid():N}");

    async ValueTask IAsyncLifetime.InitializeAsync()
    {
        Directory.CreateDirectory(Path.Combine(_directory, "assets"));
        File.WriteAllText(Path.Combine(_directory, "index.html"), Index);
        File.WriteAllText(
            Path.Combine(_directory, "pages.json"),
            """{"":[],"batches":["assets/page-abc123.js"],"set-up":[]}"""
        );
        File.WriteAllText(Path.Combine(_directory, "favicon.svg"), "<svg/>");
        File.WriteAllText(Path.Combine(_directory, ".made-of"), "a hash");
        File.WriteAllText(Path.Combine(_directory, "assets", "page-abc123.js"), Script);
        File.WriteAllText(Path.Combine(_directory, "assets", "page-abc123.js.br"), Compressed);
        await InitializeAsync();
        await StartAsync(("Dashboard__Directory", _directory));
    }

    async ValueTask IAsyncDisposable.DisposeAsync()
    {
        await DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }
}

public sealed class DashboardTests(QueryApiWithPage api) : IClassFixture<QueryApiWithPage>
{
    [Theory]
    [InlineData("/")]
    [InlineData("/batches")]
    [InlineData("/batches/7")]
    [InlineData("/batches/7?symbol=BTC&tz=Europe/Berlin")]
    [InlineData("/set-up/deeper/still")]
    public async Task Every_page_has_the_same_document_and_needs_no_key_for_it(string address)
    {
        var response = await api.Nobody.SendAsync("GET", address);
        Assert.Equal(200, (int)response.StatusCode);
        Assert.Equal("text/html; charset=utf-8", response.Content.Headers.ContentType?.ToString());
        Assert.Equal(QueryApiWithPage.Index, await response.Content.ReadAsStringAsync(QueryApi.Cancellation));
    }

    [Theory]
    [InlineData("/", null)]
    [InlineData("/batches/7", "</assets/page-abc123.js>; rel=modulepreload")]
    [InlineData("/favicon.svg", null)]
    public async Task A_page_names_the_scripts_that_it_will_need(string address, string? links)
    {
        var response = await api.Nobody.SendAsync("GET", address);
        Assert.Equal(links, response.Headers.TryGetValues("Link", out var values) ? Assert.Single(values) : null);
    }

    [Theory]
    [InlineData("/index.html")]
    [InlineData("/pages.json")]
    [InlineData("/.made-of")]
    [InlineData("/assets/")]
    [InlineData("/assets/page-older.js")]
    [InlineData("/assets/page-abc123.js.br")]
    [InlineData("/assets/..%2findex.html")]
    [InlineData("/api/v1/nonsense")]
    [InlineData("/api")]
    [InlineData("/openapi")]
    public async Task What_belongs_to_the_API_or_looks_like_a_file_is_a_problem(string address)
    {
        await (await api.Admin.SendAsync("GET", address, null, ("Accept", "text/html"))).ProblemAsync(404);
    }

    [Theory]
    [InlineData("/nonsense")]
    [InlineData("/batchess/7")]
    [InlineData("/apiary")]
    public async Task A_mistyped_address_shows_the_page_to_a_browser_and_a_problem_to_a_program(string address)
    {
        var page = await api.Nobody.SendAsync("GET", address, null, ("Accept", "text/html,application/xhtml+xml"));
        Assert.Equal(404, (int)page.StatusCode);
        Assert.Equal("text/html; charset=utf-8", page.Content.Headers.ContentType?.ToString());
        Assert.Equal(QueryApiWithPage.Index, await page.Content.ReadAsStringAsync(QueryApi.Cancellation));
        await (await api.Admin.SendAsync("GET", address)).ProblemAsync(404);
    }

    [Fact]
    public async Task The_document_is_asked_for_again_each_time_and_sent_only_when_it_is_another()
    {
        var first = await api.Nobody.SendAsync("GET", "/");
        Assert.Equal("no-cache", first.Headers.CacheControl?.ToString());
        var tag = first.Headers.ETag!.ToString();
        Assert.Equal(
            304,
            (int)(await api.Nobody.SendAsync("GET", "/batches", null, ("If-None-Match", tag))).StatusCode
        );
        Assert.Equal(
            200,
            (int)(await api.Nobody.SendAsync("GET", "/", null, ("If-None-Match", "\"another\""))).StatusCode
        );
    }

    [Fact]
    public async Task What_is_named_by_its_content_is_kept_for_ever()
    {
        var response = await api.Nobody.SendAsync("GET", "/assets/page-abc123.js");
        Assert.Equal("public, max-age=31536000, immutable", response.Headers.GetValues("Cache-Control").Single());
        Assert.Equal("text/javascript; charset=utf-8", response.Content.Headers.ContentType?.ToString());
        Assert.Equal(QueryApiWithPage.Script, await response.Content.ReadAsStringAsync(QueryApi.Cancellation));
        Assert.Equal("no-cache", (await api.Nobody.SendAsync("GET", "/favicon.svg")).Headers.CacheControl?.ToString());
    }

    [Theory]
    [InlineData("gzip, br", "br", QueryApiWithPage.Compressed)]
    [InlineData("br;q=0", null, QueryApiWithPage.Script)]
    [InlineData("gzip", null, QueryApiWithPage.Script)]
    public async Task It_is_sent_as_the_build_has_compressed_it_where_the_browser_takes_that(
        string accepted,
        string? encoding,
        string content
    )
    {
        var response = await api.Nobody.SendAsync("GET", "/assets/page-abc123.js", null, ("Accept-Encoding", accepted));
        Assert.Equal(encoding is null ? [] : [encoding], response.Content.Headers.ContentEncoding);
        Assert.Equal(["Accept-Encoding"], response.Headers.Vary);
        Assert.Equal(content, await response.Content.ReadAsStringAsync(QueryApi.Cancellation));
    }

    [Fact]
    public async Task Head_answers_without_the_content()
    {
        var response = await api.Nobody.SendAsync("HEAD", "/");
        Assert.Equal(QueryApiWithPage.Index.Length, response.Content.Headers.ContentLength);
        await (await api.Nobody.SendAsync("POST", "/", null, ("Sec-Fetch-Site", "same-origin"))).ProblemAsync(405);
    }

    [Fact]
    public async Task Nothing_from_elsewhere_and_nothing_inline_runs_in_the_page()
    {
        var response = await api.Nobody.SendAsync("GET", "/batches/1");
        var policy = response.Headers.GetValues("Content-Security-Policy").Single();
        Assert.StartsWith(
            "default-src 'none'; script-src 'self'; style-src 'self'; ",
            policy,
            StringComparison.Ordinal
        );
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
        Assert.Equal("nosniff", response.Headers.GetValues("X-Content-Type-Options").Single());
        Assert.Equal("DENY", response.Headers.GetValues("X-Frame-Options").Single());
        Assert.Equal("no-referrer", response.Headers.GetValues("Referrer-Policy").Single());
        Assert.Equal("same-origin", response.Headers.GetValues("Cross-Origin-Opener-Policy").Single());
    }

    [Fact]
    public async Task The_page_is_no_part_of_the_api_document()
    {
        var document = await api.Nobody.GetJsonAsync("/openapi/v1.json");
        Assert.All(
            document.GetProperty("paths").EnumerateObject(),
            path => Assert.StartsWith("/api/v1/", path.Name, StringComparison.Ordinal)
        );
    }
}

public sealed class DashboardTypesTests(QueryApi api) : IClassFixture<QueryApi>
{
    [Fact]
    public async Task The_document_that_the_page_is_built_from_is_that_of_the_api()
    {
        var served = JsonNode.Parse(
            await (await api.Nobody.SendAsync("GET", "/openapi/v1.json")).Content.ReadAsStringAsync(
                QueryApi.Cancellation
            )
        );
        var file = Repository.PathOf("Dashboard", "api", "query.json");
        var kept = JsonNode.Parse(await File.ReadAllTextAsync(file, Encoding.UTF8, QueryApi.Cancellation));
        Assert.True(
            JsonNode.DeepEquals(served, kept),
            "Dashboard/api/query.json is not what the API says of itself any more: build, run `npm run api` in "
                + "Dashboard/ and commit what it wrote."
        );
    }
}
