using PnlPipeline.Domain.Accounts;
using PnlPipeline.Domain.Alerts;
using PnlPipeline.Domain.Statistics;

namespace PnlPipeline.Query.Api.Ledgers;

/// <summary>What columns have of a row.</summary>
/// <param name="EntryTime">Unix milliseconds, as of <paramref name="ExitTime"/>.</param>
/// <param name="EntryPrice">× 10^4, as <see cref="LedgerColumns.EntryPrice"/> has it.</param>
public readonly record struct ColumnsRow(
    long StreamId,
    bool IsShort,
    long EntryTime,
    long ExitTime,
    FixedPoint ChangePercentage,
    FixedPoint Pnl,
    FixedPoint AvailableCapital,
    FixedPoint Fee,
    FixedPoint EntryPrice,
    FixedPoint ExitPrice,
    AlertId TradeId
);

/// <summary>Puts rows behind those that are kept of earlier columns, or behind none.</summary>
public sealed class ColumnsBuilder
{
    // Room for rows to come: appending them must not copy everything there is.
    private const int Room = 16;
    private const int LeastRoom = 1_024;

    private readonly List<LedgerStream> _streams = [];
    private readonly Dictionary<long, int> _positionOfStream = [];
    private readonly List<long> _unnamed = [];
    private readonly long[] _exitTime;
    private readonly long[] _entryTime;
    private readonly int[] _stream;
    private readonly bool[] _isShort;
    private AmountColumn _changePercentage;
    private AmountColumn _pnl;
    private AmountColumn _availableCapital;
    private AmountColumn _fee;
    private AmountColumn _entryPrice;
    private AmountColumn _exitPrice;
    private readonly AlertId[] _tradeId;
    private readonly int[]? _entryOrder;

    /// <param name="held">Columns that nobody else builds on; <c>null</c> for none.</param>
    /// <param name="kept">How many of their rows stay.</param>
    /// <param name="total">How many rows there will be.</param>
    public ColumnsBuilder(LedgerColumns? held, int kept, int total)
    {
        Count = kept;
        _entryOrder = held?.KnownEntryOrder is { } order
            ? (kept == order.Length ? order : Array.FindAll(order, row => row < kept))
            : null;
        foreach (var stream in held?.Streams ?? [])
            Place(stream);
        // Behind rows that readers hold there is room that none of them looks at. Rows that they do hold are never
        // written over: where not all stay, those that do go into arrays of their own, and so whoever is built on
        // always has the most rows of all that share its arrays.
        var goesOn = held is not null && kept == held.Count && total <= held.ExitTime.Length;
        var capacity = goesOn ? held!.ExitTime.Length : total + Math.Max(LeastRoom, total / Room);
        _exitTime = Take(held?.ExitTime);
        _entryTime = Take(held?.EntryTime);
        _stream = Take(held?.Stream);
        _isShort = Take(held?.IsShort);
        _tradeId = Take(held?.TradeId);
        _changePercentage = TakeAmounts(held?.ChangePercentage);
        _pnl = TakeAmounts(held?.Pnl);
        _availableCapital = TakeAmounts(held?.AvailableCapital);
        _fee = TakeAmounts(held?.Fee);
        _entryPrice = TakeAmounts(held?.EntryPrice);
        _exitPrice = TakeAmounts(held?.ExitPrice);

        AmountColumn TakeAmounts(AmountColumn? column) =>
            goesOn ? column! : AmountColumn.WithRoom(capacity, column, kept);

        T[] Take<T>(T[]? column)
        {
            if (goesOn)
                return column!;
            var taken = GC.AllocateUninitializedArray<T>(capacity);
            column?.AsSpan(0, kept).CopyTo(taken);
            return taken;
        }
    }

    public int Count { get; private set; }

    /// <summary>The streams that rows are of and that have no name yet.</summary>
    public IReadOnlyList<long> Unnamed => _unnamed;

    /// <summary>Adds a row behind the last.</summary>
    public void Add(in ColumnsRow row)
    {
        if (!_positionOfStream.TryGetValue(row.StreamId, out var stream))
        {
            stream = Place(new LedgerStream("", "", row.StreamId));
            _unnamed.Add(row.StreamId);
        }

        _exitTime[Count] = row.ExitTime;
        _entryTime[Count] = row.EntryTime;
        _stream[Count] = stream;
        _isShort[Count] = row.IsShort;
        _tradeId[Count] = row.TradeId;
        _changePercentage = _changePercentage.Put(Count, row.ChangePercentage);
        _pnl = _pnl.Put(Count, row.Pnl);
        _availableCapital = _availableCapital.Put(Count, row.AvailableCapital);
        _fee = _fee.Put(Count, row.Fee);
        _entryPrice = _entryPrice.Put(Count, row.EntryPrice);
        _exitPrice = _exitPrice.Put(Count, row.ExitPrice);
        Count++;
    }

    /// <summary>Says what a stream of the rows is called.</summary>
    public void Name(LedgerStream stream) => _streams[_positionOfStream[stream.StreamId]] = stream;

    public LedgerColumns Build(LedgerVersion version) =>
        new(
            version.Generation,
            _exitTime,
            _entryTime,
            _stream,
            _isShort,
            _changePercentage,
            _pnl,
            _availableCapital,
            _fee,
            _entryPrice,
            _exitPrice,
            _tradeId,
            _streams
        )
        {
            Count = Count,
            EarlierEntryOrder = _entryOrder,
            Version = version,
        };

    private int Place(LedgerStream stream)
    {
        _positionOfStream.Add(stream.StreamId, _streams.Count);
        _streams.Add(stream);
        return _streams.Count - 1;
    }
}
