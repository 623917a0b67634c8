using System.Buffers;
using System.Globalization;
using PnlPipeline.Domain.Alerts;

namespace PnlPipeline.Domain.Trades.Files;

/// <summary>Whether the day or the month comes first in a column of dates such as <c>01/02/2024</c>.</summary>
public enum DateOrder
{
    /// <summary>No date of the column leaves it open.</summary>
    NotNeeded,
    DayFirst,
    MonthFirst,
}

/// <summary>A time as a cell has it: an instant, or what the clocks of a place showed.</summary>
/// <param name="Ticks">Of the instant, or of the local date and time.</param>
/// <param name="IsUtc">Else local.</param>
/// <param name="IsDate">A local date without a time of day.</param>
public readonly record struct CellTime(long Ticks, bool IsUtc, bool IsDate = false);

/// <summary>
/// The times of files: TradingView's own, what spreadsheets make of them, Unix times and the numbers of spreadsheets'
/// dates.
/// </summary>
public static class CellTimes
{
    /// <summary>What to write where a date cannot be read.</summary>
    public const string WhatToDo = "Write yyyy-MM-dd HH:mm, as TradingView does.";

    private const int CharactersMax = 64;
    private const decimal FirstUnixTime = 100_000_000;
    private const decimal FirstMilliseconds = 100_000_000_000;

    private static readonly SearchValues<char> OfNumbers = SearchValues.Create("0123456789.,");

    // Day 0 of spreadsheets' dates, so that 1 March 1900 and later are right.
    private static readonly DateTime SpreadsheetEpoch = new(1899, 12, 30, 0, 0, 0, DateTimeKind.Unspecified);
    private static readonly DateTime Earliest = new(2000, 1, 1, 0, 0, 0, DateTimeKind.Unspecified);
    private static readonly DateTime Latest = new(9998, 12, 31, 0, 0, 0, DateTimeKind.Unspecified);

    /// <summary>Reads a cell.</summary>
    /// <param name="mark">The file's decimal mark, for numbers.</param>
    /// <param name="order">As the column decided.</param>
    /// <param name="error">What is wrong and what to do; empty where nothing is.</param>
    public static bool TryParse(Cell cell, char mark, DateOrder order, out CellTime time, out string error)
    {
        time = default;
        error = "";
        var text = cell.Text;
        // By far the most frequent.
        if (
            text.Length == 16
            && text[4] == '-'
            && DateTime.TryParseExact(
                text,
                "yyyy-MM-dd HH:mm",
                CultureInfo.InvariantCulture,
                DateTimeStyles.None,
                out var usual
            )
        )
        {
            return TryLocal(usual, isDate: false, out time, out error);
        }

        if (text.Length is 0 or > CharactersMax)
            error = text.Length == 0 ? $"Is missing. {WhatToDo}" : $"Is not a date in a form that is known. {WhatToDo}";
        else if (text.AsSpan().ContainsAnyExcept(OfNumbers))
            return TryParseText(text, order, out time, out error);
        else if (CellNumber.TryDecimal(cell, mark, out var number))
            return TryFromNumber(number, out time, out error);
        else
            return TryParseText(text, order, out time, out error);
        return false;
    }

    /// <summary>What a cell says of the order of day and month.</summary>
    /// <returns>
    /// <see cref="DateOrder.NotNeeded"/> where both would read the same or only one can be meant whatever the column
    /// says; <c>null</c> where it leaves the order open.
    /// </returns>
    public static DateOrder? EvidenceIn(Cell cell)
    {
        if (
            cell.IsNumber
            || cell.Text.Length > CharactersMax
            || !TryTakeApart(cell.Text, out var parts)
            || !parts.NeedsOrder
        )
            return DateOrder.NotNeeded;
        return (parts.First > 12, parts.Second > 12) switch
        {
            (true, false) => DateOrder.DayFirst,
            (false, true) => DateOrder.MonthFirst,
            (true, true) => DateOrder.NotNeeded,
            _ => parts.First == parts.Second ? DateOrder.NotNeeded : null,
        };
    }

    /// <summary>Whether the cell names no zone, so that one has to be said.</summary>
    public static bool NeedsZone(Cell cell, char mark) =>
        TryParse(cell, mark, DateOrder.DayFirst, out var time, out _) && !time.IsUtc;

    private static bool TryFromNumber(decimal number, out CellTime time, out string error)
    {
        time = default;
        if (number >= FirstUnixTime)
        {
            var digits = decimal.Truncate(number).ToString(CultureInfo.InvariantCulture);
            if (!Timestamp.TryParse(digits, out var utc, out error))
                return false;
            // A fraction of a second, as some tools write it.
            if (number < FirstMilliseconds)
                utc = utc.AddMilliseconds((double)decimal.Truncate((number - decimal.Truncate(number)) * 1_000));
            time = new CellTime(utc.Ticks, IsUtc: true);
            return true;
        }

        // To the second: a spreadsheet keeps fifteen digits, and people cut them further.
        if (number < 1 || number > 2_958_465)
        {
            error = $"Is neither a spreadsheet's date nor a Unix time. {WhatToDo}";
            return false;
        }

        var local = SpreadsheetEpoch.AddSeconds((double)decimal.Round(number * 86_400));
        return TryLocal(local, isDate: number == decimal.Truncate(number), out time, out error);
    }

