using System.Globalization;

namespace PnlPipeline.Query.Api.Events;

/// <summary>
/// An event's place: the same on every replica and after every restart, because it is the place of its message in the
/// broker's stream.
/// </summary>
/// <param name="Offset">Of the message.</param>
/// <param name="Index">Within what the message tells.</param>
/// <param name="SentAtMs">When the message was sent, in Unix milliseconds: tells a stream from one made anew, whose
/// offsets begin again.</param>
public readonly record struct LiveEventId(long Offset, int Index, long SentAtMs) : IComparable<LiveEventId>
{
    public int CompareTo(LiveEventId other)
    {
        var offset = Offset.CompareTo(other.Offset);
        return offset != 0 ? offset : Index.CompareTo(other.Index);
    }

    public static bool operator <(LiveEventId left, LiveEventId right) => left.CompareTo(right) < 0;

    public static bool operator >(LiveEventId left, LiveEventId right) => left.CompareTo(right) > 0;

    public static bool operator <=(LiveEventId left, LiveEventId right) => left.CompareTo(right) <= 0;

    public static bool operator >=(LiveEventId left, LiveEventId right) => left.CompareTo(right) >= 0;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Offset}-{Index}-{SentAtMs}");

    /// <summary>Reads what <see cref="ToString"/> wrote.</summary>
    public static bool TryParse(string text, out LiveEventId id)
    {
        id = default;
        if (
            text.Split('-') is not [var offset, var index, var sent]
            || !IsWhole(offset, out var offsetValue)
            || !int.TryParse(index, NumberStyles.None, CultureInfo.InvariantCulture, out var indexValue)
            || !IsWhole(sent, out var sentValue)
        )
        {
            return false;
        }

        id = new LiveEventId(offsetValue, indexValue, sentValue);
        return true;
    }

    private static bool IsWhole(string text, out long value) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);
}
