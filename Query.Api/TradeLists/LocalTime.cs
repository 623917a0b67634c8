using System.Globalization;
using PnlPipeline.Alerts;

namespace PnlPipeline.Query.Api.TradeLists;

/// <summary>The dates of a list of trades: TradingView's own, and what a spreadsheet makes of them.</summary>
public static class LocalTime
{
    internal const string WhatToDo = "Send yyyy-MM-dd HH:mm, as TradingView writes it; the day and the month of 01/02/2024 could be either.";

    // No form in which day and month could be taken for each other.
    private static readonly string[] Forms =
    [
        .. from date in (string[])["yyyy-M-d", "yyyy/M/d", "yyyy.M.d", "d.M.yyyy", "MMM d, yyyy", "MMM d yyyy", "MMMM d, yyyy", "d MMM yyyy", "d MMMM yyyy", "d-MMM-yyyy"]
           from between in (string[])[" ", ", ", "'T'"]
           from time in (string[])["H:mm", "H:mm:ss", "H:mm:ss.FFF", "h:mm tt", "h:mm:ss tt"]
           select date + between + time,
        "yyyy-M-d", "yyyy/M/d", "yyyy.M.d", "d.M.yyyy", "MMM d, yyyy", "MMM d yyyy", "MMMM d, yyyy", "d MMM yyyy", "d MMMM yyyy", "d-MMM-yyyy",
    ];

    /// <summary>
    /// Reads a time of this zone. One that the clock never showed there, because it was put forward over it, is an error; of one that it showed twice the
    /// first is meant. Where the text itself has an offset, or is a Unix time, the zone does not count.
    /// </summary>
    /// <param name="utc">At or after 2000.</param>
    /// <param name="error">What is wrong and what to do; empty where nothing is.</param>
    public static bool TryParse(string text, TimeZoneInfo zone, out DateTime utc, out string error)
    {
        text = text.Trim();
        // A year is no Unix time, and no time either.
        if (text.Length > 4 && Timestamp.TryParse(text, out utc, out error))
            return true;

        utc = default;
        if (!TryParseLocal(text, out var local))
        {
            error = $"Is not a date in a form that is known. {WhatToDo}";
            return false;
        }

        if (zone.IsInvalidTime(local))
        {
            error = $"Never was in {zone.Id}: the clock was put forward over it. Check the time zone, which must be the chart's.";
            return false;
        }

        // The larger offset is that of the summer, which comes first.
        var offset = zone.IsAmbiguousTime(local) ? zone.GetAmbiguousTimeOffsets(local).Max() : zone.GetUtcOffset(local);
        var ticks = local.Ticks - offset.Ticks;
        if (local.Year is < 2000 or > 9998)
        {
            error = $"Is not between the years 2000 and 9998. {WhatToDo}";
            return false;
        }

        utc = new DateTime(ticks, DateTimeKind.Utc);
        error = "";
        return true;
    }

    private static bool TryParseLocal(string text, out DateTime local)
    {
        // By far the most frequent, and many times as fast.
        if (text.Length == 16
            && DateTime.TryParseExact(text, "yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out local))
        {
            return true;
        }

        return DateTime.TryParseExact(text, Forms, CultureInfo.InvariantCulture, DateTimeStyles.AllowInnerWhite, out local);
    }
}
