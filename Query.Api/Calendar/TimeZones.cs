using System.Diagnostics.CodeAnalysis;

namespace PnlPipeline.Query.Api.Calendar;

/// <summary>The time zones of the IANA database, as the machine has it (<c>/usr/share/zoneinfo</c>).</summary>
public static class TimeZones
{
    // Files beside the zones that .NET reads as zones too: the machine's own, tests of the format, a placeholder, copies that count leap seconds.
    private static readonly string[] NotZones = ["localtime", "posixrules", "Factory", "posix/", "right/"];

    /// <summary>Finds a zone by its IANA name, in any letter case; the zone's <see cref="TimeZoneInfo.Id"/> has the case of the database.</summary>
    public static bool TryFind(string name, [NotNullWhen(true)] out TimeZoneInfo? zone)
    {
        zone = null;
        if (Array.Exists(NotZones, other => name.StartsWith(other, StringComparison.OrdinalIgnoreCase))
            || !TimeZoneInfo.TryFindSystemTimeZoneById(name, out var found))
        {
            return false;
        }

        zone = found;
        return true;
    }
}
