using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace PnlPipeline.Tests.Integration.Query;

/// <summary>The report of a batch, and links to it for people without a key.</summary>
public sealed partial class SharingTests(LedgerAndChartTests.Batch batch) : IClassFixture<LedgerAndChartTests.Batch>
{
    [Fact]
    public async Task Every_figure_of_the_report_is_the_apis()
    {
        var figures = Figures(
            await batch.Api.Viewer.GetStringAsync($"{batch.Path}/report.html", QueryApi.Cancellation)
        );
        var statistics = await batch.Api.Viewer.GetJsonAsync($"{batch.Path}/statistics");
        foreach (
            var name in new[]
            {
                "trades",
                "winRate",
                "profitFactor",
                "sharpe",
                "netProfit",
                "grossProfit",
                "grossLoss",
                "averageWin",
                "averageLoss",
                "expectancy",
                "payoffRatio",
                "averageChange",
                "medianChange",
                "longestWinStreak",
                "longestLossStreak",
                "averageHolding",
                "exposure",
                "longestUnderwater",
                "cagr",
                "volatility",
                "sortino",
                "calmar",
                "valueAtRisk95",
                "bestDay",
                "worstDay",
            }
        )
        {
            Assert.Equal(statistics.GetProperty(name).GetRawText(), figures[name]);
        }

        foreach (var name in new[] { "maxDrawdown", "maxDrawdownPercentage" })
            Assert.Equal(statistics.GetProperty(name).GetProperty("value").GetRawText(), figures[name]);
        var shown = await batch.Api.Viewer.GetJsonAsync(batch.Path);
        Assert.Equal(
            shown.GetProperty("summary").GetProperty("availableCapital").GetDecimal(),
            decimal.Parse(figures["balance"], CultureInfo.InvariantCulture)
        );
        Assert.Equal(
            shown.GetProperty("summary").GetProperty("changePercentage").GetDouble(),
            double.Parse(figures["change"], CultureInfo.InvariantCulture),
            9
        );
        foreach (
            var year in (await batch.Api.Viewer.GetJsonAsync($"{batch.Path}/charts/returns"))
                .GetProperty("years")
                .EnumerateArray()
        )
        {
            Assert.Equal(year.GetProperty("total").GetRawText(), figures[$"year {year.GetProperty("year")}"]);
            foreach (var (month, i) in year.GetProperty("months").EnumerateArray().Select((month, i) => (month, i)))
                Assert.Equal(month.GetRawText(), figures[$"month {year.GetProperty("year")}-{i + 1:00}"]);
        }

        foreach (var by in new[] { "symbol", "side", "weekday" })
        {
            foreach (
                var group in (await batch.Api.Viewer.GetJsonAsync($"{batch.Path}/breakdown?by={by}"))
                    .GetProperty("groups")
                    .EnumerateArray()
            )
                Assert.Equal(group.GetProperty("pnl").GetRawText(), figures[$"pnl {group.GetProperty("key")}"]);
        }
    }

