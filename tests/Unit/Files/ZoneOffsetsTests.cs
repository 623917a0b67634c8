using System.Buffers.Binary;
using PnlPipeline.Domain.Calendar;

namespace PnlPipeline.Tests.Unit.Files;

/// <summary>The calendar against the machine's own tzdata, of every zone at every transition.</summary>
public sealed class ZoneOffsetsTests
{
    private const string Folder = "/usr/share/zoneinfo";

    // tzdata's files spell transitions out until then.
    private static readonly long First = new DateTimeOffset(2000, 1, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeSeconds();
    private static readonly long Last = new DateTimeOffset(2037, 1, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeSeconds();

    [Fact]
    public void Every_transition_of_every_zone_is_tzdatas()
    {
        Assert.SkipUnless(Directory.Exists(Folder), "There is no tzdata on this machine.");
        var (zones, transitions) = (0, 0);
        foreach (var zone in TimeZoneInfo.GetSystemTimeZones().Where(zone => File.Exists($"{Folder}/{zone.Id}")))
        {
            zones++;
            var offsets = ZoneOffsets.Of(zone);
            var all = Transitions($"{Folder}/{zone.Id}");
            foreach (var (before, after) in all.Zip(all.Skip(1)))
            {
                if (after.Time <= First || after.Time >= Last || before.Offset == after.Offset)
                    continue;
                transitions++;
                var (time, old, now) = (after.Time * 1_000, before.Offset * 1_000, after.Offset * 1_000);
                Assert.True(offsets.At(time - 1) == old && offsets.At(time) == now, $"{zone.Id} at {after.Time}");
                // Of local times: the hour that never was is the first instant after; the hour that was twice is both.
                var (gapOrTwice, edge) =
                    now > old ? ((time, (long?)null), time + now) : ((time + now - old, time), time + now);
                var within = now > old ? time + old : time + now;
                Assert.True(
                    offsets.InstantsOf(within) == (now > old ? (time, null) : gapOrTwice),
                    $"{zone.Id} local at {after.Time}"
                );
                Assert.True(
                    offsets.InstantsOf(Math.Min(time + old, time + now) - 1).First
                        == Math.Min(time + old, time + now) - 1 - old,
                    $"{zone.Id} before {after.Time}"
                );
                Assert.True(
                    offsets.InstantsOf(Math.Max(time + old, edge)) == (Math.Max(time + old, edge) - now, null),
                    $"{zone.Id} behind {after.Time}"
                );
            }
        }

        Assert.True(zones > 300 && transitions > 10_000, $"Only {transitions} transitions of {zones} zones.");
    }

    // RFC 9636: a header and data of version 1 for old readers, then the same with 64 bits.
    private static List<(long Time, long Offset)> Transitions(string path)
    {
        var file = File.ReadAllBytes(path).AsSpan();
        var counts = Counts(file);
        var skip = 44 + (counts[3] * 5) + (counts[4] * 6) + counts[5] + (counts[2] * 8) + counts[1] + counts[0];
        var data = file[skip..];
        counts = Counts(data);
        var (times, types) = (counts[3], counts[4]);
        data = data[44..];
        var transitions = new List<(long, long)> { (long.MinValue, OffsetOf(data[(times * 9)..], 0)) };
        for (var i = 0; i < times; i++)
            transitions.Add(
                (
                    BinaryPrimitives.ReadInt64BigEndian(data[(i * 8)..]),
                    OffsetOf(data[(times * 9)..], data[(times * 8) + i])
                )
            );
        Assert.True(types > 0);
        return transitions;

        // isutcnt, isstdcnt, leapcnt, timecnt, typecnt, charcnt.
        static int[] Counts(ReadOnlySpan<byte> header)
        {
            var read = new int[6];
            for (var i = 0; i < 6; i++)
                read[i] = BinaryPrimitives.ReadInt32BigEndian(header[(20 + (i * 4))..]);
            return read;
        }

        static long OffsetOf(ReadOnlySpan<byte> types, int type) =>
            BinaryPrimitives.ReadInt32BigEndian(types[(type * 6)..]);
    }
}
