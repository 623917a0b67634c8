namespace PnlPipeline.Query.Api.Setup;

/// <summary>
/// Where alerts are sent to, for who sets the system up: the section <c>Webhook</c>. Without a token there is nothing
/// to show or to test.
/// </summary>
public sealed class WebhookOptions
{
    public const string Section = "Webhook";

    /// <summary>Ingest as TradingView reaches it: <c>https://alerts.example</c>.</summary>
    public string Url { get; init; } = "http://127.0.0.1:5080";

    /// <summary>Ingest as this process reaches it; absent: as TradingView does.</summary>
    public string? InternalUrl { get; init; }

    /// <summary>One of the tokens that ingest takes.</summary>
    public string? Token { get; init; }

    public bool IsConfigured => Token is { Length: > 0 };

    /// <param name="token">What stands in the token's place.</param>
    public string AddressWith(string token) => Address(Url, token);

    public Uri InternalAddress =>
        new(Address(InternalUrl is { Length: > 0 } url ? url : Url, Uri.EscapeDataString(Token!)));

    /// <summary>What is wrong with these options and what to do, without the token; empty where nothing is.</summary>
    public IEnumerable<string> Errors()
    {
        foreach (var (name, value) in new[] { (nameof(Url), Url), (nameof(InternalUrl), InternalUrl) })
        {
            if (
                value is { Length: > 0 }
                && !(
                    Uri.TryCreate(value, UriKind.Absolute, out var url)
                    && url.Scheme is "http" or "https"
                    && url.Query.Length == 0
                    && url.Fragment.Length == 0
                )
            )
            {
                yield return $"{Section}:{name} is no address of ingest. Set {Section}__{name} to one such as "
                    + $"https://alerts.example, without the webhook's path.";
            }
        }
    }

    private static string Address(string url, string token) => $"{url.TrimEnd('/')}/webhooks/tradingview/{token}";
}
