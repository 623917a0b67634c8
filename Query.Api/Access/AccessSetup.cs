using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.DataProtection;

namespace PnlPipeline.Query.Api.Access;

/// <summary>Keys, sessions and the two roles.</summary>
public static class AccessSetup
{
    // The key where one is sent, else the session: a request is never both.
    private const string KeyOrSession = "KeyOrSession";

    /// <exception cref="InvalidOperationException">The options let nobody in, or anybody.</exception>
    public static WebApplicationBuilder AddAccess(this WebApplicationBuilder builder)
    {
        var options = builder.Configuration.GetSection(AccessOptions.Section).Get<AccessOptions>() ?? new AccessOptions();
        if (string.Join(Environment.NewLine, options.Errors()) is { Length: > 0 } errors)
            throw new InvalidOperationException(errors);

        builder.Services.AddSingleton(new KeyRing(options));
        builder.Services.AddSingleton<SignInLimiter>();
        builder.Services.AddSingleton<EndedSessions>();
        builder.Services.AddAuthentication(KeyOrSession)
            .AddPolicyScheme(KeyOrSession, null, scheme => scheme.ForwardDefaultSelector =
                http => http.Request.Headers.Authorization.Count > 0 || !http.Request.Cookies.ContainsKey(SessionCookie.Name)
                    ? BearerKey.SchemeName
                    : SessionCookie.Scheme)
            .AddScheme<AuthenticationSchemeOptions, BearerKey>(BearerKey.SchemeName, null)
            .AddCookie(SessionCookie.Scheme, SessionCookie.Configure);
        builder.Services.AddAuthorizationBuilder()
            .AddPolicy(AccessPolicies.Viewer, policy => policy.RequireRole(AccessPolicies.Viewer, AccessPolicies.Admin))
            .AddPolicy(AccessPolicies.Admin, policy => policy.RequireRole(AccessPolicies.Admin));

        // The name is part of the keys' purpose: replicas in different folders must read each other's cookies.
        var protection = builder.Services.AddDataProtection().SetApplicationName("PnlPipeline.Query");
        if (options.SessionKeysDirectory is { Length: > 0 } directory)
        {
            // Whoever reads them can make himself a session.
            if (!OperatingSystem.IsWindows())
                Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            protection.PersistKeysToFileSystem(new DirectoryInfo(directory));
        }
        else
        {
            protection.UseEphemeralDataProtectionProvider();
        }

        return builder;
    }

    public static WebApplication UseAccess(this WebApplication app)
    {
        app.Use(SameOrigin.RefuseOthersAsync);
        app.UseAuthentication();
        app.UseAuthorization();
        return app;
    }
}
