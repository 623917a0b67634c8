using Microsoft.AspNetCore.Http.HttpResults;
using PnlPipeline.Query.Api.Http;

namespace PnlPipeline.Query.Api.Events;

public sealed class StreamParameters : RequestParameters, IParameters<StreamParameters>
{
    /// <summary>
    /// As the header `Last-Event-ID`, for those who cannot set it; the header counts where both stand.
    /// </summary>
    /// <example>1807-1-1763792881224</example>
    public string? LastEventId { get; init; }
}

/// <summary>Server-sent events.</summary>
public static class StreamRoutes
{
    private const string ContentType = "text/event-stream";

    // As JSON has it: a text.
    private const string Example = """
        "retry: 2000\n\nid: 1807-1-1763792881224\nevent: ledger\ndata: {\"batchId\":1,\"generation\":4,\"lastSeq\":12}\n\n"
        """;

    private const string Events = """
        Server-sent events, from when the request comes, or from after an event that was had before. The data of each is JSON:

        - `alert`: an alert was stored: `alertId, symbol, timeframe, action, direction, price, timestamp, receivedAt, outcome, tradeId, closedTradeId`, as in the log.
        - `trade`: `tradeId, symbol, timeframe, state, time`. `open` (time of the entry) and `closed` (of the exit); `revised` with `tradeId` `null`: any trade of the stream that ended at `time` or later may be another, and so may outcomes from there on.
        - `price`: `symbol, price, time`: the newest price of a symbol that came as such, at most one a symbol and second. Every alert is a price of its symbol besides.
        - `ledger`: `batchId, generation, lastSeq`: other rows are served. Who holds fewer has missed some, whatever it was told; another `generation` is another ledger.
        - `batch`: `batchId, state, revision, progress`. `changed` (made or edited: `revision` is its `ETag`), `deleted`, or `building` with the progress of its ledger, 0 to 1.
        - `reset`: `reason`. There are more events than are sent one by one: fetch everything shown again. `many`: more alerts at once than anybody reads; `lost`: what came since the last event had is not known any more.

        Each event has an `id`, the same on every replica; with it as `Last-Event-ID` the stream goes on right behind it. Of `ledger` and `batch` only the latest of each batch is told again, of `price` that of each symbol. A stream ends with the session it was opened by, and with the process: come back with the last id.
        """;

    public static RouteGroupBuilder MapEvents(this RouteGroupBuilder api)
    {
        api.MapGet("/stream", ListenAsync)
            .WithTags("Live")
            .Produces<string>(StatusCodes.Status200OK, ContentType)
            .Described("Listen to events", Events)
            .Answers(
                StatusCodes.Status200OK,
                "Events, as they come; a comment line as a heartbeat where none do.",
                Example
            )
            .Refuses(StatusCodes.Status400BadRequest, "Parameters that are wrong.")
            .Refuses(
                StatusCodes.Status503ServiceUnavailable,
                "As many listen as may; `Retry-After` says how many seconds to wait."
            )
            .Takes(RequestHeader.LastEventId)
            .WithMetadata(WithoutDatabase.Instance);
        return api;
    }

    private static async Task<Results<EmptyHttpResult, ProblemHttpResult>> ListenAsync(
        StreamParameters parameters,
        HttpContext http,
        Listeners listeners
    )
    {
        if (!listeners.TryEnter())
        {
            http.Response.Headers.RetryAfter = "10";
            return Problems.Of(
                StatusCodes.Status503ServiceUnavailable,
                "Too many listen already.",
                "Close streams that nobody reads any more, or try again later."
            );
        }

        var headers = http.Response.Headers;
        http.Response.ContentType = ContentType;
        // Neither kept nor gathered nor packed by anyone on the way.
        headers.CacheControl = "no-store, no-transform";
        headers["X-Accel-Buffering"] = "no";
        await listeners.ListenAsync(
            http,
            http.Request.Headers["Last-Event-ID"].FirstOrDefault() is { Length: > 0 } header
                ? header
                : parameters.LastEventId
        );
        return TypedResults.Empty;
    }
}
