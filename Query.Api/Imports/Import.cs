using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using PnlPipeline.Database;
using PnlPipeline.Domain.Trades;

namespace PnlPipeline.Query.Api.Imports;

/// <summary>A file that was brought in, and how far it has come.</summary>
/// <param name="State"><c>receiving</c> while it is uploaded, <c>running</c>, <c>done</c> once every alert of it is
/// stored, or <c>failed</c>.</param>
/// <param name="Format"><c>csv</c>, <c>ndjson</c>, <c>json</c> or <c>log</c> of alerts, or a list of <c>trades</c>;
/// <c>null</c> while it is received.</param>
/// <param name="Symbol">As it was asked for.</param>
/// <param name="Timeframe">As it was asked for.</param>
/// <param name="Strategy">As it was asked for.</param>
/// <param name="TimeZone">In which the file's local times are read.</param>
/// <param name="Overlap">Whether trades were left out that the webhooks have told of already.</param>
/// <param name="FinishedAt">When it was done or failed.</param>
/// <param name="Failure">Why it failed, and what to do.</param>
/// <param name="Bytes">The size of the file.</param>
/// <param name="Progress">0 to 1: how much of the file is read, and all of its alerts stored.</param>
/// <param name="Lines">How many lines that is.</param>
/// <param name="Accepted">Rows whose alert or trade is stored, <paramref name="Duplicates"/> among them; a closed trade
/// of a list has two.</param>
/// <param name="Duplicates">Rows whose alert or trade had been stored before, by a webhook or another import.</param>
/// <param name="Merged">Rows of trades that are part of another: of one entry that left in parts.</param>
/// <param name="Rejected">Rows in error.</param>
/// <param name="Skipped">
/// Rows that say nothing (the exit that an open trade does not have yet) or are left out: trades that the webhooks have
/// told of already; of our own CSV of alerts, closes by hand and what was excluded.
/// </param>
public record Import(
    long Id,
    [property: AllowedValues("receiving", "running", "done", "failed")] string State,
    [property: AllowedValues("csv", "ndjson", "json", "log", "trades")] string? Format,
    string? FileName,
    string? Symbol,
    string? Timeframe,
    string? Strategy,
    string? TimeZone,
    [property: AllowedValues("skip", "take")] string Overlap,
    DateTime CreatedAt,
    DateTime? FinishedAt,
    string? Failure,
    long Bytes,
    double Progress,
    long Lines,
    long Accepted,
    long Duplicates,
    long Merged,
    long Rejected,
    long Skipped
);

/// <summary>An import with the first of its lines in error.</summary>
/// <param name="Errors">The first of them; all that are kept are at <c>errors</c> below it.</param>
public sealed record ImportDetail(
    long Id,
    string State,
    string? Format,
    string? FileName,
    string? Symbol,
    string? Timeframe,
    string? Strategy,
    string? TimeZone,
    string Overlap,
    DateTime CreatedAt,
    DateTime? FinishedAt,
    string? Failure,
    long Bytes,
    double Progress,
    long Lines,
    long Accepted,
    long Duplicates,
    long Merged,
    long Rejected,
    long Skipped,
    [property: JsonPropertyOrder(1)] IReadOnlyList<LineInError> Errors
)
    : Import(
        Id,
        State,
        Format,
        FileName,
        Symbol,
        Timeframe,
        Strategy,
        TimeZone,
        Overlap,
        CreatedAt,
        FinishedAt,
        Failure,
        Bytes,
        Progress,
        Lines,
        Accepted,
        Duplicates,
        Merged,
        Rejected,
        Skipped
    );

/// <summary>An import as it lies in the database, as it is answered.</summary>
internal static class ImportAnswers
{
    public static Import ToImport(this ImportRecord row) =>
        new(
            row.ImportId,
            row.State,
            row.Format,
            row.FileName,
            row.Symbol,
            row.Timeframe,
            row.Strategy,
            row.TimeZone,
            row.Overlap,
            row.CreatedAt,
            row.FinishedAt,
            row.Failure,
            row.Bytes,
            Progress(row),
            row.LinesRead,
            row.Accepted,
            row.Duplicates,
            row.Merged,
            row.Rejected,
            row.Skipped
        );

    public static ImportDetail ToDetail(this ImportRecord row, IReadOnlyList<LineInError> errors) =>
        new(
            row.ImportId,
            row.State,
            row.Format,
            row.FileName,
            row.Symbol,
            row.Timeframe,
            row.Strategy,
            row.TimeZone,
            row.Overlap,
            row.CreatedAt,
            row.FinishedAt,
            row.Failure,
            row.Bytes,
            Progress(row),
            row.LinesRead,
            row.Accepted,
            row.Duplicates,
            row.Merged,
            row.Rejected,
            row.Skipped,
            errors
        );

    // While it is received nobody knows of how much.
    private static double Progress(ImportRecord row) =>
        row.State switch
        {
            ImportStates.Receiving => 0,
            ImportStates.Done => 1,
            _ => row.Bytes == 0 ? 0 : (double)row.Position / row.Bytes,
        };
}

/// <summary>How far an import is.</summary>
internal static class ImportStates
{
    public const string Receiving = "receiving";
    public const string Running = "running";
    public const string Done = "done";
    public const string Failed = "failed";
}
