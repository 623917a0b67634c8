using PnlPipeline.Contracts;
using PnlPipeline.Domain.Alerts;

namespace PnlPipeline.Domain.Accounts;

/// <summary>What a batch's ledger is computed with: money and percentages of at most 8 decimals.</summary>
/// <param name="Capital">Within <see cref="BatchLimits.Capital"/>.</param>
/// <param name="AllocationPercentage">
/// Within <see cref="BatchLimits.AllocationPercentage"/>: how much of the capital each trade is made with.
/// </param>
/// <param name="FeePercentage">Within <see cref="BatchLimits.FeePercentage"/>: per fill, of its notional.</param>
public readonly record struct LedgerSettings(decimal Capital, decimal AllocationPercentage, decimal FeePercentage);

/// <summary>A trade that counts in a batch, ordered as its ledger is: by exit time, entry time, id.</summary>
/// <param name="ChangePercentage">Gross, in percent, 8 decimals.</param>
public readonly record struct CountedTrade(
    AlertId TradeId,
    long StreamId,
    Direction Side,
    DateTime EntryTime,
    DateTime ExitTime,
    decimal EntryPrice,
    decimal ExitPrice,
    decimal ChangePercentage
);

/// <summary>Where a row stands: the order of a ledger.</summary>
public readonly record struct LedgerPosition(DateTime ExitTime, DateTime EntryTime, AlertId TradeId)
    : IComparable<LedgerPosition>
{
    public static LedgerPosition Of(in CountedTrade trade) => new(trade.ExitTime, trade.EntryTime, trade.TradeId);

    public static LedgerPosition Of(in LedgerRow row) => new(row.ExitTime, row.EntryTime, row.TradeId);

    public int CompareTo(LedgerPosition other)
    {
        var exit = ExitTime.CompareTo(other.ExitTime);
        if (exit != 0)
            return exit;
        var entry = EntryTime.CompareTo(other.EntryTime);
        return entry != 0 ? entry : TradeId.CompareTo(other.TradeId);
    }

    public static bool operator <(LedgerPosition left, LedgerPosition right) => left.CompareTo(right) < 0;

    public static bool operator >(LedgerPosition left, LedgerPosition right) => left.CompareTo(right) > 0;

    public static bool operator <=(LedgerPosition left, LedgerPosition right) => left.CompareTo(right) <= 0;

    public static bool operator >=(LedgerPosition left, LedgerPosition right) => left.CompareTo(right) >= 0;
}

/// <summary>What the next row goes on from; a row's own state is that after it.</summary>
/// <param name="Seq">Rows so far.</param>
/// <param name="MaxDrawdownPercentage">The highest of all rows so far.</param>
/// <param name="Wins">Rows so far with a pnl above 0.</param>
/// <param name="RuinedSeq">The row that brought the capital to 0.</param>
/// <param name="CappedSeq">The first row whose pnl was cut at the cap.</param>
public readonly record struct LedgerState(
    long Seq,
    decimal AvailableCapital,
    decimal PeakCapital,
    decimal MaxDrawdownPercentage,
    long Wins,
    long? RuinedSeq,
    long? CappedSeq
)
{
    /// <summary>Before the first row: the peak is the starting capital, so that a first loss is a drawdown.</summary>
    public static LedgerState Start(LedgerSettings settings) =>
        new(0, settings.Capital, settings.Capital, 0, 0, null, null);
}

/// <summary>One row of a ledger; money and percentages rounded half-even to 8 decimals, each once.</summary>
/// <param name="State">After this row.</param>
/// <param name="ChangePercentage">Net of fees.</param>
/// <param name="Fee">The part of <paramref name="Pnl"/> that the fees took, at or above 0.</param>
public readonly record struct LedgerRow(
    LedgerState State,
    AlertId TradeId,
    long StreamId,
    Direction Side,
    DateTime EntryTime,
    DateTime ExitTime,
    decimal EntryPrice,
    decimal ExitPrice,
    decimal ChangePercentage,
    decimal Pnl,
    decimal Fee,
    decimal Drawdown,
    decimal DrawdownPercentage
);

/// <summary>What a sequence of trades makes of a batch's capital.</summary>
public static class CapitalLedger
{
    /// <summary>Capital stops here.</summary>
    public const decimal MaxCapital = 1_000_000_000_000_000_000m;

    /// <summary>A net change is brought to ± this.</summary>
    public const decimal MaxChangePercentage = 1_000_000_000_000_000m;

    private static readonly FixedPoint CapitalLimit = FixedPoint.Of(MaxCapital);
    private static readonly FixedPoint ChangeLimit = FixedPoint.Of(MaxChangePercentage);
    private static readonly FixedPoint Whole = FixedPoint.Of(100);