    private static bool TryParseText(string text, DateOrder order, out CellTime time, out string error)
    {
        time = default;
        if (
            text.Length > 10
            && text[10] == 'T'
            && text[^1] is 'Z' or (>= '0' and <= '9')
            && Timestamp.TryParse(text, out var instant, out _)
        )
        {
            time = new CellTime(instant.Ticks, IsUtc: true);
            error = "";
            return true;
        }

        error = $"Is not a date in a form that is known. {WhatToDo}";
        if (!TryTakeApart(text, out var parts))
        {
            if (parts.HasShortYear)
                error = $"Has a year of two digits. {WhatToDo}";
            return false;
        }

        if (parts.NeedsOrder)
        {
            var monthFirst = order == DateOrder.MonthFirst;
            (parts.Day, parts.Month) = monthFirst ? (parts.Second, parts.First) : (parts.First, parts.Second);
        }

        if (
            parts.Year is < 1 or > 9999
            || parts.Month is < 1 or > 12
            || parts.Day < 1
            || parts.Day > DateTime.DaysInMonth(parts.Year, parts.Month)
        )
        {
            error =
                $"Is no date of the "
                + $"calendar{(parts.NeedsOrder ? " by the order of day and month that the column has" : "")}. "
                + $"{WhatToDo}";
            return false;
        }

        var local = new DateTime(parts.Year, parts.Month, parts.Day, 0, 0, 0, DateTimeKind.Unspecified).Add(
            parts.TimeOfDay
        );
        if (parts.Offset is not { } offset)
            return TryLocal(local, parts.IsDate, out time, out error);

        var utc = local.Ticks - offset.Ticks;
        if (utc < Earliest.Ticks || utc > Latest.Ticks)
        {
            error = $"Is not between the years 2000 and 9998. {WhatToDo}";
            return false;
        }

        time = new CellTime(utc, IsUtc: true);
        error = "";
        return true;
    }

    private static bool TryLocal(DateTime local, bool isDate, out CellTime time, out string error)
    {
        // A day either way, for the zone; what it makes of it is looked at again.
        var isIn = local >= Earliest.AddDays(-1) && local <= Latest;
        time = isIn ? new CellTime(local.Ticks, IsUtc: false, isDate) : default;
        error = isIn ? "" : $"Is not between the years 2000 and 9998. {WhatToDo}";
        return isIn;
    }

    private struct Parts
    {
        public int Year;
        public int Month;
        public int Day;

        // Numbers that are day and month, in an order that the column has to tell.
        public int First;
        public int Second;
        public bool NeedsOrder;
        public bool HasShortYear;
        public bool IsDate;
        public TimeSpan TimeOfDay;
        public TimeSpan? Offset;
    }

    private static bool TryTakeApart(string text, out Parts parts)
    {
        parts = new Parts { IsDate = true };
        var folded = Words.FoldDate(text);
        // The colon finds the time of day; what stands before its hour is the date, unless nothing does.
        var colon = folded.IndexOf(':');
        var date = folded;
        if (colon > 0)
        {
            var start = colon;
            while (start > 0 && char.IsAsciiDigit(folded[start - 1]))
                start--;
            var end = folded.IndexOf(' ', colon);
            var clock = folded[start..(end < 0 ? folded.Length : end)];
            var behind = end < 0 ? "" : folded[(end + 1)..];
            var before = folded[..start];
            if (!TryReadClock(clock, ref before, behind, ref parts, out var rest))
                return false;
            date = before + " " + rest;
        }

        return TryReadDate(date, ref parts);
    }

