using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.EntityFrameworkCore;
using PnlPipeline.Database;
using PnlPipeline.Query.Api.Http;

namespace PnlPipeline.Query.Api.Log;

/// <summary>A message that no retry could help, taken off its queue.</summary>
/// <param name="Queue">Where it lay.</param>
/// <param name="Reason">What went wrong.</param>
/// <param name="Body">As it arrived; what is not UTF-8 shows as U+FFFD.</param>
/// <param name="BodyBase64">The bytes themselves, only where <paramref name="Body"/> is not all of them.</param>
public sealed record DeadLetter(
    long ParkedId,
    DateTime ParkedAt,
    string Queue,
    string? MessageId,
    string? ContentType,
    string Reason,
    string Body,
    string? BodyBase64
);

public sealed class DeadLetterParameters : RequestParameters, IParameters<DeadLetterParameters>
{
    public PageParameters<DeadLetterPosition> Page { get; init; } = new();
}

/// <summary>A place in the list.</summary>
public sealed record DeadLetterPosition(long ParkedId) : IPosition<DeadLetterPosition>
{
    private const char Kind = 'p';

    public static DeadLetterPosition? Read(string cursor) =>
        Cursor.TryReadNumber(cursor, Kind) is { } id ? new DeadLetterPosition(id) : null;

    public string ToCursor() => Cursor.Write(Kind, ParkedId);
}

/// <summary>Dead letters.</summary>
public static class DeadLetterRoutes
{
    private const string Example = """
        {"items":[{"parkedId":7,"parkedAt":"2026-11-22T06:28:01.224Z","queue":"pairing","messageId":null,"contentType":"text/plain",
          "reason":"SerializationException: The message is no JSON.","body":"rubbish","bodyBase64":null}],"cursor":null}
        """;

    public static RouteGroupBuilder MapParkedMessages(this RouteGroupBuilder api)
    {
        api.MapGet("/parked-messages", ListAsync)
            .WithTags("Alerts")
            .Described(
                "Parked messages",
                "Messages on the bus that could never be handled, whole, with the reason, newest first."
            )
            .Answers(StatusCodes.Status200OK, "A page of messages; `cursor` is `null` at the end.", Example)
            .Refuses(StatusCodes.Status400BadRequest, "Parameters that are wrong.");
        return api;
    }

    private static async Task<Ok<Page<DeadLetter>>> ListAsync(
        DeadLetterParameters parameters,
        MySqlDatabase database,
        CancellationToken cancellationToken
    )
    {
        var (before, limit) = (parameters.Page.Cursor?.ParkedId, parameters.Page.Limit);
        await using var db = await PnlDb.OpenAsync(database, cancellationToken);
        var rows = await db
            .DeadLetters.Where(row => before == null || row.ParkedId < before)
            .OrderByDescending(row => row.ParkedId)
            .Take(limit + 1)
            .ToListAsync(cancellationToken);
        var page = Page.Of(rows, limit, row => new DeadLetterPosition(row.ParkedId));
        return TypedResults.Ok(new Page<DeadLetter>([.. page.Items.Select(ToDeadLetter)], page.Cursor));
    }

    private static DeadLetter ToDeadLetter(DeadLetterRecord row)
    {
        var body = RawBody.Of(row.Body);
        return new DeadLetter(
            row.ParkedId,
            row.ParkedAt,
            row.Queue,
            row.MessageId,
            row.ContentType,
            row.Reason,
            body.Text,
            body.Base64
        );
    }
}
