using System.Text;
using PnlPipeline.Ingest.Api.Delivery.Spool;

namespace PnlPipeline.Tests.Unit.Ingest;

/// <summary>What stands in the spool's files comes back whole or not at all, whatever became of the bytes.</summary>
public sealed class SpoolFormatTests
{
    private static readonly SpoolEntry[] Entries =
    [
        Entry(SpoolKind.Alert, """{"alertId":"a"}"""),
        Entry(SpoolKind.Rejection, ""),
        Entry(SpoolKind.Alert, new string('x', 1_001)),
        Entry(SpoolKind.Alert, """{"alertId":"b","payload":"AAAA"}"""),
    ];

    [Fact]
    public void What_was_written_is_read_in_order()
    {
        var contents = SpoolFormat.Read(Bytes(Entries));

        Assert.Equal(Entries.Select(Show), contents.Records.Select(record => Show(record.Entry)));
        Assert.Equal((0, 0), (contents.DamagedBytes, contents.TornBytes));
    }

    [Fact]
    public void Cut_off_at_any_byte_every_whole_record_is_kept_and_the_rest_is_torn()
    {
        var bytes = Bytes(Entries);
        for (var length = 0; length <= bytes.Length; length++)
        {
            var contents = SpoolFormat.Read(bytes.AsMemory(0, length));

            var whole = Whole(length);
            Assert.Equal(
                Entries.Take(whole.Records).Select(Show),
                contents.Records.Select(record => Show(record.Entry))
            );
            Assert.Equal((0, length - whole.Bytes), (contents.DamagedBytes, contents.TornBytes));
        }
    }

    [Fact]
    public void With_any_bit_flipped_one_record_is_lost_and_told_and_the_others_are_kept()
    {
        var bytes = Bytes(Entries);
        for (var bit = 0; bit < bytes.Length * 8; bit++)
        {
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            var contents = SpoolFormat.Read(bytes);
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));

            var hit = Whole(bit / 8).Records;
            Assert.Equal(
                Entries.Where((_, index) => index != hit).Select(Show),
                contents.Records.Select(record => Show(record.Entry))
            );
            Assert.Equal(SpoolFormat.SizeOf(Entries[hit]), contents.DamagedBytes + contents.TornBytes);
            Assert.Equal(hit == Entries.Length - 1, contents.DamagedBytes == 0);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Whatever_was_overwritten_put_in_or_cut_out_no_record_is_invented(int seed)
    {
        var random = new Random(seed);
        var written = Entries.Select(Show).ToHashSet(StringComparer.Ordinal);
        var intact = Bytes([.. Entries, .. Entries]);
        var kept = 0;
        for (var round = 0; round < 5_000; round++)
        {
            var bytes = intact.ToList();
            for (var change = random.Next(1, 4); change > 0; change--)
            {
                var at = random.Next(bytes.Count);
                var span = Math.Min(random.Next(1, 40), bytes.Count - at);
                if (random.Next(2) == 0)
                    bytes.RemoveRange(at, span);
                // Marks and zeros are what real damage is made of.
                bytes.InsertRange(
                    at,
                    random.Next(3) switch
                    {
                        0 => intact.Take(random.Next(1, 60)),
                        1 => new byte[random.Next(1, 60)],
                        _ => Enumerable.Range(0, random.Next(1, 20)).Select(_ => (byte)random.Next(256)),
                    }
                );
            }

            var contents = SpoolFormat.Read(bytes.ToArray());
            Assert.All(contents.Records, record => Assert.Contains(Show(record.Entry), written));
            Assert.Equal(
                bytes.Count,
                contents.Records.Sum(record => SpoolFormat.SizeOf(record.Entry))
                    + contents.DamagedBytes
                    + contents.TornBytes
            );
            kept += contents.Records.Count;
        }

        // Most of them survive, or the damage is no test.
        Assert.InRange(kept, 5_000 * 3, 5_000 * 8);
    }

    [Fact]
    public void A_length_that_cannot_be_is_not_believed()
    {
        var bytes = Bytes([Entries[0]]);
        bytes[7] = 0x7F;

        Assert.Empty(SpoolFormat.Read(bytes).Records);
    }

    private static SpoolEntry Entry(SpoolKind kind, string json) =>
        new(kind, 1_795_328_880_123, Encoding.ASCII.GetBytes(json));

    private static string Show(SpoolEntry entry) =>
        $"{entry.Kind} {entry.ArrivedAtMs} {Encoding.ASCII.GetString(entry.Json.Span)}";

    private static byte[] Bytes(IEnumerable<SpoolEntry> entries) =>
        [
            .. entries.SelectMany(entry =>
            {
                var record = new byte[SpoolFormat.SizeOf(entry)];
                SpoolFormat.Write(entry, record);
                return record;
            }),
        ];

    /// <summary>How many records, and how many bytes of them, lie wholly before this byte.</summary>
    private static (int Records, int Bytes) Whole(int length)
    {
        var (records, bytes) = (0, 0);
        while (records < Entries.Length && bytes + SpoolFormat.SizeOf(Entries[records]) <= length)
            bytes += SpoolFormat.SizeOf(Entries[records++]);
        return (records, bytes);
    }
}
