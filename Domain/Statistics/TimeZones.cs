using System.Diagnostics.CodeAnalysis;

namespace PnlPipeline.Domain.Statistics;

/// <summary>The time zones of the IANA database, as the machine has it (<c>/usr/share/zoneinfo</c>).</summary>
public static class TimeZones
{
    // Files beside the zones that .NET reads as zones too: the machine's own, tests of the format, a placeholder,
    // copies that count leap seconds.
    private static readonly string[] NotZones = ["localtime", "posixrules", "Factory", "posix/", "right/"];

    /// <summary>Finds a zone by its IANA name, as the database writes it.</summary>
    public static bool TryFind(string name, [NotNullWhen(true)] out TimeZoneInfo? zone)
    {
        zone = null;
        // .NET finds a name in another letter case only once it has met the right one: refuse it always.
        if (
            Array.Exists(NotZones, other => name.StartsWith(other, StringComparison.Ordinal))
            || !TimeZoneInfo.TryFindSystemTimeZoneById(name, out var found)
            || found.Id != name
        )
        {
            return false;
        }

        zone = found;
        return true;
    }
}
