using PnlPipeline.Analytics.Worker;
using PnlPipeline.Analytics.Worker.Ledgers;
using PnlPipeline.Analytics.Worker.Pairing;
using PnlPipeline.Analytics.Worker.Parking;
using PnlPipeline.Database;
using PnlPipeline.Hosting;

var builder = WebApplication.CreateBuilder(args).AddPipelineHost("worker");
builder.RefusePoorSecrets("ConnectionStrings:RabbitMq", "ConnectionStrings:MySql");
builder.Services.AddSingleton(TimeProvider.System);
builder.Services.AddSingleton(new MySqlDatabase(MySqlUrl.Parse(builder.Configuration.GetConnectionString("MySql"))));
builder.Services.AddSingleton<IParkingLot, ParkingLot>();
builder.Services.AddHealthChecks().AddCheck<MySqlHealthCheck>("mysql");

var roles = WorkerRoles.Read(builder.Configuration);
if (roles.Pairing)
    builder.AddPairing();
if (roles.Ledgers)
    builder.AddLedgers();
builder.AddBus(declaresQueues: true);

var app = builder.Build();
app.MapHealth();
await app.RunAsync();
