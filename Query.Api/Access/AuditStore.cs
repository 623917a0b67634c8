using System.ComponentModel.DataAnnotations;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using PnlPipeline.Database;
using PnlPipeline.Query.Api.Http;

namespace PnlPipeline.Query.Api.Access;

/// <summary>Something that was done.</summary>
/// <param name="Role">Of the key it was done with.</param>
/// <param name="Key">The first digits of the key's SHA-256; <c>null</c> where a viewer asks.</param>
/// <param name="Subject">What it was done to, by its address under <c>/api/v1</c>.</param>
/// <param name="Detail">What there is to say of it.</param>
public sealed record AuditEntry(
    long AuditId,
    DateTime OccurredAt,
    [property: AllowedValues(AccessPolicies.Viewer, AccessPolicies.Admin)] string Role,
    string? Key,
    [property: AuditAction] string Action,
    string Subject,
    JsonElement? Detail
);

/// <summary>Which entries are wanted; an empty list lets all through.</summary>
/// <param name="ShowsKeys">Whether the caller may see the keys' fingerprints.</param>
/// <param name="After">The last one that was shown.</param>
public sealed record AuditQuery(
    IReadOnlyList<string> Actions,
    IReadOnlyList<string> Subjects,
    bool ShowsKeys,
    AuditStore.Position? After,
    int Count
);

/// <summary>Reads the trail, newest first.</summary>
public sealed class AuditStore(MySqlDatabase database)
{
    /// <summary>A place in the list.</summary>
    public sealed record Position(long AuditId) : IPosition<Position>
    {
        private const char Kind = 'd';

        public static Position? Read(string cursor) =>
            Cursor.TryReadNumber(cursor, Kind) is { } id ? new Position(id) : null;

        public string ToCursor() => Cursor.Write(Kind, AuditId);
    }

    public async Task<IReadOnlyList<AuditEntry>> ListAsync(AuditQuery query, CancellationToken cancellationToken)
    {
        await using var db = await PnlDb.OpenAsync(database, cancellationToken);
        var wanted = db.AuditTrail.AsQueryable();
        if (query.After is { AuditId: var after })
            wanted = wanted.Where(row => row.AuditId < after);
        if (query.Actions.Count > 0)
            wanted = wanted.Where(row => query.Actions.Contains(row.Action));
        if (query.Subjects.Count > 0)
            wanted = wanted.Where(row => query.Subjects.Contains(row.Subject));
        var rows = await wanted.OrderByDescending(row => row.AuditId).Take(query.Count).ToListAsync(cancellationToken);
        return rows.ConvertAll(row => ToEntry(row, query.ShowsKeys));
    }

    /// <summary>Every entry that is wanted, page by page.</summary>
    /// <param name="firstPage">What <see cref="ListAsync"/> answered to the same query.</param>
    public async IAsyncEnumerable<AuditEntry> StreamAsync(
        AuditQuery query,
        IReadOnlyList<AuditEntry> firstPage,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        for (var page = firstPage; ; )
        {
            foreach (var entry in page)
                yield return entry;
            if (page.Count < query.Count)
                yield break;
            page = await ListAsync(query with { After = new Position(page[^1].AuditId) }, cancellationToken);
        }
    }

    private static AuditEntry ToEntry(AuditRecord row, bool showsKey) =>
        new(
            row.AuditId,
            row.OccurredAt,
            row.Role,
            showsKey ? row.KeyFingerprint : null,
            row.Action,
            row.Subject,
            row.Detail is null ? null : JsonElement.Parse(row.Detail)
        );
}
