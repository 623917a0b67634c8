using System.Collections.Concurrent;
using System.Reflection;
using PnlPipeline.Query.Api.Http;

namespace PnlPipeline.Query.Api.Ledgers;

/// <summary>
/// Reads which trades have the tags that a request asks for, before its handler is called: whatever takes a selection
/// is narrowed by them.
/// </summary>
public static class TagFilter
{
    private static readonly ConcurrentDictionary<Type, PropertyInfo?> Selections = new();

    public static RouteGroupBuilder NarrowByTags(this RouteGroupBuilder api)
    {
        api.AddEndpointFilter(
            async (call, next) =>
            {
                var selection = call.Arguments.OfType<RequestParameters>().Select(SelectionOf).FirstOrDefault();
                if (selection is { Tags.Count: > 0 })
                {
                    var http = call.HttpContext;
                    var notes = http.RequestServices.GetRequiredService<TradeNoteReader>();
                    // Before the trades, so that an answer is never newer than its tag.
                    Conditional.DependsOn(http, await notes.RevisionAsync(http.RequestAborted));
                    selection.Tagged = await notes.TaggedAsync(selection.Tags, http.RequestAborted);
                }

                return await next(call);
            }
        );
        return api;
    }

    private static FilterParameters? SelectionOf(RequestParameters parameters) =>
        Selections
            .GetOrAdd(parameters.GetType(), type => type.GetProperty(nameof(BreakdownParameters.Selection)))
            ?.GetValue(parameters) as FilterParameters;
}
