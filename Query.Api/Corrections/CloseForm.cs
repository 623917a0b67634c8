using System.Text.Json;
using PnlPipeline.Domain.Alerts;
using PnlPipeline.Query.Api.Http;

namespace PnlPipeline.Query.Api.Corrections;

/// <summary>What a request may say of a close by hand.</summary>
/// <param name="Price">Above 0, below 10^15; a number, or a string that is one.</param>
/// <param name="Time">After the trade's entry, at most 24 hours ahead of the clock; now unless given.</param>
public sealed record CloseBody(decimal Price, DateTime? Time);

/// <summary>
/// Reads where and when a trade is to be closed, by the rules of an alert's price and timestamp. Pure.
/// </summary>
public static class CloseForm
{
    private const string PriceIsMissing =
        "Is missing. Send the price that the trade was closed at, for example 43250.5.";

    /// <param name="entryTime">Of the trade: it closes after that.</param>
    /// <param name="nowUtc">Whole milliseconds; the time of the close where none is given.</param>
    public static CloseBody Read(JsonElement body, DateTime entryTime, DateTime nowUtc, FieldErrors errors)
    {
        var close = new CloseBody(0, null);
        var hasPrice = false;
        var hasTime = true;
        foreach (var (field, value) in RequestBody.Properties(body, errors))
        {
            switch (field)
            {
                case "price":
                    hasPrice = true;
                    close = close with { Price = Price(value, errors) };
                    break;
                case "time" when value.ValueKind != JsonValueKind.Null:
                    hasTime = TryTime(value, out var time, errors);
                    close = close with { Time = time };
                    break;
                case "time":
                    break;
                default:
                    // A slip such as "tiem" would otherwise close the trade now, without a word.
                    errors.Add(field, "Is nothing that a close has. Leave it out, or correct its name: price, time.");
                    break;
            }
        }

        if (!hasPrice)
            errors.Add("price", PriceIsMissing);
        var at = close.Time ?? nowUtc;
        if (hasTime && at > nowUtc + Timestamp.MaxAhead)
            errors.Add("time", Timestamp.IsTooFarAhead);
        else if (hasTime && at <= entryTime)
            errors.Add("time", $"Is not after the entry, {JsonFormats.Iso(entryTime)}. Send a time after it.");
        return close with { Time = at };
    }

    private static decimal Price(JsonElement value, FieldErrors errors)
    {
        var error = "Is not a number. Send one such as 43250.5.";
        var text = "";
        if (value.ValueKind == JsonValueKind.Null)
            error = PriceIsMissing;
        else if (
            (
                value.ValueKind == JsonValueKind.Number
                || (value.ValueKind == JsonValueKind.String && RequestBody.TryGetText(value, out text))
            )
            && PnlPipeline.Domain.Alerts.Price.TryParse(
                text.Length > 0 ? text : value.GetRawText(),
                out var price,
                out error
            )
        )
            return price;

        errors.Add("price", error);
        return 0;
    }

    private static bool TryTime(JsonElement value, out DateTime time, FieldErrors errors)
    {
        time = default;
        var error = Timestamp.IsNoTime;
        var isRead = value.ValueKind switch
        {
            JsonValueKind.Number => Timestamp.TryParseNumber(value.GetRawText(), out time, out error),
            JsonValueKind.String => RequestBody.TryGetText(value, out var text)
                && Timestamp.TryParse(text, out time, out error),
            _ => false,
        };
        if (!isRead)
            errors.Add("time", error);
        return isRead;
    }
}
