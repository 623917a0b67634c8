using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace PnlPipeline.Query.Api.Imports;

/// <summary>A file that was brought in, and how far it has come.</summary>
/// <param name="State"><c>receiving</c> while it is uploaded, <c>running</c>, <c>done</c> once every alert of it is stored, or <c>failed</c>.</param>
/// <param name="Format"><c>csv</c>, <c>ndjson</c> or <c>trades</c>.</param>
/// <param name="Symbol">Of a list of trades.</param>
/// <param name="Timeframe">Of a list of trades.</param>
/// <param name="TimeZone">Of a list of trades: its dates are read in it.</param>
/// <param name="FinishedAt">When it was done or failed.</param>
/// <param name="Failure">Why it failed, and what to do.</param>
/// <param name="Bytes">The size of the file.</param>
/// <param name="Progress">0 to 1: how much of the file is read, and all of its alerts stored.</param>
/// <param name="Lines">How many lines that is.</param>
/// <param name="Accepted">Alerts stored, <paramref name="Duplicates"/> among them.</param>
/// <param name="Duplicates">Alerts that had been stored before, by a webhook or another import.</param>
/// <param name="Rejected">Lines in error.</param>
/// <param name="Skipped">Rows that say nothing: the last one of a trade that is still open.</param>
public record Import(
    long Id,
    [property: AllowedValues("receiving", "running", "done", "failed")] string State,
    [property: AllowedValues("csv", "ndjson", "trades")] string Format,
    string? FileName,
    string? Symbol,
    string? Timeframe,
    string? TimeZone,
    DateTime CreatedAt,
    DateTime? FinishedAt,
    string? Failure,
    long Bytes,
    double Progress,
    long Lines,
    long Accepted,
    long Duplicates,
    long Rejected,
    long Skipped);

/// <summary>An import with the first of its lines in error.</summary>
/// <param name="Errors">The first of them; all that are kept are at <c>errors</c> below it.</param>
public sealed record ImportDetail(
    long Id,
    string State,
    string Format,
    string? FileName,
    string? Symbol,
    string? Timeframe,
    string? TimeZone,
    DateTime CreatedAt,
    DateTime? FinishedAt,
    string? Failure,
    long Bytes,
    double Progress,
    long Lines,
    long Accepted,
    long Duplicates,
    long Rejected,
    long Skipped,
    [property: JsonPropertyOrder(1)] IReadOnlyList<LineInError> Errors)
    : Import(
        Id, State, Format, FileName, Symbol, Timeframe, TimeZone, CreatedAt, FinishedAt, Failure, Bytes, Progress, Lines, Accepted, Duplicates,
        Rejected, Skipped);

/// <summary>A line that could not be taken.</summary>
/// <param name="Line">Its number in the file, from 1.</param>
/// <param name="Text">How it begins; what is not UTF-8 shows as U+FFFD.</param>
/// <param name="Errors">Field → messages, as the webhook would have answered them; of the line as a whole under <c>body</c>.</param>
public sealed record LineInError(long Line, string Text, IReadOnlyDictionary<string, string[]> Errors);

/// <summary>An import as it lies in the database.</summary>
internal sealed class ImportRow
{
    public long ImportId { get; init; }

    public string State { get; init; } = "";

    public string Format { get; init; } = "";

    public string? FileName { get; init; }

    public string? Symbol { get; init; }

    public string? Timeframe { get; init; }

    public string? TimeZone { get; init; }

    public DateTime CreatedAt { get; init; }

    public DateTime? FinishedAt { get; init; }

    public string? Failure { get; init; }

    public long Bytes { get; init; }

    public long Position { get; init; }

    public long LinesRead { get; init; }

    public long Accepted { get; init; }

    public long Duplicates { get; init; }

    public long Rejected { get; init; }

    public long Skipped { get; init; }

    public Import ToImport() => new(
        ImportId, State, Format, FileName, Symbol, Timeframe, TimeZone, CreatedAt, FinishedAt, Failure, Bytes, Progress, LinesRead, Accepted, Duplicates,
        Rejected, Skipped);

    public ImportDetail ToDetail(IReadOnlyList<LineInError> errors) => new(
        ImportId, State, Format, FileName, Symbol, Timeframe, TimeZone, CreatedAt, FinishedAt, Failure, Bytes, Progress, LinesRead, Accepted, Duplicates,
        Rejected, Skipped, errors);

    // While it is received nobody knows of how much.
    private double Progress => State switch
    {
        "receiving" => 0,
        "done" => 1,
        _ => Bytes == 0 ? 0 : (double)Position / Bytes,
    };
}
