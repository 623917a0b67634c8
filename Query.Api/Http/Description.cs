using Microsoft.Net.Http.Headers;

namespace PnlPipeline.Query.Api.Http;

/// <summary>What a successful answer looks like.</summary>
/// <param name="Example">JSON; <c>null</c> where there is no body.</param>
public sealed record Answer(int Status, string Description, string? Example);

/// <summary>The same as CSV.</summary>
public sealed record CsvAnswer(string Example);

/// <summary>The same as Parquet.</summary>
public sealed record ParquetAnswer
{
    public static readonly ParquetAnswer Instance = new();
}

/// <summary>A header that answers of this status have.</summary>
public sealed record AnswerHeader(int Status, string Name, string Description);

/// <summary>An error this route can give, and when.</summary>
public sealed record Refusal(int Status, string Description);

/// <summary>This route asks the database nothing, and cannot fail with it.</summary>
public sealed record WithoutDatabase
{
    public static readonly WithoutDatabase Instance = new();
}

/// <summary>A request's body: the type its schema is made of, and an example in JSON.</summary>
public sealed record Body(Type Type, string Description, string Example);

/// <summary>A request's body that is a file, in any of these types.</summary>
/// <param name="Examples">The beginning of such a file, by content type.</param>
public sealed record FileBody(string Description, IReadOnlyDictionary<string, string> Examples);

/// <summary>Describing a route next to its handler; <see cref="ApiDocument"/> puts it all into the document.</summary>
public static class Description
{
    /// <param name="summary">A line.</param>
    /// <param name="description">What to know before calling it.</param>
    public static RouteHandlerBuilder Described(this RouteHandlerBuilder route, string summary, string description) =>
        route.WithSummary(summary).WithDescription(description);

    public static RouteHandlerBuilder Takes(this RouteHandlerBuilder route, params IEnumerable<object> parameters)
    {
        foreach (var parameter in parameters)
            route.WithMetadata(parameter);
        return route;
    }

    public static RouteHandlerBuilder TakesBody<T>(
        this RouteHandlerBuilder route,
        string description,
        string example
    ) => route.WithMetadata(new Body(typeof(T), description, example));

    public static RouteHandlerBuilder TakesFile(
        this RouteHandlerBuilder route,
        string description,
        IReadOnlyDictionary<string, string> examples
    ) => route.WithMetadata(new FileBody(description, examples));

    public static RouteHandlerBuilder Answers(
        this RouteHandlerBuilder route,
        int status,
        string description,
        string? example = null
    ) => route.WithMetadata(new Answer(status, description, example));

    public static RouteHandlerBuilder AlsoAnswersCsv(this RouteHandlerBuilder route, string example) =>
        route.WithMetadata(new CsvAnswer(example));

    public static RouteHandlerBuilder AlsoAnswersParquet(this RouteHandlerBuilder route) =>
        route.WithMetadata(ParquetAnswer.Instance);

    /// <summary>The answer has an <c>ETag</c>, and <c>If-None-Match</c> is honoured.</summary>
    public static RouteHandlerBuilder AlsoAnswersUnchanged(this RouteHandlerBuilder route) =>
        route
            .Takes(RequestHeader.IfNoneMatch)
            .Answers(
                StatusCodes.Status304NotModified,
                "`If-None-Match` names the `ETag` of the answer there would be: nothing changed since."
            )
            .AnswersWith(StatusCodes.Status200OK, HeaderNames.ETag, "What the answer is made of; for `If-None-Match`.")
            .AnswersWith(StatusCodes.Status304NotModified, HeaderNames.ETag, "As it was sent.");

    public static RouteHandlerBuilder AnswersWith(
        this RouteHandlerBuilder route,
        int status,
        string header,
        string description
    ) => route.WithMetadata(new AnswerHeader(status, header, description));

    public static RouteHandlerBuilder Refuses(this RouteHandlerBuilder route, int status, string description) =>
        route.WithMetadata(new Refusal(status, description));
}
