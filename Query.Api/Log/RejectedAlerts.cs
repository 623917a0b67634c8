using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using PnlPipeline.Database;
using PnlPipeline.Domain.Alerts;
using PnlPipeline.Domain.Statistics;
using PnlPipeline.Query.Api.Http;

namespace PnlPipeline.Query.Api.Log;

/// <summary>A body that ingest refused.</summary>
/// <param name="RejectionId">32 hex digits.</param>
/// <param name="Body">As it arrived; what is not UTF-8 shows as U+FFFD.</param>
/// <param name="BodyBase64">The bytes themselves, only where <paramref name="Body"/> is not all of them.</param>
/// <param name="Errors">What was wrong, by field, as it was answered.</param>
public sealed record RejectedAlert(
    string RejectionId,
    DateTime ReceivedAt,
    string Body,
    string? BodyBase64,
    IReadOnlyDictionary<string, string[]> Errors
);

/// <summary>Refused bodies, newest first.</summary>
public sealed class RejectedAlertStore(MySqlDatabase database)
{
    /// <summary>A place in the list.</summary>
    public sealed record Position(DateTime ReceivedAt, AlertId RejectionId) : IPosition<Position>
    {
        private const char Kind = 'r';

        public static Position? Read(string cursor) =>
            Cursor.TryRead(cursor, Kind) is [var time, var id]
            && UnixTime.TryParse(time, out var receivedAt)
            && AlertId.TryParse(id, out var rejectionId)
                ? new Position(receivedAt, rejectionId)
                : null;

        public string ToCursor() => Cursor.Write(Kind, ReceivedAt.ToUnixMilliseconds(), RejectionId);
    }

    /// <summary>All of them. Their bodies may be long, so the pages are not.</summary>
    public IAsyncEnumerable<RejectedAlert> StreamAsync(CancellationToken cancellationToken) =>
        Page.AllAsync<RejectedAlert, Position>(after => ListAsync(after, Page.DefaultLimit, cancellationToken));

    public async Task<Page<RejectedAlert>> ListAsync(Position? after, int limit, CancellationToken cancellationToken)
    {
        await using var db = await PnlDb.OpenAsync(database, cancellationToken);
        var wanted = db.RejectedAlerts.AsQueryable();
        if (after is var (receivedAt, rejectionId))
            wanted = wanted.Where(row =>
                row.ReceivedAt <= receivedAt && (row.ReceivedAt < receivedAt || row.RejectionId < rejectionId)
            );
        // Down the index rejected_alerts_newest.
        var rows = await wanted
            .OrderByDescending(row => row.ReceivedAt)
            .ThenByDescending(row => row.RejectionId)
            .Take(limit + 1)
            .ToListAsync(cancellationToken);
        var page = Page.Of(rows, limit, row => new Position(row.ReceivedAt, row.RejectionId));
        return new Page<RejectedAlert>([.. page.Items.Select(ToRejectedAlert)], page.Cursor);
    }

    private static RejectedAlert ToRejectedAlert(RejectedAlertRecord row)
    {
        var body = RawBody.Of(row.Body);
        return new RejectedAlert(
            row.RejectionId.ToString(),
            row.ReceivedAt,
            body.Text,
            body.Base64,
            JsonSerializer.Deserialize<Dictionary<string, string[]>>(row.Errors) ?? []
        );
    }
}
