using PnlPipeline.Domain.Alerts;

namespace PnlPipeline.Query.Api.Http;

/// <summary>
/// Answers <c>400</c> with everything that is wrong with a request's parameters, before its handler is called.
/// </summary>
public static class WrongParameters
{
    /// <summary>
    /// On every route, also on those that take no parameters. A handler that takes the request's <see
    /// cref="FieldErrors"/> itself is called all the same: it has
    /// more to find, and tells everything at once.
    /// </summary>
    public static RouteGroupBuilder RefuseWrongParameters(this RouteGroupBuilder api)
    {
        api.AddEndpointFilter(
            (call, next) =>
            {
                var errors = call.HttpContext.RequestServices.GetRequiredService<FieldErrors>();
                if (call.HttpContext.GetEndpoint()?.Metadata.GetMetadata<ParameterSet>() is null)
                    UnknownParameters.Find(call.HttpContext.Request.Query.Keys, [], errors);
                return !errors.Any || call.Arguments.Contains(errors)
                    ? next(call)
                    : ValueTask.FromResult<object?>(Problems.BadRequest(errors));
            }
        );
        return api;
    }
}
