using PnlPipeline.Analytics.Worker;
using PnlPipeline.Analytics.Worker.Corrections;
using PnlPipeline.Analytics.Worker.DeadLetters;
using PnlPipeline.Analytics.Worker.Inbox;
using PnlPipeline.Analytics.Worker.Integrity;
using PnlPipeline.Analytics.Worker.Ledgers;
using PnlPipeline.Analytics.Worker.Notifications;
using PnlPipeline.Analytics.Worker.Pairing;
using PnlPipeline.Analytics.Worker.Partitions;
using PnlPipeline.Analytics.Worker.Rejections;
using PnlPipeline.Database;
using PnlPipeline.Hosting;

var builder = WebApplication.CreateBuilder(args).AddPipelineHost("worker");
builder.RefuseWeakSecrets("ConnectionStrings:RabbitMq", "ConnectionStrings:MySql");
builder.Services.AddSingleton(TimeProvider.System);
var database = new MySqlDatabase(MySqlUrl.Parse(builder.Configuration.GetConnectionString("MySql")));
builder.Services.AddSingleton(database);
builder.Services.AddSingleton<IDeadLetterStore, DeadLetterStore>();
builder.Services.AddHealthChecks().AddCheck<MySqlHealthCheck>("mysql");

var roles = WorkerRoles.Read(builder.Configuration);
var partitions = PartitionCounts.Read(builder.Configuration);
builder.AddNotificationRules();
if (roles.Pairing)
{
    builder
        .AddPairing(partitions.Pairing, await builder.TakePlaceAsync(database, "pairing", partitions.Pairing))
        .AddCorrections()
        .AddRejections()
        .AddIntegrity()
        .AddInbox();
}

if (roles.Ledgers)
    builder.AddLedgers(partitions.Ledgers, await builder.TakePlaceAsync(database, "ledgers", partitions.Ledgers));
if (roles.Notifications)
    builder.AddNotifications();

// Notifications come of the database alone.
if (roles.Pairing || roles.Ledgers)
    builder.AddBus(declaresQueues: true);

var app = builder.Build();
app.MapOperations();
await app.RunAsync();
