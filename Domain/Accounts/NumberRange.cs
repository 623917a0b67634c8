using PnlPipeline.Domain.Alerts;

namespace PnlPipeline.Domain.Accounts;

/// <summary>What a setting that is a number may be, and how it is read.</summary>
/// <param name="ExclusiveMin">The least itself is not allowed.</param>
/// <param name="Decimals">At most so many.</param>
public sealed record NumberRange(
    decimal Min,
    decimal Max,
    bool ExclusiveMin = false,
    int Decimals = FixedPoint.Decimals
)
{
    public bool Contains(decimal value) => (ExclusiveMin ? value > Min : value >= Min) && value <= Max;

    /// <summary>Reads a number by JSON's grammar: exactly, or not at all.</summary>
    /// <param name="value">Without trailing zeros; 0 where the text is refused.</param>
    /// <param name="error">What is wrong and what to do; empty where nothing is.</param>
    public bool TryRead(ReadOnlySpan<char> text, out decimal value, out string error)
    {
        value = 0;
        error = "";
        if (!ExactNumber.TryParse(text, out var number))
            error = $"Is not a number. Send one {this}.";
        else if (number.DecimalPlaces > Decimals)
            error = $"Has more than {Decimals} decimals. Send at most {Decimals}.";
        else if (!number.TryRound(Decimals, out value) || !Contains(value))
            error = $"Is out of range. Send a number {this}.";
        if (error.Length > 0)
            value = 0;
        return error.Length == 0;
    }

    /// <summary>As it stands behind "a number": <c>from 0 to 10</c>, <c>above 0 and at most 100</c>.</summary>
    public override string ToString() =>
        ExclusiveMin ? $"above {Plain(Min)} and at most {Plain(Max)}" : $"from {Plain(Min)} to {Plain(Max)}";

    private static string Plain(decimal value) => $"{ExactNumber.WithoutTrailingZeros(value)}";
}
