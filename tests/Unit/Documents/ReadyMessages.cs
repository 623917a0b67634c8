using System.Text.RegularExpressions;
using PnlPipeline.Tests.Servers;

namespace PnlPipeline.Tests.Unit.Documents;

/// <summary>The messages that docs/tradingview.md gives to be pasted into an alert.</summary>
public static partial class ReadyMessages
{
    /// <summary>As they stand there, with TradingView's placeholders.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        .. Blocks()
            .Matches(File.ReadAllText(Repository.PathOf("docs", "tradingview.md")))
            .Select(block => block.Groups["text"].Value.Trim()),
    ];

    /// <summary>A message as TradingView sends it.</summary>
    public static string Filled(string message, string action, string position, string time) =>
        message
            .Replace("{{ticker}}", "BTCUSDT", StringComparison.Ordinal)
            .Replace("{{interval}}", "60", StringComparison.Ordinal)
            .Replace("{{close}}", "43250.5", StringComparison.Ordinal)
            .Replace("{{timenow}}", time, StringComparison.Ordinal)
            .Replace("{{strategy.order.action}}", action, StringComparison.Ordinal)
            .Replace("{{strategy.market_position}}", position, StringComparison.Ordinal);

    [GeneratedRegex(@"```json\n(?<text>.*?)```", RegexOptions.ExplicitCapture | RegexOptions.Singleline, 1_000)]
    private static partial Regex Blocks();
}
