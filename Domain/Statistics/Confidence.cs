using PnlPipeline.Domain.Accounts;

namespace PnlPipeline.Domain.Statistics;

/// <summary>How paths are made of the trades there were.</summary>
public enum Resampling
{
    /// <summary>The same trades in another order: Fisher–Yates from the end.</summary>
    Shuffle,

    /// <summary>As many, drawn with replacement.</summary>
    Bootstrap,

    /// <summary>
    /// Stationary bootstrap: runs of trades of mean length √N; one that reaches the last goes on at the first.
    /// </summary>
    Block,
}

/// <summary>What paths are asked for.</summary>
/// <param name="AllocationPercentage">Of the capital, for each trade.</param>
/// <param name="DrawdownLimit">Percent; <c>null</c> where it is not asked for.</param>
/// <param name="Goal">Money; likewise.</param>
/// <param name="Points">About how many points of the paths are told.</param>
public sealed record ConfidenceRequest(
    Resampling Method,
    int Paths,
    ulong Seed,
    FixedPoint AllocationPercentage,
    decimal? DrawdownLimit,
    decimal? Goal,
    int Points,
    int Annualization
);

/// <summary>Quantiles of many outcomes, linear between them.</summary>
public sealed record Quantiles(double P5, double P25, double P50, double P75, double P95)
{
    /// <param name="values">At least one; they are put in order.</param>
    public static Quantiles Of(Span<double> values)
    {
        values.Sort();
        return new Quantiles(At(values, 5), At(values, 25), At(values, 50), At(values, 75), At(values, 95));
    }

    // Linear at rank (n − 1) × q, the values being counted from 0.
    internal static double At(ReadOnlySpan<double> sorted, int percent)
    {
        var (rank, rest) = Math.DivRem((long)(sorted.Length - 1) * percent, 100);
        return rest == 0
            ? sorted[(int)rank]
            : sorted[(int)rank] + ((sorted[(int)rank + 1] - sorted[(int)rank]) * rest / 100);
    }
}

/// <summary>
/// The middle nine tenths of what a figure came to on all paths on which it is defined; <c>null</c> where it is on
/// none.
/// </summary>
public sealed record Interval(double Lower, double Upper);

/// <summary>The equity along the paths.</summary>
/// <param name="Trade">After how many trades; 0 before the first. All other columns are as long.</param>
public sealed record Fan(
    IReadOnlyList<int> Trade,
    IReadOnlyList<double> P5,
    IReadOnlyList<double> P25,
    IReadOnlyList<double> P50,
    IReadOnlyList<double> P75,
    IReadOnlyList<double> P95
);

/// <summary>Intervals of figures as <c>statistics</c> has them.</summary>
public sealed record Intervals(
    Interval? WinRate,
    Interval? ProfitFactor,
    Interval? Expectancy,
    Interval? AverageChange,
    Interval? Sharpe
);

/// <summary>What came of all paths.</summary>
/// <param name="Fan">Quantiles of the equity along the path.</param>
/// <param name="FinalEquity">In money.</param>
/// <param name="MaxDrawdownPercentage">The deepest fall of each path.</param>
/// <param name="Ruined">The share of paths whose equity came to 0.</param>
/// <param name="PassedDrawdownLimit">The share of those whose drawdown passed the limit at any time; <c>null</c> where
/// none was asked for.</param>
/// <param name="ReachedGoal">The share of those whose equity reached the goal at any time; likewise.</param>
public sealed record Confidence(
    Fan Fan,
    Quantiles FinalEquity,
    Quantiles MaxDrawdownPercentage,
    double Ruined,
    double? PassedDrawdownLimit,
    double? ReachedGoal,
    Intervals Intervals
)
{
    /// <summary>
    /// Of the selected rows' net changes, compounded anew by the sequential rule from the capital before the first of
    /// them. Never of amounts of money.
    /// </summary>
    /// <param name="rows">At least one.</param>
    /// <param name="onPath">Called once a path is done, by several threads at once.</param>
    public static Confidence Of(
        Selection rows,
        ZoneCalendar calendar,
        ConfidenceRequest request,
        Action? onPath = null,
        CancellationToken cancellationToken = default
    ) => new Paths(rows, calendar, request).Run(onPath, cancellationToken);
}

/// <summary>The paths of one answer.</summary>
internal sealed class Paths
{
    private const double WordsToOne = 1.0 / (1ul << 53);
    private static readonly FixedPoint Cap = FixedPoint.Of(CapitalLedger.MaxCapital);