    private static bool TryReadClock(string clock, ref string before, string behind, ref Parts parts, out string rest)
    {
        rest = "";
        parts.IsDate = false;
        // An offset may stand right behind the time.
        var sign = clock.AsSpan().IndexOfAny('+', '-');
        var zone =
            sign > 0 ? clock[sign..]
            : clock.EndsWith('z') ? "z"
            : "";
        clock = clock[..(clock.Length - zone.Length)];
        var words = behind.Split(' ', StringSplitOptions.RemoveEmptyEntries).ToList();
        var marker = 0;
        foreach (var word in words.ToList())
        {
            if (Words.HalfOfDay(word) is { } half)
            {
                marker = half;
                words.Remove(word);
            }
            else if (word is "utc" or "gmt" or "z" || word[0] is '+' or '-')
            {
                zone = zone.Length == 0 || word[0] is '+' or '-' ? word : zone;
                words.Remove(word);
            }
        }

        foreach (var word in before.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            // In East Asia the half of the day comes first.
            if (Words.HalfOfDay(word) is { } half)
            {
                marker = half;
                before = before.Replace(word, "", StringComparison.Ordinal);
            }
        }

        rest = string.Join(' ', words);
        var fields = clock.Split(':');
        if (
            fields.Length is < 2 or > 3
            || !int.TryParse(fields[0], NumberStyles.None, CultureInfo.InvariantCulture, out var hour)
            || !int.TryParse(fields[1], NumberStyles.None, CultureInfo.InvariantCulture, out var minute)
            || fields[0].Length > 2
            || fields[1].Length != 2
        )
        {
            return false;
        }

        var seconds = 0m;
        if (
            fields.Length == 3
            && (
                !decimal.TryParse(
                    fields[2].Replace(',', '.'),
                    NumberStyles.AllowDecimalPoint,
                    CultureInfo.InvariantCulture,
                    out seconds
                )
                || fields[2].Length < 2
            )
        )
        {
            return false;
        }

        if (minute > 59 || seconds >= 60 || (marker == 0 ? hour > 23 : hour is < 1 or > 12))
            return false;
        if (marker != 0)
            hour = (hour % 12) + (marker > 0 ? 12 : 0);
        // Finer than a millisecond is cut off, as the webhook does.
        parts.TimeOfDay =
            new TimeSpan(hour, minute, 0) + TimeSpan.FromMilliseconds((long)decimal.Truncate(seconds * 1_000));
        if (zone.Length == 0)
            return true;
        parts.Offset = OffsetOf(zone);
        return parts.Offset is not null;
    }

    private static TimeSpan? OffsetOf(string zone)
    {
        if (zone is "z" or "utc" or "gmt")
            return TimeSpan.Zero;
        var digits = zone[1..].Replace(":", "", StringComparison.Ordinal);
        if (digits.Length is not (2 or 4) || digits.AsSpan().ContainsAnyExceptInRange('0', '9'))
            return null;
        var offset = new TimeSpan(int.Parse(digits[..2]), digits.Length == 4 ? int.Parse(digits[2..]) : 0, 0);
        if (offset > TimeSpan.FromHours(14))
            return null;
        return zone[0] == '-' ? -offset
            : zone[0] == '+' ? offset
            : null;
    }

    private static bool TryReadDate(string date, ref Parts parts)
    {
        Span<int> numbers = stackalloc int[3];
        Span<int> lengths = stackalloc int[3];
        var (count, month, onlyDots) = (0, 0, true);
        for (var i = 0; i < date.Length; )
        {
            var c = date[i];
            if (char.IsAsciiDigit(c))
            {
                var end = i;
                while (end < date.Length && char.IsAsciiDigit(date[end]))
                    end++;
                if (count == 3 || end - i > 4)
                    return false;
                (numbers[count], lengths[count]) = (int.Parse(date.AsSpan(i, end - i)), end - i);
                count++;
                i = end;
            }
            else if (char.IsLetter(c))
            {
                var end = i;
                while (end < date.Length && char.IsLetter(date[end]))
                    end++;
                var word = date[i..end];
                i = end;
                if (Words.MonthOf(word) is { } named && month == 0)
                    month = named;
                else if (!Words.IsDateFiller(word))
                    return false;
            }
            else if (c is '-' or '/' or '.' or ' ' or ',')
            {
                onlyDots &= c is '.' or ' ';
                i++;
            }
            else
            {
                return false;
            }
        }

        if (month > 0)
            return count == 2 && TryReadNamed(numbers, lengths, month, ref parts);
        if (count != 3)
            return false;
        if (lengths[0] == 4 && lengths[1] <= 2 && lengths[2] <= 2)
        {
            (parts.Year, parts.Month, parts.Day) = (numbers[0], numbers[1], numbers[2]);
            return true;
        }

        if (lengths[0] > 2 || lengths[1] > 2 || lengths[2] != 4)
        {
            parts.HasShortYear = lengths[0] <= 2 && lengths[1] <= 2 && lengths[2] <= 2;
            return false;
        }

        parts.Year = numbers[2];
        if (onlyDots)
            (parts.Day, parts.Month) = (numbers[0], numbers[1]);
        else
            (parts.First, parts.Second, parts.NeedsOrder) = (numbers[0], numbers[1], true);
        return true;
    }

    private static bool TryReadNamed(ReadOnlySpan<int> numbers, ReadOnlySpan<int> lengths, int month, ref Parts parts)
    {
        parts.Month = month;
        var isYearFirst = lengths[0] == 4;
        (parts.Year, parts.Day) = isYearFirst ? (numbers[0], numbers[1]) : (numbers[1], numbers[0]);
        parts.HasShortYear = lengths[0] <= 2 && lengths[1] <= 2;
        return isYearFirst ? lengths[1] <= 2 : lengths[1] == 4 && lengths[0] <= 2;
    }
}
