using System.Security.Cryptography;
using System.Text.RegularExpressions;
using DotNet.Testcontainers.Configurations;
using DotNet.Testcontainers.Containers;
using Testcontainers.MySql;
using Testcontainers.RabbitMq;

namespace PnlPipeline.Tests.Servers;

/// <summary>
/// Servers as containers: the images of the compose file, set up by the same files of <c>deploy/</c>.
/// </summary>
internal static partial class Containers
{
    private const string Name = "pnl_test";

    /// <returns><c>null</c> where no container engine answers.</returns>
    public static async Task<(IReadOnlyDictionary<string, string> Environment, Func<ValueTask> Stop)?> StartAsync()
    {
        if (TestcontainersSettings.OS.DockerEndpointAuthConfig is null)
            return null;

        var (mySqlPassword, rabbitMqPassword, servicePassword) = (Secret(), Secret(), Secret());
        var mySql = new MySqlBuilder(Image("mysql"))
            .WithDatabase(Name)
            .WithUsername("root")
            .WithPassword(mySqlPassword)
            .WithResourceMapping(new FileInfo(Repository.PathOf("deploy", "mysql.cnf")), "/etc/mysql/conf.d/")
            // As in scripts/test-servers.
            .WithCommand("--performance-schema-digests-size=40000")
            .Build();
        var rabbitMq = new RabbitMqBuilder(Image("rabbitmq"))
            .WithUsername("admin")
            .WithPassword(rabbitMqPassword)
            .WithResourceMapping(new FileInfo(Repository.PathOf("deploy", "rabbitmq.conf")), "/etc/rabbitmq/conf.d/")
            .WithResourceMapping(new FileInfo(Repository.PathOf("deploy", "enabled_plugins")), "/etc/rabbitmq/")
            .WithResourceMapping(new FileInfo(Repository.PathOf("deploy", "rabbitmq-definitions.sh")), "/etc/rabbitmq/")
            .Build();

        async ValueTask StopAsync()
        {
            await mySql.DisposeAsync();
            await rabbitMq.DisposeAsync();
        }

        try
        {
            await Task.WhenAll(mySql.StartAsync(), rabbitMq.StartAsync());
            await DefineAccountsAsync(rabbitMq, rabbitMqPassword, servicePassword);
        }
        catch
        {
            await StopAsync();
            throw;
        }

        var broker = $"{rabbitMq.Hostname}:{rabbitMq.GetMappedPublicPort(RabbitMqBuilder.RabbitMqPort)}/{Name}";
        var environment = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["MYSQL_URL"] =
                $"mysql://root:{mySqlPassword}@{mySql.Hostname}:{mySql.GetMappedPublicPort(MySqlBuilder.MySqlPort)}/{Name}",
            ["RABBITMQ_URL"] = $"amqp://admin:{rabbitMqPassword}@{broker}",
            ["RABBITMQ_INGEST_URL"] = $"amqp://{Name}_ingest:{servicePassword}@{broker}",
            ["RABBITMQ_WORKER_URL"] = $"amqp://{Name}_worker:{servicePassword}@{broker}",
            ["RABBITMQ_QUERY_URL"] = $"amqp://{Name}_query:{servicePassword}@{broker}",
        };
        return (environment, StopAsync);
    }

    // The virtual host, and the services' accounts with the rights they have in a deployment.
    private static async Task DefineAccountsAsync(RabbitMqContainer broker, string password, string servicePassword)
    {
        var definitions =
            $"PNL_NAME={Name} RABBITMQ_PASSWORD={password} RABBITMQ_INGEST_PASSWORD={servicePassword} "
            + $"RABBITMQ_WORKER_PASSWORD={servicePassword} RABBITMQ_QUERY_PASSWORD={servicePassword} "
            + "bash /etc/rabbitmq/rabbitmq-definitions.sh > /tmp/definitions.json && rabbitmqctl import_definitions "
            + "/tmp/definitions.json";
        var result = await broker.ExecAsync(["bash", "-c", definitions]);
        if (result.ExitCode != 0)
            throw new InvalidOperationException(
                $"RabbitMQ did not take its definitions.\n{result.Stdout}{result.Stderr}"
            );
    }

    // The same as the system runs on.
    private static string Image(string service) =>
        ImageOf()
            .Matches(File.ReadAllText(Repository.PathOf("docker-compose.yml")))
            .Select(match => match.Groups["image"].Value)
            .Single(image => image.StartsWith(service + ":", StringComparison.Ordinal));

    private static string Secret() => RandomNumberGenerator.GetHexString(32, lowercase: true);

    [GeneratedRegex(
        @"^ +image: (?<image>\S+)$",
        RegexOptions.Multiline | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex ImageOf();
}
