using System.Text.Json;
using Dapper;
using PnlPipeline.Alerts;
using PnlPipeline.Database;
using PnlPipeline.Query.Api.Http;

namespace PnlPipeline.Query.Api.Alerts;

/// <summary>A body that ingest refused.</summary>
/// <param name="RejectionId">32 hex digits.</param>
/// <param name="Body">As it arrived; what is not UTF-8 shows as U+FFFD.</param>
/// <param name="BodyBase64">The bytes themselves, only where <paramref name="Body"/> is not all of them.</param>
/// <param name="Errors">What was wrong, by field, as it was answered.</param>
public sealed record RejectedAlert(
    string RejectionId, DateTime ReceivedAt, string Body, string? BodyBase64, IReadOnlyDictionary<string, string[]> Errors);

/// <summary>This room's SQL: refused bodies, newest first.</summary>
public sealed class RejectedAlertStore(MySqlDatabase database)
{
    private const char CursorKind = 'r';

    /// <summary>A place in the list.</summary>
    public sealed record Position(DateTime ReceivedAt, byte[] RejectionId);

    public static Position? ReadCursor(QueryReader query) => query.Position(CursorKind, PositionOf);

    /// <summary>All of them. Their bodies may be long, so the pages are not.</summary>
    public IAsyncEnumerable<RejectedAlert> StreamAsync(CancellationToken cancellationToken) => Page.AllAsync(
        CursorKind, after => ListAsync(after is null ? null : PositionOf(after), Page.DefaultLimit, cancellationToken));

    private static Position? PositionOf(string[] parts) =>
        parts is [var time, var id] && UnixTime.TryParse(time, out var receivedAt) && AlertId.TryParse(id, out var rejectionId)
            ? new Position(receivedAt, rejectionId.ToByteArray())
            : null;

    public async Task<Page<RejectedAlert>> ListAsync(Position? after, int limit, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        // Down the index rejected_alerts_newest.
        var rows = (await connection.QueryAsync<Row>(
            $"""
            SELECT rejection_id, received_at, body, errors
              FROM rejected_alerts
             {(after is null ? "" : "WHERE received_at <= @ReceivedAt AND (received_at < @ReceivedAt OR rejection_id < @RejectionId)")}
             ORDER BY received_at DESC, rejection_id DESC
             LIMIT @count
            """,
            new { after?.ReceivedAt, after?.RejectionId, count = limit + 1 })).AsList();
        var page = Page.Of(rows, limit, row => Cursor.Write(CursorKind, row.ReceivedAt.ToUnixMilliseconds(), new AlertId(row.RejectionId)));
        return new Page<RejectedAlert>([.. page.Items.Select(row => row.ToRejectedAlert())], page.Cursor);
    }

    private sealed class Row
    {
        public byte[] RejectionId { get; init; } = [];

        public DateTime ReceivedAt { get; init; }

        public byte[] Body { get; init; } = [];

        public string Errors { get; init; } = "{}";

        public RejectedAlert ToRejectedAlert()
        {
            var body = RawBody.Of(Body);
            return new RejectedAlert(
                new AlertId(RejectionId).ToString(),
                ReceivedAt,
                body.Text,
                body.Base64,
                JsonSerializer.Deserialize<Dictionary<string, string[]>>(Errors) ?? []);
        }
    }
}
