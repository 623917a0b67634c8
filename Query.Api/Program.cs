using PnlPipeline.Database;
using PnlPipeline.Hosting;
using PnlPipeline.Query.Api.Access;
using PnlPipeline.Query.Api.Alerts;
using PnlPipeline.Query.Api.Audit;
using PnlPipeline.Query.Api.Batches;
using PnlPipeline.Query.Api.Books;
using PnlPipeline.Query.Api.Breakdown;
using PnlPipeline.Query.Api.Charts;
using PnlPipeline.Query.Api.Compare;
using PnlPipeline.Query.Api.Corrections;
using PnlPipeline.Query.Api.Dashboard;
using PnlPipeline.Query.Api.Http;
using PnlPipeline.Query.Api.Imports;
using PnlPipeline.Query.Api.Ledger;
using PnlPipeline.Query.Api.LedgerView;
using PnlPipeline.Query.Api.Live;
using PnlPipeline.Query.Api.OpenApi;
using PnlPipeline.Query.Api.Parked;
using PnlPipeline.Query.Api.Reconciliation;
using PnlPipeline.Query.Api.Statistics;
using PnlPipeline.Query.Api.Symbols;
using PnlPipeline.Query.Api.Trades;
using PnlPipeline.Query.Api.Webhook;

var builder = WebApplication.CreateBuilder(args);
builder.AddPipelineHost("query");
builder.RefusePoorSecrets("ConnectionStrings:RabbitMq", "ConnectionStrings:MySql", "Access:AdminKeys", "Access:ViewerKeys", "Webhook:Token");
builder.AddBus();
builder.AddAnswers();
builder.AddAccess();
builder.AddLive();
builder.AddApiDocument();
builder.AddImports();
builder.AddCorrections();
builder.AddWebhook();
builder.Services
    .AddSingleton(new MySqlDatabase(MySqlUrl.Parse(builder.Configuration.GetConnectionString("MySql"))))
    .AddSingleton<BatchStore>()
    .AddSingleton<BatchWriter>()
    .AddSingleton<BatchAnnouncer>()
    .AddSingleton<LedgerReader>()
    .AddSingleton<LedgerCache>()
    .AddSingleton<LedgerStore>()
    .AddSingleton<StatisticsReader>()
    .AddSingleton(TimeProvider.System)
    .AddSingleton<TradeStore>()
    .AddSingleton<AlertStore>()
    .AddSingleton<DeliveredTrades>()
    .AddSingleton<RejectedAlertStore>()
    .AddSingleton<BookStore>()
    .AddSingleton<AuditTrail>()
    .AddSingleton<AuditStore>();
builder.Services.Configure<LedgerCacheOptions>(builder.Configuration.GetSection(LedgerCacheOptions.Section));
builder.Services.AddHealthChecks().AddCheck<MySqlHealthCheck>("mysql");

var app = builder.Build();
app.UseKnownProxies();
app.UseAnswers();
app.UseAccess();

app.MapHealth();
app.MapOpenApi();
app.MapDashboard();
app.MapGroup("/api/v1").RequireAuthorization(AccessPolicies.Viewer).RefuseUnknownParameters()
    .MapSession()
    .MapBatches()
    .MapCharts()
    .MapReturns()
    .MapDistribution()
    .MapBreakdown()
    .MapStatistics()
    .MapCompare()
    .MapLedger()
    .MapTrades()
    .MapAlerts()
    .MapParkedMessages()
    .MapImports()
    .MapReconciliation()
    .MapCorrections()
    .MapAudit()
    .MapWebhook()
    .MapSymbols()
    .MapStream()
    .MapBooks();

app.Run();
