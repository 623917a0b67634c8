using System.Globalization;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using PnlPipeline.Database;
using PnlPipeline.Query.Api.Http;
using PnlPipeline.Query.Api.OpenApi;

namespace PnlPipeline.Query.Api.Parked;

/// <summary>A message that no retry could help, taken off its queue.</summary>
/// <param name="Queue">Where it lay.</param>
/// <param name="Reason">What went wrong.</param>
/// <param name="Body">As it arrived; what is not UTF-8 shows as U+FFFD.</param>
/// <param name="BodyBase64">The bytes themselves, only where <paramref name="Body"/> is not all of them.</param>
public sealed record ParkedMessage(
    long ParkedId,
    DateTime ParkedAt,
    string Queue,
    string? MessageId,
    string? ContentType,
    string Reason,
    string Body,
    string? BodyBase64);

/// <summary>Dead letters.</summary>
public static class ParkedRoutes
{
    private const char CursorKind = 'p';

    private const string Example =
        """
        {"items":[{"parkedId":7,"parkedAt":"2026-11-22T06:28:01.224Z","queue":"pairing","messageId":null,"contentType":"text/plain",
          "reason":"SerializationException: The message is no JSON.","body":"rubbish","bodyBase64":null}],"cursor":null}
        """;

    public static RouteGroupBuilder MapParkedMessages(this RouteGroupBuilder api)
    {
        api.MapGet("/parked-messages", ListAsync).WithTags("Alerts")
            .Described("Parked messages", "Messages on the bus that could never be handled, whole, with the reason, newest first.")
            .Takes(Parameter.Limit, Parameter.Cursor)
            .Answers(StatusCodes.Status200OK, "A page of messages; `cursor` is `null` at the end.", Example)
            .Refuses(StatusCodes.Status400BadRequest, "Parameters that are wrong.");
        return api;
    }

    private static async Task<Results<Ok<Page<ParkedMessage>>, ProblemHttpResult>> ListAsync(
        HttpRequest request, MySqlDatabase database, CancellationToken cancellationToken)
    {
        var query = QueryReader.Of(request);
        var limit = query.Limit();
        var before = query.Position(
            CursorKind, parts => parts is [var id] && long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out _) ? id : null);
        if (query.Errors.Any)
            return Problems.BadRequest(query.Errors);

        await using var connection = await database.OpenAsync(cancellationToken);
        var rows = (await connection.QueryAsync<Row>(
            $"""
            SELECT parked_id, parked_at, queue, message_id, content_type, reason, body
              FROM parked_messages
             {(before is null ? "" : "WHERE parked_id < @before")}
             ORDER BY parked_id DESC
             LIMIT @count
            """,
            new { before, count = limit + 1 })).AsList();
        var page = Page.Of(rows, limit, row => Cursor.Write(CursorKind, row.ParkedId));
        return TypedResults.Ok(new Page<ParkedMessage>([.. page.Items.Select(row => row.ToParkedMessage())], page.Cursor));
    }

    private sealed class Row
    {
        public long ParkedId { get; init; }

        public DateTime ParkedAt { get; init; }

        public string Queue { get; init; } = "";

        public string? MessageId { get; init; }

        public string? ContentType { get; init; }

        public string Reason { get; init; } = "";

        public byte[] Body { get; init; } = [];

        public ParkedMessage ToParkedMessage()
        {
            var body = RawBody.Of(Body);
            return new ParkedMessage(ParkedId, ParkedAt, Queue, MessageId, ContentType, Reason, body.Text, body.Base64);
        }
    }
}
