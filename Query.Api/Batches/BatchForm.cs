using System.Text.Json;
using PnlPipeline.Alerts;
using PnlPipeline.Query.Api.Http;

namespace PnlPipeline.Query.Api.Batches;

/// <summary>Reads what a request says of a batch, and finds everything that is wrong with it. Pure.</summary>
public static class BatchForm
{
    private const string Known = "name, symbols, timeframes, startTime, capital, allocationPercentage, feePercentage";

    /// <summary>Reads a new batch: name and symbols must be there, <c>null</c> elsewhere is the default.</summary>
    public static BatchEdit ReadNew(JsonElement body, FieldErrors errors)
    {
        foreach (var (field, example) in new[] { ("name", "\"Batch_1\""), ("symbols", "[\"BTCUSDT\"]") })
        {
            if (!body.TryGetProperty(field, out _))
                errors.Add(field, $"Is missing. Send one, for example \"{field}\":{example}.");
        }

        return Read(body, errors);
    }

    /// <summary>Reads a change: what is absent stays, <c>null</c> goes back to its default.</summary>
    public static BatchEdit Read(JsonElement body, FieldErrors errors)
    {
        var edit = new BatchEdit();
        foreach (var (field, value) in RequestBody.Properties(body, errors))
        {
            edit = field switch
            {
                "name" => edit with { Name = Name(value, errors) },
                "symbols" => edit with { Symbols = Symbols(value, errors) },
                "timeframes" => edit with { Timeframes = Timeframes(value, errors) },
                "startTime" => edit with { StartTime = StartTime(value, errors) },
                "capital" => edit with
                {
                    Capital = Number(field, value, BatchSettings.Default.Capital, allowZero: false, BatchLimits.MaxCapital, errors),
                },
                "allocationPercentage" => edit with
                {
                    AllocationPercentage = Number(
                        field, value, BatchSettings.Default.AllocationPercentage, allowZero: false, BatchLimits.MaxAllocationPercentage, errors),
                },
                "feePercentage" => edit with
                {
                    FeePercentage = Number(field, value, BatchSettings.Default.FeePercentage, allowZero: true, BatchLimits.MaxFeePercentage, errors),
                },
                _ => Unknown(field, edit, errors),
            };
        }

        return edit;
    }

    // A slip such as "captial" would otherwise leave the default in place without a word.
    private static BatchEdit Unknown(string field, BatchEdit edit, FieldErrors errors)
    {
        errors.Add(field, $"Is no setting of a batch. Leave it out, or correct its name: {Known}.");
        return edit;
    }

    private static string? Name(JsonElement value, FieldErrors errors)
    {
        const string field = "name";
        if (value.ValueKind != JsonValueKind.String)
        {
            errors.Add(field, value.ValueKind == JsonValueKind.Null
                ? "Has no default to go back to. Send a name, or leave the property out."
                : "Is no string. Send a name of 1 to 100 characters.");
            return null;
        }

        if (!RequestBody.TryGetText(value, out var text))
        {
            errors.Add(field, "Holds half a surrogate pair, which is no character. Send whole characters.");
            return null;
        }

        var name = text.Trim();
        var length = name.EnumerateRunes().Count();
        if (length is >= 1 and <= BatchLimits.MaxNameLength)
            return name;

        errors.Add(field, length == 0
            ? "Is empty. Send a name of 1 to 100 characters."
            : $"Has {length} characters. Send at most {BatchLimits.MaxNameLength}.");
        return null;
    }

    private static IReadOnlyList<string>? Symbols(JsonElement value, FieldErrors errors)
    {
        const string field = "symbols";
        if (value.ValueKind != JsonValueKind.Array)
        {
            errors.Add(field, value.ValueKind == JsonValueKind.Null
                ? "Has no default to go back to. Send a list of symbols, or leave the property out."
                : "Is no list. Send a list of symbols, for example [\"BTCUSDT\"].");
            return null;
        }

        var symbols = Texts(field, value, Symbol.TryParse, errors);
        if (symbols is { Count: 0 })
            errors.Add(field, "Is empty. Send at least one symbol.");
        if (symbols is { Count: > BatchLimits.MaxSymbols })
            errors.Add(field, $"Has {symbols.Count} symbols. Send at most {BatchLimits.MaxSymbols}.");
        return symbols;
    }

    private static IReadOnlyList<string>? Timeframes(JsonElement value, FieldErrors errors)
    {
        const string field = "timeframes";
        if (value.ValueKind == JsonValueKind.Null)
            return BatchSettings.Default.Timeframes;
        if (value.ValueKind == JsonValueKind.Array)
            return Texts(field, value, Timeframe.TryParse, errors);

        errors.Add(field, "Is no list. Send a list of timeframes, for example [\"60\",\"1D\"], or [] for all.");
        return null;
    }

    private delegate bool Parser(string? text, out string canonical, out string error);

    // Canonical, each once, in ordinal order; null where one of them is wrong.
    private static List<string>? Texts(string field, JsonElement list, Parser parse, FieldErrors errors)
    {
        var texts = new SortedSet<string>(StringComparer.Ordinal);
        var wrong = false;
        foreach (var (position, item) in list.EnumerateArray().Index())
        {
            var error = "Is no string of whole characters.";
            if (item.ValueKind == JsonValueKind.String
                && RequestBody.TryGetText(item, out var text)
                && parse(text, out var canonical, out error))
            {
                texts.Add(canonical);
                continue;
            }

            errors.Add(field, $"Number {position + 1}: {error}");
            wrong = true;
        }

        return wrong ? null : [.. texts];
    }

    private static NewStartTime? StartTime(JsonElement value, FieldErrors errors)
    {
        const string field = "startTime";
        if (value.ValueKind == JsonValueKind.Null)
            return new NewStartTime(BatchSettings.Default.StartTime);

        // A number is Unix time, as it is in an alert.
        var text = value.ValueKind == JsonValueKind.Number ? value.GetRawText() : "";
        if (value.ValueKind == JsonValueKind.String)
            RequestBody.TryGetText(value, out text);
        if (Timestamp.TryParse(text, out var utc, out var error))
            return new NewStartTime(utc);

        errors.Add(field, error);
        return null;
    }

    private static decimal? Number(string field, JsonElement value, decimal byDefault, bool allowZero, decimal max, FieldErrors errors)
    {
        if (value.ValueKind == JsonValueKind.Null)
            return byDefault;

        var range = allowZero ? $"from 0 to {max:0}" : $"above 0 and at most {max:0}";
        if (value.ValueKind != JsonValueKind.Number)
        {
            errors.Add(field, $"Is no number. Send a JSON number {range}, for example {byDefault:0}.");
            return null;
        }

        switch (JsonNumber.Read(value.GetRawText(), BatchLimits.MaxDecimals, out var number))
        {
            case JsonNumber.Outcome.TooManyDecimals:
                errors.Add(field, $"Has more than {BatchLimits.MaxDecimals} decimals. Send at most {BatchLimits.MaxDecimals}.");
                return null;
            case JsonNumber.Outcome.Read when number <= max && (number > 0 || (allowZero && number == 0)):
                return number;
            default:
                errors.Add(field, $"Is out of range. Send a number {range}.");
                return null;
        }
    }
}
