namespace PnlPipeline.Query.Api.TradeLists;

/// <summary>One row of a list of trades: one fill, in the words and digits of a webhook.</summary>
/// <param name="Number">Of the trade, as it stands; empty where the list has none.</param>
/// <param name="IsEntry">Else an exit.</param>
/// <param name="Price">Plain digits, where the text is a number; whether it is a price is not judged here.</param>
public sealed record ListRow(string Number, bool IsEntry, bool IsLong, DateTime Utc, string Price)
{
    /// <summary>Reads a row.</summary>
    /// <param name="note">Told of what is wrong, by the alert's field.</param>
    /// <param name="isOpen">The row is the last of a trade that is still open: no exit, and no error either.</param>
    /// <returns><c>null</c> where there is an error, or nothing to read.</returns>
    public static ListRow? Read(IReadOnlyList<string> cells, ListColumns columns, TimeZoneInfo zone, Action<string, string> note, out bool isOpen)
    {
        isOpen = false;
        if (ReadType(Cell(columns.Type)) is not var (isEntry, isLong))
        {
            note("type", "Is none of Entry long, Exit long, Entry short and Exit short. Send the list as TradingView exports it.");
            return null;
        }

        // TradingView writes the exit that an open trade does not have yet as one at the last price, with this signal.
        isOpen = !isEntry && Cell(columns.Signal).Equals("open", StringComparison.OrdinalIgnoreCase);
        if (isOpen)
            return null;
        if (LocalTime.TryParse(Cell(columns.Time), zone, out var utc, out var error))
            return new ListRow(Cell(columns.Number), isEntry, isLong, utc, ListedPrice.Plain(Cell(columns.Price), columns.Delimiter));

        note("timestamp", error);
        return null;

        string Cell(int column) => column >= 0 && column < cells.Count ? cells[column].Trim() : "";
    }

    private static (bool IsEntry, bool IsLong)? ReadType(string text)
    {
        var words = text.ToLowerInvariant().Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return words is ["entry" or "exit", "long" or "short"] ? (words[0] == "entry", words[1] == "long") : null;
    }
}
