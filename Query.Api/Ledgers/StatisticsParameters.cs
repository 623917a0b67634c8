using System.ComponentModel.DataAnnotations;
using System.Globalization;
using PnlPipeline.Query.Api.Http;

namespace PnlPipeline.Query.Api.Ledgers;

public sealed class StatisticsParameters : RequestParameters, IParameters<StatisticsParameters>
{
    public YearParameters Year { get; init; } = new();

    public SelectionParameters Selection { get; init; } = new();
}

/// <summary>How long a year is.</summary>
public sealed class YearParameters : RequestParameters
{
    /// <summary>How many days make a year, for figures made of daily returns.</summary>
    /// <example>365</example>
    [AllowedValues("365", "252"), Default("365")]
    public string Annualization { get; init; } = "";

    public int Days => int.Parse(Annualization, CultureInfo.InvariantCulture);
}
