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
        var text = new StringBuilder().Append("<b>").Append(Html(notice.Title)).Append("</b>");
        foreach (var line in notice.Lines)
            text.Append('\n').Append(Html(line));
        if (link is not null)
            text.Append("\n<a href=\"").Append(Html(link)).Append("\">Open</a>");
        return JsonSerializer.Serialize(
            new
            {
                chat_id = chatId,
                text = text.ToString(),
                parse_mode = "HTML",
                link_preview_options = new { is_disabled = true },
            }
        );
    }

    public static string Discord(Notice notice, string? link)
    {
        var text = new StringBuilder().Append("**").Append(Markdown(notice.Title)).Append("**");
        foreach (var line in notice.Lines)
            text.Append('\n').Append(Markdown(line));
        if (link is not null)
            text.Append("\n<").Append(link).Append('>');
        // Nobody is called, whatever a name says.
        return JsonSerializer.Serialize(
            new { content = text.ToString(), allowed_mentions = new { parse = Array.Empty<string>() } }
        );
    }

    public static string Slack(Notice notice, string? link)
    {
        var text = new StringBuilder().Append(Entities(notice.Title));
        foreach (var line in notice.Lines)
            text.Append('\n').Append(Entities(line));
        if (link is not null)
            text.Append("\n<").Append(link).Append("|Open>");
        return JsonSerializer.Serialize(
            new
            {
                text = text.ToString(),
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
