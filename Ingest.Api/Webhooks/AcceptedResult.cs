using System.Reflection;
using System.Text;
using Microsoft.AspNetCore.Http.Metadata;

namespace PnlPipeline.Ingest.Api.Webhooks;

/// <summary>
/// <see cref="AcceptedAlert"/> as the answer <c>202</c>. Always the same but for the id, so it is copied and not
/// serialised; and its length is told, so that it is sent in one piece.
/// </summary>
internal sealed class AcceptedResult(string alertId) : IResult, IEndpointMetadataProvider
{
    private static ReadOnlySpan<byte> Before => "{\"alertId\":\""u8;

    private static ReadOnlySpan<byte> After => "\",\"status\":\"accepted\"}"u8;

    public static void PopulateMetadata(MethodInfo method, EndpointBuilder builder) =>
        builder.Metadata.Add(
            new ProducesResponseTypeMetadata(StatusCodes.Status202Accepted, typeof(AcceptedAlert), ["application/json"])
        );

    public Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        var length = Before.Length + alertId.Length + After.Length;
        response.StatusCode = StatusCodes.Status202Accepted;
        response.ContentType = "application/json; charset=utf-8";
        response.ContentLength = length;
        var body = response.BodyWriter.GetSpan(length);
        Before.CopyTo(body);
        Encoding.ASCII.GetBytes(alertId, body[Before.Length..]);
        After.CopyTo(body[(Before.Length + alertId.Length)..]);
        response.BodyWriter.Advance(length);
        return Task.CompletedTask;
    }
}
