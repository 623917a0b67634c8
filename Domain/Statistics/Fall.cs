using System.Numerics;
using PnlPipeline.Domain.Accounts;

namespace PnlPipeline.Domain.Statistics;

/// <summary>
/// A fall of equity from a peak, the last row at that height, to the first row that is at or over it again.
/// </summary>
/// <param name="Depth">Peak less trough.</param>
/// <param name="PeakTime">Unix milliseconds, as the others.</param>
/// <param name="TroughTime">The first at that depth.</param>
/// <param name="Recovery"><c>null</c> where it has not come back.</param>
internal readonly record struct Fall(FixedPoint Depth, FixedPoint Peak, long PeakTime, long TroughTime, long? Recovery)
{
    public bool IsDeeperInPercent(Fall other)
    {
        if (other.Depth == FixedPoint.Zero)
            return true;

        // Crosswise; exactly only where doubles cannot tell.
        var mine = (double)Depth.Units * (double)other.Peak.Units;
        var others = (double)other.Depth.Units * (double)Peak.Units;
        return Math.Abs(mine - others) > 1e-14 * others
            ? mine > others
            : (BigInteger)Depth.Units * other.Peak.Units > (BigInteger)other.Depth.Units * Peak.Units;
    }

    /// <summary>Whether it is more than a percentage of its peak: exactly so much is not.</summary>
    public bool IsOver(FixedPoint percentage) =>
        (BigInteger)Depth.Units * FixedPoint.Of(100).Units > (BigInteger)percentage.Units * Peak.Units;

    public Drawdown<T> Named<T>(T value) =>
        Depth == FixedPoint.Zero
            ? new Drawdown<T>(value, null, null, null)
            : new Drawdown<T>(
                value,
                UnixTime.FromUnixMilliseconds(PeakTime),
                UnixTime.FromUnixMilliseconds(TroughTime),
                Recovery is { } time ? UnixTime.FromUnixMilliseconds(time) : null
            );
}
