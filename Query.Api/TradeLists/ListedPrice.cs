namespace PnlPipeline.Query.Api.TradeLists;

/// <summary>The prices of a list of trades: with a point or a comma for the decimals, and with or without marks between the thousands.</summary>
public static class ListedPrice
{
    /// <summary>
    /// The number in plain digits. Where both marks stand, the last is the decimal one; a mark that stands several times is none. A single comma is a
    /// decimal one in a file of semicolons, else between thousands where three digits follow and a digit other than 0 leads. What is no number stays as it is.
    /// </summary>
    public static string Plain(string text, char delimiter)
    {
        Span<char> kept = stackalloc char[64];
        if (text.Length > kept.Length)
            return text;
        var length = 0;
        foreach (var c in text)
        {
            // Spaces of every width and the apostrophes of Switzerland stand between thousands.
            if (c is ' ' or '\u00A0' or '\u202F' or '\u2009' or '\'' or '\u2019')
                continue;
            if (!char.IsAsciiDigit(c) && c is not ('.' or ',' or '-' or '+' or 'e' or 'E'))
                return text;
            kept[length++] = c;
        }

        var number = kept[..length];
        return DecimalMark(number, delimiter) switch
        {
            '.' => Without(number, ','),
            ',' => Without(number, '.').Replace(',', '.'),
            _ => Without(Without(number, ','), '.'),
        };
    }

    // The NUL where there is none.
    private static char DecimalMark(ReadOnlySpan<char> number, char delimiter)
    {
        var (points, commas) = (number.Count('.'), number.Count(','));
        if (points > 0 && commas > 0)
        {
            var last = number.LastIndexOfAny('.', ',');
            return number.Count(number[last]) == 1 ? number[last] : '\0';
        }

        if (points > 0)
            return points == 1 ? '.' : '\0';
        if (commas != 1)
            return '\0';
        var comma = number.IndexOf(',');
        var isBetweenThousands = delimiter != ';' && number.Length - comma == 4 && comma is > 0 and <= 3 && number[0] != '0';
        return isBetweenThousands ? '\0' : ',';
    }

    private static string Without(ReadOnlySpan<char> number, char mark) => number.ToString().Replace(mark.ToString(), "", StringComparison.Ordinal);
}
