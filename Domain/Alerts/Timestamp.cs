namespace PnlPipeline.Domain.Alerts;

/// <summary>
/// The instant an alert speaks of: UTC, whole milliseconds, finer cut off. How far ahead of the clock it may be is for
/// the caller to say, who has one.
/// </summary>
public static class Timestamp
{
    /// <summary>Unix times below this are seconds, from it on milliseconds.</summary>
    private const ulong FirstMilliseconds = 100_000_000_000;

    private const int MaxFractionDigits = 9;
    private const int MaxOffsetHours = 14;

    internal const string WhatToDo =
        "Send yyyy-MM-ddTHH:mm:ss with Z or an offset such as +0000 (in Pine: str.format_time(timenow, "
        + "\"yyyy-MM-dd'T'HH:mm:ssZ\", \"UTC\")), or Unix time in whole seconds or milliseconds.";

    /// <summary>Said of a time past <see cref="MaxAhead"/>.</summary>
    public const string IsTooFarAhead = "Is more than 24 hours ahead of the clock. Check its unit and its offset.";

    /// <summary>A clock ahead of ours, or a bar that has not closed, is forgiven; a wrong unit is not.</summary>
    public static readonly TimeSpan MaxAhead = TimeSpan.FromHours(24);

    /// <summary>Said of what is neither text nor number.</summary>
    public const string IsNoTime = "Is not a time in a form that is known. " + WhatToDo;

