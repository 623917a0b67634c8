using System.Text.Json;
using PnlPipeline.Domain.Accounts;
using PnlPipeline.Domain.Alerts;
using PnlPipeline.Query.Api.Http;

namespace PnlPipeline.Query.Api.Batches;

/// <summary>Reads what a request says of a batch, and finds everything that is wrong with it. Pure.</summary>
public static class BatchForm
{
    private const string Known =
        "name, symbols, timeframes, strategies, startTime, capital, allocationPercentage, feePercentage";

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
            edit = ReadOne(edit, field, value, errors) ?? Unknown(field, edit, errors);
        return edit;
    }

    /// <summary>Reads one setting; <c>null</c> where a batch has none of that name.</summary>
    public static BatchEdit? ReadOne(BatchEdit edit, string field, JsonElement value, FieldErrors errors) =>
        field switch
        {
            "name" => edit with { Name = Name(value, errors) },
            "symbols" => edit with { Symbols = Symbols(value, errors) },
            "timeframes" => edit with { Timeframes = Timeframes(value, errors) },
            "strategies" => edit with { Strategies = Strategies(value, errors) },
            "startTime" => edit with { StartTime = StartTime(value, errors) },
            "capital" => edit with
            {
                Capital = Number(field, value, BatchSettings.Default.Capital, BatchLimits.Capital, errors),
            },
            "allocationPercentage" => edit with
            {
                AllocationPercentage = Number(
                    field,
                    value,
                    BatchSettings.Default.AllocationPercentage,
                    BatchLimits.AllocationPercentage,
                    errors
                ),
            },
            "feePercentage" => edit with
            {
                FeePercentage = Number(
                    field,
                    value,
                    BatchSettings.Default.FeePercentage,
                    BatchLimits.FeePercentage,
                    errors
                ),
            },
            _ => null,
        };

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
            errors.Add(
                field,
                value.ValueKind == JsonValueKind.Null
                    ? "Has no default to go back to. Send a name, or leave the property out."
                    : $"Is no string. Send a name of 1 to {BatchLimits.MaxNameLength} characters."
            );
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

        errors.Add(
            field,
            length == 0
                ? $"Is empty. Send a name of 1 to {BatchLimits.MaxNameLength} characters."
                : $"Has {length} characters. Send at most {BatchLimits.MaxNameLength}."
        );
        return null;
    }

    private static IReadOnlyList<string>? Symbols(JsonElement value, FieldErrors errors)
    {
        const string field = "symbols";
        if (value.ValueKind != JsonValueKind.Array)
        {
            errors.Add(
                field,
                value.ValueKind == JsonValueKind.Null
                    ? "Has no default to go back to. Send a list of symbols, or leave the property out."
                    : "Is no list. Send a list of symbols, for example [\"BTCUSDT\"]."
            );
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

    private static IReadOnlyList<string>? Strategies(JsonElement value, FieldErrors errors)
    {
        const string field = "strategies";
        if (value.ValueKind == JsonValueKind.Null)
            return BatchSettings.Default.Strategies;
        if (value.ValueKind == JsonValueKind.Array)
            return Texts(field, value, TryParseStrategy, errors);

        errors.Add(field, "Is not a list. Send a list of strategies, for example [\"Breakout 4h\"], or [] for all.");
        return null;
    }

    // An empty name stands for what has no strategy.
    private static bool TryParseStrategy(string? text, out string canonical, out string error)
    {
        var isRead = Strategy.TryParse(text, out var strategy, out error);
        canonical = strategy ?? "";
        return isRead;
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
            if (
                item.ValueKind == JsonValueKind.String
                && RequestBody.TryGetText(item, out var text)
                && parse(text, out var canonical, out error)
            )
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

    /// <param name="byDefault">Where <c>null</c> stands.</param>
    public static decimal? Number(
        string field,
        JsonElement value,
        decimal byDefault,
        NumberRange range,
        FieldErrors errors
    )
    {
        if (value.ValueKind == JsonValueKind.Null)
            return byDefault;

        var error = $"Is not a number. Send one {range}, for example {byDefault:0}.";
        if (value.ValueKind == JsonValueKind.Number && range.TryRead(value.GetRawText(), out var number, out error))
            return number;

        errors.Add(field, error);
        return null;
    }
}
