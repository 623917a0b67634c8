using PnlPipeline.Hosting;
using PnlPipeline.Ingest.Api.Delivery;
using PnlPipeline.Ingest.Api.Webhooks;

var builder = WebApplication.CreateBuilder(args);
builder.AddPipelineHost("ingest");
builder.RefuseWeakSecrets("ConnectionStrings:RabbitMq", "Webhooks:Tokens");
builder.AddDelivery();
builder.AddWebhooks();

var app = builder.Build();
app.UseKnownProxies();
app.UseProblemDetails();
app.MapWebhooks();
app.MapOperations();
app.MapOpenApi();
await app.RunAsync();
