using System.Globalization;
using System.Reflection;
using System.Text.Json;
using PnlPipeline.Domain.Accounts;
using PnlPipeline.Domain.Alerts;
using PnlPipeline.Domain.Statistics;
using PnlPipeline.Query.Api.Batches;
using PnlPipeline.Query.Api.Http;

namespace PnlPipeline.Query.Api.Ledgers;

/// <summary>A grid of settings to try.</summary>
/// <param name="Grid">By the name of a setting of a what-if: the values to try. All combinations are, at most
/// 1,000.</param>
/// <param name="RankBy">The figure of the statistics that trials are ranked by, `availableCapital` or `deflatedSharpe`;
/// `sharpe` unless given.</param>
/// <param name="Settings">Settings that all trials have in common, beside the batch's.</param>
/// <param name="Tz">The time zone of days; that of the address unless given.</param>
/// <param name="Annualization">How many days make a year; 365 unless given.</param>
public sealed record SweepBody(
    JsonElement Grid,
    string? RankBy,
    JsonElement? Settings,
    string? Tz,
    string? Annualization
);

/// <summary>What a sweep is to try.</summary>
/// <param name="Trials">Each with what the grid says of it and all its settings.</param>
public sealed record SweepPlan(
    IReadOnlyList<(IReadOnlyDictionary<string, JsonElement> Values, WhatIfSettings Settings)> Trials,
    string RankBy,
    TimeZoneInfo Zone,
    int Annualization
);

/// <summary>Reads a grid and finds everything that is wrong with it. Pure.</summary>
public static class SweepGrid
{
    public const int MaxTrials = 1_000;
    public const string AvailableCapital = "availableCapital";
    public const string DeflatedSharpe = "deflatedSharpe";

    private const string Example = "{\"grid\":{\"allocationPercentage\":[25,50,100]},\"rankBy\":\"sharpe\"}";

    // What a trader wants little of.
    private static readonly HashSet<string> Low = new(StringComparer.Ordinal)
    {
        "losses",
        "breakeven",
        "longestLossStreak",
        "maxDrawdown",
        "maxDrawdownPercentage",
        "longestUnderwater",
        "currentDrawdownPercentage",
        "ulcerIndex",
        "volatility",
        "feesPaid",
        "maxExposure",
        "timeOverExposed",
        "exposure",
        "openTrades",
    };

    private static readonly Dictionary<string, PropertyInfo> Figures = typeof(BatchStatistics)
        .GetProperties()
        .Where(property => property.PropertyType != typeof(string) && property.PropertyType != typeof(bool))
        .ToDictionary(property => JsonNamingPolicy.CamelCase.ConvertName(property.Name), StringComparer.Ordinal);

    /// <summary>Whether the lowest is the best.</summary>
    public static bool IsLowBest(string rankBy) => Low.Contains(rankBy);

    /// <summary>The figure as a number to compare; <c>null</c> where it is undefined.</summary>
    public static double? FigureOf(BatchStatistics statistics, string name) =>
        Figures[name].GetValue(statistics) switch
        {
            null => null,
            FixedPoint amount => double.Parse(amount.ToString(), CultureInfo.InvariantCulture),
            Drawdown<FixedPoint> fall => double.Parse(fall.Value.ToString(), CultureInfo.InvariantCulture),
            Drawdown<double> fall => fall.Value,
            var number => Convert.ToDouble(number, CultureInfo.InvariantCulture),
        };

    /// <param name="zone">That of the query.</param>
    /// <returns><c>null</c> where something is wrong.</returns>
    public static SweepPlan? Read(JsonElement body, Batch batch, TimeZoneInfo zone, FieldErrors errors)
    {
        var (grid, common, rankBy, shown) = (
            default(JsonElement?),
            default(JsonElement?),
            "sharpe",
            new WhatIfRequest { Zone = zone }
        );
        foreach (var (field, value) in RequestBody.Properties(body, errors))
        {
            switch (field)
            {
                case "grid":
                    grid = value;
                    break;
                case "settings" when value.ValueKind == JsonValueKind.Null:
                    break;
                case "settings":
                    common = value;
                    break;
                case "rankBy"
                    when value.ValueKind == JsonValueKind.String
                        && RequestBody.TryGetText(value, out var text)
                        && IsFigure(text):
                    rankBy = text;
                    break;
                case "rankBy":
                    errors.Add(
                        field,
                        $"Is not a figure to rank by. Send one of {AvailableCapital}, {DeflatedSharpe}, "
                            + $"{string.Join(", ", Figures.Keys)}."
                    );
                    break;
                case "tz" or "annualization":
                    shown =
                        WhatIfForm.Read([new(field, value)], errors) is var read && field == "tz"
                            ? shown with
                            {
                                Zone = read.Zone ?? zone,
                            }
                            : shown with
                            {
                                Annualization = read.Annualization,
                            };
                    break;
                default:
                    errors.Add(
                        field,
                        $"Is not known. Send grid, rankBy, settings, tz, annualization, such as {Example}."
                    );
                    break;
            }
        }

        var fixedSettings = Settings("settings", common, errors);
        var values = Values(grid, errors);
        return errors.Any || values is null ? null : Plan(batch, fixedSettings, values, rankBy, shown, errors);
    }

