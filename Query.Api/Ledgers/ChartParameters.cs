using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using PnlPipeline.Domain.Statistics;
using PnlPipeline.Query.Api.Http;

namespace PnlPipeline.Query.Api.Ledgers;

/// <summary>What a series is asked to show.</summary>
public abstract class SeriesParameters : RequestParameters
{
    public const string ByTrade = "trade";

    /// <summary>The most that can be asked for.</summary>
    public const int MaxPoints = 20_000;

    /// <summary>The most that is answered without being asked for a number.</summary>
    public const int MaxWhole = 200_000;

    /// <summary>What each point stands for: <see cref="ByTrade"/> or the word for a <see cref="Period"/>.</summary>
    public abstract string By { get; init; }

    public abstract string Mode { get; init; }

    /// <summary>About how many points are wanted; absent for all.</summary>
    /// <example>2000</example>
    [Range(1, MaxPoints)]
    public int? Points { get; init; }

    public SelectionParameters Selection { get; init; } = new();

    /// <returns>What is answered to who asks for a series of that length whole; <c>null</c> where it is.</returns>
    public static ProblemHttpResult? TooLong(int count) =>
        count > MaxWhole
            ? Problems.BadRequest(
                "points",
                $"The series has {count} points, more than {MaxWhole}. Ask for points=2000, or at most {MaxPoints}."
            )
            : null;

    public bool IsByTrade => By == ByTrade;

    /// <summary>The periods of the selection in the zone asked for; not where it is by trade.</summary>
    /// <param name="now">Unix milliseconds.</param>
    public Periods Divide(Selection rows, long now) =>
        rows.Divide(ZoneCalendar.Of(Selection.Zone), Enum.Parse<Period>(By, ignoreCase: true), now);
}

public sealed class CapitalParameters : SeriesParameters, IParameters<CapitalParameters>
{
    /// <summary>What each point stands for.</summary>
    /// <example>trade</example>
    [AllowedValues(ByTrade, "hour", "day", "week", "month"), Default(ByTrade)]
    public override string By { get; init; } = "";

    /// <summary>What its value says.</summary>
    /// <example>cumulative</example>
    [AllowedValues("cumulative", "absolute"), Default("cumulative")]
    public override string Mode { get; init; } = "";

    public bool IsCumulative => Mode == "cumulative";
}

public sealed class TradeCountParameters : SeriesParameters, IParameters<TradeCountParameters>
{
    /// <summary>What each point stands for.</summary>
    /// <example>day</example>
    [AllowedValues("day", "hour", "week", "month"), Default("day")]
    public override string By { get; init; } = "";

    /// <summary>What its value says.</summary>
    /// <example>cumulative</example>
    [AllowedValues("cumulative", "absolute"), Default("cumulative")]
    public override string Mode { get; init; } = "";

    public bool IsCumulative => Mode == "cumulative";
}

public sealed class DrawdownParameters : SeriesParameters, IParameters<DrawdownParameters>
{
    /// <summary>What each point stands for.</summary>
    /// <example>trade</example>
    [AllowedValues(ByTrade, "day"), Default(ByTrade)]
    public override string By { get; init; } = "";

    /// <summary>What its value says.</summary>
    /// <example>percentage</example>
    [AllowedValues("percentage", "absolute"), Default("percentage")]
    public override string Mode { get; init; } = "";

    public bool IsPercentage => Mode == "percentage";
}

/// <summary>The counts are the same in every time zone; it is taken all the same.</summary>
public sealed class DistributionParameters : RequestParameters, IParameters<DistributionParameters>
{
    /// <summary>What is counted.</summary>
    /// <example>change</example>
    [AllowedValues("change", "pnl"), Default("change")]
    public string Of { get; init; } = "";

    /// <summary>How many bins.</summary>
    /// <example>20</example>
    [Range(1, 1000), Default(20)]
    public int Bins { get; init; }

    public SelectionParameters Selection { get; init; } = new();
}

public sealed class ReturnsParameters : RequestParameters, IParameters<ReturnsParameters>
{
    /// <summary>What each figure stands for.</summary>
    /// <example>month</example>
    [AllowedValues("month"), Default("month")]
    public string By { get; init; } = "";

    public SelectionParameters Selection { get; init; } = new();
}
