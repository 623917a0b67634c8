namespace PnlPipeline.Domain.Accounts;

/// <summary>
/// The last rows of a ledger made what the trades say, for the streams and times that there are changes to. What the
/// trades make of the rows follows from both alone: a row goes on from the state before it, whatever trade that state
/// is of. Pure.
/// </summary>
public sealed class TailMerge
{
    private readonly LedgerSettings _settings;
    private readonly IReadOnlyList<LedgerRow> _tail;
    private readonly IReadOnlyList<CountedTrade> _trades;

    // What stands in each place after Before: the index of a trade, or the complement of that of a row that stays.
    private readonly List<int> _places;

    /// <param name="tail">The ledger's last rows, in order; all of those from the earliest change on
    /// (<see cref="Reaches"/>).</param>
    /// <param name="trades">In the order of ledgers.</param>
    /// <param name="indexes">Which of them count here. Of the streams and times that there are changes to, they are all
    /// there are.</param>
    /// <param name="changes">By stream: the times within which trades closed.</param>
    public TailMerge(
        LedgerSettings settings,
        IReadOnlyList<LedgerRow> tail,
        IReadOnlyList<CountedTrade> trades,
        IReadOnlyList<int> indexes,
        IReadOnlyDictionary<long, AffectedRange> changes
    )
    {
        (_settings, _tail, _trades) = (settings, tail, trades);
        var first = indexes.Count == 0 ? DateTime.MaxValue : trades[indexes[0]].ExitTime;
        var next = FirstFrom(tail, changes.Values.Select(hint => hint.From).Append(first).Min());
        Before = next == 0 ? LedgerState.Start(settings) : tail[next - 1].State;
        FromSeq = long.MaxValue;
        _places = new List<int>(indexes.Count + tail.Count - next);
        foreach (var index in indexes)
        {
            var position = LedgerPosition.Of(trades[index]);
            for (; next < tail.Count && LedgerPosition.Of(tail[next]) < position; next++)
                Keep(next, changes);
            var isHeld = next < tail.Count && LedgerPosition.Of(tail[next]) == position;
            if (isHeld && CapitalLedger.IsOf(tail[next], trades[index], settings))
            {
                _places.Add(~next++);
                continue;
            }

            Differ();
            _places.Add(index);
            if (isHeld)
                next++;
        }

        for (; next < tail.Count; next++)
            Keep(next, changes);
        FromSeq = Math.Min(FromSeq, LastSeq + 1);
    }

    /// <summary>What <see cref="Rows"/> go on from.</summary>
    public LedgerState Before { get; }

    /// <summary>
    /// The number of the first row that is another than the one held; rows before it stay as they are. After the last
    /// row where nothing differs.
    /// </summary>
    public long FromSeq { get; private set; }

    /// <summary>The number of the last row there should be.</summary>
    public long LastSeq => Before.Seq + _places.Count;

    /// <summary>Whether these last rows are all there are from a time on.</summary>
    public static bool Reaches(IReadOnlyList<LedgerRow> tail, DateTime from) =>
        tail is [] || tail[0].State.Seq == 1 || tail[0].ExitTime < from;

    /// <summary>
    /// The rows after <see cref="Before"/>: those that stay, and from <see cref="FromSeq"/> on those that are to be
    /// written.
    /// </summary>
    public IEnumerable<LedgerRow> Rows()
    {
        var state = Before;
        foreach (var place in _places)
        {
            var row =
                place >= 0 ? CapitalLedger.Next(_settings, state, _trades[place])
                : state.Seq + 1 < FromSeq ? _tail[~place]
                : CapitalLedger.Again(_settings, state, _tail[~place]);
            state = row.State;
            yield return row;
        }
    }

    // Where there are changes to its stream and time and no such trade, a row is of a trade that is gone, or closed at
    // another time.
    private void Keep(int index, IReadOnlyDictionary<long, AffectedRange> changes)
    {
        var row = _tail[index];
        if (changes.TryGetValue(row.StreamId, out var range) && range.Has(row.ExitTime))
            Differ();
        else
            _places.Add(~index);
    }

    private void Differ() => FromSeq = Math.Min(FromSeq, LastSeq + 1);

    private static int FirstFrom(IReadOnlyList<LedgerRow> tail, DateTime from)
    {
        var index = tail.Count;
        while (index > 0 && tail[index - 1].ExitTime >= from)
            index--;
        return index;
    }
}
