using System.Numerics;
using PnlPipeline.Domain.Alerts;

namespace PnlPipeline.Domain.Accounts;

/// <summary>Closed trades in the order of a ledger, a column an array; arrays may be longer.</summary>
/// <param name="EntryTime">Unix milliseconds.</param>
/// <param name="ExitTime">Unix milliseconds.</param>
/// <param name="EntryPrice">× 10^4, a unit being 10^-12.</param>
/// <param name="ExitPrice">Likewise.</param>
/// <param name="EntryOrder">Positions by entry time, then trade id.</param>
/// <param name="Change">Net of what the fills cost, in percent.</param>
public sealed record SizedTrades(
    int Count,
    long[] EntryTime,
    long[] ExitTime,
    AmountColumn EntryPrice,
    AmountColumn ExitPrice,
    AlertId[] TradeId,
    int[] EntryOrder,
    AmountColumn Change
);

/// <summary>A trade that entered and has not exited: it takes room, and makes no row.</summary>
/// <param name="EntryTime">Unix milliseconds.</param>
public readonly record struct UnclosedTrade(long EntryTime, AlertId TradeId);

/// <summary>An entry that was skipped.</summary>
/// <param name="Place">Its row among the closed trades; the complement of its place among those that are open.</param>
public readonly record struct SkippedTrade(AlertId TradeId, SkipReason Reason, int Place);

/// <summary>What became of an account, a column an array; one number a row that was not skipped.</summary>
/// <param name="Rows">Which trades have a row, in order; <c>null</c> where all have.</param>
/// <param name="Open">Which unclosed trades entered.</param>
/// <param name="Skipped">In the order of entries.</param>
/// <param name="MaxExposure">In percent, after any instant; <c>null</c> by the sequential rule, where it follows from
/// the rows.</param>
/// <param name="OverExposed">Milliseconds from the earliest entry of a row to the last exit in which it was over 100 %;
/// likewise.</param>
/// <param name="Ruined">The trade that brought the equity to 0.</param>
/// <param name="IsCapped">Whether a pnl was cut at the cap.</param>
public sealed record SizedResult(
    int Count,
    int[]? Rows,
    AmountColumn Pnl,
    AmountColumn Fee,
    AmountColumn Equity,
    IReadOnlyList<bool> Open,
    IReadOnlyList<SkippedTrade> Skipped,
    double? MaxExposure,
    long? OverExposed,
    AlertId? Ruined,
    bool IsCapped
);

/// <summary>
/// A what-if account: the fold of a batch's trades under other settings. Trades enter and exit in the order of time; of
/// one instant exits come first, then entries by trade id, and a trade that leaves in its entry's instant leaves at
/// once and takes no room. Pure.
/// </summary>
public sealed class SizedAccount
{
    private const int None = -1;

    // Nearer than this to a limit, doubles do not decide.
    private const double Doubt = 1e-9;

    private static readonly FixedPoint Whole = FixedPoint.Of(100);
    private static readonly FixedPoint Cap = FixedPoint.Of(CapitalLedger.MaxCapital);

    private readonly SizedTrades _trades;
    private readonly IReadOnlyList<UnclosedTrade> _unclosed;
    private readonly AccountSettings _settings;
    private readonly Share _allocation;
    private readonly FixedPoint _fill;
    private readonly FixedPoint _amount;
    private readonly Window? _window;

    // By the sequential rule a trade has no money before its exit, and the exposure is a number of trades.
    private readonly bool _isSequential;

    // All shares are the same one, and what is open adds up to a single amount.
    private readonly bool _isUniform;

    // What is open, and by row where in it; where all shares are the same one, amounts, with free places between them:
    // few are open at once, and a million amounts would be 16 MB.
    private readonly List<Position> _positions = [];
    private readonly List<FixedPoint> _amounts = [];
    private readonly Stack<int> _free = new();
    private readonly int[] _place;
    private readonly bool[] _isSkipped;
    private readonly bool[] _hasEntered;
    private readonly List<SkippedTrade> _skipped = [];

    private AmountColumn _pnl;
    private AmountColumn _fee;
    private AmountColumn _after;
    private int _rows;
    private FixedPoint _equity;
    private Int128 _open;
    private int _openTrades;
    private AlertId? _ruined;
    private bool _isCapped;

