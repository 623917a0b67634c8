using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace PnlPipeline.Query.Api.Http;

/// <summary>The shape of every error.</summary>
/// <param name="Type">A page about the status.</param>
/// <param name="Title">What happened, in a line.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Detail">What to do.</param>
/// <param name="Errors">What is wrong, by field; all of a request's errors at once.</param>
/// <param name="TraceId">Finds the fault in the log; of faults on this side only.</param>
public sealed record Problem(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Type,
    string Title,
    int Status,
    string Detail,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        IReadOnlyDictionary<string, string[]>? Errors,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? TraceId
);

internal static class ProblemExamples
{
    public static JsonNode? Of(int status)
    {
        var problem = status switch
        {
            StatusCodes.Status400BadRequest => Problems.BadRequest(
                "capital",
                "Is not above 0. Send a number above 0, at most 1000000000000."
            ),
            StatusCodes.Status404NotFound => Problems.NotFound("The batch", "/api/v1/batches"),
            StatusCodes.Status409Conflict => Problems.Conflict(
                "Choose another name, or change the batch that has this one.",
                "name",
                "Is taken by batch 1."
            ),
            StatusCodes.Status412PreconditionFailed => Problems.MovedOn(),
            _ => Problems.ForStatus(status),
        };
        return JsonSerializer.SerializeToNode(problem.ProblemDetails, JsonFormats.Options);
    }
}
