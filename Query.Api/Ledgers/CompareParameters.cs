using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Text.Json.Serialization;
using PnlPipeline.Domain.Accounts;
using PnlPipeline.Domain.Alerts;
using PnlPipeline.Domain.Statistics;
using PnlPipeline.Query.Api.Http;

namespace PnlPipeline.Query.Api.Ledgers;

/// <summary>A part of a sum: a number from 0 to 1,000,000.</summary>
public sealed class WeightTextAttribute : TextFormatAttribute
{
    private static readonly NumberRange Range = new(0, 1_000_000);

    public override bool TryRead(string text, out object? value, out string error)
    {
        var isRead = Range.TryRead(text, out var part, out error);
        value = part.ToString(CultureInfo.InvariantCulture);
        return isRead;
    }
}

public sealed class CompareParameters : RequestParameters, IParameters<CompareParameters>
{
    private const int MaxBatches = 20;
    private const string Monthly = "month";

    /// <summary>The ids of the batches, 1 to 20; one that stands several times counts once.</summary>
    /// <example>1</example>
    [JsonPropertyName("batch"), IdText]
    [Required(ErrorMessage = "Is missing. Send the ids of the batches to compare, for example batch=1&batch=2.")]
    public IReadOnlyList<string> Batches { get; init; } = [];

    /// <summary>What each point stands for.</summary>
    /// <example>day</example>
    [AllowedValues("day"), Default("day")]
    public string By { get; init; } = "";

    /// <summary>
    /// In which parts the batches are summed (`weighted`): one for each batch, in their order, none below 0; only their
    /// proportions count.
    /// </summary>
    /// <example>0.6</example>
    [WeightText]
    public IReadOnlyList<string> Weights { get; init; } = [];

    /// <summary>
    /// Weights that are made of the daily returns: `equalRisk`, so that each batch adds the same to the variance of
    /// the sum; `minimumVariance`, so that it is least. `suggestion` says of which days. Without `weights`, `weighted`
    /// is in these.
    /// </summary>
    /// <example>equalRisk</example>
    [AllowedValues("equalRisk", "minimumVariance")]
    public string? Suggest { get; init; }

    /// <summary>Whether the weighted sum is parted anew before each month.</summary>
    /// <example>never</example>
    [AllowedValues("never", Monthly), Default("never")]
    public string Rebalance { get; init; } = "";

    public YearParameters Year { get; init; } = new();

    public SelectionParameters Selection { get; init; } = new();

    /// <summary>Each once, in the order of the request.</summary>
    public IReadOnlyList<string> Ids => [.. Batches.Distinct(StringComparer.Ordinal)];

    /// <returns><c>null</c> where no weights are asked for.</returns>
    public Weighting? ToWeighting()
    {
        if (Weights.Count == 0 && Suggest is null)
            return null;
        var sum = Parts().Sum();
        return new Weighting(
            Weights.Count == 0 ? null : [.. Parts().Select(part => part / sum)],
            Suggest is null ? null : Enum.Parse<WeightSuggestion>(Suggest, ignoreCase: true),
            Rebalance == Monthly,
            Year.Days
        );
    }

    private IEnumerable<double> Parts() => Weights.Select(text => double.Parse(text, CultureInfo.InvariantCulture));

    public override void Check(FieldErrors errors)
    {
        if (Ids.Count > MaxBatches)
            errors.Add("batch", $"Stands for {Ids.Count} different ids. Send at most {MaxBatches}.");
        if (Weights.Count > 0 && Weights.Count != Ids.Count)
            errors.Add(
                "weights",
                $"Has {Weights.Count} of {Ids.Count} that it takes. Send one for each batch, in their order."
            );
        else if (Weights.Count > 0 && Parts().Sum() <= 0)
            errors.Add("weights", "Come to 0 in all. Send one above 0.");
    }
}
