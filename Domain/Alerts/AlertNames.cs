using System.Text;

namespace PnlPipeline.Domain.Alerts;

/// <summary>The properties that have a meaning.</summary>
internal enum AlertField : byte
{
    None,
    Symbol,
    Side,
    Type,
    Timeframe,
    Price,
    Timestamp,
    MarketPosition,
    Strategy,
    CloseOnFlip,
}

/// <summary>A name that a body may use.</summary>
/// <param name="Field">The property it names; none for an object that is only opened.</param>
/// <param name="Rank">From 0: of several names of one property that are there, the one of the lowest rank
/// counts.</param>
/// <param name="Bit">Its own, to tell whether it was there before.</param>
internal sealed record AlertName(byte[] Text, AlertField Field, byte Rank, uint Bit);

/// <summary>
/// The names that properties go by: people paste TradingView's placeholders under names of their own. Letter case,
/// <c>_</c>, <c>-</c> and spaces in a name do not count.
/// </summary>
internal static class AlertNames
{
    public const int Fields = (int)AlertField.CloseOnFlip + 1;

    private const int LongestName = 14;

    private static readonly (AlertField Field, string[] Names)[] Table =
    [
        (AlertField.Symbol, ["symbol", "ticker", "pair", "instrument"]),
        (AlertField.Side, ["side", "action", "orderaction", "signal"]),
        (AlertField.Type, ["type", "direction"]),
        (AlertField.Timeframe, ["timeframe", "interval", "tf"]),
        (AlertField.Price, ["price", "orderprice", "close"]),
        (AlertField.Timestamp, ["timestamp", "timenow", "time"]),
        (AlertField.MarketPosition, ["marketposition"]),
        (AlertField.Strategy, ["strategy", "strategyname", "bot"]),
        (AlertField.CloseOnFlip, ["closeonflip"]),
        (AlertField.None, ["order", "bar"]),
    ];

    private static readonly AlertName[][] ByLength = Index();

    /// <summary>The name as errors list it.</summary>
    public static string Of(AlertField field) => Table[(int)field - 1].Names[0];

    /// <summary>Whether an object under this name is opened: its properties count as if they stood beside it.</summary>
    public static bool Opens(AlertName name) =>
        name.Field == AlertField.None || name is { Field: AlertField.Strategy, Rank: 0 };

    /// <summary>The name, in whatever spelling; null where it is none of the table.</summary>
    public static AlertName? Find(ReadOnlySpan<byte> spelling)
    {
        if (Exact(spelling) is { } name)
            return name;

        Span<byte> bare = stackalloc byte[LongestName];
        var length = 0;
        foreach (var character in spelling)
        {
            if (character is (byte)'_' or (byte)'-' or (byte)' ')
                continue;
            if (length == LongestName)
                return null;
            bare[length++] = character;
        }

        return length == spelling.Length ? null : Exact(bare[..length]);
    }

    /// <summary>What is left of a name when everything that does not count is taken off.</summary>
    public static string Bare(string spelling) =>
        spelling
            .ToLowerInvariant()
            .Replace("_", "", StringComparison.Ordinal)
            .Replace("-", "", StringComparison.Ordinal)
            .Replace(" ", "", StringComparison.Ordinal);

    private static AlertName? Exact(ReadOnlySpan<byte> spelling)
    {
        if (spelling.Length > LongestName)
            return null;
        foreach (var name in ByLength[spelling.Length])
        {
            if (Ascii.EqualsIgnoreCase(spelling, name.Text))
                return name;
        }

        return null;
    }

    private static AlertName[][] Index()
    {
        var names = Table
            .SelectMany(row => row.Names.Select((name, rank) => (row.Field, Name: name, Rank: rank)))
            .Select(
                (row, number) =>
                    new AlertName(Encoding.ASCII.GetBytes(row.Name), row.Field, (byte)row.Rank, 1u << number)
            )
            .ToList();
        return Enumerable
            .Range(0, LongestName + 1)
            .Select(length => names.Where(name => name.Text.Length == length).ToArray())
            .ToArray();
    }
}
