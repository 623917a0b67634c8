namespace PnlPipeline.Domain.Statistics;

/// <summary>What the clocks of a zone show, for times that ascend.</summary>
public struct LocalClock
{
    private readonly long[] _from;
    private readonly long[] _offset;
    private int _stretch;

    internal LocalClock(long[] from, long[] offset, int stretch)
    {
        _from = from;
        _offset = offset;
        _stretch = stretch;
    }

    /// <summary>The local date and time as milliseconds since 1970-01-01 00:00 on that same clock.</summary>
    /// <param name="time">Unix milliseconds, at or after the one asked for before.</param>
    public long Local(long time)
    {
        while (_stretch + 1 < _from.Length && time >= _from[_stretch + 1])
            _stretch++;
        return time + _offset[_stretch];
    }
}