    private SizedAccount(SizedTrades trades, IReadOnlyList<UnclosedTrade> unclosed, AccountSettings settings)
    {
        (_trades, _unclosed, _settings) = (trades, unclosed, settings);
        _isSequential = settings.Sizing == Sizing.Sequential;
        _isUniform = settings.Sizing is Sizing.PercentOfEquity or Sizing.FixedAmount;
        _allocation =
            settings.Sizing == Sizing.FixedAmount
                ? Share.All
                : Share.OfPercentage(FixedPoint.Of(settings.AllocationPercentage));
        _fill = FixedPoint.Of(settings.FillPercentage);
        _amount = FixedPoint.Of(settings.Amount);
        _window = settings.Sizing is Sizing.FixedRisk or Sizing.Kelly ? new Window(settings.Lookback) : null;
        _equity = FixedPoint.Of(settings.Capital);
        _place = _isSequential ? [] : GC.AllocateUninitializedArray<int>(trades.Count);
        _isSkipped = settings.IsLimited ? new bool[trades.Count] : [];
        _hasEntered = new bool[unclosed.Count];
        _pnl = AmountColumn.WithRoom(trades.Count, null, 0);
        _fee = AmountColumn.WithRoom(trades.Count, null, 0);
        _after = AmountColumn.WithRoom(trades.Count, null, 0);
    }

    /// <param name="unclosed">By entry time, then trade id.</param>
    public static SizedResult Of(SizedTrades trades, IReadOnlyList<UnclosedTrade> unclosed, AccountSettings settings)
    {
        var account = new SizedAccount(trades, unclosed, settings);
        return account._isSequential && !settings.IsLimited ? account.FoldRows() : account.FoldInstants();
    }

    private SizedResult FoldRows()
    {
        for (var row = 0; row < _trades.Count; row++)
            Leave(row, _equity, _allocation);
        Array.Fill(_hasEntered, true);
        return Result(null, null);
    }

    private SizedResult FoldInstants()
    {
        var (entries, exits, order) = (_trades.EntryTime, _trades.ExitTime, _trades.EntryOrder);
        var (entry, exit, unclosed) = (0, 0, 0);
        var exposure = new ExposureOverTime();
        var now = long.MinValue;
        while (true)
        {
            while (entry < _trades.Count && (IsAtOnce(order[entry]) && order[entry] < exit))
                entry++;
            var nextRow = entry < _trades.Count ? order[entry] : None;
            var isUnclosed =
                unclosed < _unclosed.Count
                && (nextRow == None || IsBefore(_unclosed[unclosed], entries[nextRow], _trades.TradeId[nextRow]));
            var entryTime =
                isUnclosed ? _unclosed[unclosed].EntryTime
                : nextRow == None ? long.MaxValue
                : entries[nextRow];
            var exitTime = exit < _trades.Count ? exits[exit] : long.MaxValue;
            var time = Math.Min(entryTime, exitTime);
            // An instant is over: what is open now stays until the next one.
            if (time != now && !_isSequential)
            {
                if (now != long.MinValue)
                    Look(ref exposure, now);
                now = time;
            }

            if (time == long.MaxValue)
                break;
            if (exitTime < entryTime || (exitTime == entryTime && !IsAtOnce(exit)))
            {
                Exit(exit++, ref exposure);
            }
            else if (isUnclosed)
            {
                _hasEntered[unclosed] = TryEnter(_unclosed[unclosed].TradeId, ~unclosed);
                unclosed++;
            }
            else if (IsAtOnce(nextRow))
            {
                entry++;
                Exit(exit++, ref exposure);
            }
            else
            {
                entry++;
                var isEntered = TryEnter(_trades.TradeId[nextRow], nextRow);
                if (_isSkipped.Length > 0)
                    _isSkipped[nextRow] = !isEntered;
                if (isEntered)
                    exposure.Entered(entries[nextRow]);
            }
        }

        return Result(exposure.Max, exposure.OverFrom());
    }

    private static bool IsBefore(UnclosedTrade trade, long entryTime, AlertId tradeId) =>
        trade.EntryTime != entryTime ? trade.EntryTime < entryTime : trade.TradeId < tradeId;

    // It leaves in the instant of its entry.
    private bool IsAtOnce(int row) => _trades.EntryTime[row] >= _trades.ExitTime[row];

    private SizedResult Result(double? maxExposure, long? overExposed) =>
        new(
            _rows,
            _skipped.Count == 0 || _rows == _trades.Count ? null : Kept(),
            _pnl,
            _fee,
            _after,
            _hasEntered,
            _skipped,
            _isSequential ? null : maxExposure ?? 0,
            _isSequential ? null : overExposed ?? 0,
            _ruined,
            _isCapped
        );

    private int[] Kept()
    {
        var (rows, kept) = (GC.AllocateUninitializedArray<int>(_rows), 0);
        for (var row = 0; kept < rows.Length; row++)
        {
            if (!_isSkipped[row])
                rows[kept++] = row;
        }

        return rows;
    }

