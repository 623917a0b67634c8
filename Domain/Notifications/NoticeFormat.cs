using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace PnlPipeline.Domain.Notifications;

/// <summary>
/// A notice in the form of each channel. Whatever stands in a name is text there: no markup, no mention, no line of its
/// own.
/// </summary>
public static class NoticeFormat
{
    // As much as each of them takes: https://core.telegram.org/bots/api#sendmessage,
    // https://discord.com/developers/docs/resources/webhook,
    // https://docs.slack.dev/reference/methods/chat.postMessage.
    private const int TelegramMax = 4_096;
    private const int DiscordMax = 2_000;
    private const int SlackMax = 40_000;

    private static readonly JsonSerializerOptions Camel = new(JsonSerializerDefaults.Web);

    /// <param name="key">The same however often it is sent.</param>
    /// <param name="link">Where the page shows it; <c>null</c> where the page has no address.</param>
    public static string Webhook(Notice notice, string key, string? link) =>
        JsonSerializer.Serialize(
            new
            {
                key,
                notice.Kind,
                notice.Title,
                notice.Lines,
                link,
            },
            Camel
        );

    public static string Telegram(Notice notice, string chatId, string? link)
    {
        var end = link is null ? "" : $"\n<a href=\"{Html(link)}\">Open</a>";
        return JsonSerializer.Serialize(
            new
            {
                chat_id = chatId,
                text = Text($"<b>{Html(notice.Title)}</b>", notice.Lines, Html, end, TelegramMax),
                parse_mode = "HTML",
                link_preview_options = new { is_disabled = true },
            }
        );
    }

    public static string Discord(Notice notice, string? link)
    {
        var end = link is null ? "" : $"\n<{link}>";
        return JsonSerializer.Serialize(
            new
            {
                content = Text($"**{Markdown(notice.Title)}**", notice.Lines, Markdown, end, DiscordMax),
                // Nobody is called, whatever a name says.
                allowed_mentions = new { parse = Array.Empty<string>() },
            }
        );
    }

    public static string Slack(Notice notice, string? link)
    {
        var end = link is null ? "" : $"\n<{link}|Open>";
        return JsonSerializer.Serialize(
            new
            {
                text = Text(Entities(notice.Title), notice.Lines, Entities, end, SlackMax),
                mrkdwn = false,
                unfurl_links = false,
            }
        );
    }

    /// <summary>The body of an e-mail, as plain text; its subject is the title.</summary>
    public static string Email(Notice notice, string key, string? link) =>
        string.Join("\r\n", [notice.Title, .. notice.Lines, .. link is null ? [] : (string[])[link], "", $"({key})"]);

    /// <summary>
    /// The header that says who sent a webhook, as Stripe does: <c>t=TIME,v1=HEX</c>, the HMAC-SHA-256 of the time, a
    /// point and the body.
    /// </summary>
    /// <param name="unixSeconds">When it is sent: an old one that comes again is known by it.</param>
    public static string Signature(string secret, long unixSeconds, string body) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"t={unixSeconds},v1={Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{unixSeconds}.{body}"))))}"
        );

    // As many lines as there is room for, and how many more there are: what is too long is refused whole.
    private static string Text(
        string title,
        IReadOnlyList<string> lines,
        Func<string, string> escaped,
        string end,
        int lengthMax
    )
    {
        var text = new StringBuilder(title);
        var room = lengthMax - end.Length - More(lines.Count).Length;
        foreach (var (i, line) in lines.Index())
        {
            var next = escaped(line);
            if (text.Length + 1 + next.Length > room)
            {
                text.Append(More(lines.Count - i));
                break;
            }

            text.Append('\n').Append(next);
        }

        return text.Append(end).ToString();

        static string More(int count) => string.Create(CultureInfo.InvariantCulture, $"\n… and {count} more");
    }

    private static string Html(string text) => Entities(text).Replace("\"", "&quot;", StringComparison.Ordinal);

    // Slack and Telegram know these three.
    private static string Entities(string text) =>
        text.Replace("&", "&amp;", StringComparison.Ordinal)
            .Replace("<", "&lt;", StringComparison.Ordinal)
            .Replace(">", "&gt;", StringComparison.Ordinal);

    private static string Markdown(string text)
    {
        var escaped = new StringBuilder(text.Length);
        foreach (var sign in text)
        {
            if (@"\*_~`|>[]()#-:<@".Contains(sign, StringComparison.Ordinal))
                escaped.Append('\\');
            escaped.Append(sign);
        }

        return escaped.ToString();
    }
}
