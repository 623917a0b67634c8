namespace PnlPipeline.Query.Api.Http;

/// <summary>A header of the request as the API's description shows it.</summary>
public sealed record RequestHeader(string Name, string Description, string Example)
{
    public static readonly RequestHeader IfMatch = new(
        "If-Match",
        "The `ETag` of the batch as it was read: nothing is changed where it has moved on. Without it, whatever it is "
            + "now is changed.",
        "\"7\""
    );

    public static readonly RequestHeader IfNoneMatch = new(
        "If-None-Match",
        "The `ETag` of an answer that is kept: `304` where there is no other.",
        "W/\"0f3b2f25.1.4.12\""
    );

    public static readonly RequestHeader LastEventId = new(
        "Last-Event-ID",
        "The `id` of the last event that was had.",
        "1807-1-1763792881224"
    );
}

/// <summary>A part of a path as the API's description shows it.</summary>
public sealed record PathParameter(string Name, string Description, string Example)
{
    public static readonly PathParameter BatchId = new("id", "The batch's id.", "1");
}
