using PnlPipeline.Database;
using PnlPipeline.Hosting;
using PnlPipeline.Query.Api.Access;
using PnlPipeline.Query.Api.Batches;
using PnlPipeline.Query.Api.Corrections;
using PnlPipeline.Query.Api.Dashboard;
using PnlPipeline.Query.Api.Events;
using PnlPipeline.Query.Api.Http;
using PnlPipeline.Query.Api.Imports;
using PnlPipeline.Query.Api.Inbox;
using PnlPipeline.Query.Api.Integrity;
using PnlPipeline.Query.Api.Ledgers;
using PnlPipeline.Query.Api.Log;
using PnlPipeline.Query.Api.Notes;
using PnlPipeline.Query.Api.Notifications;
using PnlPipeline.Query.Api.Prices;
using PnlPipeline.Query.Api.Setup;
using PnlPipeline.Query.Api.Sharing;

var builder = WebApplication.CreateBuilder(args);
builder.AddPipelineHost("query");
builder.RefuseWeakSecrets(
    "ConnectionStrings:RabbitMq",
    "ConnectionStrings:MySql",
    "Access:AdminKeys",
    "Access:ViewerKeys",
    "Webhook:Token"
);
builder.AddBus();
builder
    .Services.AddSingleton(new MySqlDatabase(MySqlUrl.Parse(builder.Configuration.GetConnectionString("MySql"))))
    .AddSingleton(TimeProvider.System)
    .AddHealthChecks()
    .AddCheck<MySqlHealthCheck>("mysql");
builder.AddAnswers();
builder.AddApiDocument();
builder.AddAccess();
builder.AddPrices();
builder.AddBatches();
builder.AddLedgers();
builder.AddLog();
builder.AddCorrections();
builder.AddNotifications();
builder.AddImports();
builder.AddInbox();
builder.AddIntegrity();
builder.AddEvents();
builder.AddSetup();
builder.AddSharing();
builder.AddNotes();

var app = builder.Build();
app.UseKnownProxies();
app.UseAnswers();
app.UseAccess();

app.MapOperations();
app.MapOpenApi();
app.MapDashboard();
app.MapShared();
app.MapGroup("/api/v1")
    .RequireKey()
    .RefuseWrongParameters()
    .NarrowByTags()
    .MapAccess()
    .MapBatches()
    .MapLedgers()
    .MapLog()
    .MapCorrections()
    .MapNotifications()
    .MapImports()
    .MapInbox()
    .MapIntegrity()
    .MapEvents()
    .MapSetup()
    .MapSharing()
    .MapNotes();

app.Run();
