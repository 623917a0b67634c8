using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using PnlPipeline.Contracts;

namespace PnlPipeline.Alerts;

/// <summary>
/// The identity of an alert, and of the trade that it opened: 16 bytes, ordered as unsigned bytes from the first,
/// printed as 32 lower-case hex digits.
/// </summary>
public readonly record struct AlertId : IComparable<AlertId>
{
    public const int Length = 16;

    private readonly ulong _high;
    private readonly ulong _low;

    /// <param name="bytes">Exactly 16 bytes.</param>
    public AlertId(ReadOnlySpan<byte> bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(bytes.Length, Length);
        _high = BinaryPrimitives.ReadUInt64BigEndian(bytes);
        _low = BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]);
    }

    /// <summary>
    /// The first 16 bytes of the SHA-256 of <c>symbol|timeframe|action|direction|price|timestamp</c>: price in plain digits
    /// without trailing zeros, timestamp in Unix milliseconds.
    /// </summary>
    public static AlertId Of(
        string symbol, string timeframe, AlertAction action, Direction? direction, decimal price, DateTime timestamp)
    {
        // 64 + 16 + 6 + 5 + 29 + 14 characters and five bars fit; every character is ASCII.
        Span<byte> text = stackalloc byte[192];
        if (!Encoding.ASCII.TryGetBytes(symbol, text, out var length))
            throw new ArgumentException("The symbol is too long to have an id.", nameof(symbol));

        length += Append(text[length..], timeframe);
        length += Append(text[length..], Word(action));
        length += Append(text[length..], direction is { } named ? Word(named) : "");
        text[length++] = (byte)'|';
        if (!WithoutTrailingZeros(price).TryFormat(text[length..], out var written, default, CultureInfo.InvariantCulture))
            throw new ArgumentOutOfRangeException(nameof(price));
        length += written;
        text[length++] = (byte)'|';
        var milliseconds = (timestamp.Ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMillisecond;
        if (!milliseconds.TryFormat(text[length..], out written, default, CultureInfo.InvariantCulture))
            throw new ArgumentOutOfRangeException(nameof(timestamp));
        length += written;

        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(text[..length], hash);
        return new AlertId(hash[..Length]);

        static int Append(Span<byte> target, string part)
        {
            target[0] = (byte)'|';
            return 1 + Encoding.ASCII.GetBytes(part, target[1..]);
        }
    }

    /// <summary>The word for an action in ids, tables and JSON.</summary>
    public static string Word(AlertAction action) => action switch
    {
        AlertAction.Entry => "entry",
        AlertAction.Exit => "exit",
        AlertAction.Manual => "manual",
        _ => throw new ArgumentOutOfRangeException(nameof(action)),
    };

    /// <summary>The word for a direction in ids, tables and JSON.</summary>
    public static string Word(Direction direction) => direction switch
    {
        Direction.Long => "long",
        Direction.Short => "short",
        _ => throw new ArgumentOutOfRangeException(nameof(direction)),
    };

    /// <summary>Reads 32 hex digits, in either case.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out AlertId id)
    {
        Span<byte> bytes = stackalloc byte[Length];
        if (text?.Length == Length * 2
            && Convert.FromHexString(text, bytes, out _, out _) == System.Buffers.OperationStatus.Done)
        {
            id = new AlertId(bytes);
            return true;
        }

        id = default;
        return false;
    }

    /// <inheritdoc cref="TryParse"/>
    public static AlertId Parse(string text) =>
        TryParse(text, out var id) ? id : throw new FormatException($"'{text}' is not an id of 32 hex digits.");

    public byte[] ToByteArray()
    {
        var bytes = new byte[Length];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, _high);
        BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(8), _low);
        return bytes;
    }

    public int CompareTo(AlertId other)
    {
        var high = _high.CompareTo(other._high);
        return high != 0 ? high : _low.CompareTo(other._low);
    }

    public static bool operator <(AlertId left, AlertId right) => left.CompareTo(right) < 0;

    public static bool operator >(AlertId left, AlertId right) => left.CompareTo(right) > 0;

    public static bool operator <=(AlertId left, AlertId right) => left.CompareTo(right) <= 0;

    public static bool operator >=(AlertId left, AlertId right) => left.CompareTo(right) >= 0;

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{_high:x16}{_low:x16}");

    // Dividing by a one with 28 decimals drops the trailing zeros of a decimal's representation.
    private static decimal WithoutTrailingZeros(decimal value) => value / 1.0000000000000000000000000000m;
}