    /// <returns><c>false</c>: it is skipped.</returns>
    /// <param name="place">As in <see cref="SkippedTrade"/>.</param>
    private bool TryEnter(AlertId tradeId, int place)
    {
        var (amount, share) = _isSequential ? (_equity, _allocation) : Size();
        if (_openTrades + 1 > _settings.MaxOpenTrades)
        {
            _skipped.Add(new SkippedTrade(tradeId, SkipReason.MaxOpenTrades, place));
            return false;
        }

        if (_settings.MaxExposurePercentage is { } limit && WouldPass(FixedPoint.Of(limit), amount, share))
        {
            _skipped.Add(new SkippedTrade(tradeId, SkipReason.MaxExposurePercentage, place));
            return false;
        }

        _openTrades++;
        _open += amount.Units;
        var row = Math.Max(place, None);
        if (_isUniform && row != None)
        {
            if (_free.TryPop(out var at))
            {
                _amounts[at] = amount;
            }
            else
            {
                at = _amounts.Count;
                _amounts.Add(amount);
            }

            _place[row] = at;
        }
        else if (!_isSequential && !_isUniform)
        {
            if (row != None)
                _place[row] = _positions.Count;
            _positions.Add(new Position(amount, share, row));
        }

        return true;
    }

    private bool WouldPass(FixedPoint limit, FixedPoint amount, Share share) =>
        _isSequential ? _allocation.IsMore(_openTrades + 1, limit, new FixedPoint(1)) : IsOver(limit, amount, share);

    private (FixedPoint Amount, Share Share) Size() =>
        _settings.Sizing switch
        {
            Sizing.FixedAmount => (_amount, _allocation),
            Sizing.FixedRisk => (_equity, _window!.Risk(FixedPoint.Of(_settings.RiskPercentage), _allocation)),
            Sizing.Kelly => (_equity, _window!.Kelly(FixedPoint.Of(_settings.Fraction), _allocation)),
            _ => (_equity, _allocation),
        };

    private void Exit(int row, ref ExposureOverTime exposure)
    {
        if (_isSkipped.Length > 0 && _isSkipped[row])
            return;
        if (IsAtOnce(row))
        {
            exposure.Entered(_trades.EntryTime[row]);
            var (amount, share) = _isSequential ? (_equity, _allocation) : Size();
            Leave(row, amount, share);
        }
        else if (_isSequential)
        {
            _openTrades--;
            Leave(row, _equity, _allocation);
        }
        else if (_isUniform)
        {
            _openTrades--;
            var amount = _amounts[_place[row]];
            _free.Push(_place[row]);
            _open -= amount.Units;
            Leave(row, amount, _allocation);
        }
        else
        {
            _openTrades--;
            var place = _place[row];
            var position = _positions[place];
            // The last one takes its place.
            _positions[place] = _positions[^1];
            if (_positions[place].Row != None)
                _place[_positions[place].Row] = place;
            _positions.RemoveAt(_positions.Count - 1);
            Leave(row, position.Amount, position.Share);
        }

        exposure.Left(_trades.ExitTime[row]);
    }

    private void Leave(int row, FixedPoint amount, Share share)
    {
        var change = _trades.Change[row];
        var before = _equity;
        var pnl = FixedPoint.Zero;
        var fee = FixedPoint.Zero;
        // What has come to 0 stays there, whatever was open then.
        if (before != FixedPoint.Zero)
        {
            pnl = share.Of(amount, change);
            if (pnl.Units < -before.Units)
                pnl = new FixedPoint(-before.Units);
            if (pnl > Cap - before)
                (pnl, _isCapped) = (Cap - before, true);
            if (_fill != FixedPoint.Zero)
                fee = share.OfBoth(amount, _fill, _trades.EntryPrice[row].Units, _trades.ExitPrice[row].Units);
        }

        _equity = before + pnl;
        if (_equity == FixedPoint.Zero)
            _ruined ??= _trades.TradeId[row];
        _pnl = _pnl.Put(_rows, pnl);
        _fee = _fee.Put(_rows, fee);
        _after = _after.Put(_rows, _equity);
        _rows++;
        _window?.Add(change);
    }

    private void Look(ref ExposureOverTime exposure, long time)
    {
        // Once all is lost, what is open is no part of anything: neither high nor over.
        if (_equity == FixedPoint.Zero)
            exposure.Look(time, 0, isOver: false);
        else
            exposure.Look(
                time,
                NearOpen() / (double)_equity.Units * 100,
                IsOver(Whole, FixedPoint.Zero, Share.Nothing)
            );
    }

