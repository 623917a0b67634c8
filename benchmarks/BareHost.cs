using System.Buffers;
using PnlPipeline.Alerts;

namespace PnlPipeline.Benchmarks;

/// <summary>The limit that ingest is measured against: the same server, the same body, the same parser, and an answer; nothing published.</summary>
internal static class BareHost
{
    public static async Task RunAsync(int port)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenLocalhost(port));
        var app = builder.Build();
        app.MapPost("/webhooks/tradingview/{token}", async (HttpRequest request) =>
        {
            var read = await request.BodyReader.ReadAtLeastAsync((int)(request.ContentLength ?? 0));
            var result = AlertParser.Parse(read.Buffer.ToArray(), DateTime.UtcNow);
            request.BodyReader.AdvanceTo(read.Buffer.End);
            return Results.Json(new { accepted = result.IsAlert }, statusCode: StatusCodes.Status202Accepted);
        });
        await app.RunAsync();
    }
}
