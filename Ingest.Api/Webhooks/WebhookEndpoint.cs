using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http.HttpResults;
using PnlPipeline.Contracts;
using PnlPipeline.Domain.Alerts;
using PnlPipeline.Ingest.Api.Delivery;

namespace PnlPipeline.Ingest.Api.Webhooks;

/// <summary>What a sender gets for an alert that is durable.</summary>
/// <param name="AlertId">32 lower-case hex digits; the same alert always has the same id, however often it is
/// sent.</param>
/// <param name="Status">Always <c>accepted</c>.</param>
public sealed record AcceptedAlert(string AlertId, string Status = "accepted");

/// <summary><c>POST /webhooks/tradingview/{token}</c>: one alert.</summary>
internal static class WebhookEndpoint
{
    public const int BodyBytesMax = AlertParser.MaxBytes;

    public static void MapWebhooks(this IEndpointRouteBuilder routes)
    {
        // Asked for once and not with each request, which then needs no scope of services of its own.
        var services = routes.ServiceProvider;
        var tokens = services.GetRequiredService<WebhookTokens>();
        var sources = services.GetRequiredService<AllowedSources>();
        var rateLimit = services.GetRequiredService<SourceRateLimit>();
        var alerts = services.GetRequiredService<AlertDelivery>();
        var rejections = services.GetRequiredService<RejectionDelivery>();
        var clock = services.GetRequiredService<TimeProvider>();
        routes
            .MapPost(
                "/webhooks/tradingview/{token}",
                (string token, HttpContext http) =>
                    ReceiveAsync(token, http, tokens, sources, rateLimit, alerts, rejections, clock)
            )
            .WithDescriptionOfWebhook();
    }

    private static async Task<Results<AcceptedResult, ProblemHttpResult>> ReceiveAsync(
        string token,
        HttpContext http,
        WebhookTokens tokens,
        AllowedSources sources,
        SourceRateLimit rateLimit,
        AlertDelivery alerts,
        RejectionDelivery rejections,
        TimeProvider clock
    )
    {
        // Before anything else: who does not know the token learns nothing, costs nothing and leaves nothing.
        // A source that is not allowed gets the same answer, whether its token is right or not.
        if (!sources.Contain(http.Connection.RemoteIpAddress) || !tokens.Contains(token))
            return WebhookProblems.Of(StatusCodes.Status404NotFound);

        if (!rateLimit.Admits(http.Connection.RemoteIpAddress))
        {
            WebhookMeters.Limited.Add(1);
            return RetryAfter(http, seconds: 1, StatusCodes.Status429TooManyRequests);
        }

        if (http.Request.ContentLength > BodyBytesMax)
            return WebhookProblems.Of(StatusCodes.Status413PayloadTooLarge);

        ReadResult read;
        try
        {
            // One byte more than there may be tells too long from just right, also where no length was announced.
            read = await http.Request.BodyReader.ReadAtLeastAsync(BodyBytesMax + 1, http.RequestAborted);
        }
        catch (BadHttpRequestException exception)
        {
            return WebhookProblems.Of(exception.StatusCode);
        }

        if (read.Buffer.Length > BodyBytesMax)
        {
            http.Request.BodyReader.AdvanceTo(read.Buffer.End);
            return WebhookProblems.Of(StatusCodes.Status413PayloadTooLarge);
        }

        var now = clock.GetUtcNow().UtcDateTime;
        var parsed = AlertParser.Parse(
            read.Buffer.IsSingleSegment ? read.Buffer.FirstSpan : read.Buffer.ToArray(),
            now
        );
        var refused = parsed.IsAlert ? [] : read.Buffer.ToArray();
        http.Request.BodyReader.AdvanceTo(read.Buffer.End);
        if (!parsed.IsAlert)
        {
            WebhookMeters.Rejected.Add(1);
            await rejections.RecordAsync(
                new AlertRejected(
                    Guid.NewGuid().ToString("n"),
                    now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMillisecond)),
                    refused,
                    parsed.Errors
                )
            );
            return WebhookProblems.OfFields(parsed.Errors);
        }

        if (!await alerts.DeliverAsync(parsed.Alert))
        {
            WebhookMeters.Unavailable.Add(1);
            return RetryAfter(http, seconds: 5, StatusCodes.Status503ServiceUnavailable);
        }

        WebhookMeters.Accepted.Add(1);
        return new AcceptedResult(parsed.Alert.AlertId);
    }

    private static ProblemHttpResult RetryAfter(HttpContext http, int seconds, int status)
    {
        http.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        return WebhookProblems.Of(status);
    }
}
