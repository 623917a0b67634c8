using System.Diagnostics;

namespace PnlPipeline.Tests.Integration.Attacks;

/// <summary>
/// What does not start as a deployment. Each service is started as it would be there; none gets as far as a server.
/// </summary>
public sealed class DeploymentTests
{
    private const string Good = "Zt4kQ9vR2mX7pL1sW8yB3nD6";
    private const string Good2 = "hJ5fC0gT9aE2uV7iK4oN1rM8";
    private const string Good3 = "q3Yz8Lw1Xc6Vb0Nm5Kj2Hg7F";
    private const string Good4 = "Pd9Sa4Rt1Ui8Oe5Wq2Zx7Cv3";

    // The port of nobody: a service that is let through would stay, and the test say so.
    private const string Nowhere = "127.0.0.1:1";

    private static readonly Dictionary<string, Dictionary<string, string>> Services = new(StringComparer.Ordinal)
    {
        ["Ingest.Api"] = new(StringComparer.Ordinal)
        {
            ["ConnectionStrings__RabbitMq"] = $"amqp://pnl_ingest:{Good}@{Nowhere}/pnl",
            ["Webhooks__Tokens__0"] = Good2,
        },
        ["Analytics.Worker"] = new(StringComparer.Ordinal)
        {
            ["ConnectionStrings__RabbitMq"] = $"amqp://pnl_worker:{Good}@{Nowhere}/pnl",
            ["ConnectionStrings__MySql"] = $"mysql://pnl_worker:{Good2}@{Nowhere}/pnl",
            ["Worker__Roles__0"] = "pairing",
        },
        ["Query.Api"] = new(StringComparer.Ordinal)
        {
            ["ConnectionStrings__RabbitMq"] = $"amqp://pnl_query:{Good}@{Nowhere}/pnl",
            ["ConnectionStrings__MySql"] = $"mysql://pnl_query:{Good2}@{Nowhere}/pnl",
            ["Access__AdminKeys__0"] = Good3,
            ["Access__ViewerKeys__0"] = Good4,
        },
        ["Migrator"] = new(StringComparer.Ordinal)
        {
            ["ConnectionStrings__MySql"] = $"mysql://root:{Good}@{Nowhere}/pnl",
            ["Accounts__WorkerPassword"] = Good2,
            ["Accounts__QueryPassword"] = Good3,
        },
    };

    [Theory]
    [InlineData("Ingest.Api", "Webhooks__Tokens__0", null)]
    [InlineData("Ingest.Api", "Webhooks__Tokens__0", "short")]
    [InlineData("Ingest.Api", "Webhooks__Tokens__0", "changeme-changeme-changeme")]
    [InlineData("Ingest.Api", "Webhooks__Tokens__0", "aaaaaaaaaaaaaaaaaaaaaaaa")]
    [InlineData("Ingest.Api", "Webhooks__Tokens__0", "YOUR_TOKEN_YOUR_TOKEN")]
    [InlineData("Ingest.Api", "Webhooks__Tokens__1", Good2)]
    [InlineData("Ingest.Api", "Webhooks__Tokens__0", Good)]
    [InlineData("Ingest.Api", "ConnectionStrings__RabbitMq", "amqp://guest:guest@127.0.0.1:1/")]
    [InlineData("Ingest.Api", "ConnectionStrings__RabbitMq", "amqp://pnl_ingest@127.0.0.1:1/")]
    [InlineData("Ingest.Api", "ConnectionStrings__RabbitMq", null)]
    [InlineData("Analytics.Worker", "ConnectionStrings__RabbitMq", "amqp://guest:guest@127.0.0.1:1/")]
    [InlineData("Analytics.Worker", "ConnectionStrings__MySql", "mysql://root:password@127.0.0.1:1/pnl")]
    [InlineData("Analytics.Worker", "ConnectionStrings__MySql", "mysql://root:@127.0.0.1:1/pnl")]
    [InlineData("Analytics.Worker", "ConnectionStrings__MySql", null)]
    [InlineData("Query.Api", "ConnectionStrings__MySql", "mysql://pnl_query:query@127.0.0.1:1/pnl")]
    [InlineData("Query.Api", "ConnectionStrings__RabbitMq", "amqp://guest:guest@127.0.0.1:1/")]
    [InlineData("Query.Api", "Access__AdminKeys__0", "5f0c0a9d3f1e4b7a8c6d")]
    [InlineData("Query.Api", "Access__ViewerKeys__0", Good3)]
    [InlineData("Query.Api", "Access__ViewerKeys__0", "0123456789012345678901234")]
    [InlineData("Migrator", "Accounts__WorkerPassword", "worker")]
    [InlineData("Migrator", "Accounts__QueryPassword", Good2)]
    [InlineData("Migrator", "ConnectionStrings__MySql", "mysql://root:root@127.0.0.1:1/pnl")]
    public async Task A_deployment_does_not_start_with_a_secret_that_can_be_guessed_and_says_which(
        string service,
        string variable,
        string? value
    )
    {
        var (exitCode, output) = await RunAsync(service, "Production", variable, value);

        Assert.NotEqual(0, exitCode);
        Assert.Contains(
            variable.Replace("__", ":", StringComparison.Ordinal),
            output.Replace("__", ":", StringComparison.Ordinal),
            StringComparison.Ordinal
        );
        foreach (var secret in Services[service].Values.Append(value ?? "-not-there-").SelectMany(SecretsOf))
            Assert.DoesNotContain(secret, output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_nothing_says_what_it_is_it_is_a_deployment()
    {
        var (exitCode, output) = await RunAsync(
            "Query.Api",
            null,
            "ConnectionStrings__RabbitMq",
            "amqp://guest:guest@127.0.0.1:1/"
        );

        Assert.NotEqual(0, exitCode);
        Assert.Contains("ConnectionStrings__RabbitMq", output, StringComparison.Ordinal);
    }

    // Short words stand in every text; what is told must not be told as such.
    private static IEnumerable<string> SecretsOf(string value) =>
        value.Contains("://", StringComparison.Ordinal)
            ?
            [
                .. new Uri(value).UserInfo.Split(':').Skip(1).Where(password => password.Length > 8),
                $":{new Uri(value).UserInfo.Split(':').Last()}@",
            ]
        : value.Length > 8 ? [value]
        : [];

    private static async Task<(int ExitCode, string Output)> RunAsync(
        string service,
        string? environment,
        string variable,
        string? value
    )
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, $"{service}.dll")])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = AppContext.BaseDirectory,
        };
        foreach (var (name, set) in Services[service])
            start.Environment[name] = set;
        start.Environment["ASPNETCORE_URLS"] = "http://127.0.0.1:0";
        start.Environment.Remove("DOTNET_ENVIRONMENT");
        start.Environment["ASPNETCORE_ENVIRONMENT"] = environment;
        start.Environment[variable] = value;
        using var process = Process.Start(start)!;
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            await process
                .WaitForExitAsync(TestContext.Current.CancellationToken)
                .WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
            return (process.ExitCode, await output + await error);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill();
        }
    }
}
