using System.Text.Json;
using PnlPipeline.Domain.Alerts;
using PnlPipeline.Query.Api.Http;

namespace PnlPipeline.Query.Api.Sharing;

/// <summary>
/// A link to a batch's report, for people without a key. The link itself is told once, when it is made.
/// </summary>
/// <param name="ExpiresAt">From then on the link leads nowhere; <c>null</c>: it does not expire.</param>
/// <param name="Amounts">Whether the report shows money; else percentages only.</param>
/// <param name="AsOf">Only trades that closed before it; <c>null</c>: the batch as it is when the link is
/// opened.</param>
public sealed record Share(long Id, DateTime CreatedAt, DateTime? ExpiresAt, bool Amounts, DateTime? AsOf);

/// <summary>A link that was just made.</summary>
/// <param name="Url">The address to give away. It is not kept, and cannot be asked for again.</param>
public sealed record NewShare(
    long Id,
    string Url,
    DateTime CreatedAt,
    DateTime? ExpiresAt,
    bool Amounts,
    DateTime? AsOf
);

/// <summary>What a new link is asked to be.</summary>
/// <param name="ExpiresAt">After now; absent: it does not expire.</param>
/// <param name="Amounts">Whether the report shows money; percentages only unless asked for.</param>
/// <param name="AsOf">Only trades that closed before it; absent: the batch as it is when the link is opened.</param>
public sealed record ShareBody(DateTime? ExpiresAt = null, bool Amounts = false, DateTime? AsOf = null);

/// <summary>Reads what a new link is asked to be, and finds everything that is wrong with it. Pure.</summary>
public static class ShareForm
{
    /// <param name="now">UTC.</param>
    public static ShareBody Read(JsonElement body, DateTime now, FieldErrors errors)
    {
        var share = new ShareBody();
        foreach (var (field, value) in RequestBody.Properties(body, errors))
        {
            share = field switch
            {
                "expiresAt" => share with { ExpiresAt = Time(field, value, errors) },
                "asOf" => share with { AsOf = Time(field, value, errors) },
                "amounts" => share with { Amounts = Flag(field, value, errors) },
                _ => Unknown(field, share, errors),
            };
        }

        if (share.ExpiresAt <= now)
            errors.Add(
                "expiresAt",
                "Is in the past, so the link would lead nowhere. Send a time after now, or leave it out."
            );
        return share;
    }

    private static ShareBody Unknown(string field, ShareBody share, FieldErrors errors)
    {
        errors.Add(field, "Is no setting of a link. Leave it out, or correct its name: expiresAt, amounts, asOf.");
        return share;
    }

    private static DateTime? Time(string field, JsonElement value, FieldErrors errors)
    {
        if (value.ValueKind == JsonValueKind.Null)
            return null;
        // A number is Unix time, as it is in an alert.
        var text = value.ValueKind == JsonValueKind.Number ? value.GetRawText() : "";
        if (value.ValueKind == JsonValueKind.String)
            RequestBody.TryGetText(value, out text);
        if (Timestamp.TryParse(text, out var utc, out _))
            return utc;
        errors.Add(field, "Is no time. Send one such as 2026-12-31T23:00:00Z, or Unix time as a whole number.");
        return null;
    }

    private static bool Flag(string field, JsonElement value, FieldErrors errors)
    {
        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False)
            return value.GetBoolean();
        errors.Add(field, "Is neither true nor false. Send true to show money, or false for percentages only.");
        return false;
    }
}
