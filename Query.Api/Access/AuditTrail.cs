using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using System.Text.Json;
using PnlPipeline.Contracts;
using PnlPipeline.Database;
using PnlPipeline.Query.Api.Http;

namespace PnlPipeline.Query.Api.Access;

/// <summary>The actions that the trail has a word for.</summary>
public static class AuditActions
{
    public const string BatchCreate = "batch.create";
    public const string BatchChange = "batch.change";
    public const string BatchDelete = "batch.delete";
    public const string ImportUpload = "import.upload";
    public const string ShareCreate = "share.create";
    public const string ShareRevoke = "share.revoke";
    public const string InboxDismiss = "inbox.dismiss";
    public const string ChannelCreate = "channel.create";
    public const string ChannelChange = "channel.change";
    public const string ChannelDelete = "channel.delete";
    public const string ChannelTest = "channel.test";
    public const string RuleCreate = "rule.create";
    public const string RuleChange = "rule.change";
    public const string RuleDelete = "rule.delete";

    public const string TradeNote = "trade.note";
    public const string DayNote = "day.note";

    // Written by pairing, in the transaction that applies the correction.
    public const string AlertVoid = "alert.void";
    public const string AlertRestore = "alert.restore";
    public const string TradeClose = "trade.close";
}

/// <summary>One of <see cref="AuditActions"/>.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class AuditActionAttribute()
    : AllowedValuesAttribute(
        AuditActions.AlertVoid,
        AuditActions.AlertRestore,
        AuditActions.TradeClose,
        AuditActions.BatchCreate,
        AuditActions.BatchChange,
        AuditActions.BatchDelete,
        AuditActions.ImportUpload,
        AuditActions.ShareCreate,
        AuditActions.ShareRevoke,
        AuditActions.TradeNote,
        AuditActions.DayNote,
        AuditActions.InboxDismiss,
        AuditActions.ChannelCreate,
        AuditActions.ChannelChange,
        AuditActions.ChannelDelete,
        AuditActions.ChannelTest,
        AuditActions.RuleCreate,
        AuditActions.RuleChange,
        AuditActions.RuleDelete
    );

/// <summary>
/// Who did what, and when. Only what changed something is recorded, in the transaction that changes it: both happen, or
/// neither.
/// </summary>
public static class AuditTrail
{
    // Tells the few keys of a system apart; of the key itself it gives away next to nothing.
    private const int FingerprintDigits = 8;

    /// <param name="action">One of <see cref="AuditActions"/>.</param>
    /// <param name="subject">What it was done to, by its address under <c>/api/v1</c>: <c>imports/7</c>.</param>
    /// <param name="detail">Written as JSON as answers are; no secret in it.</param>
    internal static AuditRecord Entry(Author by, DateTime occurredAt, string action, string subject, object? detail) =>
        new()
        {
            OccurredAt = occurredAt,
            Role = by.Role,
            KeyFingerprint = by.Key,
            Action = action,
            Subject = subject,
            Detail = detail is null ? null : JsonSerializer.Serialize(detail, JsonFormats.Options),
        };

    /// <summary>The caller, as the trail names them.</summary>
    public static Author AuthorOf(ClaimsPrincipal who) =>
        new(
            who.FindFirstValue(ClaimTypes.Role)
                ?? throw new ArgumentException("Nobody who has no role does anything.", nameof(who)),
            who.FindFirstValue(ClaimTypes.NameIdentifier)![..FingerprintDigits]
        );
}
