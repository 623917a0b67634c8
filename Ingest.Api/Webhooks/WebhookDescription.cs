using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Net.Http.Headers;
using Microsoft.OpenApi;
using PnlPipeline.Domain.Alerts;

namespace PnlPipeline.Ingest.Api.Webhooks;

/// <summary>What <c>/openapi/v1.json</c> says of the webhook.</summary>
internal static class WebhookDescription
{
    private const string ExampleAlert =
        """{"symbol":"BTCUSDT","side":"entry","timeframe":"60","type":"bullish","price":43250.5,"closeonflip":true,"timestamp":"2026-11-22T06:28:00+0000"}""";

    private const string ExampleAnswer = """{"alertId":"90ae24dd04e57752cae9a8415611280f","status":"accepted"}""";

    private const string ExampleErrors = """
        {"title":"The alert was refused","status":400,"detail":"Correct the fields listed under errors and send the alert again.",
         "errors":{"price":["Is NaN, which is what Pine prints for na."],"symbol":["Is missing. Send the symbol, for example BTCUSDT."]}}
        """;

    private static readonly (int Status, string When)[] Errors =
    [
        (
            StatusCodes.Status400BadRequest,
            "The body is no alert. Every field's errors are listed at once, and the body is on record."
        ),
        (StatusCodes.Status404NotFound, "The token is not one of those configured. Nothing is recorded."),
        (StatusCodes.Status405MethodNotAllowed, "Not a POST."),
        (StatusCodes.Status408RequestTimeout, "The body came too slowly."),
        (StatusCodes.Status413PayloadTooLarge, $"The body is longer than {AlertParser.MaxBytes:N0} bytes."),
        (
            StatusCodes.Status429TooManyRequests,
            "This address sends faster than it may; Retry-After says when to send again."
        ),
        (
            StatusCodes.Status503ServiceUnavailable,
            "The alert could not be made durable in time; send it again. Answered within two seconds."
        ),
    ];

    public static void Describe(OpenApiOptions options) =>
        options.AddDocumentTransformer(
            (document, _, _) =>
            {
                document.Info = new OpenApiInfo
                {
                    Title = "PnlPipeline ingest",
                    Version = "v1",
                    Description = "Takes TradingView's alerts, and answers once they are durable.",
                };
                // Where it is reached from outside is not for this service to know.
                document.Servers = [];
                return Task.CompletedTask;
            }
        );

    public static void WithDescriptionOfWebhook(this RouteHandlerBuilder endpoint)
    {
        endpoint
            .WithName("ReceiveAlert")
            .WithTags("Webhooks")
            .WithSummary("Takes one alert; answers once it is durable.")
            .WithDescription(
                "202 means that the alert is durable, never less: the broker has confirmed it, or while the broker is "
                    + "away it is on disk. The same alert always has the same id, so sending it again is harmless and "
                    + "answered with 202 again. The content type decides nothing."
            );
        foreach (var (status, _) in Errors)
            endpoint.ProducesProblem(status);

        endpoint.AddOpenApiOperationTransformer(
            (operation, _, _) =>
            {
                operation
                    .Parameters
                    ?.OfType<OpenApiParameter>().Single().Description =
                        "One of the tokens that this service is configured with.";
                operation.RequestBody = new OpenApiRequestBody
                {
                    Required = true,
                    Description =
                        $"One JSON object of at most {AlertParser.MaxBytes:N0} bytes, as the Pine script builds it. "
                        + $"Property names match in any letter case; "
                        + "properties that are not listed are kept and ignored.",
                    Content = new Dictionary<string, OpenApiMediaType>
                    {
                        ["application/json"] = new() { Schema = Alert(), Example = JsonNode.Parse(ExampleAlert) },
                        ["text/plain"] = new() { Schema = Alert(), Example = JsonNode.Parse(ExampleAlert) },
                    },
                };
                Describe(operation, StatusCodes.Status202Accepted, "The alert is durable.", ExampleAnswer);
                foreach (var (status, when) in Errors)
                    Describe(operation, status, when, status == StatusCodes.Status400BadRequest ? ExampleErrors : null);
                foreach (
                    var status in new[]
                    {
                        StatusCodes.Status429TooManyRequests,
                        StatusCodes.Status503ServiceUnavailable,
                    }
                )
                    DescribeRetryAfter(operation, status);
                return Task.CompletedTask;
            }
        );
    }

    private static void Describe(OpenApiOperation operation, int status, string when, string? example)
    {
        if (operation.Responses?[$"{status}"] is not OpenApiResponse response)
            return;
        response.Description = when;
        foreach (var content in response.Content?.Values ?? [])
            content.Example = example is null ? null : JsonNode.Parse(example);
    }

    private static void DescribeRetryAfter(OpenApiOperation operation, int status)
    {
        if (operation.Responses?[$"{status}"] is not OpenApiResponse response)
            return;
        response.Headers = new Dictionary<string, IOpenApiHeader>(StringComparer.Ordinal)
        {
            [HeaderNames.RetryAfter] = new OpenApiHeader
            {
                Description = "Seconds to wait.",
                Required = true,
                Schema = new OpenApiSchema { Type = JsonSchemaType.Integer },
            },
        };
    }

    private static OpenApiSchema Alert() =>
        new()
        {
            Type = JsonSchemaType.Object,
            Required = new HashSet<string>(StringComparer.Ordinal) { "symbol", "timeframe", "price", "timestamp" },
            Properties = new Dictionary<string, IOpenApiSchema>(StringComparer.Ordinal)
            {
                ["symbol"] = Property(
                    JsonSchemaType.String,
                    $"1 to {Symbol.MaxLength} visible ASCII characters without '|' after trimming; stored upper-case. "
                        + $"An exchange "
                        + "prefix is part of it."
                ),
                ["side"] = Property(
                    JsonSchemaType.String | JsonSchemaType.Null,
                    "Read together with type. Entry: entry, enter, open. Exit: exit, close, flat, tp, sl, stop. Long: "
                        + "bullish, bull, long, buy. "
                        + $"Short: bearish, bear, short, sell. At most {AlertVocabulary.MaxLength} characters."
                ),
                ["type"] = Property(JsonSchemaType.String | JsonSchemaType.Null, "Read together with side."),
                ["timeframe"] = Property(
                    JsonSchemaType.String | JsonSchemaType.Integer,
                    $"Pine's timeframe.period, or 15m, 4h, 1d and the like; at most {Timeframe.MaxLength} characters."
                ),
                ["price"] = Property(
                    JsonSchemaType.Number | JsonSchemaType.String,
                    $"Above 0 and below 10^{Price.MaxWholeDigits}, at most {Price.MaxSignificantDigits} significant "
                        + $"digits; rounded half-even to "
                        + $"{Price.Decimals} decimals. NaN is an error."
                ),
                ["closeonflip"] = Property(
                    JsonSchemaType.Boolean | JsonSchemaType.String | JsonSchemaType.Null,
                    "Stored, never used."
                ),
                ["timestamp"] = Property(
                    JsonSchemaType.String | JsonSchemaType.Integer,
                    "yyyy-MM-ddTHH:mm:ss with Z or an offset, or Unix time in seconds or milliseconds. From 2000 on, "
                        + "at most 24 hours ahead."
                ),
            },
        };

    private static OpenApiSchema Property(JsonSchemaType type, string description) =>
        new() { Type = type, Description = description };
}
