using PnlPipeline.Query.Api.LedgerView;

namespace PnlPipeline.Query.Api.Statistics;

/// <summary>How long trades were held, in seconds: all, those that won, those that lost. <c>null</c> where there are none.</summary>
public sealed record Holdings(Holdings.Figures All, Holdings.Figures Wins, Holdings.Figures Losses)
{
    private const double MillisecondsASecond = 1000;

    public readonly record struct Figures(double? Average, double? Median);

    public static Holdings Of(Selection rows)
    {
        var (wins, losses) = Count(rows);
        // Wins, then losses, then the rest: each a part, and all of them together.
        var holdings = Scratch<long>.Pool.Rent(rows.Count);
        try
        {
            Span<int> next = [0, wins, wins + losses];
            var (shortest, longest) = (long.MaxValue, long.MinValue);
            var ledger = rows.Ledger;
            for (var i = 0; i < rows.Count; i++)
            {
                var row = rows.Row(i);
                var holding = ledger.ExitTime[row] - ledger.EntryTime[row];
                var pnl = ledger.Pnl[row];
                shortest = Math.Min(shortest, holding);
                longest = Math.Max(longest, holding);
                // Which it is cannot be foretold: an index, and no branch.
                var part = pnl.Units == default ? 2 : Int128.IsNegative(pnl.Units) ? 1 : 0;
                holdings[next[part]++] = holding;
            }

            return new Holdings(
                FiguresOf(holdings.AsSpan(0, rows.Count), shortest, longest),
                FiguresOf(holdings.AsSpan(0, wins), shortest, longest),
                FiguresOf(holdings.AsSpan(wins, losses), shortest, longest));
        }
        finally
        {
            Scratch<long>.Pool.Return(holdings);
        }
    }

    private static (int Wins, int Losses) Count(Selection rows)
    {
        var pnl = rows.Ledger.Pnl;
        var (losses, breakeven) = (0, 0);
        for (var i = 0; i < rows.Count; i++)
        {
            var units = pnl[rows.Row(i)].Units;
            losses += Int128.IsNegative(units) ? 1 : 0;
            breakeven += units == default ? 1 : 0;
        }

        return (rows.Count - losses - breakeven, losses);
    }

    private static Figures FiguresOf(ReadOnlySpan<long> holdings, long shortest, long longest)
    {
        if (holdings.IsEmpty)
            return default;

        // A million trades of a hundred years are a third of what 64 bits hold; a ledger may be longer, a trade is not.
        Int128 sum = 0;
        foreach (var holding in holdings)
            sum += holding;
        var (lower, upper) = Median.Middle(holdings, shortest, longest);
        return new Figures(Ratio.Of(sum, (Int128)holdings.Length * 1000), ((double)lower + upper) / 2 / MillisecondsASecond);
    }
}
