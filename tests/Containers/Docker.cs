using System.Diagnostics;
using System.Text.Json;

namespace PnlPipeline.Tests.Containers;

/// <summary>The command line of the engine that <c>./test</c> has found or started.</summary>
public static class Docker
{
    private static readonly TimeSpan EndsWithin = TimeSpan.FromMinutes(20);

    /// <summary>Why there is no engine; <c>null</c> where there is one.</summary>
    public static string? Missing =>
        Environment.GetEnvironmentVariable("PNL_ENGINE_MISSING") is { Length: > 0 } why ? why : null;

    /// <summary>What it prints; fails the test where it fails.</summary>
    public static async Task<string> RunAsync(params string[] arguments)
    {
        var (exitCode, output, errors) = await TryAsync(arguments);
        Assert.True(exitCode == 0, $"docker {string.Join(' ', arguments)} ended with {exitCode}.\n{output}\n{errors}");
        return output.Trim();
    }

    /// <summary>Its exit code and what it printed to either.</summary>
    public static async Task<(int ExitCode, string Output, string Errors)> TryAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo(Setting("PNL_DOCKER"), arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        using var process = Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        using var deadline = new CancellationTokenSource(EndsWithin);
        try
        {
            await process.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"docker {string.Join(' ', arguments)} did not end.\n{await output}\n{await errors}");
        }

        return (process.ExitCode, await output, await errors);
    }

    /// <summary>What the engine knows of containers or images.</summary>
    public static async Task<IReadOnlyList<JsonElement>> InspectAsync(params IReadOnlyCollection<string> names) =>
        names.Count == 0
            ? []
            : [.. JsonDocument.Parse(await RunAsync(["inspect", .. names])).RootElement.EnumerateArray()];

    private static string Setting(string name) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } value
            ? value
            : throw new InvalidOperationException(
                $"{name} is not set: run the tests by ./test, which provides the engine."
            );
}
