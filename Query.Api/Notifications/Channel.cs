using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text.Json;
using PnlPipeline.Domain.Alerts;
using PnlPipeline.Hosting;
using PnlPipeline.Query.Api.Http;

namespace PnlPipeline.Query.Api.Notifications;

/// <summary>Where notifications go. Its secrets are written, and never read back.</summary>
/// <param name="Target">What may be shown of it: the host of its address, the chat, the e-mail address.</param>
public sealed record Channel(
    long Id,
    string Name,
    [property: AllowedValues("webhook", "telegram", "discord", "slack", "email")] string Type,
    string Target,
    DateTime CreatedAt
);

/// <summary>A new channel, or what of one is to change.</summary>
/// <param name="Type">Once and for all.</param>
/// <param name="Url">Of a webhook, Discord or Slack: begins with <c>https://</c>. A secret.</param>
/// <param name="Secret">Of a webhook: what it is signed with, at least 16 characters. A secret.</param>
/// <param name="BotToken">Of Telegram. A secret.</param>
/// <param name="ChatId">Of Telegram: a number, or <c>@name</c> of a channel.</param>
/// <param name="To">Of e-mail: an address.</param>
public sealed record ChannelBody(
    string Name,
    [property: AllowedValues("webhook", "telegram", "discord", "slack", "email")] string Type,
    string? Url = null,
    string? Secret = null,
    string? BotToken = null,
    string? ChatId = null,
    string? To = null
);

/// <summary>What a channel is to be: its fields as texts, by their names.</summary>
public sealed record ChannelSettings(string? Name, string? Type, IReadOnlyDictionary<string, string> Fields);

/// <summary>Reads what a request says of a channel, and finds everything that is wrong with it. Pure.</summary>
public static class ChannelForm
{
    private const int MaxNameLength = 100;
    private const int MaxLength = 2_000;

    private static readonly Dictionary<string, string[]> FieldsOf = new(StringComparer.Ordinal)
    {
        ["webhook"] = ["url", "secret"],
        ["telegram"] = ["botToken", "chatId"],
        ["discord"] = ["url"],
        ["slack"] = ["url"],
        ["email"] = ["to"],
    };

    /// <param name="type">Of the channel that is changed; <c>null</c>: a new one, which needs all fields.</param>
    public static ChannelSettings Read(JsonElement body, string? type, OutboundAddresses addresses, FieldErrors errors)
    {
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (field, value) in RequestBody.Properties(body, errors))
        {
            if (value.ValueKind == JsonValueKind.String && RequestBody.TryGetText(value, out var text))
            {
                if (text.Trim() is { Length: > 0 and <= MaxLength } trimmed && !trimmed.Any(char.IsControl))
                    texts.Add(field, trimmed);
                else
                    errors.Add(field, "Is empty, too long or holds control characters. Send one line of text.");
            }
            else if (value.ValueKind != JsonValueKind.Null)
                errors.Add(field, "Is no string of whole characters. Send a text.");
        }

        var isNew = type is null;
        if (isNew && !texts.TryGetValue("type", out type))
            Missing("type", "webhook, telegram, discord, slack or email", body, errors);
        if (type is not null && !FieldsOf.ContainsKey(type))
        {
            errors.Add("type", "Is no kind of channel. Send webhook, telegram, discord, slack or email.");
            type = null;
        }

        if (!isNew && texts.Remove("type"))
            errors.Add("type", "Cannot be changed. Leave it out, or create another channel.");
        texts.Remove("type");
        texts.Remove("name", out var name);
        if (isNew && name is null)
            Missing("name", "a name such as “My phone”", body, errors);
        if (name is { Length: > MaxNameLength })
            errors.Add("name", $"Has more than {MaxNameLength} characters. Send fewer.");
        if (type is null)
            return new ChannelSettings(name, null, texts);

        var wanted = FieldsOf[type];
        foreach (var field in texts.Keys.Except(wanted, StringComparer.Ordinal))
            errors.Add(
                field,
                $"Is no field of this kind of channel. Leave it out; it has {string.Join(", ", wanted)}."
            );
        foreach (var field in wanted.Where(field => isNew && !texts.ContainsKey(field)))
            Missing(field, ExampleOf(field), body, errors);
        foreach (var field in wanted)
        {
            if (texts.TryGetValue(field, out var text) && FaultOf(field, text, addresses) is { } fault)
                errors.Add(field, fault);
        }

        return new ChannelSettings(name, type, texts);
    }

    /// <summary>What may be shown of where a channel goes.</summary>
    public static string TargetOf(IReadOnlyDictionary<string, string> fields) =>
        fields.TryGetValue("url", out var url) ? new Uri(url).IdnHost
        : fields.TryGetValue("chatId", out var chat) ? chat
        : fields["to"];

    private static string? FaultOf(string field, string text, OutboundAddresses addresses) =>
        field switch
        {
            "url" => Uri.TryCreate(text, UriKind.Absolute, out var url)
                ? addresses.Fault(url)
                : "Is not an address. Send one such as https://example.com/path.",
            "secret" when text.Length < WeakSecrets.LengthMin =>
                $"Is too short to be secret. Send at least {WeakSecrets.LengthMin} characters drawn at random.",
            "botToken" when !text.All(c => char.IsAsciiLetterOrDigit(c) || c is ':' or '_' or '-') =>
                "Is no token of a Telegram bot. Send it as BotFather shows it.",
            "chatId"
                when !long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _)
                    && !(
                        text[0] == '@'
                        && text.Length > 1
                        && text[1..].All(c => char.IsAsciiLetterOrDigit(c) || c == '_')
                    ) => "Is no chat. Send its number, or @name of a public channel.",
            "to"
                when text.Count(c => c == '@') != 1
                    || text.Any(c => c is ' ' or ',' or ';' or '<' or '>' or '"')
                    || text[0] == '@'
                    || text[^1] == '@'
                    || text.Length > 255 => "Is no e-mail address. Send one, such as me@example.com.",
            _ => null,
        };

    private static string ExampleOf(string field) =>
        field switch
        {
            "url" => "an address that begins with https://",
            "secret" => "at least 16 characters drawn at random",
            "botToken" => "the token that BotFather shows",
            "chatId" => "the number of the chat",
            _ => "an e-mail address",
        };

    // What is there and wrong has its error already.
    private static void Missing(string field, string example, JsonElement body, FieldErrors errors)
    {
        if (!body.TryGetProperty(field, out var value) || value.ValueKind == JsonValueKind.Null)
            errors.Add(field, $"Is missing. Send {example}.");
    }
}
