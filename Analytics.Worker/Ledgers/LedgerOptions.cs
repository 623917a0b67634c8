using System.ComponentModel.DataAnnotations;

namespace PnlPipeline.Analytics.Worker.Ledgers;

/// <summary>
/// How much the ledgers' room does at once, and how often. Configuration section <c>Worker:Ledgers</c>; values out of
/// range stop the start.
/// </summary>
public sealed class LedgerOptions
{
    public const string Section = "Worker:Ledgers";

    /// <summary>
    /// Messages that the broker sends ahead, of each partition; each holds a trade to a few hundred. What waits here
    /// goes into the next transaction together.
    /// </summary>
    [Range(1, 1_000)]
    public int PrefetchMessages { get; set; } = 128;

    /// <summary>
    /// Of the bodies of messages that are at work at once, twice that where the work is divided: all partitions hear of
    /// the same. What they become in memory is several times as much.
    /// </summary>
    [Range(1, 1_024 * 1_024)]
    public int InFlightKibibytesMax { get; set; } = 3 * 1_024;

    /// <summary>The most events that are posted together.</summary>
    [Range(1, 100_000)]
    public int EventsPerTransactionMax { get; set; } = 2_500;

    /// <summary>
    /// From the beginning of one posting to that of the next, at least. A trade after idling waits for nothing; of a
    /// steady trickle a few go together.
    /// </summary>
    [Range(0, 1_000)]
    public int MinimumIntervalMs { get; set; } = 5;

    /// <summary>
    /// Transactions on ledgers side by side: one computes while the server stores what another has sent.
    /// </summary>
    [Range(1, 16)]
    public int ParallelBatches { get; set; } = 2;

    /// <summary>
    /// A ledger whose rows would be rewritten from further back than this is built anew beside the one served.
    /// </summary>
    [Range(0, 1_000_000)]
    public int MaxRewrittenRows { get; set; } = 120_000;

    /// <summary>Ledgers that one replica builds at once.</summary>
    [Range(1, 16)]
    public int ConcurrentBuilds { get; set; } = 2;

    /// <summary>
    /// How long a build may take that no event asked for, before it is left to one: other ledgers are looked at only
    /// when it has ended.
    /// </summary>
    [Range(1, 86_400)]
    public int BuildWithinSeconds { get; set; } = 600;

    /// <summary>Rows of a build written, and committed, together.</summary>
    [Range(1, 100_000)]
    public int BuildChunkRows { get; set; } = 20_000;

    /// <summary>
    /// Between two looks at how many rows each ledger should hold. A look never takes more than a tenth of the time.
    /// </summary>
    [Range(1, 86_400)]
    public int ReconcileEverySeconds { get; set; } = 60;

    /// <summary>
    /// A ledger that has grown by more rows than this since the last look is left alone until the next.
    /// </summary>
    [Range(0, 1_000_000)]
    public int BusyRows { get; set; } = 5_000;

    /// <summary>Between two readings of all of a ledger's rows.</summary>
    [Range(1, 31 * 86_400)]
    public int DeepCheckEverySeconds { get; set; } = 3_600;

    /// <summary>A difference that is still there after this is no event on its way: it is repaired.</summary>
    [Range(0, 3_600)]
    public int RepairAfterSeconds { get; set; } = 10;

    /// <summary>How long readers may go on with a generation that is no longer served.</summary>
    [Range(0, 86_400)]
    public int RetiredGenerationGraceSeconds { get; set; } = 60;

    /// <summary>Between two looks for what can be swept.</summary>
    [Range(1, 86_400)]
    public int SweepEverySeconds { get; set; } = 15;

    /// <summary>Rows deleted in one transaction.</summary>
    [Range(1, 100_000)]
    public int SweepSliceRows { get; set; } = 10_000;

    /// <summary>Between two such transactions.</summary>
    [Range(0, 10_000)]
    public int SweepPauseMs { get; set; } = 50;
}
