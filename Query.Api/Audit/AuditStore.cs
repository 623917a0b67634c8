using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Dapper;
using PnlPipeline.Database;
using PnlPipeline.Query.Api.Access;
using PnlPipeline.Query.Api.Http;

namespace PnlPipeline.Query.Api.Audit;

/// <summary>A deed.</summary>
/// <param name="Role">Of the key it was done with.</param>
/// <param name="Key">The first digits of the key's SHA-256; <c>null</c> where a viewer asks.</param>
/// <param name="Subject">What it was done to, by its address under <c>/api/v1</c>.</param>
/// <param name="Detail">What there is to say of it.</param>
public sealed record AuditEntry(
    long AuditId,
    DateTime OccurredAt,
    [property: AllowedValues(AccessPolicies.Viewer, AccessPolicies.Admin)] string Role,
    string? Key,
    [property: AllowedValues(
        AuditActions.AlertVoid, AuditActions.AlertRestore, AuditActions.TradeClose,
        AuditActions.BatchCreate, AuditActions.BatchChange, AuditActions.BatchDelete, AuditActions.ImportUpload)]
    string Action,
    string Subject,
    JsonElement? Detail);

/// <summary>Which deeds are wanted; an empty list lets all through.</summary>
/// <param name="ShowsKeys">Whether whoever asks may see the keys' fingerprints.</param>
/// <param name="After">The last one that was shown.</param>
public sealed record AuditQuery(IReadOnlyList<string> Actions, IReadOnlyList<string> Subjects, bool ShowsKeys, string? After, int Count);

/// <summary>This room's SQL: deeds, newest first.</summary>
public sealed class AuditStore(MySqlDatabase database)
{
    private const char CursorKind = 'd';

    public static string CursorOf(AuditEntry entry) => Cursor.Write(CursorKind, entry.AuditId);

    public static string? ReadCursor(QueryReader query) => query.Position(
        CursorKind, parts => parts is [var id] && long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out _) ? id : null);

    public async Task<IReadOnlyList<AuditEntry>> ListAsync(AuditQuery query, CancellationToken cancellationToken)
    {
        List<string> conditions = [];
        if (query.After is not null)
            conditions.Add("audit_id < @After");
        if (query.Actions.Count > 0)
            conditions.Add("action IN @Actions");
        if (query.Subjects.Count > 0)
            conditions.Add("subject IN @Subjects");
        await using var connection = await database.OpenAsync(cancellationToken);
        var rows = await connection.QueryAsync<Row>(new CommandDefinition(
            $"""
            SELECT audit_id, occurred_at, role, key_fingerprint, action, subject, detail
              FROM audit_trail
             {(conditions.Count == 0 ? "" : "WHERE " + string.Join(" AND ", conditions))}
             ORDER BY audit_id DESC
             LIMIT @Count
            """,
            query,
            cancellationToken: cancellationToken));
        return [.. rows.Select(row => row.ToEntry(query.ShowsKeys))];
    }

    /// <summary>Every deed that is wanted, page by page.</summary>
    /// <param name="firstPage">What <see cref="ListAsync"/> answered to the same query.</param>
    public async IAsyncEnumerable<AuditEntry> StreamAsync(
        AuditQuery query, IReadOnlyList<AuditEntry> firstPage, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var page = firstPage; ;)
        {
            foreach (var entry in page)
                yield return entry;
            if (page.Count < query.Count)
                yield break;
            page = await ListAsync(query with { After = $"{page[^1].AuditId}" }, cancellationToken);
        }
    }

    private sealed class Row
    {
        public long AuditId { get; init; }

        public DateTime OccurredAt { get; init; }

        public string Role { get; init; } = "";

        public string KeyFingerprint { get; init; } = "";

        public string Action { get; init; } = "";

        public string Subject { get; init; } = "";

        public string? Detail { get; init; }

        public AuditEntry ToEntry(bool showsKey) => new(
            AuditId, OccurredAt, Role, showsKey ? KeyFingerprint : null, Action, Subject,
            Detail is null ? null : JsonElement.Parse(Detail));
    }
}
