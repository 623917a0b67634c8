using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace PnlPipeline.Ingest.Api.Delivery.Spool;

/// <summary>What a record holds; the numbers stand in files.</summary>
internal enum SpoolKind : byte
{
    Alert = 1,
    Rejection = 2,
}

/// <summary>One thing to deliver.</summary>
/// <param name="ArrivedAtMs">Unix time.</param>
/// <param name="Json">The record as it goes into a message.</param>
internal readonly record struct SpoolEntry(SpoolKind Kind, long ArrivedAtMs, ReadOnlyMemory<byte> Json);

/// <summary>One whole record, and where in the bytes that were read it ends.</summary>
internal readonly record struct SpoolRecord(SpoolEntry Entry, int End);

/// <summary>What is whole of some bytes, and how much is not.</summary>
/// <param name="DamagedBytes">Before, or between, whole records: what was durable is not any more.</param>
/// <param name="TornBytes">After the last whole record: mostly a write that was broken off before it was
/// answered.</param>
internal sealed record SpoolContents(IReadOnlyList<SpoolRecord> Records, int DamagedBytes, int TornBytes);

/// <summary>
/// The bytes of the spool's files: records one after the other, each with a mark, its length, a checksum, its kind and
/// its time before the JSON.
/// </summary>
internal static class SpoolFormat
{
    public const int HeaderBytes = 21;

    /// <summary>More than any alert or refused body makes, so that a damaged length is not believed.</summary>
    public const int JsonBytesMax = 1024 * 1024;

    private const int LengthAt = 4;
    private const int ChecksumAt = 8;
    private const int KindAt = 12;
    private const int TimeAt = 13;

    /// <summary>
    /// Two of its bytes are in no UTF-8 text: nothing that is sent to us can look like a record's beginning.
    /// </summary>
    private static ReadOnlySpan<byte> Mark => [0xF5, (byte)'P', (byte)'N', 0xFF];

    public static int SizeOf(SpoolEntry entry) => HeaderBytes + entry.Json.Length;

    /// <summary>Writes one record to the beginning of the target.</summary>
    /// <returns>Its size.</returns>
    public static int Write(SpoolEntry entry, Span<byte> target)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(entry.Json.Length, JsonBytesMax);
        var record = target[..SizeOf(entry)];
        Mark.CopyTo(record);
        BinaryPrimitives.WriteInt32LittleEndian(record[LengthAt..], entry.Json.Length);
        record[KindAt] = (byte)entry.Kind;
        BinaryPrimitives.WriteInt64LittleEndian(record[TimeAt..], entry.ArrivedAtMs);
        entry.Json.Span.CopyTo(record[HeaderBytes..]);
        BinaryPrimitives.WriteUInt32LittleEndian(record[ChecksumAt..], Checksum(record));
        return record.Length;
    }

    /// <summary>Every whole record, also behind a damaged one; whatever the bytes, it does not throw.</summary>
    public static SpoolContents Read(ReadOnlyMemory<byte> bytes)
    {
        var records = new List<SpoolRecord>();
        var damaged = 0;
        var wholeUpTo = 0;
        for (var position = 0; position < bytes.Length; )
        {
            if (TryRead(bytes[position..], out var entry))
            {
                damaged += position - wholeUpTo;
                position += SizeOf(entry);
                wholeUpTo = position;
                records.Add(new SpoolRecord(entry, position));
                continue;
            }

            var next = bytes.Span[(position + 1)..].IndexOf(Mark);
            if (next < 0)
                break;
            position += 1 + next;
        }

        return new SpoolContents(records, damaged, bytes.Length - wholeUpTo);
    }

    private static bool TryRead(ReadOnlyMemory<byte> bytes, out SpoolEntry entry)
    {
        entry = default;
        var span = bytes.Span;
        if (span.Length < HeaderBytes || !span.StartsWith(Mark))
            return false;
        var length = BinaryPrimitives.ReadInt32LittleEndian(span[LengthAt..]);
        if (length is < 0 or > JsonBytesMax || length > span.Length - HeaderBytes)
            return false;
        if (BinaryPrimitives.ReadUInt32LittleEndian(span[ChecksumAt..]) != Checksum(span[..(HeaderBytes + length)]))
            return false;
        entry = new SpoolEntry(
            (SpoolKind)span[KindAt],
            BinaryPrimitives.ReadInt64LittleEndian(span[TimeAt..]),
            bytes.Slice(HeaderBytes, length)
        );
        return entry.Kind is SpoolKind.Alert or SpoolKind.Rejection;
    }

    /// <summary>
    /// CRC-32C of the length and of all that follows the checksum; the processor has an instruction for it.
    /// </summary>
    private static uint Checksum(ReadOnlySpan<byte> record)
    {
        var crc = BitOperations.Crc32C(uint.MaxValue, BinaryPrimitives.ReadUInt32LittleEndian(record[LengthAt..]));
        var rest = record[KindAt..];
        foreach (var word in MemoryMarshal.Cast<byte, ulong>(rest))
            crc = BitOperations.Crc32C(
                crc,
                BitConverter.IsLittleEndian ? word : BinaryPrimitives.ReverseEndianness(word)
            );
        foreach (var last in rest[(rest.Length & ~7)..])
            crc = BitOperations.Crc32C(crc, last);
        return ~crc;
    }
}
