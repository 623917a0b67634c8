namespace PnlPipeline.Query.Api.LedgerView;

/// <summary>Puts rows behind those that are kept of earlier columns, or behind none.</summary>
public sealed class ColumnsBuilder
{
    // Room for rows to come: appending them must not copy everything there is.
    private const int Room = 16;
    private const int LeastRoom = 1_024;

    private readonly List<LedgerStream> _streams = [];
    private readonly Dictionary<long, int> _positionOfStream = [];
    private readonly long[] _exitTime;
    private readonly long[] _entryTime;
    private readonly int[] _stream;
    private readonly bool[] _isShort;
    private AmountColumn _changePercentage;
    private AmountColumn _pnl;
    private AmountColumn _availableCapital;

    /// <param name="held">Columns that nobody else builds on; <c>null</c> for none.</param>
    /// <param name="kept">How many of their rows stay.</param>
    /// <param name="total">How many rows there will be.</param>
    public ColumnsBuilder(LedgerColumns? held, int kept, int total)
    {
        Count = kept;
        foreach (var stream in held?.Streams ?? [])
            Know(stream);
        // Behind rows that readers hold there is room that none of them looks at. Rows that they do hold are never written over: where not all stay,
        // those that do go into arrays of their own, and so whoever is built on always has the most rows of all that share its arrays.
        var goesOn = held is not null && kept == held.Count && total <= held.ExitTime.Length;
        var capacity = goesOn ? held!.ExitTime.Length : total + Math.Max(LeastRoom, total / Room);
        _exitTime = Take(held?.ExitTime);
        _entryTime = Take(held?.EntryTime);
        _stream = Take(held?.Stream);
        _isShort = Take(held?.IsShort);
        _changePercentage = goesOn ? held!.ChangePercentage : AmountColumn.WithRoom(capacity, held?.ChangePercentage, kept);
        _pnl = goesOn ? held!.Pnl : AmountColumn.WithRoom(capacity, held?.Pnl, kept);
        _availableCapital = goesOn ? held!.AvailableCapital : AmountColumn.WithRoom(capacity, held?.AvailableCapital, kept);

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

    /// <summary>Adds a row behind the last; its stream is one that is known.</summary>
    public void Add(in PackedRow row)
    {
        _exitTime[Count] = row.ExitTime;
        _entryTime[Count] = row.EntryTime;
        _stream[Count] = _positionOfStream[row.StreamId];
        _isShort[Count] = row.IsShort;
        _changePercentage = _changePercentage.Put(Count, row.ChangePercentage);
        _pnl = _pnl.Put(Count, row.Pnl);
        _availableCapital = _availableCapital.Put(Count, row.AvailableCapital);
        Count++;
    }

    public bool Knows(long streamId) => _positionOfStream.ContainsKey(streamId);

    public void Know(LedgerStream stream)
    {
        _positionOfStream.Add(stream.StreamId, _streams.Count);
        _streams.Add(stream);
    }

    public LedgerColumns Build(LedgerVersion version) => new(
        version.Generation, _exitTime, _entryTime, _stream, _isShort, _changePercentage, _pnl, _availableCapital, _streams)
    {
        Count = Count,
        Version = version,
    };
}
