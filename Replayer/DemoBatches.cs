using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace PnlPipeline.Replayer;

/// <summary>The demo's batches, created through the API as an administrator creates them.</summary>
internal static class DemoBatches
{
    private static readonly object[] Batches =
    [
        new
        {
            name = "Crypto",
            symbols = (string[])["BTCUSDT", "ETHUSDT", "SOLUSDT"],
            allocationPercentage = 25,
            feePercentage = 0.04,
        },
        new
        {
            name = "EUR/USD hourly",
            symbols = (string[])["EURUSD"],
            capital = 50_000,
            feePercentage = 0.002,
        },
        new
        {
            name = "All markets",
            symbols = (string[])["AAPL", "BTCUSDT", "ETHUSDT", "EURUSD", "SOLUSDT"],
            capital = 250_000,
            allocationPercentage = 20,
        },
    ];

    /// <summary>Creates them where they are missing and waits until they are calculated.</summary>
    public static async Task CreateAsync(
        HttpClient http,
        Uri queryUrl,
        string adminKey,
        CancellationToken cancellationToken
    )
    {
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", adminKey);
        var url = new Uri(queryUrl, "/api/v1/batches");
        foreach (var batch in Batches)
        {
            using var response = await http.PostAsJsonAsync(url, batch, cancellationToken);
            // Taken: the demo was played before.
            if (response.StatusCode != HttpStatusCode.Conflict)
                response.EnsureSuccessStatusCode();
        }

        for (var last = -1; ; )
        {
            var (ready, trades) = await StateAsync(http, url, cancellationToken);
            if (ready && trades == last)
                return;
            // Ready, and nothing added since the look before: what was sent has been posted.
            last = trades;
            await Task.Delay(500, cancellationToken);
        }
    }

    /// <summary>A line a batch: what it has come to.</summary>
    public static async Task PrintAsync(HttpClient http, Uri queryUrl, CancellationToken cancellationToken)
    {
        using var answer = await http.GetFromJsonAsync<JsonDocument>(
            new Uri(queryUrl, "/api/v1/batches"),
            cancellationToken
        );
        foreach (var batch in answer!.RootElement.GetProperty("batches").EnumerateArray())
        {
            var summary = batch.GetProperty("summary");
            Console.WriteLine(
                $"  {batch.GetProperty("name").GetString()}: "
                    + $"{batch.GetProperty("ledger").GetProperty("trades").GetInt32():N0} trades, "
                    + $"available capital {summary.GetProperty("availableCapital").GetDecimal():N2} "
                    + $"({summary.GetProperty("changePercentage").GetDecimal():+0.00;-0.00;0.00} %)"
            );
        }
    }

    private static async Task<(bool Ready, int Trades)> StateAsync(
        HttpClient http,
        Uri url,
        CancellationToken cancellationToken
    )
    {
        using var answer = await http.GetFromJsonAsync<JsonDocument>(url, cancellationToken);
        var ledgers = answer!
            .RootElement.GetProperty("batches")
            .EnumerateArray()
            .Select(batch => batch.GetProperty("ledger"))
            .ToList();
        return (
            ledgers.TrueForAll(ledger => ledger.GetProperty("state").GetString() == "ready"),
            ledgers.Sum(ledger => ledger.GetProperty("trades").GetInt32())
        );
    }
}
