using System.Text;

namespace PnlPipeline.Tests.Integration.Attacks;

/// <summary>Alerts that are none, and the fields that the answer must name.</summary>
internal static class HostileBodies
{
    private const string Good =
        """{"symbol":"BTCUSDT","side":"entry","timeframe":"60","type":"bullish","price":43250.5,"closeonflip":true,"timestamp":"2025-11-22T06:28:00+0000"}""";

    public static readonly IReadOnlyDictionary<string, (byte[] Body, string Fields)> All = new Dictionary<
        string,
        (byte[], string)
    >(StringComparer.Ordinal)
    {
        ["NaN"] = (Priced("NaN"), "price"),
        ["Infinity"] = (Priced("Infinity"), "price"),
        ["a placeholder"] = (Text(Good.Replace("BTCUSDT", "{{ticker}}", StringComparison.Ordinal)), "symbol"),
        ["a bare placeholder"] = (Priced("{{close}}"), "body"),
        ["1e308"] = (Priced("1e308"), "price"),
        ["-1e308"] = (Priced("-1e308"), "price"),
        ["1e-308"] = (Priced("1e-308"), "price"),
        ["1e999999999"] = (Priced("1e999999999"), "price"),
        ["40 digits"] = (Priced("1234567890123456789012345678901234567890"), "price"),
        ["40 decimals"] = (Priced("0.1234567890123456789012345678901234567890"), "price"),
        ["10,000 digits"] = (Priced(new string('9', 10_000)), "price"),
        ["a price of zero"] = (Priced("0"), "price"),
        ["nested 5,000 deep"] = (Text(new string('[', 5_000) + new string(']', 5_000)), "body"),
        ["nested in a field"] = (Priced(new string('[', 3_000) + new string(']', 3_000)), "price"),
        ["symbol twice"] = (Text(Good.Replace("{", """{"symbol":"ETHUSDT",""", StringComparison.Ordinal)), "symbol"),
        ["symbol twice, in another case"] = (
            Text(Good.Replace("{", """{"SYMBOL":"ETHUSDT",""", StringComparison.Ordinal)),
            "symbol"
        ),
        ["lone surrogate in the symbol"] = (
            Text(Good.Replace("BTCUSDT", "\\ud800", StringComparison.Ordinal)),
            "symbol"
        ),
        ["SQL in the symbol"] = (
            Text(Good.Replace("BTCUSDT", "'; DROP TABLE alerts; -- ", StringComparison.Ordinal)),
            "symbol"
        ),
        ["not UTF-8"] = ([.. Text(Good[..20]), 0xFF, 0xC0, .. Text(Good[20..])], "body"),
        ["UTF-16"] = (Encoding.Unicode.GetBytes(Good), "body"),
        ["a list"] = (Text($"[{Good}]"), "body"),
        ["two alerts"] = (Text(Good + Good), "body"),
        ["cut off"] = (Text(Good[..^10]), "body"),
        ["nothing"] = ([], "body"),
        ["only NUL"] = (new byte[16_384], "body"),
        ["markup for a timeframe"] = (
            Text(Good.Replace("\"60\"", "\"<script>alert(1)</script>\"", StringComparison.Ordinal)),
            "timeframe"
        ),
        ["a year of 10,000"] = (Text(Good.Replace("2025", "10000", StringComparison.Ordinal)), "timestamp"),
        ["an object for a symbol"] = (
            Text(Good.Replace("\"BTCUSDT\"", """{"$ne":null}""", StringComparison.Ordinal)),
            "symbol"
        ),
    };

    /// <summary>Odd, and alerts all the same.</summary>
    public static readonly IReadOnlyDictionary<string, byte[]> Accepted = new Dictionary<string, byte[]>(
        StringComparer.Ordinal
    )
    {
        ["a byte order mark"] = [0xEF, 0xBB, 0xBF, .. Text(Good)],
        ["a field that is nobody's"] = Text(
            Good.Replace(
                "{",
                """{"__proto__":{"admin":true},"strategy":"<b>&amp;'\"; DROP TABLE alerts</b>",""",
                StringComparison.Ordinal
            )
        ),
        ["markup for a symbol"] = Text(Good.Replace("BTCUSDT", "<IMG_SRC=X>", StringComparison.Ordinal)),
        ["SQL for a symbol"] = Text(Good.Replace("BTCUSDT", "X';DROP/**/TABLE/**/ALERTS--", StringComparison.Ordinal)),
    };

    private static byte[] Priced(string price) => Text(Good.Replace("43250.5", price, StringComparison.Ordinal));

    private static byte[] Text(string text) => Encoding.UTF8.GetBytes(text);
}
