using System.ComponentModel.DataAnnotations;
using PnlPipeline.Contracts;
using PnlPipeline.Domain.Alerts;
using PnlPipeline.Domain.Trades;
using PnlPipeline.Domain.Trades.Files;

namespace PnlPipeline.Query.Api.Imports;

/// <summary>What would come in, without anything being stored. Counts are of rows.</summary>
/// <param name="Format">What the file is; <c>null</c> where that is not known.</param>
/// <param name="Questions">What the file leaves open: the parameter that would answer it → what to say. Nothing is read
/// until all are answered.</param>
/// <param name="Columns">The file's columns.</param>
/// <param name="Sample">The first rows as they stand.</param>
/// <param name="Decimal">The decimal mark.</param>
/// <param name="DateOrder">Whether the day or the month comes first; <c>null</c> where that makes no
/// difference.</param>
/// <param name="Lines">Rows of the file.</param>
/// <param name="Accepted">Rows that would come in.</param>
/// <param name="Merged">Rows of trades that are part of another, of one entry that left in parts.</param>
/// <param name="Skipped">Rows that say nothing, or are left out as overlapping with what came by webhook.</param>
/// <param name="Rejected">Rows in error.</param>
/// <param name="Rows">The first trades or alerts as they were understood.</param>
/// <param name="Errors">The rows in error, as many as an import keeps.</param>
public sealed record ImportPreview(
    [property: AllowedValues("csv", "ndjson", "json", "log", "trades")] string? Format,
    IReadOnlyDictionary<string, string[]> Questions,
    IReadOnlyList<PreviewColumn> Columns,
    IReadOnlyList<IReadOnlyList<string>> Sample,
    string? Decimal,
    [property: AllowedValues("dmy", "mdy")] string? DateOrder,
    long Lines,
    long Accepted,
    long Merged,
    long Skipped,
    long Rejected,
    IReadOnlyList<PreviewRow> Rows,
    IReadOnlyList<LineInError> Errors
);

/// <summary>A column of a file.</summary>
/// <param name="Name">As the header has it.</param>
/// <param name="Holds">What stands in it, in the words of <c>columns=</c>; <c>null</c> for what is not read.</param>
public sealed record PreviewColumn(string Name, string? Holds);

/// <summary>A trade or an alert as it was understood.</summary>
/// <param name="Action"><c>entry</c> or <c>exit</c>; <c>recorded</c> for a closed trade of a list.</param>
/// <param name="Direction"><c>null</c> for an exit that names none, or both.</param>
/// <param name="Price">Of a recorded trade, that of its entry.</param>
/// <param name="Timestamp">Likewise.</param>
/// <param name="ExitPrice">Of a recorded trade.</param>
/// <param name="ExitTime">Of a recorded trade.</param>
public sealed record PreviewRow(
    string Symbol,
    string Timeframe,
    string? Strategy,
    string Action,
    [property: AllowedValues("long", "short")] string? Direction,
    decimal Price,
    DateTime Timestamp,
    decimal? ExitPrice,
    DateTime? ExitTime
)
{
    internal static PreviewRow Of(AlertReceived alert) =>
        new(
            alert.Symbol,
            alert.Timeframe,
            alert.Strategy,
            AlertId.ToDbValue(alert.Action),
            alert.Direction is { } direction ? AlertId.ToDbValue(direction) : null,
            alert.Price,
            alert.Timestamp,
            alert.Exit?.Price,
            alert.Exit?.Time
        );
}
