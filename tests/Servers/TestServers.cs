using System.Diagnostics;

namespace PnlPipeline.Tests.Servers;

/// <summary>
/// MySQL and RabbitMQ for the tests of this process. Those that the environment names are taken as they are:
/// <c>./test</c> sets it, for all its projects. Otherwise they are this process's own and end with it: containers where
/// an engine answers, or else Debian's packages.
/// </summary>
public sealed class TestServers : IAsyncDisposable
{
    private static TestServers? _running;

    private readonly Func<ValueTask> _stop;

    private TestServers(IReadOnlyDictionary<string, string> environment, Func<ValueTask> stop)
    {
        string Url(string name) => environment.GetValueOrDefault(name) is { Length: > 0 } url ? url : RabbitMqUrl;

        MySqlUrl = environment["MYSQL_URL"];
        RabbitMqUrl = environment["RABBITMQ_URL"];
        RabbitMqIngestUrl = Url("RABBITMQ_INGEST_URL");
        RabbitMqWorkerUrl = Url("RABBITMQ_WORKER_URL");
        RabbitMqQueryUrl = Url("RABBITMQ_QUERY_URL");
        ProcessDirectory = environment.GetValueOrDefault("PNL_SERVERS") is { Length: > 0 } directory ? directory : null;
        RabbitMqControl = environment.GetValueOrDefault("PNL_RABBITMQCTL") is { Length: > 0 } command ? command : null;
        _stop = stop;
    }

    /// <summary>The servers of this process, once they have been started.</summary>
    public static TestServers Running =>
        _running ?? throw new InvalidOperationException("The test's fixture has not started the servers.");

    /// <summary>
    /// As an administrator who may create databases and accounts: <c>mysql://user:password@host:port/database</c>.
    /// </summary>
    public string MySqlUrl { get; }

    /// <summary>
    /// As the administrator of a virtual host that belongs to the tests: <c>amqp://user:password@host:port/vhost</c>.
    /// </summary>
    public string RabbitMqUrl { get; }

    /// <summary>As ingest, with the rights it has in a deployment; likewise the other two.</summary>
    public string RabbitMqIngestUrl { get; }

    public string RabbitMqWorkerUrl { get; }

    public string RabbitMqQueryUrl { get; }

    /// <summary>
    /// The folder with a <c>.pid</c> and a <c>.log</c> of each server, where they are processes that a test may stop
    /// and have started again.
    /// </summary>
    public string? ProcessDirectory { get; }

    /// <summary>A command like <c>rabbitmqctl</c> for this broker, where there is one.</summary>
    public string? RabbitMqControl { get; }

    /// <summary>Has the broker do what its command line knows.</summary>
    /// <exception cref="InvalidOperationException">It did not, with what it said; or there is no command line.</exception>
    public async Task ControlRabbitMqAsync(params string[] arguments)
    {
        var control = RabbitMqControl ?? throw new InvalidOperationException("There is no command line to the broker.");
        using var process = Process.Start(
            new ProcessStartInfo("sh", ["-c", $"{control} -q \"$@\"", "sh", .. arguments])
            {
                RedirectStandardOutput = true,
                UseShellExecute = false,
            }
        )!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{string.Join(' ', arguments)}: {output}");
    }

    /// <exception cref="InvalidOperationException">There are none to be had; the message says what would
    /// help.</exception>
    public static async Task<TestServers> StartAsync()
    {
        var (environment, stop) = Given() ?? await Containers.StartAsync() ?? await DebianServers.StartAsync();
        return _running = new TestServers(environment, stop);
    }

    /// <summary>Three of each that stand for one another, beside those of this process: Debian's.</summary>
    /// <exception cref="InvalidOperationException">There are none to be had; the message says what would
    /// help.</exception>
    public static async Task<TestServers> StartClusterAsync()
    {
        var (environment, stop) = await DebianServers.StartAsync(members: 3);
        return new TestServers(environment, stop);
    }

    public ValueTask DisposeAsync() => _stop();

    private static (IReadOnlyDictionary<string, string> Environment, Func<ValueTask> Stop)? Given()
    {
        string[] names =
        [
            "MYSQL_URL",
            "RABBITMQ_URL",
            "RABBITMQ_INGEST_URL",
            "RABBITMQ_WORKER_URL",
            "RABBITMQ_QUERY_URL",
            "PNL_SERVERS",
            "PNL_RABBITMQCTL",
        ];
        var given = names.ToDictionary(
            name => name,
            name => Environment.GetEnvironmentVariable(name) ?? "",
            StringComparer.Ordinal
        );
        var (mySql, rabbitMq) = (given["MYSQL_URL"].Length > 0, given["RABBITMQ_URL"].Length > 0);
        return (mySql, rabbitMq) switch
        {
            (true, true) => (given, () => ValueTask.CompletedTask),
            (false, false) => null,
            _ => throw new InvalidOperationException("MYSQL_URL and RABBITMQ_URL go together: set both, or neither."),
        };
    }
}
