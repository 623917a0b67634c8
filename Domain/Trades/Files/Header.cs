using PnlPipeline.Domain.Alerts;

namespace PnlPipeline.Domain.Trades.Files;

/// <summary>From the names of a file's columns to what stands in them.</summary>
internal static class Header
{
    /// <summary>What a list's header looks like.</summary>
    public const string ListExample = "Trade #,Type,Date and time,Signal,Price USD";

    private const string AlertExample = "symbol,timeframe,side,type,price,timestamp";
    private const int CurrencyLettersMax = 12;

    private static readonly (Column Column, string Name)[] Named =
    [
        (Column.Number, "number"),
        (Column.Type, "type"),
        (Column.Time, "time"),
        (Column.Price, "price"),
        (Column.Quantity, "quantity"),
        (Column.Signal, "signal"),
        (Column.Symbol, "symbol"),
    ];

    // Folded and without spaces; see semantics.md 1.
    private static readonly (Column Column, string[] Names)[] AlertNames =
    [
        (Column.Symbol, ["symbol", "ticker", "pair", "instrument"]),
        (Column.Side, ["side", "action", "orderaction", "signal"]),
        (Column.Type, ["type", "direction"]),
        (Column.Timeframe, ["timeframe", "interval", "tf"]),
        (Column.Price, ["price", "orderprice", "close"]),
        (Column.Time, ["timestamp", "timenow", "time"]),
        (Column.MarketPosition, ["marketposition"]),
        (Column.Strategy, ["strategy", "strategyname", "bot"]),
        (Column.CloseOnFlip, ["closeonflip"]),
    ];

    // Of our own CSV of alerts: what is derived from the words counts, for it says the same whatever the words were.
    private static readonly (Column Column, string[] Names)[] OwnNames =
    [
        (Column.Symbol, ["symbol"]),
        (Column.Timeframe, ["timeframe"]),
        (Column.Strategy, ["strategy"]),
        (Column.Action, ["action"]),
        (Column.Direction, ["direction"]),
        (Column.Price, ["price"]),
        (Column.Time, ["timestamp"]),
        (Column.CloseOnFlip, ["closeonflip"]),
        (Column.Outcome, ["outcome"]),
    ];

    /// <summary>Reads <c>columns=</c>: the names of a list's columns by position, empty for others.</summary>
    /// <returns>
    /// <c>null</c> where a name is not known, one stands twice, or one that a list needs is not there, with an error.
    /// </returns>
    public static IReadOnlyList<Column>? ReadColumns(string text, FieldErrors errors)
    {
        var columns = new List<Column>();
        foreach (var name in text.Split(','))
        {
            var column = Array
                .Find(Named, named => named.Name.Equals(name.Trim(), StringComparison.OrdinalIgnoreCase))
                .Column;
            if (column == Column.Other && name.Trim().Length > 0)
            {
                errors.Add(
                    "columns",
                    $"Names '{name.Trim()}', which is none of {string.Join(", ", Named.Select(named => named.Name))}."
                );
                return null;
            }

            if (column != Column.Other && columns.Contains(column))
            {
                errors.Add("columns", $"Names {name.Trim()} twice.");
                return null;
            }

            columns.Add(column);
        }

        if (Missing(columns) is not { Length: > 0 } missing)
            return columns;
        errors.Add(
            "columns",
            $"Does not name {missing}. Name the columns by position, for example columns=number,type,time,,price"
        );
        return null;
    }

