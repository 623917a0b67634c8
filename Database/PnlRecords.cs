using PnlPipeline.Domain.Alerts;
using PnlPipeline.Domain.Trades.Files;

namespace PnlPipeline.Database;

/// <summary>A row of <c>batches</c>.</summary>
public sealed class BatchRecord
{
    public long BatchId { get; init; }

    public string Name { get; set; } = "";

    /// <summary>Names are unique by it.</summary>
    public string NameKey { get; set; } = "";

    public DateTime? StartTime { get; set; }

    public decimal Capital { get; set; }

    public decimal AllocationPercentage { get; set; }

    public decimal FeePercentage { get; set; }

    /// <summary>Counts every change.</summary>
    public long Revision { get; set; } = 1;

    /// <summary>Counts the changes of what the batch counts.</summary>
    public long SettingsRevision { get; set; } = 1;

    public DateTime CreatedAt { get; init; }

    public DateTime UpdatedAt { get; set; }
}

/// <summary>A row of <c>batch_symbols</c>.</summary>
public sealed record BatchSymbolRecord(long BatchId, string Symbol);

/// <summary>A row of <c>batch_timeframes</c>.</summary>
public sealed record BatchTimeframeRecord(long BatchId, string Timeframe);

/// <summary>A row of <c>batch_strategies</c>; empty for what has no strategy.</summary>
public sealed record BatchStrategyRecord(long BatchId, string Strategy);

/// <summary>A row of <c>audit_trail</c>: added, never changed.</summary>
public sealed class AuditRecord
{
    public long AuditId { get; init; }

    public DateTime OccurredAt { get; init; }

    public string Role { get; init; } = "";

    public string KeyFingerprint { get; init; } = "";

    public string Action { get; init; } = "";

    public string Subject { get; init; } = "";

    /// <summary>JSON.</summary>
    public string? Detail { get; init; }
}

/// <summary>A row of <c>rejected_alerts</c>.</summary>
public sealed class RejectedAlertRecord
{
    public AlertId RejectionId { get; init; }

    public DateTime ReceivedAt { get; init; }

    public byte[] Body { get; init; } = [];

    /// <summary>JSON: field → messages.</summary>
    public string Errors { get; init; } = "{}";
}

/// <summary>A row of <c>parked_messages</c>.</summary>
public sealed class DeadLetterRecord
{
    public long ParkedId { get; init; }

    public DateTime ParkedAt { get; init; }

    public string Queue { get; init; } = "";

    public string? MessageId { get; init; }

    public string? ContentType { get; init; }

    public string Reason { get; init; } = "";

    public byte[] Body { get; init; } = [];
}

/// <summary>A row of <c>imports</c>.</summary>
public sealed class ImportRecord
{
    public long ImportId { get; init; }

    /// <summary><c>receiving</c>, <c>running</c>, <c>done</c> or <c>failed</c>.</summary>
    public string State { get; init; } = "";

    /// <summary>
    /// What the file holds, in the words of <see cref="FileWords"/>; <c>null</c> while it is received.
    /// </summary>
    public string? Format { get; init; }

    public string? FileName { get; init; }

    public string? Symbol { get; init; }

    public string? Timeframe { get; init; }

    public string? Strategy { get; init; }

    public string? TimeZone { get; init; }

    /// <summary><c>skip</c> or <c>take</c>: trades that the webhooks have told of already.</summary>
    public string Overlap { get; init; } = "skip";

    /// <summary>JSON: how the file is read, a <see cref="FileForm"/>.</summary>
    public string? Form { get; init; }

    public DateTime CreatedAt { get; init; }

    public DateTime? FinishedAt { get; init; }

    public string? Failure { get; init; }

    public long Bytes { get; init; }

    /// <summary>Everything before this byte is done.</summary>
    public long Position { get; init; }

    public long LinesRead { get; init; }

    public long Accepted { get; init; }

    public long Duplicates { get; init; }

    public long Merged { get; init; }

    public long Rejected { get; init; }

    public long Skipped { get; init; }

    public byte[]? LeaseOwner { get; init; }

    public DateTime? LeaseUntil { get; init; }
}

/// <summary>A row of <c>import_errors</c>.</summary>
public sealed class ImportErrorRecord
{
    public long ImportId { get; init; }

    public long Line { get; init; }

    /// <summary>The beginning of the line, as it was.</summary>
    public byte[] Text { get; init; } = [];

    /// <summary>JSON: field → messages.</summary>
    public string Errors { get; init; } = "{}";
}

/// <summary>A row of <c>shares</c>.</summary>
public sealed class ShareRecord
{
    public long ShareId { get; init; }

    public long BatchId { get; init; }

    /// <summary>SHA-256 of the token, which is kept nowhere.</summary>
    public byte[] TokenHash { get; init; } = [];

    public DateTime CreatedAt { get; init; }

    public DateTime? ExpiresAt { get; init; }

    /// <summary>Whether the report shows money, or percentages only.</summary>
    public bool Amounts { get; init; }

    /// <summary>Only trades that closed before it.</summary>
    public DateTime? AsOf { get; init; }
}

/// <summary>A row of <c>trade_notes</c>.</summary>
public sealed class TradeNoteRecord
{
    public AlertId TradeId { get; init; }

    /// <summary>Empty for none.</summary>
    public string Note { get; set; } = "";

    /// <summary>Counts the changes of the note and the tags.</summary>
    public long Revision { get; set; }

    public DateTime UpdatedAt { get; set; }
}

/// <summary>A row of <c>trade_tags</c>.</summary>
public sealed record TradeTagRecord(AlertId TradeId, string Tag);

/// <summary>A row of <c>day_notes</c>.</summary>
public sealed class DayNoteRecord
{
    public long BatchId { get; init; }

    public DateOnly Day { get; init; }

    public string Note { get; set; } = "";

    public DateTime UpdatedAt { get; set; }
}
