using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace PnlPipeline.Hosting;

/// <summary>
/// What a deployment does not start with: secrets that are missing, short, well known, copied from an example, or used
/// twice.
/// </summary>
public static class WeakSecrets
{
    public const int LengthMin = 16;

    private const string ConnectionStrings = "ConnectionStrings:";

    // Of fewer different signs, a secret was typed and not drawn.
    private const int SignsMin = 6;

    // Long enough that a secret drawn at random holds none of them. The last ones stand in this repository's own
    // examples.
    private static readonly string[] KnownPatterns =
    [
        "changeme",
        "change-me",
        "change_me",
        "replaceme",
        "replace-me",
        "replace_me",
        "placeholder",
        "password",
        "passw0rd",
        "example",
        "letmein",
        "qwertz",
        "qwerty",
        "default",
        "0123456789",
        "123456789",
        "abcdefghij",
        "your-token",
        "your_token",
        "yourtoken",
        "your-key",
        "your_key",
        "your-secret",
        "your_secret",
        "secret-key",
        "set-it",
        "5f0c0a9d3f1e4b7a8c6d",
    ];

    /// <summary>
    /// Refuses to go on in a deployment (<c>Production</c>) with a poor secret. Everywhere else every secret will do.
    /// </summary>
    /// <param name="keys">
    /// Configuration keys: connection strings, whose passwords are looked at, single secrets and lists. These may be
    /// empty; whether they may is their room's to say.
    /// </param>
    /// <exception cref="InvalidOperationException">Says which settings are wrong and how, all of them at once, and
    /// never what they are.</exception>
    public static WebApplicationBuilder RefuseWeakSecrets(
        this WebApplicationBuilder builder,
        params ReadOnlySpan<string> keys
    )
    {
        if (builder.Environment.IsProduction())
            ThrowIfAny(Read(builder.Configuration, keys));
        return builder;
    }

    /// <inheritdoc cref="RefuseWeakSecrets"/>
    /// <param name="secrets">Each by the name of the environment variable that sets it.</param>
    public static void ThrowIfAny(IReadOnlyList<(string Variable, string Secret)> secrets)
    {
        var errors = Errors(secrets).ToList();
        if (errors.Count > 0)
        {
            throw new InvalidOperationException(
                $"This is a deployment (ASPNETCORE_ENVIRONMENT is Production, or not set), and it does not start with "
                    + $"secrets that can be guessed:{Environment.NewLine}"
                    + string.Join(Environment.NewLine, errors)
            );
        }
    }

    /// <summary>What is wrong with each, in words that do not tell what it is.</summary>
    public static IEnumerable<string> Errors(IReadOnlyList<(string Variable, string Secret)> secrets)
    {
        const string advice = "Set another one: openssl rand -hex 24 makes one.";
        foreach (var (variable, secret) in secrets)
        {
            if (secret.Length == 0)
                yield return $"{variable} is not set, or has no password. {advice}";
            else if (secret.Length < LengthMin)
                yield return $"{variable} has fewer than {LengthMin} characters. {advice}";
            else if (secret.Distinct().Count() < SignsMin)
                yield return $"{variable} has fewer than {SignsMin} different characters. {advice}";
            else if (KnownPatterns.Any(word => secret.Contains(word, StringComparison.OrdinalIgnoreCase)))
                yield return $"{variable} is one of those that everybody tries first, or comes from an example. "
                    + $"{advice}";
        }

        foreach (
            var same in secrets
                .Where(entry => entry.Secret.Length > 0)
                .GroupBy(entry => entry.Secret, StringComparer.Ordinal)
                .Where(same => same.Count() > 1)
        )
            yield return $"{string.Join(" and ", same.Select(entry => entry.Variable))} are the same. Give each its "
                + $"own.";
    }

    private static List<(string Variable, string Secret)> Read(IConfiguration configuration, ReadOnlySpan<string> keys)
    {
        var secrets = new List<(string, string)>();
        foreach (var key in keys)
        {
            if (key.StartsWith(ConnectionStrings, StringComparison.Ordinal))
                secrets.Add((Variable(key), PasswordOf(configuration[key])));
            else if (configuration[key] is { Length: > 0 } single)
                secrets.Add((Variable(key), single));
            else
                secrets.AddRange(
                    configuration
                        .GetSection(key)
                        .GetChildren()
                        .Select(child => (Variable(child.Path), child.Value ?? ""))
                );
        }

        return secrets;
    }

    /// <summary>The password in a URL, empty where there is none.</summary>
    public static string PasswordOf(string? url) =>
        Uri.TryCreate(UrlHosts.Split(url)[0], UriKind.Absolute, out var uri)
        && uri.UserInfo.Split(':', 2) is [_, var password]
            ? Uri.UnescapeDataString(password)
            : "";

    private static string Variable(string key) => key.Replace(":", "__", StringComparison.Ordinal);
}
