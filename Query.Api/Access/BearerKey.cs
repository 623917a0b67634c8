using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace PnlPipeline.Query.Api.Access;

/// <summary>Knows a caller by <c>Authorization: Bearer KEY</c>.</summary>
/// <remarks>The base class logs every request that brings no valid key; nothing of that is wanted.</remarks>
public sealed class BearerKey(IOptionsMonitor<AuthenticationSchemeOptions> options, UrlEncoder encoder, KeyRing keys)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, NullLoggerFactory.Instance, encoder)
{
    public const string SchemeName = "Bearer";

    private const string Prefix = SchemeName + " ";

    protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Task.FromResult(Authenticate());

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.Headers.WWWAuthenticate = SchemeName;
        return base.HandleChallengeAsync(properties);
    }

    private AuthenticateResult Authenticate()
    {
        var header = Request.Headers.Authorization.ToString();
        if (!header.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
            return AuthenticateResult.NoResult();
        if (keys.Find(header[Prefix.Length..].Trim()) is not { } key)
            return AuthenticateResult.Fail("No such key.");

        return AuthenticateResult.Success(new AuthenticationTicket(PrincipalOf(key, SchemeName), SchemeName));
    }

    /// <summary>Who a key makes its bearer.</summary>
    /// <param name="sessionId">Where the caller comes by a session: which one.</param>
    public static ClaimsPrincipal PrincipalOf(KeyRing.Known key, string scheme, string? sessionId = null) =>
        new(
            new ClaimsIdentity(
                [
                    new Claim(ClaimTypes.NameIdentifier, key.Fingerprint),
                    new Claim(ClaimTypes.Role, key.Role),
                    .. sessionId is null ? Array.Empty<Claim>() : [new Claim(ClaimTypes.Sid, sessionId)],
                ],
                scheme,
                ClaimTypes.NameIdentifier,
                ClaimTypes.Role
            )
        );
}