    internal static readonly DateTime Earliest = new(2000, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    /// <summary>
    /// Reads <c>yyyy-MM-ddTHH:mm:ss</c>, an optional fraction of up to 9 digits, and <c>Z</c>, <c>±hh</c>, <c>±hhmm</c>
    /// or <c>±hh:mm</c> (to 14 hours); or the digits of a Unix time, below 10^11 in seconds, else in milliseconds.
    /// </summary>
    /// <param name="utc">At or after 2000, with no bound on the future.</param>
    /// <param name="error">What is wrong and what to do; empty where nothing is.</param>
    public static bool TryParse(string? text, out DateTime utc, out string error) =>
        TryParse(text.AsSpan(), out utc, out error);

    /// <inheritdoc cref="TryParse(string?, out DateTime, out string)"/>
    public static bool TryParse(ReadOnlySpan<char> text, out DateTime utc, out string error)
    {
        utc = default;
        if (text.IsEmpty)
        {
            error = $"Is empty. {WhatToDo}";
            return false;
        }

        if (text.ContainsAnyExceptInRange('0', '9'))
            return TryParseIso(text, out utc, out error);

        // Past 19 digits no number of milliseconds is a time; ulong would not hold it.
        var significant = text.TrimStart('0');
        var value = significant.Length switch
        {
            0 => 0UL,
            > 19 => ulong.MaxValue,
            _ => ulong.Parse(significant),
        };
        return TryFromUnix(value, out utc, out error);
    }

    /// <summary>Reads a Unix time: below 10^11 in seconds, else in milliseconds.</summary>
    private static bool TryFromUnix(ulong value, out DateTime utc, out string error)
    {
        var ticksPerUnit = (ulong)(value < FirstMilliseconds ? TimeSpan.TicksPerSecond : TimeSpan.TicksPerMillisecond);
        if (value > (ulong)(DateTime.MaxValue - DateTime.UnixEpoch).Ticks / ticksPerUnit)
        {
            utc = default;
            error = $"Is past the year 9999. {WhatToDo}";
            return false;
        }

        return TryFromTicks(DateTime.UnixEpoch.Ticks + (long)(value * ticksPerUnit), out utc, out error);
    }

    /// <summary>Reads a Unix time from a JSON number: whole by its value, however it is written.</summary>
    public static bool TryParseNumber(ReadOnlySpan<char> text, out DateTime utc, out string error)
    {
        utc = default;
        if (!ExactNumber.TryParse(text, out var number) || !number.IsWhole)
            error = $"Is not a whole number. {WhatToDo}";
        else if (number.IsNegative)
            error = $"Is before the year 2000. {WhatToDo}";
        else
            return TryFromUnix(number.ToWholeOrMax(), out utc, out error);
        return false;
    }

    private static bool TryParseIso(ReadOnlySpan<char> text, out DateTime utc, out string error)
    {
        utc = default;
        error = IsNoTime;
        const int length = 19; // yyyy-MM-ddTHH:mm:ss
        if (
            text.Length <= length
            || text[4] != '-'
            || text[7] != '-'
            || text[10] != 'T'
            || text[13] != ':'
            || text[16] != ':'
            || !TryNumber(text[..4], out var year)
            || !TryNumber(text[5..7], out var month)
            || !TryNumber(text[8..10], out var day)
            || !TryNumber(text[11..13], out var hour)
            || !TryNumber(text[14..16], out var minute)
            || !TryNumber(text[17..19], out var second)
            || !TryFraction(text[length..], out var fractionTicks, out var zone)
            || !TryOffset(zone, out var offset)
        )
        {
            return false;
        }

        if (
            year < 1
            || month is < 1 or > 12
            || day < 1
            || day > DateTime.DaysInMonth(year, month)
            || hour > 23
            || minute > 59
            || second > 59
        )
        {
            error = $"Is no date and time of the calendar. {WhatToDo}";
            return false;
        }

        var local = new DateTime(year, month, day, hour, minute, second, DateTimeKind.Utc);
        return TryFromTicks(local.Ticks + fractionTicks - offset.Ticks, out utc, out error);
    }

    private static bool TryFromTicks(long ticks, out DateTime utc, out string error)
    {
        utc = default;
        error = "";
        if (ticks < Earliest.Ticks)
            error = $"Is before the year 2000. {WhatToDo}";
        else if (ticks > DateTime.MaxValue.Ticks)
            error = $"Is past the year 9999. {WhatToDo}";
        else
            utc = new DateTime(ticks - (ticks % TimeSpan.TicksPerMillisecond), DateTimeKind.Utc);
        return error.Length == 0;
    }

    /// <summary>Reads <c>.123456789</c>, or nothing, and hands on what follows it.</summary>
    private static bool TryFraction(ReadOnlySpan<char> text, out long ticks, out ReadOnlySpan<char> rest)
    {
        ticks = 0;
        rest = text;
        if (text[0] != '.')
            return true;

        var end = text[1..].IndexOfAnyExceptInRange('0', '9');
        if (end is < 1 or > MaxFractionDigits)
            return false;

        // Ticks are the seventh decimal; what is finer is cut with the rest past the millisecond.
        var unit = TimeSpan.TicksPerSecond;
        foreach (var digit in text.Slice(1, end))
            ticks += (digit - '0') * (unit /= 10);
        rest = text[(1 + end)..];
        return true;
    }

    private static bool TryOffset(ReadOnlySpan<char> text, out TimeSpan offset)
    {
        offset = TimeSpan.Zero;
        if (text is "Z")
            return true;
        if (text.IsEmpty || text[0] is not ('+' or '-'))
            return false;

        var minutes = text.Length switch
        {
            3 => "00",
            5 => text[3..],
            6 when text[3] == ':' => text[4..],
            _ => [],
        };
        if (
            minutes.IsEmpty
            || !TryNumber(text[1..3], out var hour)
            || !TryNumber(minutes, out var minute)
            || minute > 59
        )
            return false;

        offset = new TimeSpan(hour, minute, 0);
        if (offset > TimeSpan.FromHours(MaxOffsetHours))
            return false;
        if (text[0] == '-')
            offset = -offset;
        return true;
    }

    private static bool TryNumber(ReadOnlySpan<char> digits, out int value)
    {
        value = 0;
        foreach (var digit in digits)
        {
            if (!char.IsAsciiDigit(digit))
                return false;
            value = (value * 10) + (digit - '0');
        }

        return !digits.IsEmpty;
    }
}
