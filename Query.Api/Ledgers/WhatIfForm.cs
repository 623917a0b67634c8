using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using PnlPipeline.Domain.Accounts;
using PnlPipeline.Domain.Alerts;
using PnlPipeline.Domain.Statistics;
using PnlPipeline.Query.Api.Batches;
using PnlPipeline.Query.Api.Http;

namespace PnlPipeline.Query.Api.Ledgers;

/// <summary>
/// The settings of a what-if, and what to show of it. What is left out or <c>null</c> is the batch's; of what a batch
/// has not, there is none.
/// </summary>
/// <param name="Symbols">Some of the batch's own.</param>
/// <param name="Timeframes">Some of the batch's own.</param>
/// <param name="Strategies">Some of the batch's own; empty for trades without one.</param>
/// <param name="StartTime">Not before the batch's own.</param>
/// <param name="Sides">Only trades of these.</param>
/// <param name="SlippagePercentage">Per fill, worsens both prices; 0 unless given.</param>
/// <param name="ExcludeTrades">The ids of trades that are left out.</param>
/// <param name="Sizing">How much money a trade is made with; `sequential`, the ledger's rule, unless given.</param>
/// <param name="Amount">With `fixedAmount`: of each trade.</param>
/// <param name="RiskPercentage">With `fixedRisk`: what a mean loss may cost, of the equity.</param>
/// <param name="Lookback">With `fixedRisk` and `kelly`: how many of the trades before are looked at.</param>
/// <param name="Fraction">With `kelly`: how much of it.</param>
/// <param name="MaxExposurePercentage">An entry that would pass it is skipped.</param>
/// <param name="MaxOpenTrades">An entry that would pass it is skipped.</param>
/// <param name="By">What each point of the series stands for; `trade` unless given.</param>
/// <param name="Points">About how many points are wanted; absent for all.</param>
/// <param name="Tz">The time zone of days; that of the address unless given.</param>
/// <param name="Annualization">How many days make a year; 365 unless given.</param>
public sealed record WhatIfBody(
    IReadOnlyList<string>? Symbols,
    IReadOnlyList<string>? Timeframes,
    IReadOnlyList<string>? Strategies,
    DateTime? StartTime,
    decimal? Capital,
    decimal? AllocationPercentage,
    decimal? FeePercentage,
    IReadOnlyList<string>? Sides,
    decimal? SlippagePercentage,
    IReadOnlyList<string>? ExcludeTrades,
    [property: AllowedValues("sequential", "percentOfEquity", "fixedAmount", "fixedRisk", "kelly")] string? Sizing,
    decimal? Amount,
    decimal? RiskPercentage,
    int? Lookback,
    decimal? Fraction,
    decimal? MaxExposurePercentage,
    int? MaxOpenTrades,
    [property: AllowedValues("trade", "hour", "day", "week", "month")] string? By,
    int? Points,
    string? Tz,
    [property: AllowedValues("365", "252")] string? Annualization
);

/// <summary>Every setting that a what-if was kept with.</summary>
/// <param name="Sides">Empty for both.</param>
/// <param name="Amount"><c>null</c> where the sizing has none, as of those that follow.</param>
/// <param name="MaxExposurePercentage"><c>null</c>: no limit.</param>
/// <param name="MaxOpenTrades"><c>null</c>: no limit.</param>
public sealed record WhatIfSettings(
    IReadOnlyList<string> Symbols,
    IReadOnlyList<string> Timeframes,
    IReadOnlyList<string> Strategies,
    DateTime? StartTime,
    decimal Capital,
    decimal AllocationPercentage,
    decimal FeePercentage,
    IReadOnlyList<string> Sides,
    decimal SlippagePercentage,
    IReadOnlyList<string> ExcludeTrades,
    [property: AllowedValues("sequential", "percentOfEquity", "fixedAmount", "fixedRisk", "kelly")] string Sizing,
    decimal? Amount,
    decimal? RiskPercentage,
    int? Lookback,
    decimal? Fraction,
    decimal? MaxExposurePercentage,
    int? MaxOpenTrades
)
{
    public AccountSettings ToAccount() =>
        new(
            Capital,
            AllocationPercentage,
            FeePercentage + SlippagePercentage,
            Enum.Parse<Sizing>(Sizing, ignoreCase: true),
            Amount ?? 0,
            RiskPercentage ?? 0,
            Lookback ?? 1,
            Fraction ?? 0,
            MaxExposurePercentage,
            MaxOpenTrades
        );

    /// <summary>Which of the batch's trades these are; where they are the batch's own settings, all.</summary>
    /// <param name="within">What the request narrows the batch to.</param>
    public TradeChoice ToChoice(Batch batch, LedgerFilter within) =>
        new(
            StartTime == batch.StartTime ? null : StartTime?.ToUnixMilliseconds(),
            LedgerFilter.None with
            {
                Symbols = Chosen(Symbols, batch.Symbols),
                Timeframes = Chosen(Timeframes, batch.Timeframes),
                Strategies = Chosen(Strategies, batch.Strategies),
                Sides = Sides,
            },
            ExcludeTrades.Select(id => new AlertId(Convert.FromHexString(id))).ToHashSet()
        )
        {
            Within = within,
        };

    private static IReadOnlyList<string> Chosen(IReadOnlyList<string> some, IReadOnlyList<string> all) =>
        some.SequenceEqual(all, StringComparer.Ordinal) ? [] : some;
}