    [Fact]
    public async Task A_link_shows_its_report_and_reaches_nothing_else()
    {
        var (url, _) = await ShareAsync("""{"amounts":true}""");
        using var answer = await batch.Api.Nobody.GetAsync(url, QueryApi.Cancellation);
        var html = await answer.Content.ReadAsStringAsync(QueryApi.Cancellation);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("no-store", answer.Headers.GetValues("Cache-Control").Single());
        Assert.Contains(
            "default-src 'none'; style-src 'sha256-",
            answer.Headers.GetValues("Content-Security-Policy").Single(),
            StringComparison.Ordinal
        );
        Assert.DoesNotContain("<script", html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotMatch("(src|href|url)\\s*[=(]", html);
        Assert.Equal("5", Figures(html)["trades"]);
        Assert.Equal(
            html.Length,
            (await batch.Api.Nobody.GetStringAsync(url + "/report.html", QueryApi.Cancellation)).Length
        );

        // As a key, as a session, and on every other route.
        var token = url.Split('/')[^1];
        using var asKey = batch.Api.Client(token);
        foreach (var (method, path) in AccessTests.Everything)
        {
            if (path == "/api/v1/stream")
                continue;
            await (await asKey.SendAsync(method, path, "{}")).ProblemAsync(401);
            await (
                await batch.Api.Nobody.SendAsync(method, path, "{}", ("Cookie", $"pnl_session={token}"))
            ).ProblemAsync(401);
        }
    }

    [Fact]
    public async Task Percentages_only_give_no_money_away()
    {
        var (url, _) = await ShareAsync("{}");
        var html = await batch.Api.Nobody.GetStringAsync(url, QueryApi.Cancellation);
        var figures = Figures(html);
        Assert.Equal("5", figures["trades"]);
        foreach (
            var name in new[]
            {
                "capital",
                "balance",
                "netProfit",
                "grossProfit",
                "grossLoss",
                "averageWin",
                "averageLoss",
                "expectancy",
                "maxDrawdown",
            }
        )
            Assert.DoesNotContain(name, figures.Keys);
        Assert.DoesNotContain(figures.Keys, name => name.StartsWith("pnl ", StringComparison.Ordinal));
        var statistics = await batch.Api.Viewer.GetJsonAsync($"{batch.Path}/statistics");
        foreach (var name in new[] { "netProfit", "grossProfit", "expectancy", "averageWin" })
        {
            var money = statistics.GetProperty(name).GetDecimal();
            Assert.DoesNotContain(money.ToString("N2", CultureInfo.InvariantCulture), html, StringComparison.Ordinal);
        }

        Assert.DoesNotContain("100,000", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task As_of_leaves_out_what_closed_later()
    {
        var (url, _) = await ShareAsync("""{"asOf":"2026-01-03T00:10:00Z"}""");
        Assert.Equal("2", Figures(await batch.Api.Nobody.GetStringAsync(url, QueryApi.Cancellation))["trades"]);
    }

    [Fact]
    public async Task A_link_that_is_revoked_or_has_expired_leads_nowhere()
    {
        var (revoked, location) = await ShareAsync("{}");
        Assert.Equal(200, await StatusAsync(revoked));
        Assert.Equal(204, (int)(await batch.Api.Admin.SendAsync("DELETE", location)).StatusCode);
        Assert.Equal(404, await StatusAsync(revoked));
        await (await batch.Api.Admin.SendAsync("DELETE", location)).ProblemAsync(404);

        var (expired, path) = await ShareAsync("""{"expiresAt":"2099-01-01T00:00:00Z"}""");
        Assert.Equal(200, await StatusAsync(expired));
        await batch.Api.Stage.ExecuteAsync(
            "UPDATE shares SET expires_at = '2026-01-01' WHERE share_id = @id",
            new { id = path.Split('/')[^1] }
        );
        Assert.Equal(404, await StatusAsync(expired));
    }

    [Fact]
    public async Task A_link_goes_with_its_batch()
    {
        var id = await batch.CreateAsync("""{"name":"Shared and deleted","symbols":["BTC"]}""");
        var created = await (await batch.Api.Admin.SendAsync("POST", $"/api/v1/batches/{id}/shares", "{}")).JsonAsync(
            201
        );
        var url = created.GetProperty("url").GetString()!;
        Assert.Equal(200, await StatusAsync(url));
        Assert.Equal(204, (int)(await batch.Api.Admin.SendAsync("DELETE", $"/api/v1/batches/{id}")).StatusCode);
        Assert.Equal(404, await StatusAsync(url));
    }

    [Fact]
    public async Task Near_misses_are_wrong_and_too_many_are_not_looked_at()
    {
        await batch.Api.StartAsync();
        var (url, _) = await ShareAsync("{}");
        var token = url.Split('/')[^1];
        string[] wrong =
        [
            token[..^1],
            token + "A",
            token.ToLowerInvariant(),
            token.ToUpperInvariant(),
            " " + token,
            token + "%00",
            "%20",
            new string('A', 43),
            new string('A', 4000),
            "..%2F" + token,
        ];
        var statuses = new List<int>();
        foreach (var guess in wrong)
            statuses.Add(await StatusAsync(url[..^token.Length] + guess));
        Assert.All(statuses, status => Assert.Contains(status, (int[])[404, 429, 400]));
        for (var i = 0; i < 12; i++)
            statuses.Add(await StatusAsync($"{url[..^token.Length]}guess{i}"));
        Assert.Contains(429, statuses);
        await batch.Api.StartAsync();
        Assert.Equal(200, await StatusAsync(url));
    }

    [Theory]
    [InlineData("""{"expiresAt":"2020-01-01T00:00:00Z"}""", "expiresAt")]
    [InlineData(
        """{"expiresAt":"tomorrow","asOf":7.5,"amounts":"yes","amount":true}""",
        "amount amounts asOf expiresAt"
    )]
    [InlineData("[]", "body")]
    public async Task A_wrong_link_is_refused_with_every_fields_error(string body, string fields) =>
        Assert.Equal(
            fields,
            await (await batch.Api.Admin.SendAsync("POST", batch.Path + "/shares", body)).ProblemAsync(400)
        );

    [Fact]
    public async Task Markup_in_names_is_text()
    {
        var id = await batch.CreateAsync(
            """{"name":"<script>alert(1)</script>\"'&","symbols":["BTC","<IMG/SRC=X>"]}"""
        );
        var html = await batch.Api.Viewer.GetStringAsync($"/api/v1/batches/{id}/report.html", QueryApi.Cancellation);
        Assert.DoesNotContain("<script", html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("<img", html, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("&lt;script&gt;", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Links_are_listed_and_on_record_without_their_tokens()
    {
        var (url, location) = await ShareAsync("""{"amounts":true,"expiresAt":"2099-01-01T00:00:00Z"}""");
        var token = url.Split('/')[^1];
        var list = (await batch.Api.Viewer.GetJsonAsync(batch.Path + "/shares")).GetRawText();
        Assert.Contains($"\"id\":{location.Split('/')[^1]},", list, StringComparison.Ordinal);
        Assert.DoesNotContain(token, list, StringComparison.Ordinal);
        var trail = (await batch.Api.Viewer.GetJsonAsync("/api/v1/audit")).GetRawText();
        Assert.Contains("share.create", trail, StringComparison.Ordinal);
        Assert.DoesNotContain(token, trail, StringComparison.Ordinal);
        Assert.DoesNotContain(token, batch.Api.Log, StringComparison.Ordinal);
    }

    private async Task<(string Url, string Location)> ShareAsync(string body)
    {
        using var response = await batch.Api.Admin.SendAsync("POST", batch.Path + "/shares", body);
        var created = await response.JsonAsync(201);
        return (new Uri(created.GetProperty("url").GetString()!).PathAndQuery, response.Headers.Location!.ToString());
    }

    private async Task<int> StatusAsync(string url)
    {
        using var answer = await batch.Api.Nobody.GetAsync(url, QueryApi.Cancellation);
        return (int)answer.StatusCode;
    }

    private static Dictionary<string, string> Figures(string html) =>
        Figure()
            .Matches(html)
            .DistinctBy(match => match.Groups["name"].Value, StringComparer.Ordinal)
            .ToDictionary(
                match => match.Groups["name"].Value,
                match => WebUtility.HtmlDecode(match.Groups["value"].Value),
                StringComparer.Ordinal
            );

    [GeneratedRegex(
        "data-figure=\"(?<name>[^\"]*)\" data-value=\"(?<value>[^\"]*)\"",
        RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex Figure();
}
