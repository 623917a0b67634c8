using System.Runtime.CompilerServices;
using PnlPipeline.Domain.Accounts;

namespace PnlPipeline.Domain.Statistics;

/// <summary>
/// How long trades were held, in seconds: all, those that won, those that lost. <c>null</c> where there are none.
/// </summary>
public sealed record Holdings(Holdings.Figures All, Holdings.Figures Wins, Holdings.Figures Losses)
{
    private const double MillisecondsASecond = 1000;

    // A trade won, lost, or neither.
    private const int Kinds = 3;
    private const int Win = 0;
    private const int Loss = 1;
    private const int Neither = 2;

    // A million trades of a hundred years are a third of what 64 bits hold.
    private const int RowsASum = 1 << 20;

    public readonly record struct Figures(double? Average, double? Median);

    /// <param name="rows">At least one.</param>
    /// <param name="time">Theirs.</param>
    public static Holdings Of(Selection rows, TimeInMarket time)
    {
        var ledger = rows.Ledger;
        var parts = new Median.Parts(time.ShortestHolding, time.LongestHolding);
        Span<int> counts = stackalloc int[Kinds * Median.Parts.Count];
        counts.Clear();
        Int128 total = 0,
            lost = 0,
            neither = 0;
        for (var begin = 0; begin < rows.Count; begin += RowsASum)
        {
            var (all64, lost64, neither64) = (0L, 0L, 0L);
            var end = Math.Min(begin + RowsASum, rows.Count);
            for (var i = begin; i < end; i++)
            {
                var row = rows.Row(i);
                var (holding, kind) = (ledger.ExitTime[row] - ledger.EntryTime[row], KindOf(ledger.Pnl[row]));
                counts[(kind * Median.Parts.Count) + parts.Of(holding)]++;
                all64 += holding;
                lost64 += holding & -(long)(kind & Loss);
                neither64 += holding & -(long)(kind >> 1);
            }

            (total, lost, neither) = (total + all64, lost + lost64, neither + neither64);
        }

        var wins = counts[..Median.Parts.Count];
        var losses = counts.Slice(Loss * Median.Parts.Count, Median.Parts.Count);
        var all = counts[(Neither * Median.Parts.Count)..];
        for (var part = 0; part < all.Length; part++)
            all[part] += wins[part] + losses[part];
        return Gathered(
            rows,
            parts,
            new Counted(all, total),
            new Counted(wins, total - lost - neither),
            new Counted(losses, lost)
        );
    }

    // Which it is cannot be foretold: a number, and no branch.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int KindOf(FixedPoint pnl)
    {
        var isLoss = Int128.IsNegative(pnl.Units) ? 1 : 0;
        return pnl.Units == default ? Neither : isLoss;
    }

    private static Holdings Gathered(Selection rows, Median.Parts parts, Counted all, Counted wins, Counted losses)
    {
        var (ofAll, ofWins, ofLosses) = (all.Find(parts), wins.Find(parts), losses.Find(parts));
        var wanted = ofAll.Wanted + ofWins.Wanted + ofLosses.Wanted;
        var room = PooledBuffer<long>.Pool.Rent(wanted);
        try
        {
            var inAll = room.AsSpan(0, ofAll.Wanted);
            var inWins = room.AsSpan(inAll.Length, ofWins.Wanted);
            var inLosses = room.AsSpan(inAll.Length + inWins.Length, ofLosses.Wanted);
            var (nextOfAll, nextOfWins, nextOfLosses) = (0, 0, 0);
            var ledger = rows.Ledger;
            for (var i = 0; wanted > 0 && i < rows.Count; i++)
            {
                var row = rows.Row(i);
                var holding = ledger.ExitTime[row] - ledger.EntryTime[row];
                if (ofAll.Wants(holding))
                    inAll[nextOfAll++] = holding;
                if (!ofWins.Wants(holding) && !ofLosses.Wants(holding))
                    continue;
                var kind = KindOf(ledger.Pnl[row]);
                if (kind == Win && ofWins.Wants(holding))
                    inWins[nextOfWins++] = holding;
                else if (kind == Loss && ofLosses.Wants(holding))
                    inLosses[nextOfLosses++] = holding;
            }

            return new Holdings(
                FiguresOf(all, inAll, ofAll),
                FiguresOf(wins, inWins, ofWins),
                FiguresOf(losses, inLosses, ofLosses)
            );
        }
        finally
        {
            PooledBuffer<long>.Pool.Return(room);
        }
    }

    private static Figures FiguresOf(in Counted counted, Span<long> gathered, Median.Middle middle)
    {
        if (counted.Total == 0)
            return default;

        var (lower, upper) = Median.Of(gathered, middle);
        return new Figures(
            Ratio.Of(counted.Sum, (Int128)counted.Total * 1000),
            ((double)lower + upper) / 2 / MillisecondsASecond
        );
    }

    /// <summary>Holdings by the parts of their span, and what they add up to.</summary>
    private readonly ref struct Counted
    {
        private readonly ReadOnlySpan<int> _counts;

        public Counted(ReadOnlySpan<int> counts, Int128 sum)
        {
            _counts = counts;
            Sum = sum;
            foreach (var count in counts)
                Total += count;
        }

        public int Total { get; }

        public Int128 Sum { get; }

        // Of none there is nothing to gather.
        public Median.Middle Find(Median.Parts parts) =>
            Total == 0
                ? default(Median.Middle) with
                {
                    IsKnown = true,
                }
                : parts.Find(_counts, (Total - 1) / 2, Total / 2);
    }
}
