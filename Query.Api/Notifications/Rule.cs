using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text.Json;
using PnlPipeline.Domain.Accounts;
using PnlPipeline.Domain.Alerts;
using PnlPipeline.Domain.Notifications;
using PnlPipeline.Domain.Statistics;
using PnlPipeline.Query.Api.Http;

namespace PnlPipeline.Query.Api.Notifications;

/// <summary>One of <see cref="RuleKinds"/>.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class RuleKindAttribute() : AllowedValuesAttribute([.. RuleKinds.All]);

/// <summary>What is told of, by which channel.</summary>
/// <param name="BatchId"><c>null</c>: of all.</param>
/// <param name="LimitPercentage">Of a drawdown, a daily loss, an exposure.</param>
/// <param name="TimeOfDay">Of a daily summary: <c>HH:mm</c> in the time zone.</param>
/// <param name="TimeZone">Of a daily summary and a daily loss.</param>
public sealed record Rule(
    long Id,
    [property: RuleKind] string Kind,
    long ChannelId,
    long? BatchId,
    decimal? LimitPercentage,
    string? TimeOfDay,
    string? TimeZone,
    bool Enabled,
    DateTime CreatedAt
);

/// <summary>A new rule, or what of one is to change.</summary>
/// <param name="Kind">Once and for all.</param>
/// <param name="BatchId">Needed of a drawdown, a daily loss, an exposure and a ruin; of trades and a summary absent for
/// all.</param>
/// <param name="LimitPercentage">Above 0.</param>
/// <param name="TimeOfDay">18:00 unless said.</param>
/// <param name="TimeZone">A name of the IANA database; UTC unless said.</param>
/// <param name="Enabled">True unless said.</param>
public sealed record RuleBody(
    [property: RuleKind] string Kind,
    long ChannelId,
    long? BatchId = null,
    decimal? LimitPercentage = null,
    string? TimeOfDay = null,
    string? TimeZone = null,
    bool Enabled = true
);

/// <summary>Reads what a request says of a rule, and finds everything that is wrong with it. Pure.</summary>
public static class RuleForm
{
    private static readonly NumberRange Limit = new(0.01m, 1_000_000);

    /// <param name="before">The rule that is changed; <c>null</c>: a new one.</param>
    public static Rule Read(JsonElement body, Rule? before, DateTime now, FieldErrors errors)
    {
        var rule = before ?? new Rule(0, "", 0, null, null, null, null, true, now);
        foreach (var (field, value) in RequestBody.Properties(body, errors))
        {
            rule = field switch
            {
                "kind" => rule with { Kind = Kind(value, before, errors) },
                "channelId" => rule with { ChannelId = Id(field, value, errors) ?? 0 },
                "batchId" => rule with { BatchId = Id(field, value, errors) },
                "limitPercentage" => rule with { LimitPercentage = Number(field, value, errors) },
                "timeOfDay" => rule with { TimeOfDay = Time(value, errors) },
                "timeZone" => rule with { TimeZone = Zone(value, errors) },
                "enabled" => rule with { Enabled = Flag(value, errors) },
                _ => Unknown(field, rule, errors),
            };
        }

        if (before is null && !body.TryGetProperty("kind", out _))
            errors.Add("kind", $"Is missing. Send one of {string.Join(", ", RuleKinds.All)}.");
        if (before is null && !body.TryGetProperty("channelId", out _))
            errors.Add("channelId", "Is missing. Send the id of a channel.");
        return errors.Any ? rule : Complete(rule, now, errors);
    }

    private static Rule Complete(Rule rule, DateTime now, FieldErrors errors)
    {
        if (RuleKinds.NeedsBatch(rule.Kind) && rule.BatchId is null)
            errors.Add("batchId", "Is missing. Such a rule is of one batch: send its id.");
        if (!RuleKinds.TakesBatch(rule.Kind) && rule.BatchId is not null)
            errors.Add("batchId", "Means nothing to such a rule. Leave it out.");
        if (RuleKinds.HasLimit(rule.Kind) != rule.LimitPercentage is not null)
            errors.Add(
                "limitPercentage",
                rule.LimitPercentage is null
                    ? "Is missing. Send a number in percent, for example 10."
                    : "Means nothing to such a rule. Leave it out."
            );
        if (rule.Kind != RuleKinds.DailySummary && rule.TimeOfDay is not null)
            errors.Add("timeOfDay", "Means nothing to such a rule. Leave it out.");
        if (!RuleKinds.HasZone(rule.Kind) && rule.TimeZone is not null)
            errors.Add("timeZone", "Means nothing to such a rule. Leave it out.");
        return rule with
        {
            TimeOfDay = rule.Kind == RuleKinds.DailySummary ? rule.TimeOfDay ?? "18:00" : null,
            TimeZone = RuleKinds.HasZone(rule.Kind) ? rule.TimeZone ?? "UTC" : null,
            // What was before it is as it is now is no news.
            CreatedAt = now,
        };
    }

    private static Rule Unknown(string field, Rule rule, FieldErrors errors)
    {
        errors.Add(
            field,
            "Is no setting of a rule. Leave it out, or correct its name: kind, channelId, batchId, limitPercentage, "
                + "timeOfDay, timeZone, enabled."
        );
        return rule;
    }

    private static string Kind(JsonElement value, Rule? before, FieldErrors errors)
    {
        var kind = Text(value);
        if (before is not null && kind != before.Kind)
            errors.Add("kind", "Cannot be changed. Leave it out, or create another rule.");
        else if (!RuleKinds.All.Contains(kind, StringComparer.Ordinal))
            errors.Add("kind", $"Is no kind of rule. Send one of {string.Join(", ", RuleKinds.All)}.");
        return kind;
    }

    private static long? Id(string field, JsonElement value, FieldErrors errors)
    {
        if (value.ValueKind == JsonValueKind.Null)
            return null;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var id) && id > 0)
            return id;
        errors.Add(field, "Is no id. Send a whole number.");
        return null;
    }

    private static decimal? Number(string field, JsonElement value, FieldErrors errors)
    {
        if (value.ValueKind == JsonValueKind.Null)
            return null;
        var error = $"Is not a number. Send one {Limit}, for example 10.";
        if (value.ValueKind == JsonValueKind.Number && Limit.TryRead(value.GetRawText(), out var number, out error))
            return number;
        errors.Add(field, error);
        return null;
    }

    private static string? Time(JsonElement value, FieldErrors errors)
    {
        if (value.ValueKind == JsonValueKind.Null)
            return null;
        if (TimeOnly.TryParseExact(Text(value), "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out _))
            return Text(value);
        errors.Add("timeOfDay", "Is no time of day. Send hours and minutes, for example 18:00.");
        return null;
    }

    private static string? Zone(JsonElement value, FieldErrors errors)
    {
        if (value.ValueKind == JsonValueKind.Null)
            return null;
        if (TimeZones.TryFind(Text(value), out var zone))
            return zone.Id;
        errors.Add("timeZone", "Is no time zone. Send a name of the IANA database, for example Europe/Berlin.");
        return null;
    }

    private static bool Flag(JsonElement value, FieldErrors errors)
    {
        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False)
            return value.GetBoolean();
        errors.Add("enabled", "Is neither true nor false. Send one of them.");
        return true;
    }

    private static string Text(JsonElement value) =>
        value.ValueKind == JsonValueKind.String && RequestBody.TryGetText(value, out var text) ? text : "";
}
