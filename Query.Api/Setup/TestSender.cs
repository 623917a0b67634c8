using System.Net;
using System.Text;
using System.Text.Json;
using Dapper;
using PnlPipeline.Database;

namespace PnlPipeline.Query.Api.Setup;

/// <summary>What became of a test alert at ingest's door.</summary>
/// <param name="Status"><c>null</c>: nothing answered.</param>
/// <param name="AlertId">Where it was accepted.</param>
public sealed record Delivery(int? Status, string? AlertId);

/// <summary>Sends a test alert the way every alert comes: by HTTP to ingest.</summary>
public sealed class TestSender(WebhookOptions options, MySqlDatabase database) : IDisposable
{
    // Not from the factory: that one logs addresses, and this one holds the token.
    private readonly HttpClient _http = new(
        new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            ConnectTimeout = TimeSpan.FromSeconds(3),
        }
    )
    {
        Timeout = TimeSpan.FromSeconds(10),
        MaxResponseContentBufferSize = 64 * 1024,
    };

    /// <summary>Whether a test's trade is open, so that the next test closes it.</summary>
    public async Task<bool> IsOpenAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        return await connection.ExecuteScalarAsync<bool>(
            new CommandDefinition(
                """
                SELECT EXISTS (SELECT 1 FROM streams s JOIN trades t ON t.stream_id = s.stream_id
                 WHERE s.symbol = @Symbol AND s.timeframe = @Timeframe AND s.strategy = '' AND t.exit_time IS NULL)
                """,
                new { TestAlert.Symbol, TestAlert.Timeframe },
                cancellationToken: cancellationToken
            )
        );
    }

    public async Task<Delivery> SendAsync(string body, CancellationToken cancellationToken)
    {
        try
        {
            using var content = new StringContent(body, Encoding.UTF8, "application/json");
            using var response = await _http.PostAsync(options.InternalAddress, content, cancellationToken);
            return new Delivery(
                (int)response.StatusCode,
                response.StatusCode == HttpStatusCode.Accepted
                    ? AlertIdIn(await response.Content.ReadAsStringAsync(cancellationToken))
                    : null
            );
        }
        catch (Exception fault)
            when (fault is HttpRequestException
                || (fault is OperationCanceledException && !cancellationToken.IsCancellationRequested)
            )
        {
            return new Delivery(null, null);
        }
    }

    public void Dispose() => _http.Dispose();

    // Something else may answer 202 there too.
    private static string? AlertIdIn(string answer)
    {
        try
        {
            var root = JsonElement.Parse(answer);
            return
                root.ValueKind == JsonValueKind.Object
                && root.TryGetProperty("alertId", out var id)
                && id.ValueKind == JsonValueKind.String
                ? id.GetString()
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
