using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;
using PnlPipeline.Domain.Alerts;
using PnlPipeline.Query.Api.Http;

namespace PnlPipeline.Query.Api.Access;

/// <summary>Who the caller is.</summary>
/// <param name="Role"><c>viewer</c> reads, <c>admin</c> also changes.</param>
public sealed record Session([property: AllowedValues("viewer", "admin")] string Role);

/// <summary>What a sign-in sends.</summary>
/// <param name="Key">A viewer's or an admin's key.</param>
public sealed record SignIn(string Key);

/// <summary>Signing in and out, for the page.</summary>
public static class SessionRoutes
{
    public static RouteGroupBuilder MapSession(this RouteGroupBuilder api)
    {
        var session = api.MapGroup("/session").WithTags("Session").WithMetadata(WithoutDatabase.Instance);
        session
            .MapPost("/", SignInAsync)
            .AllowAnonymous()
            .Described("Sign in", "Answers with a cookie that stands for the key, for seven days after its last use.")
            .TakesBody<SignIn>("The key.", """{"key":"5f0c0a9d3f1e4b7a8c6d"}""")
            .Answers(StatusCodes.Status200OK, "Signed in; the cookie is set.", """{"role":"admin"}""")
            .Refuses(StatusCodes.Status400BadRequest, "The body is no JSON object with a key.")
            .Refuses(StatusCodes.Status401Unauthorized, "The key is not valid.")
            .Refuses(StatusCodes.Status403Forbidden, "The request comes from another site.")
            .Refuses(
                StatusCodes.Status429TooManyRequests,
                "Too many keys that were not valid; `Retry-After` says how many seconds to wait."
            )
            .AnswersWith(StatusCodes.Status429TooManyRequests, HeaderNames.RetryAfter, "Seconds to wait.");
        session
            .MapGet("/", Show)
            .Described("Who am I", "The role of the key or session that comes with the request.")
            .Answers(StatusCodes.Status200OK, "The role.", """{"role":"viewer"}""");
        session
            .MapDelete("/", (Delegate)SignOutAsync)
            .AllowAnonymous()
            .Described(
                "Sign out",
                "Takes the cookie back, ends the session and every event stream opened in it; also where there is none."
            )
            .Answers(StatusCodes.Status204NoContent, "Signed out.")
            .Refuses(StatusCodes.Status403Forbidden, "The request comes from another site.");
        return api;
    }

    private static async Task<Results<Ok<Session>, ProblemHttpResult>> SignInAsync(
        HttpContext http,
        FieldErrors errors,
        KeyRing keys,
        SignInLimiter limiter,
        CancellationToken cancellationToken
    )
    {
        var address = http.Connection.RemoteIpAddress;
        if (!limiter.Allows(address))
        {
            http.Response.Headers.RetryAfter = $"{SignInLimiter.WindowSeconds}";
            return Problems.ForStatus(StatusCodes.Status429TooManyRequests);
        }

        var body = await RequestBody.ReadObjectAsync(http.Request, errors, cancellationToken);
        var text = "";
        if (
            body is { } properties
            && (
                !properties.TryGetProperty("key", out var given)
                || given.ValueKind != JsonValueKind.String
                || !RequestBody.TryGetText(given, out text)
            )
        )
        {
            errors.Add("key", "Is missing or is no string. Send {\"key\":\"KEY\"}.");
        }

        if (errors.Any)
            return Problems.BadRequest(errors);

        if (keys.Find(text) is not { } key)
        {
            limiter.CountFailure(address);
            return Problems.Of(
                StatusCodes.Status401Unauthorized,
                "Not a valid key.",
                "Check the key; whoever runs this system has the valid ones."
            );
        }

        await http.SignInAsync(
            SessionCookie.Scheme,
            BearerKey.PrincipalOf(key, SessionCookie.Scheme, RandomNumberGenerator.GetHexString(32, lowercase: true)),
            new AuthenticationProperties { IsPersistent = true }
        );
        return TypedResults.Ok(new Session(key.Role));
    }

    private static Ok<Session> Show(ClaimsPrincipal caller) =>
        TypedResults.Ok(new Session(caller.FindFirstValue(ClaimTypes.Role)!));

    private static async Task<NoContent> SignOutAsync(HttpContext http, EndedSessions sessions)
    {
        var session = await http.AuthenticateAsync(SessionCookie.Scheme);
        if (session.Principal?.FindFirstValue(ClaimTypes.Sid) is { } sessionId)
            await sessions.EndAsync(sessionId);
        await http.SignOutAsync(SessionCookie.Scheme);
        return TypedResults.NoContent();
    }
}
