namespace PnlPipeline.Tests.Integration.Query;

/// <summary>
/// Pages of other origins: those that are named may call with a key, all others and every cookie are out.
/// </summary>
public sealed class CrossOriginTests(QueryApi api) : IClassFixture<QueryApi>
{
    private const string Origin = "https://app.example.com";

    [Theory]
    [InlineData(Origin, true)]
    [InlineData("https://app.example.com:8443", false)]
    [InlineData("http://app.example.com", false)]
    [InlineData("https://app.example.com.evil.example", false)]
    [InlineData("https://evil.example", false)]
    [InlineData("null", false)]
    public async Task Only_an_origin_that_is_named_is_allowed(string origin, bool allowed)
    {
        await api.StartAsync(("Access__AllowedOrigins__0", Origin));
        foreach (var method in new[] { "GET", "POST", "PATCH", "DELETE" })
        {
            using var asked = await SendAsync(
                HttpMethod.Options,
                "/api/v1/batches",
                ("Origin", origin),
                ("Access-Control-Request-Method", method),
                ("Access-Control-Request-Headers", "authorization,content-type,if-match")
            );
            Assert.Equal(allowed ? origin : null, Value(asked, "Access-Control-Allow-Origin"));
            if (allowed)
                Assert.Contains(method, Value(asked, "Access-Control-Allow-Methods")!, StringComparison.Ordinal);
        }

        using var answer = await SendAsync(
            HttpMethod.Get,
            "/api/v1/batches",
            ("Origin", origin),
            ("Authorization", $"Bearer {QueryApi.ViewerKey}")
        );
        Assert.Equal(200, (int)answer.StatusCode);
        Assert.Equal(allowed ? origin : null, Value(answer, "Access-Control-Allow-Origin"));
    }

    [Fact]
    public async Task Answers_and_errors_can_be_read_and_never_with_a_cookie()
    {
        await api.StartAsync(("Access__AllowedOrigins__0", Origin));
        foreach (
            var (path, status) in new[]
            {
                ("/api/v1/batches", 200),
                ("/api/v1/batches/999999", 404),
                ("/api/v1/batches?x=1", 400),
                ("/api/v1/nonsense", 404),
            }
        )
        {
            using var answer = await SendAsync(
                HttpMethod.Get,
                path,
                ("Origin", Origin),
                ("Authorization", $"Bearer {QueryApi.ViewerKey}")
            );
            Assert.Equal(status, (int)answer.StatusCode);
            Assert.Equal(Origin, Value(answer, "Access-Control-Allow-Origin"));
            Assert.Contains("Retry-After", Value(answer, "Access-Control-Expose-Headers")!, StringComparison.Ordinal);
            Assert.Contains("ETag", Value(answer, "Access-Control-Expose-Headers")!, StringComparison.Ordinal);
            Assert.Null(Value(answer, "Access-Control-Allow-Credentials"));
        }

        using var refused = await SendAsync(HttpMethod.Get, "/api/v1/batches", ("Origin", Origin));
        Assert.Equal(401, (int)refused.StatusCode);
        Assert.Equal(Origin, Value(refused, "Access-Control-Allow-Origin"));
    }

    [Fact]
    public async Task None_is_allowed_unless_named()
    {
        await api.StartAsync();
        using var answer = await SendAsync(
            HttpMethod.Get,
            "/api/v1/batches",
            ("Origin", Origin),
            ("Authorization", $"Bearer {QueryApi.ViewerKey}")
        );
        Assert.Null(Value(answer, "Access-Control-Allow-Origin"));
    }

    private async Task<HttpResponseMessage> SendAsync(
        HttpMethod method,
        string path,
        params (string Name, string Value)[] headers
    )
    {
        using var request = new HttpRequestMessage(method, path);
        foreach (var (name, value) in headers)
            Assert.True(request.Headers.TryAddWithoutValidation(name, value));
        return await api.Nobody.SendAsync(request, QueryApi.Cancellation);
    }

    private static string? Value(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) ? string.Join(',', values) : null;
}
