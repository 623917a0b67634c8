using System.Data.Common;
using PnlPipeline.Database;

// Creates the database, brings its schema up to date and creates the services' accounts, then ends. Run it before the services start.
// Environment: ConnectionStrings__MySql (an account that may create databases and users), Accounts__WorkerPassword, Accounts__QueryPassword.
try
{
    var url = MySqlUrl.Parse(Environment.GetEnvironmentVariable("ConnectionStrings__MySql")
        ?? throw new FormatException("Set ConnectionStrings__MySql to mysql://user:password@host:port/database."));
    var workerPassword = Environment.GetEnvironmentVariable("Accounts__WorkerPassword");
    var queryPassword = Environment.GetEnvironmentVariable("Accounts__QueryPassword");

    using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
    var applied = await MySqlDatabase.RetryWhileTransientAsync(
        cancellationToken => SchemaMigrator.MigrateAsync(url, cancellationToken),
        (fault, pause) => Console.WriteLine($"waiting for MySQL at {url.Host}:{url.Port} ({fault.GetType().Name})"),
        deadline.Token);
    Console.WriteLine(applied.Count == 0
        ? $"The schema of {url.Database} is up to date."
        : $"Applied to {url.Database}: {string.Join(", ", applied)}.");

    if (workerPassword is { Length: > 0 } && queryPassword is { Length: > 0 })
    {
        await SchemaMigrator.CreateAccountsAsync(url, workerPassword, queryPassword, CancellationToken.None);
        Console.WriteLine($"Accounts {url.Database}_worker and {url.Database}_query are in place.");
    }

    return 0;
}
catch (OperationCanceledException)
{
    Console.Error.WriteLine("MySQL did not answer within 60 seconds: see that it runs and that ConnectionStrings__MySql names its host and port.");
    return 1;
}
catch (Exception fault) when (fault is FormatException or InvalidOperationException or DbException)
{
    Console.Error.WriteLine($"The migration failed: {fault.Message}");
    return 1;
}