    private double NearOpen()
    {
        if (_isUniform)
            return (double)_open * _allocation.Near;
        var sum = 0.0;
        foreach (var position in _positions)
            sum += (double)position.Amount.Units * position.Share.Near;
        return sum;
    }

    // Whether what is open, and so much more, is over a percentage of the equity.
    private bool IsOver(FixedPoint percentage, FixedPoint amount, Share share)
    {
        if (_isUniform)
            return _allocation.IsMore(_open + amount.Units, percentage, _equity);

        // Exactly only where doubles cannot tell.
        var sum = NearOpen() + ((double)amount.Units * share.Near);
        var bound = (double)percentage.Units * (double)_equity.Units / (double)Whole.Units;
        if (Math.Abs(sum - bound) > Doubt * bound)
            return sum > bound;
        var (numerator, denominator) = (amount.Units * share.Numerator, share.Denominator);
        foreach (var position in _positions)
        {
            numerator =
                (numerator * position.Share.Denominator)
                + (position.Amount.Units * position.Share.Numerator * denominator);
            denominator *= position.Share.Denominator;
        }

        return numerator * Whole.Units > denominator * percentage.Units * _equity.Units;
    }

    /// <param name="Row">Of which trade; none of one that does not close.</param>
    private readonly record struct Position(FixedPoint Amount, Share Share, int Row);

    /// <summary>The net changes of the trades that exited last.</summary>
    private sealed class Window(int length)
    {
        private readonly Queue<FixedPoint> _changes = new();
        private int _wins;
        private int _losses;
        private FixedPoint _won;
        private FixedPoint _lost;

        public void Add(FixedPoint change)
        {
            Count(change, 1);
            _changes.Enqueue(change);
            if (_changes.Count > length)
                Count(_changes.Dequeue(), -1);
        }

        /// <summary>So much that a mean loss costs <paramref name="risk"/> percent of the whole.</summary>
        public Share Risk(FixedPoint risk, Share allocation)
        {
            if (_losses == 0)
                return allocation;
            // The mean loss is in percent, as the risk is.
            var share = Share.Of((BigInteger)risk.Units * _losses, _lost.Units);
            return share <= allocation ? share : allocation;
        }

        /// <summary>
        /// W − (1 − W) / R, with W the rate of wins and R the mean win over the mean loss, ×
        /// <paramref name="fraction"/>.
        /// </summary>
        public Share Kelly(FixedPoint fraction, Share allocation)
        {
            var n = _changes.Count;
            if (n < length || _losses == 0)
                return allocation;
            // With w wins that add up to p, and l losses that add up to q: w/n − (n − w)/n × (q/l) / (p/w), over n × p
            // × l.
            var numerator = _wins * ((BigInteger)(_won.Units * _losses) - ((BigInteger)_lost.Units * (n - _wins)));
            return numerator.Sign <= 0
                ? Share.Nothing
                : Share.Of(numerator * fraction.Units, (BigInteger)_won.Units * _losses * n * FixedPoint.Of(1).Units);
        }

        private void Count(FixedPoint change, int by)
        {
            if (change > FixedPoint.Zero)
                (_wins, _won) = (_wins + by, new FixedPoint(_won.Units + (change.Units * by)));
            else if (change < FixedPoint.Zero)
                (_losses, _lost) = (_losses + by, new FixedPoint(_lost.Units - (change.Units * by)));
        }
    }

    /// <summary>
    /// The exposure after each instant, and for how long it was over 100 % from the earliest entry of a row to the last
    /// exit.
    /// </summary>
    private struct ExposureOverTime()
    {
        private long? _first;
        private long _lastExit = long.MinValue;
        private long _over;
        private long _overUntilLastExit;
        private long _since = long.MinValue;
        private bool _isOver;

        public double? Max { get; private set; }

        // Entries come in order, so the first one is the earliest of a trade that has a row.
        public void Entered(long time) => _first ??= time;

        public void Left(long time)
        {
            _lastExit = time;
            _overUntilLastExit = _over + (_isOver ? Since(time) : 0);
        }

        public void Look(long time, double percentage, bool isOver)
        {
            Max = Math.Max(Max ?? 0, percentage);
            if (_isOver)
                _over += Since(time);
            (_since, _isOver) = (time, isOver);
        }

        public readonly long OverFrom() => _lastExit == long.MinValue ? 0 : _overUntilLastExit;

        private readonly long Since(long time) => Math.Max(0, time - Math.Max(_since, _first ?? time));
    }
}
