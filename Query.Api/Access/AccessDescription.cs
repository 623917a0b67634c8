using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using PnlPipeline.Query.Api.Http;

namespace PnlPipeline.Query.Api.Access;

/// <summary>What the API's document says of keys and sessions.</summary>
public static class AccessDescription
{
    private const string KeyScheme = "key";
    private const string CookieScheme = "session";

    /// <summary>
    /// Everything under the group wants a key or a session, but for what is anonymous; the document says so.
    /// </summary>
    public static RouteGroupBuilder RequireKey(this RouteGroupBuilder api)
    {
        api.RequireAuthorization(AccessPolicies.Viewer);
        ((IEndpointConventionBuilder)api).Finally(endpoint =>
        {
            if (endpoint.Metadata.OfType<IAllowAnonymous>().Any())
                return;
            endpoint.Metadata.Add(
                new Refusal(
                    StatusCodes.Status401Unauthorized,
                    "No key or session, or one that is not valid (any more)."
                )
            );
            if (endpoint.Metadata.OfType<IAuthorizeData>().Any(data => data.Policy == AccessPolicies.Admin))
            {
                endpoint.Metadata.Add(
                    new Refusal(
                        StatusCodes.Status403Forbidden,
                        "The key or session is a viewer's, or the request comes from another site."
                    )
                );
            }
        });
        return api;
    }

    public static void AddTo(OpenApiOptions options)
    {
        options.AddDocumentTransformer(
            (document, _, _) =>
            {
                document.Components ??= new OpenApiComponents();
                document.Components.SecuritySchemes = Schemes();
                return Task.CompletedTask;
            }
        );
        options.AddOperationTransformer(
            (operation, context, _) =>
            {
                if (!context.Description.ActionDescriptor.EndpointMetadata.OfType<IAllowAnonymous>().Any())
                {
                    operation.Security =
                    [
                        new OpenApiSecurityRequirement
                        {
                            [new OpenApiSecuritySchemeReference(KeyScheme, context.Document)] = [],
                        },
                        new OpenApiSecurityRequirement
                        {
                            [new OpenApiSecuritySchemeReference(CookieScheme, context.Document)] = [],
                        },
                    ];
                }

                return Task.CompletedTask;
            }
        );
    }

    private static Dictionary<string, IOpenApiSecurityScheme> Schemes() =>
        new(StringComparer.Ordinal)
        {
            [KeyScheme] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = "bearer",
                Description = "A viewer's key reads, an admin's key also changes.",
            },
            [CookieScheme] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.ApiKey,
                In = ParameterLocation.Cookie,
                Name = SessionCookie.Name,
                Description = "Set by POST /api/v1/session. Changes are taken from the same origin only.",
            },
        };
}
