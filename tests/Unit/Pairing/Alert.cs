using System.Globalization;
using PnlPipeline.Contracts;
using PnlPipeline.Domain.Alerts;
using PnlPipeline.Domain.Trades;

namespace PnlPipeline.Tests.Unit.Pairing;

/// <summary>Alerts as rows of a table: <c>entry long 100 @ 3</c>, the id its place in the alphabet.</summary>
internal static class Alert
{
    public static readonly DateTime Start = new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    /// <summary>An id that sorts as its number does.</summary>
    public static AlertId Id(int number)
    {
        Span<byte> bytes = stackalloc byte[AlertId.Length];
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(bytes, number);
        return new AlertId(bytes);
    }

    /// <summary>
    /// An alert from a row: <c>id: entry|exit long|short|- price @ second</c>, <c>id: manual target price @ second</c>,
    /// or <c>id: recorded long|short price @ second exitPrice @ exitSecond</c>.
    /// </summary>
    public static StreamAlert Row(string row)
    {
        var words = row.Split([' ', ':', '@'], StringSplitOptions.RemoveEmptyEntries);
        var action = Enum.Parse<AlertAction>(words[1], ignoreCase: true);
        return new StreamAlert(
            AlertPosition.Of(Start.AddSeconds(Number(words[4])), action, Id(Number(words[0]))),
            action,
            Enum.TryParse<Direction>(words[2], ignoreCase: true, out var direction) && action != AlertAction.Manual
                ? direction
                : null,
            decimal.Parse(words[3], CultureInfo.InvariantCulture),
            action == AlertAction.Manual ? Id(Number(words[2])) : null,
            Voided: words is [.., "voided"],
            Exit: action == AlertAction.Recorded
                ? new RecordedExit(
                    decimal.Parse(words[5], CultureInfo.InvariantCulture),
                    Start.AddSeconds(Number(words[6])),
                    1
                )
                : null
        );
    }

    public static string Describe(AlertOutcome became) =>
        $"{became.Outcome}{Number(became.TradeId)}{Number(became.ClosedTradeId)}".ToLowerInvariant();

    public static int Number(AlertId id) => System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(id.ToByteArray());

    private static int Number(string word) => int.Parse(word, CultureInfo.InvariantCulture);

    private static string Number(AlertId? id) => id is { } known ? " " + Number(known) : "";
}