    private readonly ConfidenceRequest _request;
    private readonly Share _allocation;
    private readonly FixedPoint _initial;
    private readonly FixedPoint[] _changes;
    private readonly int[] _at;
    private readonly PeriodSpan[] _days;
    private readonly int _dayCount;

    // A block ends before a trade with this probability.
    private readonly double _endOfBlock;

    private readonly double[][] _fan;
    private readonly double[] _final;
    private readonly double[] _deepest;
    private readonly bool[] _isRuined;
    private readonly bool[] _hasPassed;
    private readonly bool[] _hasReached;
    private readonly double[] _winRate;
    private readonly double[] _profitFactor;
    private readonly double[] _expectancy;
    private readonly double[] _averageChange;
    private readonly double[] _sharpe;

    public Paths(Selection rows, ZoneCalendar calendar, ConfidenceRequest request)
    {
        _request = request;
        _allocation = Share.OfPercentage(request.AllocationPercentage);
        _initial = rows.InitialEquity;
        _changes = new FixedPoint[rows.Count];
        for (var i = 0; i < rows.Count; i++)
            _changes[i] = rows.Ledger.ChangePercentage[rows.Row(i)];
        var days = calendar.Divide(Period.Day, rows.ExitTimes);
        (_days, _dayCount) = (days.Spans, days.Starts.Length);
        _endOfBlock = 1 / Math.Sqrt(rows.Count);
        _at = Positions(rows.Count, request.Points);
        _fan = Array.ConvertAll(_at, _ => new double[request.Paths]);
        (_final, _deepest) = (new double[request.Paths], new double[request.Paths]);
        (_isRuined, _hasPassed, _hasReached) = (
            new bool[request.Paths],
            new bool[request.Paths],
            new bool[request.Paths]
        );
        (_winRate, _profitFactor, _expectancy) = (
            new double[request.Paths],
            new double[request.Paths],
            new double[request.Paths]
        );
        (_averageChange, _sharpe) = (new double[request.Paths], new double[request.Paths]);
    }

    public Confidence Run(Action? onPath, CancellationToken cancellationToken)
    {
        var starts = Starts(cancellationToken);
        // Paths are independent once it is known where in the words each begins: side by side they come to what they
        // come to one after the other.
        Parallel.For(
            0,
            _request.Paths,
            new ParallelOptions { CancellationToken = cancellationToken },
            () => new Room(_changes.Length, _dayCount),
            (path, _, room) =>
            {
                var words = starts[path];
                Draw(ref words, room.Order);
                Walk(path, room);
                onPath?.Invoke();
                return room;
            },
            _ => { }
        );

        var fan = Array.ConvertAll(_fan, values => Quantiles.Of(values));
        return new Confidence(
            new Fan(
                _at,
                Array.ConvertAll(fan, point => point.P5),
                Array.ConvertAll(fan, point => point.P25),
                Array.ConvertAll(fan, point => point.P50),
                Array.ConvertAll(fan, point => point.P75),
                Array.ConvertAll(fan, point => point.P95)
            ),
            Quantiles.Of(_final),
            Quantiles.Of(_deepest),
            ShareOf(_isRuined),
            _request.DrawdownLimit is null ? null : ShareOf(_hasPassed),
            _request.Goal is null ? null : ShareOf(_hasReached),
            new Intervals(
                IntervalOf(_winRate),
                IntervalOf(_profitFactor),
                IntervalOf(_expectancy),
                IntervalOf(_averageChange),
                IntervalOf(_sharpe)
            )
        );
    }

    private static double ShareOf(bool[] paths) => paths.Count(isSo => isSo) / (double)paths.Length;

    private static Interval? IntervalOf(double[] values)
    {
        var defined = Array.FindAll(values, double.IsFinite);
        if (defined.Length == 0)
            return null;
        Array.Sort(defined);
        return new Interval(Quantiles.At(defined, 5), Quantiles.At(defined, 95));
    }

    // Evenly, the start and the end included.
    private static int[] Positions(int trades, int points)
    {
        var count = Math.Min(trades, Math.Max(1, points - 1));
        return [.. Enumerable.Range(0, count + 1).Select(i => (int)((long)trades * i / count))];
    }

