using System.Globalization;

namespace PnlPipeline.Ingest.Api.Delivery.Spool;

/// <summary>What the spool holds.</summary>
/// <param name="Records">That are not delivered yet.</param>
/// <param name="Bytes">Of its files.</param>
/// <param name="OldestArrivedAtMs">When the first of them arrived, Unix time; <c>null</c> where there is none.</param>
/// <param name="Fault">Why the last write failed; <c>null</c> where it went well.</param>
internal sealed record SpoolState(long Records, long Bytes, long BytesMax, long? OldestArrivedAtMs, string? Fault);

/// <summary>There is no room for more.</summary>
internal sealed class SpoolFullException() : IOException("The spool is full.");

/// <summary>What a file held that an earlier life of the process left behind.</summary>
internal sealed record SpoolFinding(string File, int Records, int DamagedBytes, int TornBytes);

/// <summary>
/// The spool's files, oldest first. One appends and one takes from the front, at the same time. A file of an earlier
/// life is only read: what was torn there stays behind, and nothing is ever written after it.
/// </summary>
internal sealed class SpoolFiles : IDisposable
{
    private const int SegmentBytes = 4 * 1024 * 1024;
    private const string Suffix = ".spool";

    private readonly string _directory;
    private readonly long _bytesMax;
    private readonly FileStream _owner;
    private readonly Lock _lock = new();
    private readonly Queue<SpoolSegment> _segments = new();
    private SpoolSegment? _active;
    private long _lastNumber;
    private bool _isAppending;
    private string? _fault;
    private bool _isFull;
    private byte[] _buffer = new byte[64 * 1024];

    /// <exception cref="IOException">The directory is another process's, or is no directory to write to.</exception>
    public SpoolFiles(string directory, long bytesMax)
    {
        _directory = Path.GetFullPath(directory);
        _bytesMax = bytesMax;
        Directory.CreateDirectory(_directory);
        _owner = TakeOwnership(_directory);
        var findings = new List<SpoolFinding>();
        foreach (var path in Directory.GetFiles(_directory, "*" + Suffix).Order(StringComparer.Ordinal))
        {
            if (
                !long.TryParse(
                    Path.GetFileNameWithoutExtension(path),
                    NumberStyles.None,
                    CultureInfo.InvariantCulture,
                    out var number
                )
            )
                continue;
            _lastNumber = Math.Max(_lastNumber, number);
            var segment = SpoolSegment.Open(path, out var contents);
            _segments.Enqueue(segment);
            findings.Add(
                new SpoolFinding(
                    Path.GetFileName(path),
                    contents.Records.Count,
                    contents.DamagedBytes,
                    contents.TornBytes
                )
            );
        }

        Findings = findings;
    }

    /// <summary>What was there when it was opened.</summary>
    public IReadOnlyList<SpoolFinding> Findings { get; }

    /// <summary>Whether anything is not delivered yet.</summary>
    public bool HasBacklog
    {
        get
        {
            lock (_lock)
                return _segments.Count > 0;
        }
    }

    public SpoolState State
    {
        get
        {
            lock (_lock)
            {
                var first = _segments.FirstOrDefault(segment => segment.Waiting > 0);
                return new SpoolState(
                    _segments.Sum(segment => segment.Waiting),
                    _segments.Sum(segment => segment.Length),
                    _bytesMax,
                    first?.OldestArrivedAtMs,
                    _isFull ? "it is full." : _fault
                );
            }
        }
    }

    /// <summary>Returns when all of them are on disk. One at a time.</summary>
    /// <param name="bytesMax">Where these may not fill all of the spool.</param>
    /// <exception cref="IOException">None of them counts as kept; the disk may hold some even so.</exception>
    public void Append(IReadOnlyList<SpoolEntry> entries, long bytesMax = long.MaxValue)
    {
        var bytes = Serialise(entries);
        SpoolSegment? active = null;
        try
        {
            active = BeginAppend(bytes.Length, bytesMax);
            active.Append(bytes);
            lock (_lock)
            {
                active.Grow(bytes.Length, entries.Count, entries[0].ArrivedAtMs);
                _isAppending = false;
                _isFull = false;
                _fault = null;
            }
        }
        catch (Exception fault)
        {
            lock (_lock)
            {
                _isAppending = false;
                if (fault is SpoolFullException)
                    _isFull |= bytesMax >= _bytesMax;
                else
                    _fault = fault.Message;
                // After a failed write nobody knows what is on the disk: nothing more goes into this file.
                if (active is not null)
                {
                    active.CutBack();
                    _active = null;
                }
            }

            throw fault as IOException ?? new IOException("The spool cannot be written.", fault);
        }
    }

