using System.Diagnostics;
using System.Globalization;
using PnlPipeline.Tests.EndToEnd.System;
using PnlPipeline.Tests.Servers;

namespace PnlPipeline.Tests.Faults;

/// <summary>One of the servers that were started for this run: stopped, killed, paused, and brought back.</summary>
public sealed class Server
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private readonly string _name;
    private readonly string _directory;
    private readonly Func<Task> _answers;

    private Server(PipelineSystem system, string name, Func<Task> answers)
    {
        var directory = system.Servers.ProcessDirectory;
        Assert.SkipWhen(directory is null, "The servers are not processes of this run: it may not stop them.");
        (_name, _directory, _answers) = (name, directory!, answers);
    }

    public static Server RabbitMq(PipelineSystem system) =>
        new(
            system,
            "rabbitmq",
            async () =>
            {
                await using var connection = await system.ConnectToBrokerAsync();
            }
        );

    public static Server MySql(PipelineSystem system) => new(system, "mysql", () => system.ListAsync("SELECT 1"));

    /// <summary>Of a cluster, the node at this place in the order of the URL.</summary>
    public static Server BrokerNode(PipelineSystem system, int index) =>
        new(
            system,
            $"rabbitmq-{index + 1}",
            async () =>
            {
                await using var connection = await system.ConnectToBrokerAsync(index);
            }
        );

    /// <summary>Of a group, the server that is the primary now; it is back when the group is whole again.</summary>
    public static async Task<Server> PrimaryAsync(PipelineSystem system) =>
        Member(system, await PrimaryIndexAsync(system));

    /// <summary>The others of the group.</summary>
    public static async Task<IReadOnlyList<Server>> SecondariesAsync(PipelineSystem system)
    {
        var primary = await PrimaryIndexAsync(system);
        return
        [
            .. Enumerable
                .Range(0, MembersOf(system).Length)
                .Where(index => index != primary)
                .Select(index => Member(system, index)),
        ];
    }

    private static string[] MembersOf(PipelineSystem system) => system.Database.Servers.Split(',');

    private static async Task<int> PrimaryIndexAsync(PipelineSystem system)
    {
        var port = await system.ScalarAsync("SELECT @@port");
        return Array.FindIndex(MembersOf(system), server => server.EndsWith($":{port}", StringComparison.Ordinal));
    }

    private static Server Member(PipelineSystem system, int index) =>
        new(
            system,
            $"mysql-{index + 1}",
            async () =>
                Assert.Equal(
                    MembersOf(system).Length,
                    await system.ScalarAsync(
                        "SELECT COUNT(*) FROM performance_schema.replication_group_members WHERE member_state = 'ONLINE'"
                    )
                )
        );

    /// <summary>Has the broker do what its command line knows.</summary>
    public static Task ControlBrokerAsync(params string[] arguments)
    {
        Assert.SkipWhen(TestServers.Running.RabbitMqControl is null, "There is no command line to the broker.");
        return TestServers.Running.ControlRabbitMqAsync(arguments);
    }

    /// <summary>SIGTERM: as an administrator does.</summary>
    public Task StopAsync() => EndAsync("TERM");

    /// <summary>SIGKILL: as when the power goes.</summary>
    public Task KillAsync() => EndAsync("KILL");

    /// <summary>SIGSTOP: connections stay open, and nothing answers.</summary>
    public Task PauseAsync() => SignalAsync("STOP");

    public Task ContinueAsync() => SignalAsync("CONT");

    /// <summary>Away in one of these ways while <paramref name="meanwhile"/> goes on, then back.</summary>
    /// <param name="how"><c>stopped</c>, <c>killed</c> or <c>paused</c>.</param>
    public async Task AwayAsync(string how, Func<Task> meanwhile)
    {
        await (
            how switch
            {
                "stopped" => StopAsync(),
                "killed" => KillAsync(),
                _ => PauseAsync(),
            }
        );
        try
        {
            await meanwhile();
        }
        finally
        {
            await (how == "paused" ? ContinueAsync() : StartAsync());
        }
    }

    /// <summary>Starts it again on the data it had, and returns when it answers.</summary>
    public async Task StartAsync()
    {
        // Of a test that failed before it ended it: two on the same data would be the end of both.
        if (Directory.Exists($"/proc/{ProcessId}"))
            await KillAsync();
        await File.WriteAllTextAsync(Path.Combine(_directory, _name + ".wanted"), "");
        await IsBackAsync();
    }

    /// <summary>Returns when it answers.</summary>
    public Task IsBackAsync() =>
        Eventually.TrueAsync(
            async () =>
            {
                try
                {
                    await _answers();
                    return true;
                }
                catch (Exception away) when (away is not OutOfMemoryException)
                {
                    return false;
                }
            },
            Patience,
            () => $"{_name} does not come back:\n{File.ReadAllText(Path.Combine(_directory, _name + ".log"))}"
        );

    private async Task EndAsync(string signal)
    {
        var process = ProcessId;
        await SignalAsync(signal);
        await Eventually.TrueAsync(
            () => Task.FromResult(!Directory.Exists($"/proc/{process}")),
            Patience,
            () => $"{_name} does not end"
        );
    }

    private async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", $"{ProcessId}"]);
        await kill.WaitForExitAsync();
        Assert.Equal(0, kill.ExitCode);
    }

    private int ProcessId =>
        int.Parse(
            File.ReadAllText(Path.Combine(_directory, _name + ".pid")).Split(' ')[0],
            CultureInfo.InvariantCulture
        );
}
