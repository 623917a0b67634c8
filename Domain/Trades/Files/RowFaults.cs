namespace PnlPipeline.Domain.Trades.Files;

/// <summary>What is said of rows that cannot be read at all.</summary>
internal static class RowFaults
{
    public const string NotUtf8 = "Is not valid UTF-8. Save the file as UTF-8.";

    public static string Sentence(RowFault fault) =>
        fault switch
        {
            RowFault.TooLong => $"Is longer than {RowSplitter.BytesMax} bytes. Send one alert or one row a line.",
            RowFault.OpenQuote => "Has a quote that is not closed. Close it, and double the quotes within.",
            RowFault.OpenElement =>
                "Is not closed before the end of the file: what follows from here on could not be read.",
            RowFault.BehindArray => "Stands behind the end of the array. Put it within the brackets.",
            _ => throw new ArgumentOutOfRangeException(nameof(fault)),
        };

    // Most often a comma within a number: read on, and every cell behind it would be taken for another.
    public static string CellCount(int cells, int columns) =>
        $"Has {cells} cells where the header has {columns}. Put a cell that holds the separator in quotes.";

    public static Dictionary<string, string[]> Of(string field, string message) =>
        new(StringComparer.Ordinal) { [field] = [message] };
}
