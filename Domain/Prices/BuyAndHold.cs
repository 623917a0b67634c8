using PnlPipeline.Domain.Accounts;
using PnlPipeline.Domain.Statistics;

namespace PnlPipeline.Domain.Prices;

/// <summary>
/// Symbols bought in equal parts and held, day by day, from prices in no order: each from its first price at or after
/// an instant, valued at the newest price at or before the end of each day. A part that has not been bought yet waits
/// as money.
/// </summary>
/// <param name="parts">How many symbols there are.</param>
/// <param name="from">Unix milliseconds: nothing is bought before.</param>
/// <param name="days">The first instant of each day, ascending.</param>
public sealed class BuyAndHold(int parts, long from, long[] days)
{
    // Of each part: what it was bought at, and the newest price within each day; the first day has those before it,
    // too.
    private readonly PricePoint?[] _bought = new PricePoint?[parts];
    private readonly PricePoint?[][] _newest =
    [
        .. Enumerable.Range(0, parts).Select(_ => new PricePoint?[days.Length]),
    ];

    /// <summary>Takes a price of a part.</summary>
    /// <param name="point">Before the end of the last day.</param>
    public void Add(int part, PricePoint point)
    {
        if (point.Time < from)
            return;
        if (
            _bought[part] is not { } first
            || point.Time < first.Time
            || (point.Time == first.Time && point.Id < first.Id)
        )
            _bought[part] = point;
        ref var newest = ref _newest[part][DayOf(point.Time)];
        if (newest is not { } known || point.IsNewerThan(known))
            newest = point;
    }

    /// <summary>What it is worth at the end of each day.</summary>
    public Held Value()
    {
        var sums = new double[days.Length];
        for (var part = 0; part < parts; part++)
        {
            PricePoint? last = null;
            for (var day = 0; day < days.Length; day++)
            {
                last = _newest[part][day] ?? last;
                // What is not bought yet is worth what it was. In doubles: a quotient of decimals ends after 28 places,
                // which hold few digits of a price that fell to next to nothing.
                sums[day] += last is { } price ? (double)price.Price / (double)_bought[part]!.Value.Price : 1;
            }
        }

        return new Held(Array.ConvertAll(sums, sum => sum / parts));
    }

    // A day of a clock that is put back over midnight goes on until the next one begins.
    private int DayOf(long time)
    {
        var found = Array.BinarySearch(days, time);
        return found >= 0 ? found : Math.Max(0, ~found - 1);
    }
}

/// <summary>What was bought and is held, day by day.</summary>
/// <param name="Value">At the end of each day, as a part of what was put in: 1 is neither more nor less. Above 0.</param>
public sealed record Held(double[] Value)
{
    /// <summary>Nothing was bought, and all of it waits as money.</summary>
    public static Held Money(int days)
    {
        var value = new double[days];
        Array.Fill(value, 1);
        return new Held(value);
    }

    /// <summary>The change since the beginning at the end of each day, in percent.</summary>
    public double[] ChangePercentage() => Array.ConvertAll(Value, value => (value - 1) * 100);

    /// <summary>The return of each day; what was put in is what the first one begins with.</summary>
    public double[] Returns()
    {
        var (returns, before) = (new double[Value.Length], 1.0);
        for (var day = 0; day < returns.Length; day++)
        {
            returns[day] = (Value[day] - before) / before;
            before = Value[day];
        }

        return returns;
    }
}

/// <summary>How an account moves with what it is held against.</summary>
/// <param name="Beta">Covariance of the daily returns of both over the variance of the benchmark's; <c>null</c> where
/// that does not vary.</param>
/// <param name="Alpha">The mean daily return less beta times the benchmark's, annualized; a fraction.</param>
public sealed record AlphaAndBeta(double? Alpha, double? Beta)
{
    /// <summary>
    /// Of money and values, not of changes in percent: where next to nothing is left, a change since the beginning no
    /// longer says how much.
    /// </summary>
    /// <param name="initialEquity">What the account begins with.</param>
    /// <param name="equity">At the end of each day.</param>
    /// <param name="benchmark">Over the same days.</param>
    /// <param name="annualization">How many daily returns make a year.</param>
    public static AlphaAndBeta Of(
        FixedPoint initialEquity,
        ReadOnlySpan<FixedPoint> equity,
        Held benchmark,
        int annualization
    )
    {
        var (own, other) = (DailyReturns.Of(initialEquity, equity), benchmark.Returns());
        if (DailyReturns.Beta(own, other) is not { } beta)
            return new AlphaAndBeta(null, null);
        return new AlphaAndBeta(Ratio.Finite((own.Average() - (beta * other.Average())) * annualization), beta);
    }
}
