using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using PnlPipeline.Tests.Reference;

namespace PnlPipeline.Tests.EndToEnd.System;

/// <summary>
/// Sends alerts and keeps what was accepted; later holds every table that the API shows against an account worked out
/// from just those.
/// </summary>
public sealed class Trader(RunningPipeline system)
{
    private static readonly TimeSpan SettledWithin = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan ResendAfter = TimeSpan.FromMilliseconds(200);

    private readonly ConcurrentBag<ReferenceAlert> _accepted = [];
    private readonly ConcurrentBag<(string Status, TimeSpan Elapsed)> _answers = [];
    private readonly HashSet<string> _voided = [];

    /// <summary>What was answered with 202, once for each time.</summary>
    public IReadOnlyCollection<ReferenceAlert> Accepted => _accepted;

    /// <summary>
    /// Every answer there was, and how long it took; <c>none</c> where the line broke or five seconds passed.
    /// </summary>
    public IReadOnlyCollection<(string Status, TimeSpan Elapsed)> Answers => _answers;

    /// <summary>A symbol that no other test uses.</summary>
    public static string NewSymbol(string name) => $"{name}{Random.Shared.Next(0x1000000):X6}";

    /// <summary>A body as an indicator sends it.</summary>
    public static string Body(
        string symbol,
        string side,
        string type,
        decimal price,
        DateTime time,
        string timeframe = "60"
    ) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"symbol":"{{symbol}}","side":"{{side}}","timeframe":"{{timeframe}}","type":"{{type}}","price":{{price}},"closeonflip":true,"timestamp":"{{time:yyyy-MM-ddTHH:mm:ss}}+0000"}"""
        );

    /// <summary>
    /// A script that is always in the market: each cross but the first sends the exit and the entry of one second.
    /// </summary>
    public static IReadOnlyList<string> Flips(string symbol, int count, int seed, string timeframe = "60")
    {
        var random = new Random(seed);
        var bodies = new List<string>();
        var time = new DateTime(2026, 1, 5, 0, 0, 0, DateTimeKind.Utc);
        var side = "bullish";
        for (var flip = 0; flip < count; flip++)
        {
            var price = 100m + (random.Next(-2_000, 2_000) / 100m);
            if (flip > 0)
                bodies.Add(Body(symbol, "exit", side, price, time, timeframe));
            side = side == "bullish" ? "bearish" : "bullish";
            bodies.Add(Body(symbol, "entry", side, price, time, timeframe));
            time = time.AddHours(random.Next(1, 9));
        }

        return bodies;
    }

    /// <summary>Sends one body, to another ingest than the usual where one is given; tells its status.</summary>
    public async Task<HttpStatusCode> SendAsync(string body, ServiceProcess? ingest = null)
    {
        var clock = Stopwatch.StartNew();
        var status = "none";
        try
        {
            using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
            using var response = await system.Webhook.PostAsync(
                new Uri(ingest?.Url ?? system.Webhook.BaseAddress!, $"/webhooks/tradingview/{system.Token}"),
                content
            );
            status = $"{(int)response.StatusCode}";
            if (response.StatusCode == HttpStatusCode.Accepted)
                _accepted.Add(ReferenceAlert.Read(body));
            return response.StatusCode;
        }
        finally
        {
            _answers.Add((status, clock.Elapsed));
        }
    }

    /// <summary>
    /// Sends one body until it is accepted, as TradingView resends after a 5xx; through a service that may be killed
    /// meanwhile.
    /// </summary>
    public async Task InsistAsync(string body)
    {
        await Eventually.TrueAsync(
            async () =>
            {
                try
                {
                    if (await SendAsync(body) == HttpStatusCode.Accepted)
                        return true;
                }
                catch (Exception fault) when (fault is HttpRequestException or TaskCanceledException)
                {
                    // No answer: it may have been stored or not. Sent again, it must come out the same.
                }

                await Task.Delay(ResendAfter);
                return false;
            },
            SettledWithin,
            () => $"not accepted: {body}\n{system.IngestLog}"
        );
    }

    public async Task InsistAsync(IEnumerable<string> bodies, int inFlight = 8) =>
        await Parallel.ForEachAsync(
            bodies,
            new ParallelOptions { MaxDegreeOfParallelism = inFlight },
            async (body, _) => await InsistAsync(body)
        );

    /// <summary>Voids an alert, or restores it.</summary>
    public async Task<JsonElement> CorrectAsync(string alertId, bool voided)
    {
        var alert = await PostAsync($"/api/v1/alerts/{alertId}/{(voided ? "void" : "restore")}", null);
        _ = voided ? _voided.Add(alertId) : _voided.Remove(alertId);
        return alert;
    }

    /// <summary>Closes a trade by hand.</summary>
    public async Task<JsonElement> CloseAsync(string tradeId, decimal price, DateTime time)
    {
        var trade = await PostAsync($"/api/v1/trades/{tradeId}/close", new { price, time });
        _accepted.Add(
            ReferenceAlert.Create(
                trade.Text("symbol")!,
                trade.Text("timeframe")!,
                "manual",
                trade.Text("side"),
                price,
                time
            ) with
            {
                Target = tradeId,
            }
        );
        return trade;
    }

    /// <summary>Makes a batch; gives its id.</summary>
    public async Task<long> CreateBatchAsync(object settings)
    {
        using var response = await system.Admin.PostAsJsonAsync("/api/v1/batches", settings);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == HttpStatusCode.Created, $"{response.StatusCode}: {text}");
        return JsonDocument.Parse(text).RootElement.GetProperty("id").GetInt64();
    }

    /// <summary>
    /// The one check: every accepted alert is stored exactly once with the outcome that it must have, nothing else is
    /// stored for its symbols, and the trades are those of the account, to the last digit.
    /// </summary>
    public async Task AlertsAndTradesAreRightAsync()
    {
        var (outcomes, trades) = Account.Pair(_accepted, _voided);
        foreach (var symbol in _accepted.Select(alert => alert.Symbol).Distinct())
        {
            var alerts = _accepted.Where(alert => alert.Symbol == symbol).DistinctBy(alert => alert.Id).ToList();
            await Eventually.EqualAsync(
                [
                    .. alerts
                        .Select(alert =>
                            $"{alert.Id} {alert.Action} {alert.Direction} {alert.Price.Plain()} {alert.Time.Iso()} "
                            + $"{outcomes[alert.Id]}"
                        )
                        .Order(StringComparer.Ordinal),
                ],
                async () =>
                    [
                        .. (await ListAsync($"/api/v1/alerts?symbol={symbol}"))
                            .Select(Alert)
                            .Order(StringComparer.Ordinal),
                    ],
                SettledWithin
            );
            await Eventually.EqualAsync(
                [.. trades.Where(trade => trade.Symbol == symbol).Select(Trade).Order(StringComparer.Ordinal)],
                async () =>
                    [
                        .. (await ListAsync($"/api/v1/trades?symbol={symbol}"))
                            .Select(Trade)
                            .Order(StringComparer.Ordinal),
                    ],
                SettledWithin
            );
        }
    }

    /// <summary>
    /// The ledger that the API shows is the account's, row for row, to the last digit; and the batch's headline agrees
    /// with it.
    /// </summary>
    public async Task LedgerIsRightAsync(long batchId, ReferenceBatch batch)
    {
        var rows = Account.Keep(batch, Account.Pair(_accepted, _voided).Trades);
        await Eventually.EqualAsync(
            [.. rows.Select(Row)],
            async () => [.. (await ListAsync($"/api/v1/batches/{batchId}/ledger?order=asc")).Select(Row)],
            SettledWithin
        );

        // One without rows looks the same before it is built.
        JsonElement headline = default;
        await Eventually.TrueAsync(
            async () =>
                (headline = await GetAsync($"/api/v1/batches/{batchId}"))
                    .GetProperty("ledger")
                    .GetProperty("state")
                    .GetString() == "ready",
            SettledWithin,
            () => $"the ledger of batch {batchId} is not ready"
        );
        Assert.Equal(rows.Count, headline.GetProperty("ledger").GetProperty("trades").GetInt32());
        var capital = rows is [.., var last] ? last.AvailableCapital : batch.Capital;
        Assert.Equal(capital, headline.GetProperty("summary").GetProperty("availableCapital").GetDecimal());
        Assert.Equal(capital - batch.Capital, headline.GetProperty("summary").GetProperty("pnl").GetDecimal());
    }

    public async Task<JsonElement> GetAsync(string path) => await system.Viewer.GetFromJsonAsync<JsonElement>(path);

    /// <summary>A whole list, page by page.</summary>
    public async Task<IReadOnlyList<JsonElement>> ListAsync(string path)
    {
        var items = new List<JsonElement>();
        for (string? cursor = ""; cursor is not null; )
        {
            var page = await GetAsync(
                $"{path}&limit=1000{(cursor.Length == 0 ? "" : $"&cursor={Uri.EscapeDataString(cursor)}")}"
            );
            items.AddRange(page.GetProperty("items").EnumerateArray());
            cursor = page.GetProperty("cursor").GetString();
        }

        return items;
    }

    private async Task<JsonElement> PostAsync(string path, object? body)
    {
        using var response = await system.Admin.PostAsJsonAsync(path, body);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == HttpStatusCode.OK, $"{path}: {response.StatusCode}: {text}");
        return JsonDocument.Parse(text).RootElement;
    }

    private static string Alert(JsonElement alert) =>
        $"{alert.Text("alertId")} {alert.Text("action")} {alert.Text("direction")} {alert.Text("price")} "
        + $"{alert.Text("timestamp")} {alert.Text("outcome")}";

    private static string Trade(ReferenceTrade trade) =>
        $"{trade.Id} {trade.Side} {trade.EntryPrice.Plain()} {trade.EntryTime.Iso()} "
        + $"{trade.ExitPrice?.Plain()} {trade.ExitTime?.Iso()} {trade.ExitReason} {trade.ChangePercentage?.Plain()}";

    private static string Trade(JsonElement trade) =>
        $"{trade.Text("tradeId")} {trade.Text("side")} {trade.Text("entryPrice")} {trade.Text("entryTime")} "
        + $"{trade.Text("exitPrice")} {trade.Text("exitTime")} {trade.Text("exitReason")} "
        + $"{trade.Text("changePercentage")}";

    private static string Row(ReferenceRow row) =>
        $"{row.Seq} {row.TradeId} {row.ChangePercentage.Plain()} {row.Pnl.Plain()} {row.AvailableCapital.Plain()} "
        + $"{row.PeakCapital.Plain()} {row.Drawdown.Plain()} {row.DrawdownPercentage.Plain()}";

    private static string Row(JsonElement row) =>
        $"{row.Text("seq")} {row.Text("tradeId")} {row.Text("changePercentage")} {row.Text("pnl")} "
        + $"{row.Text("availableCapital")} "
        + $"{row.Text("peakCapital")} {row.Text("drawdown")} {row.Text("drawdownPercentage")}";
}

/// <summary>How values are written where they are compared: exactly, and in one way only.</summary>
internal static class Written
{
    public static string Plain(this decimal value) => value.ToString("0.############", CultureInfo.InvariantCulture);

    public static string Iso(this DateTime utc) =>
        utc.ToString("yyyy-MM-ddTHH:mm:ss.FFF'Z'", CultureInfo.InvariantCulture);

    /// <summary>
    /// A property as text: strings as they are, numbers in plain digits, <c>null</c> and what is absent as nothing.
    /// </summary>
    public static string? Text(this JsonElement element, string property) =>
        !element.TryGetProperty(property, out var value) ? null
        : value.ValueKind == JsonValueKind.Number ? value.GetDecimal().Plain()
        : value.ValueKind == JsonValueKind.Null ? null
        : value.GetString();
}
