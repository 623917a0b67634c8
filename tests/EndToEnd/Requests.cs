using System.Net.Http.Headers;
using System.Text.RegularExpressions;
using PnlPipeline.Tests.EndToEnd.System;
using PnlPipeline.Tests.Servers;

namespace PnlPipeline.Tests.EndToEnd;

/// <summary>requests.http, which an editor sends: every call in it works.</summary>
public sealed partial class Requests(PipelineSystem system)
{
    private readonly Trader _trader = new(system);

    [Fact]
    public async Task Each_request_of_the_file_is_answered_well()
    {
        var symbol = Trader.NewSymbol("HTTP");
        var batch = await _trader.CreateBatchAsync(new { name = symbol, symbols = (string[])[symbol] });
        var start = new DateTime(2026, 2, 1, 6, 0, 0, DateTimeKind.Utc);
        await _trader.InsistAsync(Trader.Body(symbol, "entry", "bullish", 100m, start));
        await _trader.InsistAsync(Trader.Body(symbol, "exit", "bullish", 103m, start.AddHours(2)));
        await _trader.InsistAsync(Trader.Body(symbol, "entry", "bullish", 104m, start.AddHours(4)));
        await _trader.AlertsAndTradesAreRightAsync();
        var trades = await _trader.ListAsync($"/api/v1/trades?symbol={symbol}");
        var alerts = await _trader.ListAsync($"/api/v1/alerts?symbol={symbol}");
        var values = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["ingest"] = system.Ingest.Url.ToString().TrimEnd('/'),
            ["query"] = system.Query.Url.ToString().TrimEnd('/'),
            ["token"] = system.Token,
            ["adminKey"] = system.AdminKey,
            ["viewerKey"] = system.ViewerKey,
            ["symbol"] = symbol,
            ["batch"] = $"{batch}",
            ["alert"] = alerts[^1].GetProperty("alertId").GetString()!,
            ["trade"] = trades.Single(trade => trade.Text("exitTime") is null).GetProperty("tradeId").GetString()!,
        };

        var requests = Read(await File.ReadAllTextAsync(Repository.PathOf("requests.http")), values);
        Assert.True(requests.Count > 30, $"Only {requests.Count} requests were found.");
        using var http = new HttpClient();
        foreach (var (name, message) in requests)
        {
            using (message)
            {
                // One of them is a stream, without an end.
                using var answer = await http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead);
                Assert.True(
                    answer.IsSuccessStatusCode,
                    $"{name}: {message.Method} {message.RequestUri}: {(int)answer.StatusCode} "
                        + $"{(answer.IsSuccessStatusCode ? "" : await answer.Content.ReadAsStringAsync())}"
                );
            }
        }
    }

    private static List<(string Name, HttpRequestMessage Message)> Read(string file, Dictionary<string, string> values)
    {
        var declared = Declaration()
            .Matches(file)
            .Select(match => match.Groups["name"].Value)
            .Order(StringComparer.Ordinal);
        Assert.Equal(values.Keys.Order(StringComparer.Ordinal), declared);
        return
        [
            .. file.Split("\n###")[1..]
                .Select(part => ReadOne(Variable().Replace(part, match => values[match.Groups["name"].Value]))),
        ];
    }

    // A name; method and address; headers; an empty line; the body.
    private static (string Name, HttpRequestMessage Message) ReadOne(string text)
    {
        var (name, rest) = Cut(text, "\n");
        var (head, body) = Cut(rest, "\n\n");
        var (request, headers) = Cut(head, "\n");
        var (method, address) = Cut(request, " ");
        var message = new HttpRequestMessage(new HttpMethod(method), address.Trim());
        if (body.Trim() is { Length: > 0 } content)
            message.Content = new StringContent(content)
            {
                Headers = { ContentType = new MediaTypeHeaderValue("text/plain") },
            };
        foreach (
            var (header, value) in headers
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => Cut(line, ": "))
        )
        {
            if (header == "Content-Type")
                message.Content!.Headers.ContentType = new MediaTypeHeaderValue(value);
            else
                message.Headers.Add(header, value);
        }

        return (name.Trim(), message);
    }

    private static (string Before, string After) Cut(string text, string separator) =>
        text.Split(separator, 2) is [var before, var after] ? (before, after) : (text, "");

    [GeneratedRegex(
        "^@(?<name>[a-zA-Z]+) =",
        RegexOptions.Multiline | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Declaration();

    [GeneratedRegex("{{(?<name>[a-zA-Z]+)}}", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Variable();
}