    /// <summary>
    /// What is next: the records of the oldest file that are not delivered yet; <c>null</c> where there is nothing.
    /// </summary>
    public SpoolBatch? Peek()
    {
        while (TakeHead() is { } head)
        {
            // Only what is durable by now; what is appended meanwhile comes the next time.
            var contents = SpoolFormat.Read(head.ReadRest());
            if (contents.Records.Count > 0)
                return new SpoolBatch(head, head.Delivered, contents.Records);
            lock (_lock)
                head.Delivered = head.Length;
        }

        return null;
    }

    /// <summary>
    /// Says that the first so many records of the batch are delivered; a file that is delivered whole is removed.
    /// </summary>
    public void Advance(SpoolBatch batch, int records)
    {
        lock (_lock)
        {
            var segment = batch.Segment;
            var reached = batch.From + batch.Records[records - 1].End;
            segment.Waiting -= records - batch.Advanced;
            segment.Delivered = reached;
            batch.Advanced = records;
            if (records < batch.Records.Count)
                segment.OldestArrivedAtMs = batch.Records[records].Entry.ArrivedAtMs;
        }

        // Removes what is done.
        if (records == batch.Records.Count)
            TakeHead();
    }

    public void Dispose()
    {
        lock (_lock)
        {
            foreach (var segment in _segments)
                segment.Dispose();
            _segments.Clear();
            _active = null;
        }

        _owner.Dispose();
    }

    private SpoolSegment BeginAppend(int bytes, long bytesMax)
    {
        lock (_lock)
        {
            if (_segments.Sum(segment => segment.Length) + bytes > Math.Min(_bytesMax, bytesMax))
                throw new SpoolFullException();
            _isAppending = true;
            if (_active is { Length: < SegmentBytes })
                return _active;
        }

        // A new one is written to disk under its name first, which takes a while: not under the lock.
        var path = Path.Combine(_directory, (_lastNumber + 1).ToString("D20", CultureInfo.InvariantCulture) + Suffix);
        var created = SpoolSegment.Create(path);
        lock (_lock)
        {
            _lastNumber++;
            _segments.Enqueue(created);
            return _active = created;
        }
    }

    private SpoolSegment? TakeHead()
    {
        lock (_lock)
        {
            while (_segments.TryPeek(out var head))
            {
                if (!head.IsDone)
                    return head;
                if (head == _active)
                {
                    if (_isAppending)
                        return null;
                    _active = null;
                }

                // Should it not go, it is delivered again in the next life.
                _segments.Dequeue();
                _isFull = false;
                head.Remove();
            }

            return null;
        }
    }

    private ReadOnlySpan<byte> Serialise(IReadOnlyList<SpoolEntry> entries)
    {
        var size = 0;
        for (var index = 0; index < entries.Count; index++)
            size += SpoolFormat.SizeOf(entries[index]);
        if (_buffer.Length < size)
            _buffer = new byte[size];
        var written = 0;
        for (var index = 0; index < entries.Count; index++)
            written += SpoolFormat.Write(entries[index], _buffer.AsSpan(written));
        return _buffer.AsSpan(0, written);
    }

    private static FileStream TakeOwnership(string directory)
    {
        try
        {
            return new FileStream(
                Path.Combine(directory, "owner"),
                FileMode.OpenOrCreate,
                FileAccess.ReadWrite,
                FileShare.None
            );
        }
        catch (IOException fault)
        {
            throw new IOException(
                $"The spool's directory {directory} is used by another process. Give each its own by "
                    + $"{SpoolOptions.Section}__{nameof(SpoolOptions.Directory)}.",
                fault
            );
        }
    }
}

/// <summary>Records to deliver, in order, of one file.</summary>
/// <param name="From">Where in the file they begin.</param>
internal sealed record SpoolBatch(SpoolSegment Segment, long From, IReadOnlyList<SpoolRecord> Records)
{
    /// <summary>How many of them are delivered.</summary>
    public int Advanced { get; set; }
}
