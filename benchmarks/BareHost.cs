using System.Buffers;
using System.Net;
using System.Net.Sockets;
using PnlPipeline.Domain.Alerts;

namespace PnlPipeline.Benchmarks;

/// <summary>
/// The limit that ingest is measured against: the same server, the same body, the same parser, and an answer; nothing
/// published.
/// </summary>
internal static class BareHost
{
    public static async Task RunAsync(int port)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenLocalhost(port));
        var app = builder.Build();
        app.MapPost(
            "/webhooks/tradingview/{token}",
            async (HttpRequest request) =>
            {
                var read = await request.BodyReader.ReadAtLeastAsync((int)(request.ContentLength ?? 0));
                var result = AlertParser.Parse(read.Buffer.ToArray(), DateTime.UtcNow);
                request.BodyReader.AdvanceTo(read.Buffer.End);
                return Results.Json(new { accepted = result.IsAlert }, statusCode: StatusCodes.Status202Accepted);
            }
        );
        await app.RunAsync();
    }

    /// <summary>A port that nobody has, at this moment.</summary>
    public static int FreePort()
    {
        using var free = new TcpListener(IPAddress.Loopback, 0);
        free.Start();
        return ((IPEndPoint)free.LocalEndpoint).Port;
    }
}
