using System.Text.Json;
using PnlPipeline.Tests.Servers;

namespace PnlPipeline.Tests.Containers;

/// <summary>How the images are built, and with what rights and bounds their containers run.</summary>
public sealed class Images(ComposeSystem system, ITestOutputHelper output) : ContainerTests
{
    [Fact]
    public async Task Both_workers_are_one_image()
    {
        output.WriteLine($"Built, started and healthy after {system.StartedIn.TotalSeconds:F0} s.");

        var workers = await ComposeSystem.ContainersAsync("pairing", "ledgers");

        Assert.Equal(2, workers.Count);
        Assert.Single(workers.Select(worker => worker.GetProperty("Image").GetString()).Distinct());
    }

    [Fact]
    public async Task A_changed_source_restores_nothing_again()
    {
        // In the checkout, for the engine may see nothing else of this machine.
        var context = Path.Combine(ComposeSystem.Kept, "context");
        await RunAsync(
            "bash",
            "-euc",
            """
            rm -rf "$1" && mkdir -p "$1"
            tar --directory "$0" --create --exclude-from="$0/.dockerignore" . | tar --directory "$1" --extract
            cp "$0/Dockerfile" "$1"
            date '+// A source that was not there before %s.%N' >"$1/Contracts/Added.cs"
            """,
            Repository.Root,
            context
        );

        var (exitCode, _, progress) = await Docker.TryAsync(
            "build",
            "--target",
            "restored",
            "--progress",
            "plain",
            context
        );
        Directory.Delete(context, recursive: true);

        Assert.True(exitCode == 0, progress);
        var lines = progress.Split('\n');
        // The source was taken in, or the test would show nothing.
        Assert.DoesNotContain("CACHED", StepAfter(lines, "COPY . ."), StringComparison.Ordinal);
        Assert.Contains("CACHED", StepAfter(lines, "dotnet restore"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_container_runs_without_rights_and_within_bounds()
    {
        foreach (var container in await ComposeSystem.ContainersAsync())
        {
            var (name, host) = (container.GetProperty("Name").GetString()!, container.GetProperty("HostConfig"));
            var isServer = ComposeSystem.Servers.Any(server => name.Contains(server, StringComparison.Ordinal));
            Assert.Equal(
                $"{name}: drops ALL, no-new-privileges:true, memory bounded True, log bounded True, read-only "
                    + $"{!isServer}",
                $"{name}: drops {Join(host.GetProperty("CapDrop"))}, {Join(host.GetProperty("SecurityOpt"))}, "
                    + $"memory bounded {host.GetProperty("Memory").GetInt64() > 0}, "
                    + $"log bounded "
                    + $"{host.GetProperty("LogConfig").GetProperty("Config").TryGetProperty("max-size", out _)}, "
                    + $"read-only {host.GetProperty("ReadonlyRootfs").GetBoolean()}"
            );
            if (container.GetProperty("State").GetProperty("Running").GetBoolean())
                Assert.NotEqual("0", await Docker.RunAsync("exec", name.TrimStart('/'), "id", "--user"));
        }
    }

    [Fact]
    public async Task The_broker_stops_taking_messages_before_its_memory_is_used_up()
    {
        var container = (await ComposeSystem.ContainersAsync("rabbitmq"))[0];
        var status = JsonDocument
            .Parse(
                await ComposeSystem.ComposeAsync(
                    "exec",
                    "--no-TTY",
                    "rabbitmq",
                    "rabbitmq-diagnostics",
                    "--quiet",
                    "status",
                    "--formatter",
                    "json"
                )
            )
            .RootElement;

        Assert.InRange(
            (double)status.GetProperty("vm_memory_high_watermark_limit").GetInt64()
                / container.GetProperty("HostConfig").GetProperty("Memory").GetInt64(),
            0.3,
            0.7
        );
    }

    [Fact]
    public async Task Nothing_starts_while_a_secret_is_missing_and_the_message_names_it()
    {
        string[] lines = await File.ReadAllLinesAsync(ComposeSystem.EnvFile);
        string[] secrets =
        [
            .. (await File.ReadAllLinesAsync(Repository.PathOf(".env.example")))
                .Where(line => line.EndsWith('=') && !line.StartsWith('#'))
                .Select(line => line.TrimEnd('=')),
        ];
        Assert.NotEmpty(secrets);
        var without = ComposeSystem.EnvFile + ".without";
        foreach (var secret in secrets)
        {
            await File.WriteAllLinesAsync(
                without,
                lines.Where(line => !line.StartsWith(secret + '=', StringComparison.Ordinal))
            );

            var (exitCode, _, errors) = await Docker.TryAsync([.. ComposeSystem.Compose(without), "config", "--quiet"]);

            Assert.NotEqual(0, exitCode);
            Assert.Contains($"{secret} is missing a value: set it in .env", errors, StringComparison.Ordinal);
        }

        File.Delete(without);
    }

    private static string Join(JsonElement list) =>
        string.Join(' ', list.EnumerateArray().Select(item => item.GetString()));

    // The lines of a step begin with its number: the one after its command's says how it went.
    private static string StepAfter(string[] lines, string command)
    {
        var step = lines.First(line => line.Contains(command, StringComparison.Ordinal)).Split(' ')[0];
        return string.Join('\n', lines.Where(line => line.StartsWith(step + ' ', StringComparison.Ordinal)));
    }

    private static async Task RunAsync(string command, params string[] arguments)
    {
        using var process = System.Diagnostics.Process.Start(command, arguments);
        await process.WaitForExitAsync();
        Assert.Equal(0, process.ExitCode);
    }
}
