using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using PnlPipeline.Domain.Statistics;
using PnlPipeline.Hosting;

namespace PnlPipeline.Query.Api.Ledgers;

/// <summary>How much of the ledgers is kept in memory.</summary>
public sealed class LedgerCacheOptions
{
    public const string Section = "LedgerCache";

    /// <summary>
    /// Columns of the ledgers used last, in MiB; about 85 bytes a row, more where money or percentages pass 92 billion
    /// or prices 9 million. The one being asked for is always read, whatever it takes.
    /// </summary>
    public int MaxMebibytes { get; set; } = 512;
}

/// <summary>
/// The ledgers' columns, kept between requests and shared by them. Each request asks the database what is served, and
/// only what changed since is read: what is answered is never older than the request, and nothing has to be told of
/// changes. The least recently used go when memory is short.
/// </summary>
public sealed class LedgerCache : IDisposable
{
    private readonly ConcurrentDictionary<long, Entry> _entries = [];
    private readonly LedgerReader _reader;
    private readonly long _maxBytes;

    // A ledger takes a connection, and while it grows twice its memory: no more at once than there are processors to
    // read them.
    private readonly SemaphoreSlim _atOnce = new(Math.Max(2, Environment.ProcessorCount));
    private long _clock;

    public LedgerCache(LedgerReader reader, IOptions<LedgerCacheOptions> options)
    {
        if (options.Value.MaxMebibytes < 0)
            throw new InvalidOperationException(
                $"{LedgerCacheOptions.Section}:{nameof(options.Value.MaxMebibytes)} must not be negative; 0 keeps "
                    + $"nothing."
            );
        _reader = reader;
        _maxBytes = options.Value.MaxMebibytes * 1024L * 1024;
        PipelineHost.Meter.CreateObservableGauge("ledger_cache.size", () => Bytes, "By", "Ledger columns in memory");
    }

    /// <summary>What is kept now.</summary>
    public long Bytes => _entries.Values.Sum(entry => entry.Columns?.Bytes ?? 0);

    /// <summary>
    /// Whether columns of a batch are there, of whichever state; else they are read whole when they are asked for.
    /// </summary>
    public bool Holds(long batchId) => _entries.TryGetValue(batchId, out var entry) && entry.Columns is not null;

    /// <returns>
    /// The generation being served, without rows before the first; <c>null</c> where there is no such batch.
    /// </returns>
    public async Task<LedgerColumns?> ReadAsync(long batchId, CancellationToken cancellationToken)
    {
        if (await _reader.FindVersionAsync(batchId, cancellationToken) is not { } version)
        {
            _entries.TryRemove(batchId, out _);
            return null;
        }

        var entry = _entries.GetOrAdd(batchId, _ => new Entry());
        entry.UsedAt = Interlocked.Increment(ref _clock);
        if (entry.Columns is { } columns && columns.Version.HasRowsOf(version))
            return Named(columns, version);

        // One at a time reads what changed; who waited for it finds it there.
        await entry.Reading.WaitAsync(cancellationToken);
        try
        {
            columns = entry.Columns;
            if (columns is null || !columns.Version.HasRowsOf(version))
            {
                await _atOnce.WaitAsync(cancellationToken);
                try
                {
                    columns = await _reader.ReadAsync(batchId, entry.Columns, cancellationToken);
                }
                finally
                {
                    _atOnce.Release();
                }

                entry.Columns = columns;
            }
        }
        finally
        {
            entry.Reading.Release();
        }

        MakeRoom();
        return columns is null ? null : Named(columns, version);
    }

    public void Dispose() => _atOnce.Dispose();

    // An edit that leaves the rows as they are, of the name for example, is another version all the same.
    private static LedgerColumns Named(LedgerColumns columns, LedgerVersion version) =>
        columns.Version.BatchRevision >= version.BatchRevision
            ? columns
            : columns with
            {
                Version = columns.Version with { BatchRevision = version.BatchRevision, StartTime = version.StartTime },
            };

    private void MakeRoom()
    {
        while (Bytes > _maxBytes)
        {
            var oldest = _entries
                .Where(entry => entry.Value.Columns is not null)
                .OrderBy(entry => entry.Value.UsedAt)
                .FirstOrDefault();
            if (oldest.Value is null)
                return;
            // Whoever reads them still has them; the next to ask reads them anew. An entry being read is put back by
            // its reader, and counts then.
            oldest.Value.Columns = null;
        }
    }

    private sealed class Entry
    {
        private LedgerColumns? _columns;
        private long _usedAt;

        public SemaphoreSlim Reading { get; } = new(1);

        /// <summary>Published whole: who sees the reference sees the rows.</summary>
        public LedgerColumns? Columns
        {
            get => Volatile.Read(ref _columns);
            set => Volatile.Write(ref _columns, value);
        }

        public long UsedAt
        {
            get => Volatile.Read(ref _usedAt);
            set => Volatile.Write(ref _usedAt, value);
        }
    }
}
