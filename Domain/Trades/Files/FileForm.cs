using PnlPipeline.Domain.Alerts;

namespace PnlPipeline.Domain.Trades.Files;

/// <summary>What a file holds.</summary>
public enum FileKind
{
    /// <summary>TradingView's <em>List of trades</em>.</summary>
    Trades,

    /// <summary>Alerts, their properties in columns.</summary>
    AlertRows,

    /// <summary>Alerts, each the body of a webhook on a line of its own.</summary>
    AlertLines,

    /// <summary>Alerts, each the body of a webhook, in one JSON array.</summary>
    AlertArray,

    /// <summary>TradingView's log of alerts: each alert's message in a column.</summary>
    AlertLog,
}

/// <summary>What stands in a column.</summary>
public enum Column
{
    Other,
    Number,
    Type,
    Time,
    Price,
    Quantity,
    Signal,
    Symbol,

    // Of files of alerts only.
    Side,
    Timeframe,
    MarketPosition,
    Strategy,
    CloseOnFlip,
    Message,

    // Of our own CSV of alerts only: what became of each.
    Action,
    Direction,
    Outcome,
}

/// <summary>What the sender of a file says of it.</summary>
/// <param name="Kind"><c>null</c> where the file is to say it.</param>
/// <param name="Mark">The decimal mark, <c>.</c> or <c>,</c>; <c>null</c> where the file is to tell.</param>
/// <param name="DateOrder">Likewise.</param>
/// <param name="Columns">What stands in each column of a list of trades, by position; <c>null</c> where its header says
/// it.</param>
/// <param name="Symbol">Canonical; of a file that does not carry it.</param>
/// <param name="Timeframe">Likewise.</param>
/// <param name="Strategy">Likewise.</param>
/// <param name="HasZone">The sender named the zone of the file's local times.</param>
public sealed record FileRequest(
    FileKind? Kind = null,
    char? Mark = null,
    DateOrder? DateOrder = null,
    IReadOnlyList<Column>? Columns = null,
    string? Symbol = null,
    string? Timeframe = null,
    string? Strategy = null,
    bool HasZone = false
);

/// <summary>
/// How a file is to be read: all that its rows have in common, decided once. A record of plain values, to be kept with
/// the file.
/// </summary>
/// <param name="Columns">What stands in each; empty where there are none.</param>
/// <param name="Start">The byte at which the first row begins.</param>
/// <param name="Lines">Lines before that.</param>
/// <param name="IsWorkbook">The rows came from a workbook, which says of each cell whether it is a number.</param>
/// <param name="HasDates">Of a list of trades: its times are dates without a time of day.</param>
/// <param name="Rows">How many there are.</param>
public sealed record FileForm(
    FileKind Kind,
    char Separator,
    IReadOnlyList<Column> Columns,
    long Start,
    long Lines,
    char Mark,
    DateOrder DateOrder,
    bool IsWorkbook,
    bool HasDates,
    long Rows
)
{
    /// <summary>What parts the rows of such a file.</summary>
    public RowShape Shape =>
        Kind switch
        {
            FileKind.AlertLines => RowShape.Lines,
            FileKind.AlertArray => RowShape.Elements,
            _ => RowShape.Cells,
        };

    /// <summary>Cuts the file into rows, from the first one or from any other on.</summary>
    public RowSplitter Splitter(long position, long lines) => new(Shape, (byte)Separator, position, lines);
}

/// <summary>From the words of a request, a table or an answer to what they say of a file, and back.</summary>
public static class FileWords
{
    /// <summary>The words for what a file holds.</summary>
    public const string Csv = "csv";
    public const string Ndjson = "ndjson";
    public const string Json = "json";
    public const string Log = "log";
    public const string Trades = "trades";

    /// <summary>Reads <c>columns=</c>: the names of a list's columns by position, empty for others.</summary>
    /// <returns><c>null</c>, with an error, where they do not make a list of trades.</returns>
    public static IReadOnlyList<Column>? ReadColumns(string text, FieldErrors errors) =>
        Header.ReadColumns(text, errors);

    public static FileKind KindOf(string word) =>
        word switch
        {
            Csv => FileKind.AlertRows,
            Ndjson => FileKind.AlertLines,
            Json => FileKind.AlertArray,
            Log => FileKind.AlertLog,
            Trades => FileKind.Trades,
            _ => throw new ArgumentOutOfRangeException(nameof(word)),
        };

    public static string ToDbValue(this FileKind kind) =>
        kind switch
        {
            FileKind.AlertRows => Csv,
            FileKind.AlertLines => Ndjson,
            FileKind.AlertArray => Json,
            FileKind.AlertLog => Log,
            FileKind.Trades => Trades,
            _ => throw new ArgumentOutOfRangeException(nameof(kind)),
        };

    /// <summary>The word for what a column holds, as <c>columns=</c> takes it; <c>null</c> for others.</summary>
    public static string? ToWord(this Column column) =>
        column == Column.Other ? null : char.ToLowerInvariant($"{column}"[0]) + $"{column}"[1..];

    /// <summary>
    /// The word for an order of day and month, as <c>dateOrder=</c> takes it; <c>null</c> where none is needed.
    /// </summary>
    public static string? ToWord(this DateOrder order) =>
        order switch
        {
            DateOrder.DayFirst => "dmy",
            DateOrder.MonthFirst => "mdy",
            _ => null,
        };
}
