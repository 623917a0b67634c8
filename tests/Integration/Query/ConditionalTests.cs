using System.Net;

namespace PnlPipeline.Tests.Integration.Query;

/// <summary>What is made of a ledger is sent again only where the ledger became another.</summary>
public sealed class ConditionalTests(LedgerAndChartTests.Batch batch) : IClassFixture<LedgerAndChartTests.Batch>
{
    private static int _names;

    public static TheoryData<string> Paths =>
        new(
            "charts/capital",
            "charts/capital?format=csv",
            "charts/trades",
            "charts/drawdown?by=day&tz=Asia/Kolkata",
            "charts/returns",
            "charts/distribution",
            "breakdown?by=hour",
            "breakdown?by=weekday&by=hour",
            "drawdowns",
            "charts/rolling?window=2",
            "charts/rolling?of=sharpe&window=2",
            "charts/exposure",
            "charts/benchmark",
            "breakdown?by=tag",
            "statistics?side=long",
            "statistics?format=csv",
            "compare"
        );

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task What_the_client_has_is_not_sent_again_until_the_ledger_changes(string path)
    {
        var id = await batch.CreateAsync(
            $$"""{"name":"Kept {{Interlocked.Increment(ref _names)}}","symbols":["BTC","ETH"]}"""
        );
        await batch.Api.Stage.LedgerAsync(id, 100_000m, [.. batch.Trades.Take(3)]);
        var url = path == "compare" ? $"/api/v1/compare?batch={id}" : $"/api/v1/batches/{id}/{path}";
        var first = await batch.Api.Viewer.SendAsync("GET", url);
        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        var tag = first.Headers.ETag!.ToString();
        Assert.StartsWith("W/", tag, StringComparison.Ordinal);
        Assert.Equal(
            "no-cache, private",
            string.Join(", ", first.Headers.CacheControl!.ToString().Split(", ").Order(StringComparer.Ordinal))
        );

        foreach (var known in new[] { tag, $"\"another\", {tag}", "*" })
        {
            var unchanged = await batch.Api.Viewer.SendAsync("GET", url, null, ("If-None-Match", known));
            Assert.Equal(HttpStatusCode.NotModified, unchanged.StatusCode);
            Assert.Empty(await unchanged.Content.ReadAsByteArrayAsync(QueryApi.Cancellation));
            Assert.Equal(tag, unchanged.Headers.ETag?.ToString());
        }

        await batch.Api.Stage.LedgerAsync(id, 100_000m, [.. batch.Trades]);
        var changed = await batch.Api.Viewer.SendAsync("GET", url, null, ("If-None-Match", tag));
        Assert.Equal(HttpStatusCode.OK, changed.StatusCode);
        Assert.NotEqual(tag, changed.Headers.ETag!.ToString());
        Assert.NotEqual(
            await first.Content.ReadAsStringAsync(QueryApi.Cancellation),
            await changed.Content.ReadAsStringAsync(QueryApi.Cancellation)
        );
    }

    [Theory]
    [InlineData("charts/capital?by=day")]
    [InlineData("charts/returns?by=month")]
    [InlineData("compare?batch=1")]
    public async Task What_ends_now_is_another_where_it_ends_by_then(string path)
    {
        // The span of a series goes on with time until the end that is asked for; it is the same where that is past.
        var url = path.StartsWith("compare", StringComparison.Ordinal)
            ? $"/api/v1/compare?batch={batch.Id}"
            : $"{batch.Path}/{path}";
        var separator = url.Contains('?', StringComparison.Ordinal) ? '&' : '?';
        async Task<string> TagAsync(string to) =>
            (await batch.Api.Viewer.SendAsync("GET", $"{url}{separator}to={to}")).Headers.ETag!.ToString();
        Assert.NotEqual(await TagAsync("2026-03-01T00:00:00Z"), await TagAsync("2999-03-01T00:00:00Z"));
        Assert.Equal(await TagAsync("2026-03-01T00:00:00Z"), await TagAsync("2026-03-02T00:00:00Z"));
    }

    [Fact]
    public async Task A_comparison_with_another_name_is_another()
    {
        var id = await batch.CreateAsync(
            $$"""{"name":"Named {{Interlocked.Increment(ref _names)}}","symbols":["BTC"]}"""
        );
        await batch.Api.Stage.LedgerAsync(id, 100_000m, [.. batch.Trades.Take(1)]);
        var tag = (await batch.Api.Viewer.SendAsync("GET", $"/api/v1/compare?batch={id}")).Headers.ETag!.ToString();
        await (await batch.Api.Admin.SendAsync("PATCH", $"/api/v1/batches/{id}", """{"name":"Renamed"}""")).JsonAsync(
            200
        );
        var renamed = await batch.Api.Viewer.SendAsync(
            "GET",
            $"/api/v1/compare?batch={id}",
            null,
            ("If-None-Match", tag)
        );
        Assert.Equal(
            "Renamed",
            (await renamed.JsonAsync(200)).GetProperty("batches")[0].GetProperty("name").GetString()
        );
    }

    [Fact]
    public async Task A_problem_has_no_tag_and_is_not_kept()
    {
        var problem = await batch.Api.Viewer.SendAsync(
            "GET",
            batch.Path + "/charts/capital?by=year",
            null,
            ("If-None-Match", "*")
        );
        await problem.ProblemAsync(400);
        Assert.Null(problem.Headers.ETag);
        Assert.True(problem.Headers.CacheControl!.NoStore);
    }
}