    private static bool IsFigure(string name) =>
        name is AvailableCapital or DeflatedSharpe || Figures.ContainsKey(name);

    private static SweepPlan? Plan(
        Batch batch,
        List<KeyValuePair<string, JsonElement>> common,
        List<(string Setting, List<JsonElement> Values)> grid,
        string rankBy,
        WhatIfRequest shown,
        FieldErrors errors
    )
    {
        var trials = new List<(IReadOnlyDictionary<string, JsonElement>, WhatIfSettings)>();
        var position = new int[grid.Count];
        while (true)
        {
            var values = grid.Select((one, i) => KeyValuePair.Create(one.Setting, one.Values[position[i]])).ToList();
            if (WhatIfForm.Complete(batch, WhatIfForm.Read(common.Concat(values), errors), errors) is not { } settings)
                return null;
            trials.Add((values.ToDictionary(StringComparer.Ordinal), settings));

            var last = grid.Count - 1;
            while (last >= 0 && ++position[last] == grid[last].Values.Count)
                position[last--] = 0;
            if (last < 0)
                return new SweepPlan(trials, rankBy, shown.Zone!, shown.Annualization);
        }
    }

    private static List<KeyValuePair<string, JsonElement>> Settings(
        string field,
        JsonElement? settings,
        FieldErrors errors
    )
    {
        if (settings is null)
            return [];
        if (settings is { ValueKind: JsonValueKind.Object } given)
        {
            List<KeyValuePair<string, JsonElement>> read = [.. RequestBody.Properties(given, errors)];
            foreach (var (name, value) in read)
                Check($"{field}.{name}", name, value, errors);
            return read;
        }

        errors.Add(field, "Is not an object. Send settings of a what-if, such as {\"sizing\":\"percentOfEquity\"}.");
        return [];
    }

    private static List<(string Setting, List<JsonElement> Values)>? Values(JsonElement? grid, FieldErrors errors)
    {
        if (grid is not { ValueKind: JsonValueKind.Object } given)
        {
            errors.Add(
                "grid",
                $"Is {(grid is null ? "missing" : "not an object")}. Send the values to try by setting, such as "
                    + $"{Example}."
            );
            return null;
        }

        var read = new List<(string, List<JsonElement>)>();
        var trials = 1L;
        foreach (var (name, values) in RequestBody.Properties(given, errors))
        {
            var field = $"grid.{name}";
            if (values.ValueKind != JsonValueKind.Array || values.GetArrayLength() == 0)
            {
                errors.Add(field, "Is not a list of values. Send at least one.");
                continue;
            }

            foreach (var value in values.EnumerateArray())
                Check(field, name, value, errors);
            read.Add((name, [.. values.EnumerateArray()]));
            trials = Math.Min(trials * values.GetArrayLength(), int.MaxValue);
        }

        if (read.Count == 0 && !errors.Any)
            errors.Add("grid", $"Is empty. Send the values to try by setting, such as {Example}.");
        if (trials > MaxTrials)
            errors.Add("grid", $"Comes to {trials} trials. Send values for at most {MaxTrials}.");
        return read;
    }

    // By itself, so that its errors are told under where it stands.
    private static void Check(string field, string name, JsonElement value, FieldErrors errors)
    {
        var own = new FieldErrors();
        if (
            value.ValueKind != JsonValueKind.Null
            && WhatIfForm.ReadSetting(new WhatIfRequest(), name, value, own) is null
        )
            errors.Add(field, $"Is not a setting of a what-if. Leave it out, or correct its name: {WhatIfForm.Known}.");
        foreach (var message in own.ToDictionary().SelectMany(one => one.Value))
            errors.Add(field, message);
    }
}