    /// <summary>What the header says.</summary>
    /// <param name="kind">What the sender says the file is; <c>null</c> where the header is to say it.</param>
    /// <returns><c>null</c> where it is not known, with an error that lists the columns.</returns>
    public static (FileKind Kind, IReadOnlyList<Column> Columns)? Read(
        IReadOnlyList<Cell> header,
        FileKind? kind,
        FieldErrors errors
    )
    {
        var folded = header.Select(cell => Words.Fold(cell.Text)).ToList();
        var list = ListColumns(folded);
        if (kind is null or FileKind.Trades && Missing(list).Length == 0)
            return (FileKind.Trades, list);

        var names = folded.ConvertAll(name => name.Replace(" ", "", StringComparison.Ordinal));
        if (
            kind is null or FileKind.AlertLog
            && names.Contains("description")
            && (names.Contains("alertid") || (names.Contains("ticker") && names.Contains("time")))
        )
        {
            return (
                FileKind.AlertLog,
                [.. names.Select(name => name == "description" ? Column.Message : Column.Other)]
            );
        }

        if (kind is null or FileKind.AlertRows)
        {
            var isOwn = names.Contains("alertid") && names.Contains("receivedat") && names.Contains("action");
            var columns = names.ConvertAll(name =>
                Array.Find(isOwn ? OwnNames : AlertNames, known => Array.IndexOf(known.Names, name) >= 0).Column
            );
            if (
                columns.Contains(Column.Price)
                && columns.Contains(Column.Time)
                && (columns.Contains(Column.Symbol) || kind == FileKind.AlertRows)
            )
            {
                return (FileKind.AlertRows, columns);
            }
        }

        errors.Add("columns", Unknown(header, list));
        return null;
    }

    private static List<Column> ListColumns(List<string> folded)
    {
        var columns = Enumerable.Repeat(Column.Other, folded.Count).ToList();
        // English names stand in the exports of other languages, too, so all the languages count together, the better
        // names first.
        foreach (
            var (column, names) in new (Column, Func<Language, string[]>)[]
            {
                (Column.Number, language => language.Number),
                (Column.Price, language => language.Price),
                (Column.Type, language => language.Type),
                (Column.Time, language => language.Time),
                (Column.Quantity, language => language.Quantity),
                (Column.Signal, language => language.Signal),
                (Column.Symbol, language => language.Symbol),
            }
        )
        {
            var at = -1;
            for (var rank = 0; at < 0 && rank < 16; rank++)
            {
                foreach (var language in Words.Languages.Where(language => rank < names(language).Length))
                {
                    var name = names(language)[rank];
                    at = folded.FindIndex(header =>
                        header == name || (column == Column.Price && IsPriceIn(header, name))
                    );
                    if (at >= 0 && columns[at] == Column.Other)
                        break;
                    at = -1;
                }
            }

            if (at >= 0)
                columns[at] = column;
        }

        return columns;
    }

    // Price USDT: the currency of the chart stands behind.
    private static bool IsPriceIn(string header, string name)
    {
        if (!header.StartsWith(name, StringComparison.Ordinal))
            return false;
        var currency = header.AsSpan(name.Length).TrimStart();
        return currency.Length is > 0 and <= CurrencyLettersMax
            && (header[name.Length] == ' ' || !char.IsLetter(name[^1]) || name[^1] >= '\u3000')
            && !currency.Contains(' ');
    }

    private static string Missing(IReadOnlyList<Column> columns) =>
        string.Join(
            ", ",
            new[] { Column.Number, Column.Type, Column.Time, Column.Price }
                .Where(column => !columns.Contains(column))
                .Select(column => Array.Find(Named, named => named.Column == column).Name)
        );

    private static string Unknown(IReadOnlyList<Cell> header, IReadOnlyList<Column> list)
    {
        var found = string.Join(
            ", ",
            header.Take(40).Select(cell => cell.Text.Length == 0 ? "(empty)" : $"'{Shorten(cell.Text)}'")
        );
        var known =
            list.Any(column => column != Column.Other) && Missing(list) is var missing
                ? $" A list of trades needs {missing} beside what is known here."
                : "";
        return $"The header is not known. Its columns are {found}.{known} Send TradingView's list of trades "
            + $"({ListExample}) or alerts "
            + $"({AlertExample}), or name the columns of a list by position, empty for others: "
            + $"columns=number,type,time,,price";
    }

    private static string Shorten(string text) =>
        text.Length <= 40 ? text : string.Concat(text.EnumerateRunes().Take(40)) + "…";
}