/// <summary>What a request says of a what-if; what is <c>null</c> it does not say.</summary>
public sealed record WhatIfRequest
{
    public BatchEdit Edit { get; init; } = new();

    public IReadOnlyList<string>? Sides { get; init; }

    public decimal? SlippagePercentage { get; init; }

    public IReadOnlyList<string>? ExcludeTrades { get; init; }

    public string? Sizing { get; init; }

    public decimal? Amount { get; init; }

    public decimal? RiskPercentage { get; init; }

    public decimal? Lookback { get; init; }

    public decimal? Fraction { get; init; }

    public decimal? MaxExposurePercentage { get; init; }

    public decimal? MaxOpenTrades { get; init; }

    public string By { get; init; } = SeriesParameters.ByTrade;

    public int? Points { get; init; }

    /// <summary><c>null</c>: that of the query.</summary>
    public TimeZoneInfo? Zone { get; init; }

    public int Annualization { get; init; } = 365;
}

/// <summary>Reads the settings of a what-if, and finds everything that is wrong with them. Pure.</summary>
public static class WhatIfForm
{
    internal const string Known =
        "symbols, timeframes, strategies, startTime, capital, allocationPercentage, feePercentage, sides, "
        + "slippagePercentage, excludeTrades, sizing, amount, riskPercentage, lookback, fraction, "
        + "maxExposurePercentage, maxOpenTrades";

    private const string Shown = "by, points, tz, annualization";

    private static readonly string[] Sizings = ["sequential", "percentOfEquity", "fixedAmount", "fixedRisk", "kelly"];
    private static readonly string[] Sides = [LedgerFilter.Long, LedgerFilter.Short];
    private static readonly string[] Periods = [SeriesParameters.ByTrade, "hour", "day", "week", "month"];
    private static readonly string[] Years = ["365", "252"];

    /// <summary>Reads what to show as well as the settings.</summary>
    public static WhatIfRequest Read(IEnumerable<KeyValuePair<string, JsonElement>> properties, FieldErrors errors)
    {
        var request = new WhatIfRequest();
        foreach (var (field, value) in properties)
        {
            if (value.ValueKind == JsonValueKind.Null)
                continue;
            if (ReadSetting(request, field, value, errors) is { } read)
                request = read;
            else if (ReadShown(request, field, value, errors) is { } shown)
                request = shown;
            else
                errors.Add(
                    field,
                    $"Is not a setting of a what-if. Leave it out, or correct its name: {Known}, {Shown}."
                );
        }

        return request;
    }

    /// <returns><c>null</c> where there is no setting of that name.</returns>
    public static WhatIfRequest? ReadSetting(
        WhatIfRequest request,
        string field,
        JsonElement value,
        FieldErrors errors
    ) =>
        field switch
        {
            "name" => null,
            "sides" => request with { Sides = Words(field, value, Sides, errors) },
            "slippagePercentage" => request with
            {
                SlippagePercentage = BatchForm.Number(field, value, 0, BatchLimits.SlippagePercentage, errors),
            },
            "excludeTrades" => request with { ExcludeTrades = Ids(field, value, errors) },
            "sizing" => request with { Sizing = Word(field, value, Sizings, errors) },
            "amount" => request with { Amount = BatchForm.Number(field, value, 0, BatchLimits.Amount, errors) },
            "riskPercentage" => request with
            {
                RiskPercentage = BatchForm.Number(field, value, 0, BatchLimits.RiskPercentage, errors),
            },
            "lookback" => request with { Lookback = BatchForm.Number(field, value, 0, BatchLimits.Lookback, errors) },
            "fraction" => request with { Fraction = BatchForm.Number(field, value, 0, BatchLimits.Fraction, errors) },
            "maxExposurePercentage" => request with
            {
                MaxExposurePercentage = BatchForm.Number(field, value, 0, BatchLimits.MaxExposurePercentage, errors),
            },
            "maxOpenTrades" => request with
            {
                MaxOpenTrades = BatchForm.Number(field, value, 0, BatchLimits.MaxOpenTrades, errors),
            },
            _ => BatchForm.ReadOne(request.Edit, field, value, errors) is { } edit
                ? request with
                {
                    Edit = edit,
                }
                : null,
        };

