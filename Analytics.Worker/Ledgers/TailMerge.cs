namespace PnlPipeline.Analytics.Worker.Ledgers;

/// <summary>
/// The last rows of a ledger, and trades that belong among or after them. What the trades make of the rows follows from both alone: a row goes on from
/// the state before it, whatever trade that state is of. Pure.
/// </summary>
/// <param name="tail">The ledger's last rows, in order; none only where it has none.</param>
/// <param name="trades">In the order of ledgers.</param>
/// <param name="indexes">Which of them count here.</param>
public sealed class TailMerge(
    LedgerSettings settings, IReadOnlyList<LedgerRow> tail, IReadOnlyList<CountedTrade> trades, IReadOnlyList<int> indexes)
{
    // The first row that does not stand before every one of the trades.
    private readonly int _first = FirstNotBefore(tail, trades, indexes);

    /// <summary>Whether the trades may belong further back than these rows go.</summary>
    public bool IsBehindTail => _first == 0 && tail is [var oldest, ..] && oldest.State.Seq > 1;

    /// <summary>What <see cref="Rows"/> go on from.</summary>
    public LedgerState Before => _first == 0 ? LedgerState.Start(settings) : tail[_first - 1].State;

    /// <summary>The number of the first row that is new; rows before it stay as they are. After the last row, where none is.</summary>
    public long FromSeq { get; private set; }

    /// <summary>Whether rows that there are for some of the trades say what the trades say. To be asked before <see cref="FromSeq"/> and <see cref="Rows"/>.</summary>
    public bool HoldsWhatItShould()
    {
        FromSeq = 0;
        var seq = Before.Seq;
        foreach (var (held, trade) in Steps())
        {
            seq++;
            if (held < 0 && FromSeq == 0)
                FromSeq = seq;
            if (held >= 0 && trade >= 0 && !CapitalLedger.IsOf(tail[held], trades[trade], settings))
                return false;
        }

        if (FromSeq == 0)
            FromSeq = seq + 1;
        return true;
    }

    /// <summary>The rows after <see cref="Before"/>: those that stay, and from <see cref="FromSeq"/> on those that are to be written.</summary>
    public IEnumerable<LedgerRow> Rows()
    {
        var state = Before;
        foreach (var (held, trade) in Steps())
        {
            var row = held < 0 ? CapitalLedger.Next(settings, state, trades[trade])
                : state.Seq + 1 < FromSeq ? tail[held]
                : CapitalLedger.Again(settings, state, tail[held]);
            state = row.State;
            yield return row;
        }
    }

    // What stands at each place from the first of the trades on: a row, a trade that has none, or both of one trade. The other is -1.
    private IEnumerable<(int Held, int Trade)> Steps()
    {
        var next = _first;
        foreach (var index in indexes)
        {
            var position = LedgerPosition.Of(trades[index]);
            while (next < tail.Count && LedgerPosition.Of(tail[next]) < position)
                yield return (next++, -1);
            if (next < tail.Count && LedgerPosition.Of(tail[next]) == position)
                yield return (next++, index);
            else
                yield return (-1, index);
        }

        while (next < tail.Count)
            yield return (next++, -1);
    }

    private static int FirstNotBefore(IReadOnlyList<LedgerRow> tail, IReadOnlyList<CountedTrade> trades, IReadOnlyList<int> indexes)
    {
        if (indexes.Count == 0)
            return tail.Count;
        var first = LedgerPosition.Of(trades[indexes[0]]);
        var index = tail.Count;
        while (index > 0 && LedgerPosition.Of(tail[index - 1]) >= first)
            index--;
        return index;
    }
}
