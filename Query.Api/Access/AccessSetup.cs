using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.OpenApi;
using PnlPipeline.Query.Api.Http;
using Serilog.Extensions.Logging;

namespace PnlPipeline.Query.Api.Access;

/// <summary>Keys, sessions and the two roles.</summary>
public static partial class AccessSetup
{
    private const UnixFileMode OfOthers =
        UnixFileMode.GroupRead
        | UnixFileMode.GroupWrite
        | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead
        | UnixFileMode.OtherWrite
        | UnixFileMode.OtherExecute;

    // The key where one is sent, else the session: a request is never both.
    private const string KeyOrSession = "KeyOrSession";

    /// <exception cref="InvalidOperationException">The options let nobody in, or anybody.</exception>
    public static WebApplicationBuilder AddAccess(this WebApplicationBuilder builder)
    {
        var options =
            builder.Configuration.GetSection(AccessOptions.Section).Get<AccessOptions>() ?? new AccessOptions();
        if (string.Join(Environment.NewLine, options.Errors()) is { Length: > 0 } errors)
            throw new InvalidOperationException(errors);

        builder.Services.AddSingleton(new KeyRing(options));
        builder.Services.AddCors(cors => cors.AddDefaultPolicy(CrossOrigin.Policy(options.AllowedOrigins)));
        builder.Services.AddSingleton<SignInLimiter>();
        builder.Services.AddSingleton<EndedSessions>();
        builder.Services.AddSingleton<AuditStore>();
        builder.Services.Configure<OpenApiOptions>(ApiDocument.Name, AccessDescription.AddTo);
        builder
            .Services.AddAuthentication(KeyOrSession)
            .AddPolicyScheme(
                KeyOrSession,
                null,
                scheme =>
                    scheme.ForwardDefaultSelector = http =>
                        http.Request.Headers.Authorization.Count > 0
                        || !http.Request.Cookies.ContainsKey(SessionCookie.Name)
                            ? BearerKey.SchemeName
                            : SessionCookie.Scheme
            )
            .AddScheme<AuthenticationSchemeOptions, BearerKey>(BearerKey.SchemeName, null)
            .AddCookie(SessionCookie.Scheme, SessionCookie.Configure);
        builder
            .Services.AddAuthorizationBuilder()
            .AddPolicy(AccessPolicies.Viewer, policy => policy.RequireRole(AccessPolicies.Viewer, AccessPolicies.Admin))
            .AddPolicy(AccessPolicies.Admin, policy => policy.RequireRole(AccessPolicies.Admin));

        // The name is part of the keys' purpose: replicas in different folders must read each other's cookies.
        var protection = builder.Services.AddDataProtection().SetApplicationName("PnlPipeline.Query");
        if (options.SessionKeysDirectory is { Length: > 0 } directory)
        {
            // Whoever reads them can make himself a session.
            if (!OperatingSystem.IsWindows())
                Directory.CreateDirectory(
                    directory,
                    UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
                );
            protection.PersistKeysToFileSystem(new DirectoryInfo(directory));
            // It warns of every new key that it lies there as it is. So it is meant; whether others can read it is
            // looked at below.
            builder.Logging.AddFilter<SerilogLoggerProvider>(
                "Microsoft.AspNetCore.DataProtection.KeyManagement.XmlKeyManager",
                LogLevel.Error
            );
        }
        else
        {
            protection.UseEphemeralDataProtectionProvider();
        }

        return builder;
    }

    public static RouteGroupBuilder MapAccess(this RouteGroupBuilder api) => api.MapSession().MapAudit();

    public static WebApplication UseAccess(this WebApplication app)
    {
        // One that was there before it was named has the mode that somebody gave it.
        if (
            app.Configuration[$"{AccessOptions.Section}:{nameof(AccessOptions.SessionKeysDirectory)}"]
                is { Length: > 0 } directory
            && !OperatingSystem.IsWindows()
            && (File.GetUnixFileMode(directory) & OfOthers) != UnixFileMode.None
        )
        {
            LogReadableByOthers(app.Logger, Path.GetFullPath(directory));
        }

        app.UseCors();
        app.Use(SameOrigin.RefuseOthersAsync);
        app.UseAuthentication();
        app.UseAuthorization();
        return app;
    }

    [LoggerMessage(
        LogLevel.Warning,
        "Others than its owner may enter {Directory}, where the keys of sessions lie: who reads them can make a "
            + "session of any role. Set its mode: chmod 700 {Directory}"
    )]
    private static partial void LogReadableByOthers(ILogger logger, string directory);
}
