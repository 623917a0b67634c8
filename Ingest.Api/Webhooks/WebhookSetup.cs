using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;
using PnlPipeline.Hosting;

namespace PnlPipeline.Ingest.Api.Webhooks;

/// <summary>What this room adds to the host.</summary>
internal static class WebhookSetup
{
    /// <summary>
    /// Adds what the webhook needs, from the section <see cref="WebhookOptions.Section"/>; refuses to start without a
    /// good token.
    /// </summary>
    public static void AddWebhooks(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<IValidateOptions<WebhookOptions>, TokensAreGood>();
        builder
            .Services.AddOptions<WebhookOptions>()
            .BindConfiguration(WebhookOptions.Section)
            .ValidateDataAnnotations()
            .ValidateOnStart();
        builder.Services.AddSingleton<WebhookTokens>();
        builder.Services.AddSingleton<SourceRateLimit>();
        builder.Services.AddSingleton(new AllowedSources(Networks.Read(builder.Configuration, AllowedSources.Key)));
        builder.Services.AddOpenApi(WebhookDescription.Describe);
        builder.WebHost.ConfigureKestrel(Limit);
        // It would begin an activity and a log scope with each request, for lines that are not written.
        builder.Logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None);
    }

    /// <summary>An alert is small, comes at once and waits two seconds at most: what takes more is no alert.</summary>
    private static void Limit(KestrelServerOptions kestrel)
    {
        // The endpoint's own limit is the one that is answered. Past it a body is read to its end and thrown away, for
        // a sender that is cut off while it sends never sees its answer; this is where it is cut off all the same.
        kestrel.Limits.MaxRequestBodySize = 16 * 1024 * 1024;
        kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(
            bytesPerSecond: 240,
            gracePeriod: TimeSpan.FromSeconds(3)
        );
    }

    private sealed class TokensAreGood : IValidateOptions<WebhookOptions>
    {
        public ValidateOptionsResult Validate(string? name, WebhookOptions options) =>
            WebhookOptions.Check(options.Tokens) is { } error
                ? ValidateOptionsResult.Fail(error)
                : ValidateOptionsResult.Success;
    }
}
