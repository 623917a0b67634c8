namespace PnlPipeline.Query.Api.TradeLists;

/// <summary>Where in a row of TradingView's <em>List of Trades</em> what stands; its headers have changed over the years, and hold the currency.</summary>
/// <param name="Number">Of the trade; -1 where the list has no such column.</param>
/// <param name="Signal">Likewise.</param>
public sealed record ListColumns(char Delimiter, int Count, int Number, int Type, int Time, int Price, int Signal)
{
    /// <summary>What a header looks like, for whoever sent another.</summary>
    public const string Example = "Trade #,Type,Date and time,Signal,Price USD";

    /// <returns><c>null</c> where this is no header of a list of trades.</returns>
    public static ListColumns? Of(IReadOnlyList<string> header, char delimiter)
    {
        var names = header.Select(name => name.Trim().ToLowerInvariant()).ToList();
        var columns = new ListColumns(
            delimiter,
            names.Count,
            names.FindIndex(name => name is "trade #" or "trade number" or "trade no." or "trade" or "#"),
            names.IndexOf("type"),
            names.FindIndex(name => name is "date/time" or "date and time" or "date & time" or "datetime" or "date" or "time"),
            names.FindIndex(name => name == "price" || name.StartsWith("price ", StringComparison.Ordinal) || name.StartsWith("price(", StringComparison.Ordinal)),
            names.IndexOf("signal"));
        return columns is { Type: >= 0, Time: >= 0, Price: >= 0 } ? columns : null;
    }
}
