using System.Globalization;

namespace PnlPipeline.Domain.Trades.Files;

/// <summary>What a cell says of the decimal mark of its file.</summary>
public enum MarkEvidence
{
    /// <summary>The cell is no number.</summary>
    NotANumber,

    /// <summary>A number without a mark: it reads the same either way.</summary>
    None,
    Point,
    Comma,

    /// <summary>One point that could part thousands as well: <c>43.250</c>.</summary>
    PointOrGroup,

    /// <summary>One comma that could part thousands as well.</summary>
    CommaOrGroup,
}

/// <summary>
/// Numbers as people write them: either decimal mark, either mark, spaces or apostrophes between groups of digits,
/// signs and codes of currencies, <c>%</c>. A cell alone does not tell which mark is which; it is evidence, and its
/// file decides (semantics.md 10.4).
/// </summary>
public static class CellNumber
{
    private const int CharactersMax = 64;
    private const int CodeLettersMax = 8;

    // What is left of a space or an apostrophe between groups.
    private const char Space = ' ';
    private const char Apostrophe = '\'';

    /// <summary>What this cell proves.</summary>
    public static MarkEvidence EvidenceIn(ReadOnlySpan<char> text)
    {
        Span<char> buffer = stackalloc char[CharactersMax];
        if (!TryStrip(text, buffer, out var number, out _, out var exponent))
            return MarkEvidence.NotANumber;

        var (points, commas) = (number.Count('.'), number.Count(','));
        if (points + commas == 0)
            return AreGroups(number) ? MarkEvidence.None : MarkEvidence.NotANumber;

        var last = number.LastIndexOfAny('.', ',');
        var mark = number[last];
        var (of, behind) = (number.Count(mark), number.Length - last - 1);
        if (of > 1)
        {
            // Repeated, it parts groups; the other one, where it stands at all, would have to come last.
            return points > 0 && commas > 0 || !AreGroups(number) ? MarkEvidence.NotANumber
                : mark == '.' ? MarkEvidence.Comma
                : MarkEvidence.Point;
        }

        if (!AreGroups(number[..last]) || number[(last + 1)..].ContainsAnyExceptInRange('0', '9'))
            return MarkEvidence.NotANumber;
        var isDecimal =
            points > 0 && commas > 0 || behind != 3 || last is 0 or > 3 || number[0] == '0' || exponent.Length > 0;
        return (mark, isDecimal) switch
        {
            ('.', true) => MarkEvidence.Point,
            ('.', false) => MarkEvidence.PointOrGroup,
            (_, true) => MarkEvidence.Comma,
            _ => MarkEvidence.CommaOrGroup,
        };
    }

    /// <summary>The number in plain digits with a point, as JSON has them.</summary>
    /// <param name="mark">The file's decimal mark, <c>.</c> or <c>,</c>.</param>
    public static bool TryPlain(ReadOnlySpan<char> text, char mark, out string plain)
    {
        plain = "";
        Span<char> buffer = stackalloc char[CharactersMax];
        if (!TryStrip(text, buffer, out var number, out var isNegative, out var exponent))
            return false;

        var at = number.IndexOf(mark);
        var whole = at < 0 ? number : number[..at];
        var fraction = at < 0 ? [] : number[(at + 1)..];
        if (
            !AreGroups(whole)
            || (exponent.Length > 0 && whole.ContainsAnyExceptInRange('0', '9'))
            || fraction.ContainsAnyExceptInRange('0', '9')
            || (whole.IsEmpty && fraction.IsEmpty)
        )
            return false;

        Span<char> digits = stackalloc char[CharactersMax];
        var length = 0;
        foreach (var c in whole)
        {
            if (char.IsAsciiDigit(c))
                digits[length++] = c;
        }

        // JSON's grammar has no leading zeros and no bare point.
        var integer = digits[..length].TrimStart('0');
        plain =
            $"{(isNegative ? "-" : "")}{(integer.IsEmpty ? "0" : integer)}{(fraction.IsEmpty ? "" : ".")}{fraction}{exponent}";
        return true;
    }

    /// <summary>The number, where it is one and a <see cref="decimal"/> can hold it.</summary>
    public static bool TryDecimal(Cell cell, char mark, out decimal value)
    {
        value = 0;
        return TryPlain(cell.Text, cell.IsNumber ? '.' : mark, out var plain)
            && decimal.TryParse(plain, NumberStyles.Float, CultureInfo.InvariantCulture, out value);
    }

