namespace PnlPipeline.Domain.Trades;

/// <summary>What tells one stream from another: a symbol on a timeframe, for one strategy or for none.</summary>
public readonly record struct StreamKey(string Symbol, string Timeframe, string? Strategy = null)
{
    public override string ToString() =>
        Strategy is null ? $"{Symbol} {Timeframe}" : $"{Symbol} {Timeframe} {Strategy}";
}