    /// <summary>Where in the words each path begins.</summary>
    private SplitMix64[] Starts(CancellationToken cancellationToken)
    {
        var starts = new SplitMix64[_request.Paths];
        var words = new SplitMix64(_request.Seed);
        var order = new int[_changes.Length];
        for (var path = 0; path < starts.Length; path++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            starts[path] = words;
            switch (_request.Method)
            {
                case Resampling.Shuffle:
                    words = words.After((ulong)_changes.Length - 1);
                    break;
                case Resampling.Bootstrap:
                    words = words.After((ulong)_changes.Length);
                    break;
                default:
                    // How many it takes is known once they are drawn.
                    Draw(ref words, order);
                    break;
            }
        }

        return starts;
    }

    private void Draw(ref SplitMix64 words, int[] order)
    {
        switch (_request.Method)
        {
            case Resampling.Shuffle:
                for (var i = 0; i < order.Length; i++)
                    order[i] = i;
                for (var i = order.Length - 1; i > 0; i--)
                {
                    var other = words.Below(i + 1);
                    (order[i], order[other]) = (order[other], order[i]);
                }

                break;
            case Resampling.Bootstrap:
                for (var i = 0; i < order.Length; i++)
                    order[i] = words.Below(order.Length);
                break;
            default:
                for (var i = 0; i < order.Length; i++)
                {
                    var begins = i == 0 || (words.Next() >> 11) * WordsToOne < _endOfBlock;
                    order[i] = begins ? words.Below(order.Length) : (order[i - 1] + 1) % order.Length;
                }

                break;
        }
    }

    private void Walk(int path, Room room)
    {
        // Nobody asks when it fell: the number of the trade is time enough.
        var curve = new EquityCurve(_initial, start: 0);
        var equity = _initial;
        var (wins, losses, won, lost, change) = (0, 0, FixedPoint.Zero, FixedPoint.Zero, FixedPoint.Zero);
        var goal = _request.Goal is { } money ? FixedPoint.Of(money) : default;
        _hasReached[path] = _request.Goal is not null && equity >= goal;
        _fan[0][path] = ToDouble(equity);
        var next = 1;
        // Of each day what it brought, for where a clock was put back over midnight a day goes on after the next one
        // has begun.
        var days = room.Days;
        Array.Clear(days);
        foreach (var (day, begin, end) in _days)
        {
            var before = equity;
            for (var i = begin; i < end; i++)
            {
                var gained = _changes[room.Order[i]];
                var pnl = _allocation.Of(equity, gained);
                if (pnl.Units < -equity.Units)
                    pnl = new FixedPoint(-equity.Units);
                if (pnl > Cap - equity)
                    pnl = Cap - equity;
                curve.Add(pnl, i);
                equity = curve.Equity;
                change += gained;
                if (pnl > FixedPoint.Zero)
                    (wins, won) = (wins + 1, won + pnl);
                else if (pnl < FixedPoint.Zero)
                    (losses, lost) = (losses + 1, lost - pnl);
                if (_request.Goal is not null && equity >= goal)
                    _hasReached[path] = true;
                if (_at[next] == i + 1)
                    _fan[next++][path] = ToDouble(equity);
            }

            days[day] += equity - before;
        }

        var count = _changes.Length;
        _final[path] = ToDouble(equity);
        curve.End(count);
        _deepest[path] = curve.DeepestPercentage;
        _isRuined[path] = equity == FixedPoint.Zero;
        _hasPassed[path] = _request.DrawdownLimit is { } limit && curve.HasFallenOver(FixedPoint.Of(limit));
        _winRate[path] = wins / (double)count;
        _profitFactor[path] = losses == 0 ? double.NaN : ToDouble(won) / ToDouble(lost);
        _expectancy[path] = ToDouble(won - lost) / count;
        _averageChange[path] = ToDouble(change) / count;
        // From here on, of each day the equity at its end.
        var last = _initial;
        for (var day = 0; day < days.Length; day++)
            days[day] = last += days[day];
        _sharpe[path] = DailyReturns.SharpeOf(_initial, days, _request.Annualization) ?? double.NaN;
    }

    private static double ToDouble(FixedPoint amount) => (double)amount.Units / 1e8;

    private sealed class Room(int trades, int days)
    {
        public int[] Order { get; } = new int[trades];

        /// <summary>What each day brought, and then the equity at its end.</summary>
        public FixedPoint[] Days { get; } = new FixedPoint[days];
    }
}
