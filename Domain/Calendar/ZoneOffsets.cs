using System.Collections.Concurrent;

namespace PnlPipeline.Domain.Calendar;

/// <summary>A time zone as what its clocks are ahead of UTC, and from which instant on.</summary>
/// <remarks>
/// <see cref="TimeZoneInfo"/> is asked for instants only, where it is right. Asked for local times it is wrong around
/// some transitions: it takes hours that never were in Istanbul, Dublin, Casablanca and Scoresbysund, and refuses hours
/// that were.
/// </remarks>
/// <param name="Name">Its IANA name.</param>
/// <param name="From">The first instant of each offset, Unix milliseconds, ascending; the first has no
/// beginning.</param>
/// <param name="Offset">Milliseconds ahead of UTC.</param>
public sealed record ZoneOffsets(string Name, long[] From, long[] Offset)
{
    // Wider than any offset from UTC.
    private const long Widest = 16 * 3_600_000L;

    // No alert is older than 2000, and tzdata spells out what it knows until 2037. No zone changes its offset and takes
    // it back within a step.
    private static readonly DateTime First = new(1999, 12, 1, 0, 0, 0, DateTimeKind.Utc);
    private static readonly DateTime Last = new(2100, 1, 1, 0, 0, 0, DateTimeKind.Utc);
    private static readonly TimeSpan Step = TimeSpan.FromDays(7);

    private static readonly ConcurrentDictionary<string, ZoneOffsets> Known = new(StringComparer.Ordinal);

    /// <summary>The offsets of a zone; found once, in some milliseconds, and kept.</summary>
    public static ZoneOffsets Of(TimeZoneInfo zone) => Known.GetOrAdd(zone.Id, static (_, zone) => Find(zone), zone);

    /// <summary>The offset at an instant, Unix milliseconds.</summary>
    public long At(long time) => Offset[IndexOf(time)];

    /// <summary>
    /// The instants at which the clocks showed a local time: one, or two where the clocks were put back, ascending;
    /// where they were put forward over it, the first instant after.
    /// </summary>
    /// <param name="local">The local date and time as milliseconds since 1970-01-01 00:00 on that same clock.</param>
    public (long First, long? Second) InstantsOf(long local)
    {
        long? first = null;
        var begin = IndexOf(local - Widest);
        for (var i = begin; i < From.Length && From[i] <= local + Widest; i++)
        {
            var instant = local - Offset[i];
            if (instant < From[i] || (i + 1 < From.Length && instant >= From[i + 1]))
                continue;
            if (first is not null)
                return (first.Value, instant);
            first = instant;
        }

        if (first is not null)
            return (first.Value, null);
        for (var i = begin + 1; i < From.Length; i++)
        {
            if (local < From[i] + Offset[i])
                return (From[i], null);
        }

        // Every local time lies in a stretch or before the beginning of a later one.
        throw new InvalidOperationException($"{Name} has no instant for {local}.");
    }

    // TimeZoneInfo answers for an instant, not where it changes its mind: ask at steps, and halve where two answers
    // differ.
    private static ZoneOffsets Find(TimeZoneInfo zone)
    {
        var from = new List<long> { long.MinValue };
        var offset = new List<long> { OffsetAt(First) };
        for (var time = First; time < Last; time += Step)
        {
            if (OffsetAt(time + Step) == offset[^1])
                continue;

            var (before, after) = (time, time + Step);
            while (after - before > TimeSpan.FromSeconds(1))
            {
                var middle = before + TimeSpan.FromSeconds(Math.Floor((after - before).TotalSeconds / 2));
                if (OffsetAt(middle) == offset[^1])
                    before = middle;
                else
                    after = middle;
            }

            from.Add((long)(after - DateTime.UnixEpoch).TotalMilliseconds);
            offset.Add(OffsetAt(after));
        }

        return new ZoneOffsets(zone.Id, [.. from], [.. offset]);

        long OffsetAt(DateTime utc) => (long)zone.GetUtcOffset(utc).TotalMilliseconds;
    }

    /// <summary>The position of the offset that holds at an instant.</summary>
    public int IndexOf(long time)
    {
        var found = Array.BinarySearch(From, time);
        return found >= 0 ? found : Math.Max(0, ~found - 1);
    }
}
