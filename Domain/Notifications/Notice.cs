using System.Globalization;
using System.Text;
using PnlPipeline.Contracts;

namespace PnlPipeline.Domain.Notifications;

/// <summary>What is told, before it has the form of a channel: a title and some short lines, of plain text.</summary>
/// <param name="Kind">One of <see cref="RuleKinds"/>, or <c>test</c>.</param>
/// <param name="Path">Where the page shows it.</param>
public sealed record Notice(string Kind, string Title, IReadOnlyList<string> Lines, string Path)
{
    private const int MaxLineLength = 200;

    private static readonly CultureInfo Plain = CultureInfo.InvariantCulture;

    public static Notice Opened(
        string symbol,
        string timeframe,
        string? strategy,
        Direction side,
        decimal price,
        string alertId
    ) =>
        Of(
            RuleKinds.TradeOpened,
            $"Opened {Word(side)} {symbol}",
            [$"{Bars(timeframe)}{(strategy is null ? "" : $" · {strategy}")} · at {Price(price)}"],
            $"/alerts?alert={alertId}"
        );

    public static Notice Closed(
        string symbol,
        string timeframe,
        string? strategy,
        Direction side,
        decimal entryPrice,
        decimal exitPrice,
        decimal changePercentage,
        string alertId
    ) =>
        Of(
            RuleKinds.TradeClosed,
            $"Closed {Word(side)} {symbol} {Signed(changePercentage)} %",
            [
                $"{Bars(timeframe)}{(strategy is null ? "" : $" · {strategy}")} · {Price(entryPrice)} → {Price(exitPrice)}",
            ],
            $"/alerts?alert={alertId}"
        );

    /// <summary>Of so many at once that nobody would read them one by one.</summary>
    public static Notice Many(string kind, int count) =>
        Of(
            kind,
            string.Create(Plain, $"{count} trades {(kind == RuleKinds.TradeOpened ? "opened" : "closed")} at once"),
            [],
            "/alerts"
        );

    /// <param name="value">In percent; of a ruin, anything.</param>
    /// <param name="limit">In percent.</param>
    public static Notice Crossed(string kind, string batch, long batchId, double value, decimal limit) =>
        Of(
            kind,
            kind switch
            {
                RuleKinds.Drawdown => string.Create(Plain, $"{batch}: drawdown {value:0.##} %"),
                RuleKinds.DailyLoss => string.Create(Plain, $"{batch}: {value:0.##} % lost today"),
                RuleKinds.Exposure => string.Create(Plain, $"{batch}: exposure {value:0.##} %"),
                _ => $"{batch}: account blown (balance 0)",
            },
            RuleKinds.HasLimit(kind) ? [string.Create(Plain, $"Limit {limit:0.########} %")] : [],
            string.Create(Plain, $"/batches/{batchId}")
        );

    /// <summary>Cleaned: a name that somebody sent holds no line break and nothing that turns text around.</summary>
    public static Notice Of(string kind, string title, IEnumerable<string> lines, string path) =>
        new(kind, Clean(title), [.. lines.Select(Clean)], path);

    /// <summary>One line of plain text: control characters are spaces, what reorders text is gone.</summary>
    public static string Clean(string text)
    {
        var clean = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            var category = Rune.GetUnicodeCategory(rune);
            if (
                category
                is UnicodeCategory.Control
                    or UnicodeCategory.LineSeparator
                    or UnicodeCategory.ParagraphSeparator
            )
                clean.Append(' ');
            else if (category != UnicodeCategory.Format)
                clean.Append(rune.ToString());
            if (clean.Length >= MaxLineLength)
                return clean.Append('…').ToString();
        }

        return clean.ToString().Trim();
    }

    /// <summary>An amount of money, with two decimals.</summary>
    public static string Money(decimal amount) => amount.ToString("#,0.00", Plain);

    public static string Signed(decimal percentage) => percentage.ToString("+0.##;−0.##;0", Plain);

    private static string Word(Direction side) => side == Direction.Long ? "long" : "short";

    private static string Price(decimal price) => price.ToString("0.############", Plain);

    // As the page writes them: 4h, and not 240.
    private static string Bars(string timeframe) =>
        int.TryParse(timeframe, NumberStyles.None, Plain, out var minutes)
            ? minutes % 60 == 0
                ? string.Create(Plain, $"{minutes / 60}h")
                : string.Create(Plain, $"{minutes}m")
            : timeframe;
}