    /// <summary>What a batch and a request come to together, where that is a what-if.</summary>
    public static WhatIfSettings? Complete(Batch batch, WhatIfRequest request, FieldErrors errors)
    {
        var edit = request.Edit;
        Within("symbols", edit.Symbols, batch.Symbols, errors);
        Within("timeframes", edit.Timeframes, batch.Timeframes, errors);
        Within("strategies", edit.Strategies, batch.Strategies, errors);
        if (edit.StartTime is { Value: { } start } && start < batch.StartTime)
            errors.Add(
                "startTime",
                $"Is before the batch's own start, {JsonFormats.Iso(batch.StartTime.Value)}. A what-if counts the "
                    + $"batch's trades: send that, or later."
            );

        var sizing = request.Sizing ?? Sizings[0];
        Needs("fixedAmount", "amount", request.Amount);
        Needs("fixedRisk", "riskPercentage", request.RiskPercentage);
        Needs("fixedRisk", "lookback", request.Lookback);
        Needs("kelly", "lookback", request.Lookback);
        Needs("kelly", "fraction", request.Fraction);
        return errors.Any
            ? null
            : new WhatIfSettings(
                edit.Symbols ?? batch.Symbols,
                edit.Timeframes ?? batch.Timeframes,
                edit.Strategies ?? batch.Strategies,
                edit.StartTime is { } given ? given.Value : batch.StartTime,
                edit.Capital ?? batch.Capital,
                edit.AllocationPercentage ?? batch.AllocationPercentage,
                edit.FeePercentage ?? batch.FeePercentage,
                request.Sides ?? [],
                request.SlippagePercentage ?? 0,
                request.ExcludeTrades ?? [],
                sizing,
                sizing == "fixedAmount" ? request.Amount : null,
                sizing == "fixedRisk" ? request.RiskPercentage : null,
                sizing is "fixedRisk" or "kelly" ? (int?)request.Lookback : null,
                sizing == "kelly" ? request.Fraction : null,
                request.MaxExposurePercentage,
                (int?)request.MaxOpenTrades
            );

        // What is there and wrong has its error already.
        void Needs(string of, string field, decimal? value)
        {
            if (sizing == of && value is null && !errors.Has(field))
                errors.Add(field, $"Is missing: sizing {of} needs it. Send one, or another sizing.");
        }
    }

    private static WhatIfRequest? ReadShown(WhatIfRequest request, string field, JsonElement value, FieldErrors errors)
    {
        switch (field)
        {
            case "by":
                return request with { By = Word(field, value, Periods, errors) ?? SeriesParameters.ByTrade };
            case "points":
                var range = new NumberRange(1, SeriesParameters.MaxPoints, Decimals: 0);
                return request with { Points = (int?)BatchForm.Number(field, value, 0, range, errors) };
            case "annualization":
                return request with { Annualization = Word(field, value, Years, errors) == Years[1] ? 252 : 365 };
            case "tz":
                var name = TextOf(value);
                if (name is not null && TimeZones.TryFind(name, out var zone))
                    return request with { Zone = zone };
                errors.Add(
                    field,
                    "Is not a time zone. Send a name of the IANA database, for example \"Europe/Berlin\"."
                );
                return request;
            default:
                return null;
        }
    }

    // A batch that names none has all.
    private static void Within(string field, IReadOnlyList<string>? some, IReadOnlyList<string> all, FieldErrors errors)
    {
        var others = all.Count == 0 ? [] : (some ?? []).Except(all, StringComparer.Ordinal).ToList();
        if (others.Count > 0)
            errors.Add(
                field,
                $"Has what the batch does not count: {string.Join(", ", others.Take(5))}. A what-if counts the "
                    + $"batch's own trades: send some of {string.Join(", ", all.Take(5))}."
            );
    }

    private static string? TextOf(JsonElement value) =>
        value.ValueKind == JsonValueKind.String && RequestBody.TryGetText(value, out var text) ? text
        : value.ValueKind == JsonValueKind.Number ? value.GetRawText()
        : null;

    private static string? Word(string field, JsonElement value, string[] words, FieldErrors errors)
    {
        if (TextOf(value) is { } text && words.Contains(text, StringComparer.Ordinal))
            return text;
        errors.Add(field, $"Is not known. Send one of {string.Join(", ", words)}.");
        return null;
    }

    private static List<string>? Words(string field, JsonElement value, string[] words, FieldErrors errors)
    {
        if (
            value.ValueKind == JsonValueKind.Array
            && value.EnumerateArray().All(item => words.Contains(TextOf(item), StringComparer.Ordinal))
        )
            return [.. value.EnumerateArray().Select(item => TextOf(item)!).Distinct(StringComparer.Ordinal)];
        errors.Add(field, $"Is not a list of {string.Join(" and ", words)}. Send for example [\"{words[0]}\"].");
        return null;
    }

    private static List<string>? Ids(string field, JsonElement value, FieldErrors errors)
    {
        if (
            value.ValueKind == JsonValueKind.Array
            && value.GetArrayLength() <= BatchLimits.MaxExcludedTrades
            && value
                .EnumerateArray()
                .All(item => TextOf(item) is { Length: AlertId.Length * 2 } text && text.All(char.IsAsciiHexDigit))
        )
        {
            return
            [
                .. value
                    .EnumerateArray()
                    .Select(item => TextOf(item)!.ToLowerInvariant())
                    .Distinct(StringComparer.Ordinal),
            ];
        }

        errors.Add(
            field,
            $"Is not a list of at most {BatchLimits.MaxExcludedTrades} ids of trades. Send 32 hex digits for each."
        );
        return null;
    }
}
