using System.Data.Common;
using Microsoft.Extensions.Configuration;
using PnlPipeline.Database;
using PnlPipeline.Hosting;

// Creates the database, brings its schema up to date, creates the services' accounts in it, and declares the broker's
// queues, then ends. Run it before the services start. Environment: ConnectionStrings__MySql (an account that may
// create databases and users), Accounts__WorkerPassword, Accounts__QueryPassword; ConnectionStrings__RabbitMq (one that
// may declare queues: the worker's will do).
try
{
    var url = MySqlUrl.Parse(
        Environment.GetEnvironmentVariable("ConnectionStrings__MySql")
            ?? throw new FormatException("Set ConnectionStrings__MySql to mysql://user:password@host:port/database.")
    );
    var workerPassword = Environment.GetEnvironmentVariable("Accounts__WorkerPassword");
    var queryPassword = Environment.GetEnvironmentVariable("Accounts__QueryPassword");
    var broker = Environment.GetEnvironmentVariable("ConnectionStrings__RabbitMq");
    RefuseWeakSecrets(workerPassword, queryPassword, broker);

    using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
    var applied = await MySqlDatabase.RetryWhileTransientAsync(
        cancellationToken => SchemaMigrator.MigrateAsync(url, cancellationToken),
        (fault, pause) => Console.WriteLine($"waiting for MySQL at {url.Servers} ({fault.GetType().Name})"),
        deadline.Token
    );
    Console.WriteLine(
        applied.Count == 0
            ? $"The schema of {url.Database} is up to date."
            : $"Applied to {url.Database}: {string.Join(", ", applied)}."
    );

    if (workerPassword is { Length: > 0 } && queryPassword is { Length: > 0 })
    {
        await SchemaMigrator.CreateAccountsAsync(url, workerPassword, queryPassword, CancellationToken.None);
        Console.WriteLine($"Accounts {url.Database}_worker and {url.Database}_query are in place.");
    }

    if (broker is { Length: > 0 })
    {
        using var answer = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var settings = new ConfigurationBuilder().AddEnvironmentVariables().Build();
        var partitions = PartitionCounts.Read(settings);
        await Topology.DeployAsync(broker, partitions, answer.Token);
        await Topology.SetCurrentAsync(broker, partitions, answer.Token);
        Console.WriteLine("The broker's queues are in place.");
    }

    return 0;
}
catch (OperationCanceledException)
{
    Console.Error.WriteLine(
        "MySQL or RabbitMQ did not answer within 60 seconds: see that they run, that ConnectionStrings__MySql and "
            + "ConnectionStrings__RabbitMq name their hosts and ports, and that the broker's account may declare "
            + "queues."
    );
    return 1;
}
catch (Exception fault)
    when (fault is FormatException or InvalidOperationException or DbException || BrokerFaults.IsOne(fault))
{
    Console.Error.WriteLine($"The migration failed: {fault.Message}");
    return 1;
}

// As the services do: where nothing says otherwise, this is a deployment.
static void RefuseWeakSecrets(string? workerPassword, string? queryPassword, string? broker)
{
    var environment =
        Environment.GetEnvironmentVariable("DOTNET_ENVIRONMENT")
        ?? Environment.GetEnvironmentVariable("ASPNETCORE_ENVIRONMENT");
    if (environment is { Length: > 0 } && !string.Equals(environment, "Production", StringComparison.OrdinalIgnoreCase))
        return;

    WeakSecrets.ThrowIfAny([
        (
            "ConnectionStrings__MySql",
            WeakSecrets.PasswordOf(Environment.GetEnvironmentVariable("ConnectionStrings__MySql"))
        ),
        .. Given("ConnectionStrings__RabbitMq", WeakSecrets.PasswordOf(broker), broker),
        .. Given("Accounts__WorkerPassword", workerPassword ?? "", workerPassword),
        .. Given("Accounts__QueryPassword", queryPassword ?? "", queryPassword),
    ]);

    static IEnumerable<(string Variable, string Secret)> Given(string variable, string secret, string? setting) =>
        string.IsNullOrEmpty(setting) ? [] : [(variable, secret)];
}