    /// <summary>The row of <paramref name="trade"/>, which comes next in the ledger's order.</summary>
    public static LedgerRow Next(in LedgerSettings settings, in LedgerState before, in CountedTrade trade)
    {
        var change = NetChangePercentage(settings, trade);
        var (state, pnl, drawdown, drawdownPercentage) = Go(settings, before, change);
        return new LedgerRow(
            state,
            trade.TradeId,
            trade.StreamId,
            trade.Side,
            trade.EntryTime,
            trade.ExitTime,
            trade.EntryPrice,
            trade.ExitPrice,
            change,
            pnl,
            Fee(settings, before, trade.EntryPrice, trade.ExitPrice),
            drawdown,
            drawdownPercentage
        );
    }

    /// <summary>
    /// The row of the same trade where it goes on from another state: what the trade gained does not depend on that.
    /// </summary>
    public static LedgerRow Again(in LedgerSettings settings, in LedgerState before, in LedgerRow row)
    {
        var (state, pnl, drawdown, drawdownPercentage) = Go(settings, before, row.ChangePercentage);
        return row with
        {
            State = state,
            Pnl = pnl,
            Fee = Fee(settings, before, row.EntryPrice, row.ExitPrice),
            Drawdown = drawdown,
            DrawdownPercentage = drawdownPercentage,
        };
    }

    private static (LedgerState State, decimal Pnl, decimal Drawdown, decimal DrawdownPercentage) Go(
        in LedgerSettings settings,
        in LedgerState before,
        decimal change
    )
    {
        var seq = before.Seq + 1;
        var capital = before.AvailableCapital;

        // Of the change as the row shows it, so that a row can be checked by hand from the one before it.
        var pnl = Pnl(capital, settings.AllocationPercentage, change);
        var capped = pnl > MaxCapital - capital;
        if (capped)
            pnl = MaxCapital - capital;

        var available = capital + pnl;
        var peak = Math.Max(before.PeakCapital, available);
        var drawdown = peak - available;
        var drawdownPercentage = drawdown == 0 ? 0 : FixedPoint.MultiplyDivide(drawdown, 100m, peak, Whole);

        var state = new LedgerState(
            seq,
            available,
            peak,
            Math.Max(before.MaxDrawdownPercentage, drawdownPercentage),
            before.Wins + (pnl > 0 ? 1 : 0),
            before.RuinedSeq ?? (available == 0 ? seq : null),
            before.CappedSeq ?? (capped ? seq : null)
        );
        return (state, pnl, drawdown, drawdownPercentage);
    }

    /// <summary>
    /// What a change makes of the part of a capital that a trade gets: rounded once, and never more is lost than there
    /// is.
    /// </summary>
    public static decimal Pnl(decimal capital, decimal allocationPercentage, decimal changePercentage) =>
        Math.Max(
            -capital,
            FixedPoint.MultiplyDivide(capital, allocationPercentage, changePercentage, 100m * 100m, CapitalLimit)
        );

    /// <summary>Whether the row is this trade's, as far as that can be told without the row before it.</summary>
    public static bool IsOf(in LedgerRow row, in CountedTrade trade, in LedgerSettings settings) =>
        (row.TradeId, row.StreamId, row.Side, row.EntryTime, row.ExitTime, row.EntryPrice, row.ExitPrice)
            == (
                trade.TradeId,
                trade.StreamId,
                trade.Side,
                trade.EntryTime,
                trade.ExitTime,
                trade.EntryPrice,
                trade.ExitPrice
            )
        && row.ChangePercentage == NetChangePercentage(settings, trade);

    /// <summary>
    /// A trade's change net of fees. Both fills pay: of the entry's notional and of the exit's, told in percent of the
    /// entry's.
    /// </summary>
    public static decimal NetChangePercentage(in LedgerSettings settings, in CountedTrade trade) =>
        settings.FeePercentage == 0
            ? Math.Clamp(trade.ChangePercentage, -MaxChangePercentage, MaxChangePercentage)
            : FixedPoint.SubtractShare(
                trade.ChangePercentage,
                settings.FeePercentage,
                trade.EntryPrice,
                trade.ExitPrice,
                trade.EntryPrice,
                ChangeLimit
            );

    // Both percentages and the sum of two prices are exact decimals: 10 digits each, and 28.
    private static decimal Fee(
        in LedgerSettings settings,
        in LedgerState before,
        decimal entryPrice,
        decimal exitPrice
    ) =>
        settings.FeePercentage == 0
            ? 0
            : FixedPoint.MultiplyDivide(
                before.AvailableCapital,
                settings.AllocationPercentage * settings.FeePercentage * 0.0001m,
                entryPrice + exitPrice,
                entryPrice,
                CapitalLimit
            );
}