    // Digits in one group, or parted by one sign alone: one to three, then two or three each (India's lakhs), three at
    // the end.
    private static bool AreGroups(ReadOnlySpan<char> digits)
    {
        var (sign, group, first) = ('\0', 0, true);
        foreach (var c in digits)
        {
            if (char.IsAsciiDigit(c))
            {
                group++;
                continue;
            }

            if (sign != '\0' && c != sign)
                return false;
            sign = c;
            if (first ? group is 0 or > 3 : group is not (2 or 3))
                return false;
            (group, first) = (0, false);
        }

        // Nobody writes 0,123 for 123.
        return sign == '\0' || (group == 3 && digits[0] != '0');
    }

    // Takes off what says nothing of the amount, and leaves digits, marks and signs between groups.
    private static bool TryStrip(
        ReadOnlySpan<char> text,
        Span<char> buffer,
        out ReadOnlySpan<char> number,
        out bool isNegative,
        out ReadOnlySpan<char> exponent
    )
    {
        number = [];
        exponent = [];
        isNegative = false;
        text = text.Trim();
        if (text.Length > CharactersMax || text.IndexOfAnyInRange('0', '9') < 0)
            return false;
        if (text is ['(', .., ')'])
        {
            isNegative = true;
            text = text[1..^1];
        }

        text = TakeOff(text, ref isNegative);
        if (text.IsEmpty)
            return false;

        var power = text.IndexOfAny('e', 'E');
        if (power > 0)
        {
            exponent = text[power..];
            var digits = exponent[1..].TrimStart("+-");
            if (
                digits.IsEmpty
                || digits.Length > 5
                || exponent.Length - digits.Length > 2
                || digits.ContainsAnyExceptInRange('0', '9')
            )
                return false;
            text = text[..power];
        }

        var length = 0;
        foreach (var c in text)
        {
            var kept = c switch
            {
                >= '0' and <= '9' or '.' or ',' => c,
                '\'' or '\u2019' or '\u02BC' or '\u00B4' or '`' => Apostrophe,
                _ when char.IsWhiteSpace(c) => Space,
                _ => '\0',
            };
            if (kept == '\0')
                return false;
            buffer[length++] = kept;
        }

        number = buffer[..length];
        return length > 0;
    }

    // Signs and codes of currencies before and behind, percent signs, the sign of the number.
    private static ReadOnlySpan<char> TakeOff(ReadOnlySpan<char> text, scoped ref bool isNegative)
    {
        var hasSign = isNegative;
        while (
            !text.IsEmpty
            && !char.IsAsciiDigit(text[0])
            && (text[0] is not ('.' or ',') || text.Length < 2 || !char.IsAsciiDigit(text[1]))
        )
        {
            if (text[0] is '-' or '\u2212' or '+')
            {
                if (hasSign)
                    return [];
                hasSign = true;
                isNegative = text[0] != '+';
                text = text[1..];
            }
            else if (TryTakeOffCode(ref text, fromStart: true))
            {
                continue;
            }
            else
            {
                return [];
            }
        }

        while (!text.IsEmpty && !char.IsAsciiDigit(text[^1]))
        {
            if (text.Length > 1 && text[^1] is '.' or ',' && char.IsAsciiDigit(text[^2]))
                return text;
            if (!TryTakeOffCode(ref text, fromStart: false))
                return [];
        }

        return text;
    }

    private static bool TryTakeOffCode(ref ReadOnlySpan<char> text, bool fromStart)
    {
        var c = fromStart ? text[0] : text[^1];
        if (char.IsWhiteSpace(c) || c is '%' || char.GetUnicodeCategory(c) == UnicodeCategory.CurrencySymbol)
        {
            text = fromStart ? text[1..] : text[..^1];
            return true;
        }

        if (!char.IsLetter(c))
            return false;
        var length = 1;
        while (length < text.Length && char.IsLetter(fromStart ? text[length] : text[text.Length - 1 - length]))
            length++;
        if (length > CodeLettersMax)
            return false;
        text = fromStart ? text[length..] : text[..^length];
        // An abbreviation's dot: Rs. 100.
        if (fromStart && text.Length > 1 && text[0] == '.' && !char.IsAsciiDigit(text[1]))
            text = text[1..];
        return true;
    }
}
