using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using PnlPipeline.Hosting;

namespace PnlPipeline.Ingest.Api.Webhooks;

/// <summary>
/// Everything an error answers: <c>application/problem+json</c> with a title, and a detail that says what to do.
/// </summary>
internal static class WebhookProblems
{
    /// <summary>The same for a wrong token and for a path that is not there: a guess learns nothing.</summary>
    public static ProblemHttpResult Of(int status)
    {
        var (title, detail) = status switch
        {
            StatusCodes.Status404NotFound => (
                "Nothing here",
                "Post alerts to /webhooks/tradingview/ and one of the tokens this service is configured with."
            ),
            StatusCodes.Status405MethodNotAllowed => ("Method not allowed", "Send an alert by POST."),
            StatusCodes.Status408RequestTimeout => ("The body came too slowly", "Send the whole alert at once."),
            StatusCodes.Status413PayloadTooLarge => (
                "The alert is too large",
                $"Send at most {WebhookEndpoint.BodyBytesMax} bytes."
            ),
            StatusCodes.Status429TooManyRequests => (
                "Too many alerts",
                "This address sends faster than it may. Send again after a second."
            ),
            StatusCodes.Status503ServiceUnavailable => (
                "Not durable in time",
                "The alert could not be made durable now. Send it again; should it have arrived, that does no harm."
            ),
            StatusCodes.Status500InternalServerError => (
                "Something went wrong here",
                "Send the alert again; should it have arrived, that does no harm. The log says what went wrong."
            ),
            _ => (
                "The request was refused",
                "See the status, and send the alert as the description at /openapi/v1.json says."
            ),
        };
        return TypedResults.Problem(statusCode: status, title: title, detail: detail);
    }

    /// <summary>A bad body, with every field's errors.</summary>
    public static ProblemHttpResult OfFields(IReadOnlyDictionary<string, string[]> errors) =>
        TypedResults.Problem(
            new HttpValidationProblemDetails(errors.ToDictionary(StringComparer.Ordinal))
            {
                Status = StatusCodes.Status400BadRequest,
                Title = "The alert was refused",
                Detail = "Correct the fields listed under errors and send the alert again. What was sent is on record.",
            }
        );

    /// <summary>
    /// Has the answers that no endpoint gives say as much as the others, and all of them carry the headers of data.
    /// </summary>
    public static void UseProblemDetails(this WebApplication app)
    {
        app.Use(
            (http, next) =>
            {
                SecurityHeaders.SetForData(http);
                return next(http);
            }
        );
        app.UseExceptionHandler(branch =>
            branch.Run(http =>
            {
                // Whatever was to be answered is gone, with its headers.
                SecurityHeaders.SetForData(http);
                return Of(http.Response.StatusCode).ExecuteAsync(http);
            })
        );
        app.UseStatusCodePages(pages => Of(pages.HttpContext.Response.StatusCode).ExecuteAsync(pages.HttpContext));
    }
}
