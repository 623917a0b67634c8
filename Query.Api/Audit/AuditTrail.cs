using System.Data.Common;
using System.Security.Claims;
using System.Text.Json;
using Dapper;
using PnlPipeline.Contracts;
using PnlPipeline.Database;
using PnlPipeline.Query.Api.Http;

namespace PnlPipeline.Query.Api.Audit;

/// <summary>The deeds that the trail has a word for.</summary>
public static class AuditActions
{
    public const string BatchCreate = "batch.create";
    public const string BatchChange = "batch.change";
    public const string BatchDelete = "batch.delete";
    public const string ImportUpload = "import.upload";

    // Written by pairing, in the transaction that applies the correction.
    public const string AlertVoid = "alert.void";
    public const string AlertRestore = "alert.restore";
    public const string TradeClose = "trade.close";

    public static readonly string[] All = [AlertVoid, AlertRestore, TradeClose, BatchCreate, BatchChange, BatchDelete, ImportUpload];
}

/// <summary>Writes down who did what, and when. Only what changed something is written down.</summary>
public sealed class AuditTrail(MySqlDatabase database)
{
    // Tells the few keys of a system apart; of the key itself it gives away next to nothing.
    private const int FingerprintDigits = 8;

    /// <summary>Records a deed that is done. What can be done in the same transaction is better recorded there.</summary>
    /// <param name="who">The caller.</param>
    /// <param name="action">One of <see cref="AuditActions"/>.</param>
    /// <param name="subject">What it was done to, by its address under <c>/api/v1</c>: <c>imports/7</c>.</param>
    /// <param name="detail">Written as JSON as answers are; no secret in it.</param>
    public async Task RecordAsync(
        ClaimsPrincipal who, string action, string subject, object? detail = null, CancellationToken cancellationToken = default)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        await RecordAsync(connection, null, AuthorOf(who), action, subject, detail);
    }

    /// <summary>Records a deed in the transaction that does it: both happen, or neither.</summary>
    internal static Task RecordAsync(
        DbConnection connection, DbTransaction? transaction, Author by, string action, string subject, object? detail) => connection.ExecuteAsync(
        """
        INSERT INTO audit_trail (occurred_at, role, key_fingerprint, action, subject, detail)
        VALUES (UTC_TIMESTAMP(3), @Role, @Key, @action, @subject, @detail)
        """,
        new { by.Role, by.Key, action, subject, detail = detail is null ? null : JsonSerializer.Serialize(detail, JsonFormats.Options) },
        transaction);

    /// <summary>The caller, as the trail names him.</summary>
    public static Author AuthorOf(ClaimsPrincipal who) => new(
        who.FindFirstValue(ClaimTypes.Role) ?? throw new ArgumentException("Nobody who has no role does anything.", nameof(who)),
        who.FindFirstValue(ClaimTypes.NameIdentifier)![..FingerprintDigits]);
}
