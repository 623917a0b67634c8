using System.Text.Json;
using PnlPipeline.Contracts;
using PnlPipeline.Domain.Notifications;

namespace PnlPipeline.Tests.Unit.Notifications;

public sealed class NoticeTests
{
    private const string Link = "https://trades.example/batches/1";

    [Fact]
    public void A_message_is_short_and_says_what_a_trader_asks()
    {
        var opened = Notice.Opened("BTCUSDT", "240", "Breakout", Direction.Short, 43250.50m, "ab");
        Assert.Equal("Opened short BTCUSDT | 4h · Breakout · at 43250.5", Text(opened));
        var closed = Notice.Closed("BTCUSDT", "15", null, Direction.Long, 100m, 98.5m, -1.5m, "ab");
        Assert.Equal("Closed long BTCUSDT −1.5 % | 15m · 100 → 98.5", Text(closed));
        Assert.Equal("/alerts?alert=ab", closed.Path);
        Assert.Equal(
            "Demo: drawdown 12.35 % | Limit 10 %",
            Text(Notice.Crossed(RuleKinds.Drawdown, "Demo", 1, 12.345678, 10m))
        );
        Assert.Equal("Demo: account blown (balance 0)", Text(Notice.Crossed(RuleKinds.Ruin, "Demo", 1, 100, 0)));
    }

    [Theory]
    [InlineData("a\r\nBcc: someone@example.com", "a  Bcc: someone@example.com")]
    [InlineData("a\u2028b\u2029c\u0085d\0e\tf", "a b c d e f")]
    [InlineData("\u202Egnp.exe\u2066x\u200B", "gnp.exex")]
    [InlineData("Grüße 📈 日本", "Grüße 📈 日本")]
    public void A_name_is_one_line_of_plain_text(string name, string clean) =>
        Assert.Equal(clean, Notice.Of("test", name, [name], "/").Title);

    [Fact]
    public void Nothing_is_longer_than_a_phone_shows() =>
        Assert.Equal(201, Notice.Clean(new string('x', 5_000)).Length);

    [Theory]
    [InlineData(0, 0)]
    [InlineData(3, 0)]
    [InlineData(15, 0)]
    [InlineData(16, 1)]
    [InlineData(100, 60)]
    [InlineData(1_000, 900)]
    public void What_is_too_long_for_a_channel_says_how_much_more_there_is(int lines, int moreAtLeast)
    {
        // Each sign of it is two in Discord, and five in Telegram and Slack.
        var notice = Notice.Of("dailySummary", "Today", Enumerable.Repeat(new string('-', 60) + "&&&&", lines), "/");
        foreach (
            var (text, most) in new[]
            {
                (Json(NoticeFormat.Discord(notice, Link)).GetProperty("content").GetString()!, 2_000),
                (Json(NoticeFormat.Telegram(notice, "12", Link)).GetProperty("text").GetString()!, 4_096),
                (Json(NoticeFormat.Slack(notice, Link)).GetProperty("text").GetString()!, 40_000),
            }
        )
        {
            Assert.InRange(text.Length, 1, most);
            var rows = text.Split('\n');
            Assert.Contains(Link, rows[^1], StringComparison.Ordinal);
            var more = rows[^2].StartsWith("… and ", StringComparison.Ordinal)
                ? int.Parse(rows[^2].Split(' ')[2], System.Globalization.CultureInfo.InvariantCulture)
                : 0;
            // The title and the link stand around them.
            Assert.Equal(lines, rows.Length - 2 - (more > 0 ? 1 : 0) + more);
            if (most == 2_000)
                Assert.InRange(more, moreAtLeast, lines);
        }
    }

    [Theory]
    [InlineData("<b>&\"x\"</b>", "&lt;b&gt;&amp;&quot;x&quot;&lt;/b&gt;")]
    [InlineData("<a href=\"https://evil.example\">", "&lt;a href=&quot;https://evil.example&quot;&gt;")]
    public void In_Telegram_markup_is_text(string name, string expected)
    {
        var message = Json(NoticeFormat.Telegram(Notice.Of("test", name, [], "/"), "12", Link));
        Assert.Equal($"<b>{expected}</b>\n<a href=\"{Link}\">Open</a>", message.GetProperty("text").GetString());
        Assert.Equal("HTML", message.GetProperty("parse_mode").GetString());
    }

    [Theory]
    [InlineData("**x** @everyone", @"\*\*x\*\* \@everyone")]
    [InlineData("[x](https://evil.example)", @"\[x\]\(https\://evil.example\)")]
    [InlineData("<@123> `x` _y_ ~~z~~ ||s||", @"\<\@123\> \`x\` \_y\_ \~\~z\~\~ \|\|s\|\|")]
    public void In_Discord_markup_is_text_and_calls_nobody(string name, string expected)
    {
        var message = Json(NoticeFormat.Discord(Notice.Of("test", name, [], "/"), null));
        Assert.Equal($"**{expected}**", message.GetProperty("content").GetString());
        Assert.Empty(message.GetProperty("allowed_mentions").GetProperty("parse").EnumerateArray());
    }

    [Theory]
    [InlineData("<!channel> & <https://evil.example|x>", "&lt;!channel&gt; &amp; &lt;https://evil.example|x&gt;")]
    [InlineData("*x* _y_", "*x* _y_")]
    public void In_Slack_markup_is_text(string name, string expected)
    {
        var message = Json(NoticeFormat.Slack(Notice.Of("test", name, [], "/"), Link));
        Assert.Equal($"{expected}\n<{Link}|Open>", message.GetProperty("text").GetString());
        Assert.False(message.GetProperty("mrkdwn").GetBoolean());
    }

    [Fact]
    public void A_webhook_is_signed_over_its_time_and_its_body() =>
        // echo -n '1763792880.{"a":1}' | openssl dgst -sha256 -hmac 'a-secret-of-sixteen'
        Assert.Equal(
            "t=1763792880,v1=" + Hmac("a-secret-of-sixteen", """1763792880.{"a":1}"""),
            NoticeFormat.Signature("a-secret-of-sixteen", 1_763_792_880, """{"a":1}""")
        );

    private static string Hmac(string secret, string text) =>
        Convert.ToHexStringLower(
            System.Security.Cryptography.HMACSHA256.HashData(
                System.Text.Encoding.UTF8.GetBytes(secret),
                System.Text.Encoding.UTF8.GetBytes(text)
            )
        );

    private static string Text(Notice notice) => string.Join(" | ", [notice.Title, .. notice.Lines]);

    private static JsonElement Json(string text) => JsonDocument.Parse(text).RootElement;
}
