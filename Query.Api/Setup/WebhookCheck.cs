using System.ComponentModel.DataAnnotations;
using System.Text;
using System.Text.Json;
using PnlPipeline.Domain.Alerts;
using PnlPipeline.Query.Api.Http;
using PnlPipeline.Query.Api.Log;

namespace PnlPipeline.Query.Api.Setup;

/// <summary>A message to be looked at.</summary>
/// <param name="Body">The body as TradingView would post it.</param>
public sealed record WebhookCheckBody(string Body);

/// <summary>What the webhook would make of a body, and the stream of the alert.</summary>
/// <param name="Alert">The alert that it is; <c>null</c> where it would be refused.</param>
/// <param name="Errors">Everything that is wrong with it, by field; empty where nothing is.</param>
public sealed record WebhookCheck(CheckedAlert? Alert, IReadOnlyDictionary<string, string[]> Errors);

/// <summary>The alert that a body is, and what its stream would do with it now.</summary>
/// <param name="Strategy"><c>null</c> for none.</param>
/// <param name="Direction"><c>null</c> for an exit that names none, or both.</param>
/// <param name="Outcome">What would become of it, applied at its place; of one that is stored, what became of it; of a
/// price, <c>price</c>.</param>
/// <param name="TradeId">As in the log: the one it would open; close; or, ignored, the one open.</param>
/// <param name="ClosedTradeId">For a flip, the trade it would close.</param>
/// <param name="IsStored">Whether this very alert came before: sent again, it changes nothing.</param>
/// <param name="OpenElsewhere">Of an exit that would meet nothing: trades of its symbol that are open in other streams.
/// <c>null</c> of any other.</param>
public sealed record CheckedAlert(
    string AlertId,
    string Symbol,
    string Timeframe,
    string? Strategy,
    [property: AllowedValues("entry", "exit", "price")] string Action,
    [property: AllowedValues("long", "short")] string? Direction,
    decimal Price,
    DateTime Timestamp,
    [property: AllowedValues("opened", "closed", "flipped", "ignored", "unmatched", "voided", "price")] string Outcome,
    string? TradeId,
    string? ClosedTradeId,
    bool IsStored,
    IReadOnlyList<OpenStream>? OpenElsewhere
);

/// <summary>Reads the message out of the request.</summary>
internal static class WebhookCheckForm
{
    private const string Field = "body";

    /// <returns>The bytes of the body to check; <c>null</c> where there is none, which is noted.</returns>
    public static byte[]? Read(JsonElement request, FieldErrors errors)
    {
        byte[]? body = null;
        foreach (var (name, value) in RequestBody.Properties(request, errors))
        {
            if (name != Field)
                errors.Add(name, "Is not known. Send the message under \"body\", and nothing else.");
            else if (value.ValueKind == JsonValueKind.String && RequestBody.TryGetText(value, out var text))
                body = Encoding.UTF8.GetBytes(text);
            else
                errors.Add(Field, "Is not a text of whole characters. Send the message as one string.");
        }

        if (body is null && !errors.Has(Field))
            errors.Add(Field, "Is missing. Send the message that the alert would send, as one string.");
        if (body?.Length > AlertParser.MaxBytes)
            errors.Add(Field, $"Has {body.Length} bytes. The webhook takes at most {AlertParser.MaxBytes}.");
        return body;
    }
}
