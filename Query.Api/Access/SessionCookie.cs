using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;

namespace PnlPipeline.Query.Api.Access;

/// <summary>
/// The page's session: an encrypted cookie that no script reads and no other site sends. It names the key it began
/// with, by fingerprint, and ends when that key is taken away, or when it is signed out of.
/// </summary>
public static class SessionCookie
{
    public const string Scheme = "Session";
    public const string Name = "pnlpipeline-session";

    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(7);

    public static void Configure(CookieAuthenticationOptions options)
    {
        options.Cookie.Name = Name;
        options.Cookie.HttpOnly = true;
        options.Cookie.SameSite = SameSiteMode.Strict;
        options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        options.ExpireTimeSpan = Lifetime;
        options.SlidingExpiration = true;
        // An API answers; it does not send its callers to another page.
        options.Events.OnRedirectToLogin = context => Answer(context, StatusCodes.Status401Unauthorized);
        options.Events.OnRedirectToAccessDenied = context => Answer(context, StatusCodes.Status403Forbidden);
        options.Events.OnValidatePrincipal = ValidateAsync;
    }

    private static Task Answer(RedirectContext<CookieAuthenticationOptions> context, int status)
    {
        context.Response.StatusCode = status;
        return Task.CompletedTask;
    }

    private static async Task ValidateAsync(CookieValidatePrincipalContext context)
    {
        var keys = context.HttpContext.RequestServices.GetRequiredService<KeyRing>();
        var fingerprint = context.Principal?.FindFirstValue(ClaimTypes.NameIdentifier);
        var sessionId = context.Principal?.FindFirstValue(ClaimTypes.Sid);
        var ended = context.HttpContext.RequestServices.GetRequiredService<EndedSessions>();
        if (
            fingerprint is not null
            && keys.FindFingerprint(fingerprint) is { } key
            && !(sessionId is not null && ended.Has(sessionId))
        )
        {
            // The role is the key's of today, whatever it was when the session began.
            context.ReplacePrincipal(BearerKey.PrincipalOf(key, Scheme, sessionId));
            return;
        }

        context.RejectPrincipal();
        await context.HttpContext.SignOutAsync(Scheme);
    }
}
