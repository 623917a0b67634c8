using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using PnlPipeline.Contracts;

namespace PnlPipeline.Domain.Alerts;

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
    /// The first 16 bytes of the SHA-256 of <c>symbol|timeframe|action|direction|price|timestamp</c>: price in plain
    /// digits without trailing zeros, timestamp in Unix milliseconds. Where there is a strategy, <c>|</c> and it
    /// follow.
    /// </summary>
    public static AlertId Of(
        string symbol,
        string timeframe,
        AlertAction action,
        Direction? direction,
        decimal price,
        DateTime timestamp,
        string? strategy = null
    )
    {
        var text = new IdText(stackalloc byte[IdText.Usual], symbol, timeframe, strategy);
        text.Add(ToDbValue(action));
        text.Add(direction is { } named ? ToDbValue(named) : "");
        text.Add(price);
        text.Add(timestamp);
        return text.ToId();
    }

    /// <summary>
    /// The id of a recorded trade, made in the same way of
    /// <c>symbol|timeframe|recorded|side|entryPrice|entryTime|exitPrice|exitTime|n</c>, and <c>|strategy</c> where
    /// there is one.
    /// </summary>
    /// <param name="number">Counts equal trades of one file, from 1.</param>
    public static AlertId OfRecorded(
        string symbol,
        string timeframe,
        string? strategy,
        Direction side,
        decimal entryPrice,
        DateTime entryTime,
        decimal exitPrice,
        DateTime exitTime,
        int number
    )
    {
        var text = new IdText(stackalloc byte[IdText.Usual], symbol, timeframe, strategy);
        text.Add(ToDbValue(AlertAction.Recorded));
        text.Add(ToDbValue(side));
        text.Add(entryPrice);
        text.Add(entryTime);
        text.Add(exitPrice);
        text.Add(exitTime);
        text.Add(number);
        return text.ToId();
    }

    /// <summary>The id that an alert's contents make.</summary>
    public static AlertId Of(AlertReceived alert) =>
        alert is { Action: AlertAction.Recorded, Direction: { } side, Exit: { } exit }
            ? OfRecorded(
                alert.Symbol,
                alert.Timeframe,
                alert.Strategy,
                side,
                alert.Price,
                alert.Timestamp,
                exit.Price,
                exit.Time,
                exit.Number
            )
            : Of(
                alert.Symbol,
                alert.Timeframe,
                alert.Action,
                alert.Direction,
                alert.Price,
                alert.Timestamp,
                alert.Strategy
            );

    /// <summary>The word for an action in ids, tables and JSON.</summary>
    public static string ToDbValue(AlertAction action) =>
        action switch
        {
            AlertAction.Entry => "entry",
            AlertAction.Exit => "exit",
            AlertAction.Manual => "manual",
            AlertAction.Recorded => "recorded",
            AlertAction.Price => "price",
            _ => throw new ArgumentOutOfRangeException(nameof(action)),
        };

    /// <summary>The word for a direction in ids, tables and JSON.</summary>
    public static string ToDbValue(Direction direction) =>
        direction switch
        {
            Direction.Long => "long",
            Direction.Short => "short",
            _ => throw new ArgumentOutOfRangeException(nameof(direction)),
        };

    /// <summary>Reads 32 hex digits, in either case.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out AlertId id)
    {
        Span<byte> bytes = stackalloc byte[Length];
        if (
            text?.Length == Length * 2
            && Convert.FromHexString(text, bytes, out _, out _) == System.Buffers.OperationStatus.Done
        )
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
        CopyTo(bytes);
        return bytes;
    }

    /// <param name="target">At least <see cref="Length"/> long.</param>
    public void CopyTo(Span<byte> target)
    {
        BinaryPrimitives.WriteUInt64BigEndian(target, _high);
        BinaryPrimitives.WriteUInt64BigEndian(target[8..], _low);
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

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{_high:x16}{_low:x16}");

    /// <summary>The text that an id is the hash of; its fields are parted by bars.</summary>
    private ref struct IdText
    {
        /// <summary>Room for nearly every text; a longer one is written on the heap.</summary>
        public const int Usual = 256;

        // Of UTF-8 to a character of UTF-16, and of numbers, times, words and bars together: 2 × 29 + 2 × 15 + 10 + 8 +
        // 5 + 9.
        private const int MaxBytesPerChar = 3;
        private const int MaxOther = 128;

        private readonly Span<byte> _text;
        private readonly string? _strategy;
        private int _length;

        public IdText(Span<byte> usual, string symbol, string timeframe, string? strategy)
        {
            var max = (MaxBytesPerChar * (symbol.Length + timeframe.Length + (strategy?.Length ?? 0))) + MaxOther;
            _text = max <= usual.Length ? usual : new byte[max];
            _strategy = strategy;
            _length = Encoding.UTF8.GetBytes(symbol, _text);
            Add(timeframe);
        }

        public void Add(string part)
        {
            _text[_length++] = (byte)'|';
            _length += Encoding.UTF8.GetBytes(part, _text[_length..]);
        }

        public void Add(decimal price)
        {
            _text[_length++] = (byte)'|';
            ExactNumber
                .WithoutTrailingZeros(price)
                .TryFormat(_text[_length..], out var written, default, CultureInfo.InvariantCulture);
            _length += written;
        }

        public void Add(DateTime time) => Add((time.Ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMillisecond);

        public void Add(long number)
        {
            _text[_length++] = (byte)'|';
            number.TryFormat(_text[_length..], out var written, default, CultureInfo.InvariantCulture);
            _length += written;
        }

        public AlertId ToId()
        {
            if (_strategy is not null)
                Add(_strategy);
            Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
            SHA256.HashData(_text[.._length], hash);
            return new AlertId(hash[..AlertId.Length]);
        }
    }
}
