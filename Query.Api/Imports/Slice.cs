using PnlPipeline.Contracts;

namespace PnlPipeline.Query.Api.Imports;

/// <summary>A row that could not be taken, and how it begins.</summary>
internal sealed record RejectedLine(long Line, byte[] Text, IReadOnlyDictionary<string, string[]> Errors);

/// <summary>
/// Some rows of a file that go the way together: one message, and one step of the position. Counts are of rows.
/// </summary>
/// <param name="Alerts">Each once.</param>
/// <param name="RowsOf">How many rows made each, by its id: two a closed trade, more where an alert stands several
/// times.</param>
/// <param name="Accepted">Rows that made the alerts.</param>
/// <param name="Position">The byte behind them.</param>
/// <param name="Lines">Lines of the file up to there.</param>
internal sealed record Slice(
    IReadOnlyList<AlertReceived> Alerts,
    IReadOnlyDictionary<string, int> RowsOf,
    long Accepted,
    long Merged,
    long Skipped,
    IReadOnlyList<RejectedLine> Rejected,
    long Position,
    long Lines
)
{
    /// <summary>
    /// How many of the rows accepted made alerts that had been stored before; known once all of them are stored.
    /// </summary>
    public long? Duplicates { get; set; }
}

/// <summary>A slice in the making.</summary>
internal sealed class SliceBuilder
{
    private readonly List<AlertReceived> _alerts = [];
    private readonly Dictionary<string, int> _rowsOf = new(StringComparer.Ordinal);
    private readonly List<RejectedLine> _rejected = [];
    private long _accepted;
    private long _merged;
    private long _skipped;

    public int Alerts => _alerts.Count;

    public int PayloadBytes { get; private set; }

    public void Accept(AlertReceived alert, int rows)
    {
        _accepted += rows;
        PayloadBytes += alert.Payload.Length;
        if (_rowsOf.TryAdd(alert.AlertId, rows))
            _alerts.Add(alert with { Imported = true });
        else
            _rowsOf[alert.AlertId] += rows;
    }

    public void Merge(int rows) => _merged += rows;

    public void Skip(int rows) => _skipped += rows;

    public void Reject(RejectedLine line) => _rejected.Add(line);

    public Slice Build(long position, long lines) =>
        new(_alerts, _rowsOf, _accepted, _merged, _skipped, _rejected, position, lines);
}
