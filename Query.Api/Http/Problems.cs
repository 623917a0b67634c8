using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using PnlPipeline.Domain.Alerts;

namespace PnlPipeline.Query.Api.Http;

/// <summary>
/// Every error an answer can be: <c>application/problem+json</c> with a title, and a detail that says what to do.
/// </summary>
public static class Problems
{
    private const string ContentType = "application/problem+json";

    public static ProblemHttpResult BadRequest(FieldErrors errors) =>
        Of(
            StatusCodes.Status400BadRequest,
            "The request has errors.",
            "Correct what is listed under errors, by field, and send the request again.",
            errors
        );

    public static ProblemHttpResult BadRequest(string field, string message)
    {
        var errors = new FieldErrors();
        errors.Add(field, message);
        return BadRequest(errors);
    }

    /// <param name="what">With its article: <c>The batch</c>.</param>
    /// <param name="list">Where those that exist are listed.</param>
    public static ProblemHttpResult NotFound(string what, string list) =>
        Of(
            StatusCodes.Status404NotFound,
            "Not found.",
            $"{what} does not exist (any more). GET {list} lists those that do."
        );

    public static ProblemHttpResult Conflict(string detail, string field, string message)
    {
        var errors = new FieldErrors();
        errors.Add(field, message);
        return Of(StatusCodes.Status409Conflict, "In conflict with what exists.", detail, errors);
    }

    public static ProblemHttpResult MovedOn() =>
        Of(
            StatusCodes.Status412PreconditionFailed,
            "Changed in the meantime.",
            "What you meant to change is not what you read any more: read it again, and send the change with its new "
                + "ETag in If-Match."
        );

    /// <summary>A problem for a status that has nothing more to say about this request.</summary>
    public static ProblemHttpResult ForStatus(int status) =>
        status switch
        {
            StatusCodes.Status400BadRequest => Of(
                status,
                "The request cannot be read.",
                "Check its headers and its address against /openapi/v1.json."
            ),
            StatusCodes.Status401Unauthorized => Of(
                status,
                "Who are you?",
                "Send a key in the header Authorization: Bearer KEY, or sign in by POST /api/v1/session with "
                    + "{\"key\":\"KEY\"}."
            ),
            StatusCodes.Status403Forbidden => Of(
                status,
                "Not with this key.",
                "This needs the role admin: use an admin key."
            ),
            StatusCodes.Status404NotFound => Of(
                status,
                "Not found.",
                "There is nothing at this address; /openapi/v1.json lists what there is."
            ),
            StatusCodes.Status405MethodNotAllowed => Of(
                status,
                "Not by this method.",
                "The address exists, but not for this method; the header Allow lists those it takes."
            ),
            StatusCodes.Status413PayloadTooLarge => Of(
                status,
                "The body is too large.",
                $"Send at most {RequestBody.MaxBytes} bytes."
            ),
            StatusCodes.Status429TooManyRequests => Of(
                status,
                "Too many attempts.",
                "Wait for as many seconds as the header Retry-After says, then try again."
            ),
            StatusCodes.Status503ServiceUnavailable => Of(
                status,
                "The database does not answer.",
                "Nothing is wrong with the request: try it again in a moment. GET /health/ready says when it is back."
            ),
            >= 500 => Of(
                status,
                "Something went wrong here.",
                "Try again; if it stays, look in the log of the query API for the traceId of this answer."
            ),
            _ => Of(status, "The request cannot be answered.", "Check it against /openapi/v1.json."),
        };

    public static ProblemHttpResult Of(int status, string title, string detail, FieldErrors? errors = null)
    {
        var problem = new ProblemDetails
        {
            Status = status,
            Title = title,
            Detail = detail,
        };
        if (errors is not null)
            problem.Extensions["errors"] = errors.ToDictionary();
        return TypedResults.Problem(problem);
    }

    /// <summary>Writes a problem where there is no endpoint to return it.</summary>
    public static async Task WriteAsync(HttpContext http, ProblemHttpResult problem, string? traceId = null)
    {
        if (traceId is not null)
            problem.ProblemDetails.Extensions["traceId"] = traceId;
        http.Response.StatusCode = problem.StatusCode;
        await http.Response.WriteAsJsonAsync(problem.ProblemDetails, JsonFormats.Options, ContentType);
    }
}
