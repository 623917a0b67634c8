using Dapper;
using PnlPipeline.Database;
using PnlPipeline.Domain.Notifications;
using PnlPipeline.Domain.Trades;

namespace PnlPipeline.Analytics.Worker.Outbox;

/// <summary>A rule, with what its batch counts.</summary>
/// <param name="BatchId"><c>null</c>: of everything.</param>
/// <param name="CreatedAt">UTC: what was before is no news.</param>
internal sealed record Rule(
    long RuleId,
    long ChannelId,
    string Kind,
    long? BatchId,
    string? BatchName,
    decimal Limit,
    TimeOnly Time,
    TimeZoneInfo Zone,
    DateTime CreatedAt,
    DateTime BatchStart,
    IReadOnlySet<string> Symbols,
    IReadOnlySet<string> Timeframes,
    IReadOnlySet<string> Strategies
)
{
    /// <summary>Whether trades of the stream count in the rule's batch; without one, those of every stream.</summary>
    public bool Counts(StreamKey stream) =>
        BatchId is null
        || (
            Symbols.Contains(stream.Symbol)
            && (Timeframes.Count == 0 || Timeframes.Contains(stream.Timeframe))
            && (Strategies.Count == 0 || Strategies.Contains(stream.Strategy ?? ""))
        );
}

/// <summary>All rules that are switched on.</summary>
internal sealed record RuleSet(IReadOnlyList<Rule> All)
{
    public static readonly RuleSet None = new([]);

    /// <summary>Of trades that open or close.</summary>
    public IReadOnlyList<Rule> OfTrades { get; } =
    [.. All.Where(rule => rule.Kind is RuleKinds.TradeOpened or RuleKinds.TradeClosed)];

    /// <summary>Of a batch's ledger, by the batch.</summary>
    public ILookup<long, Rule> OfLedgers { get; } =
        All.Where(rule => rule.Kind is RuleKinds.Drawdown or RuleKinds.DailyLoss or RuleKinds.Ruin)
            .ToLookup(rule => rule.BatchId!.Value);

    public IEnumerable<Rule> Of(string kind) => All.Where(rule => rule.Kind == kind);
}

/// <summary>
/// The rules in memory, read again every few seconds: what is paired and posted asks here and nowhere else, so that
/// without rules it costs a look at an empty list.
/// </summary>
public sealed partial class NotificationRules(MySqlDatabase database, ILogger<NotificationRules> log)
    : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(3);

    private volatile RuleSet? _current;

    /// <summary>
    /// The rules; read where they have not been yet, so that what comes in the first moments after a start is told of.
    /// </summary>
    internal async ValueTask<RuleSet> CurrentAsync(CancellationToken cancellationToken)
    {
        if (_current is null)
            await RefreshAsync(cancellationToken);
        return _current!;
    }

    /// <summary>Reads them.</summary>
    public async Task RefreshAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        var rows = (
            await connection.QueryAsync<Row>(
                new CommandDefinition(
                    """
                    SELECT r.rule_id, r.channel_id, r.kind, r.batch_id, b.name AS batch_name, COALESCE(r.limit_percentage, 0) AS limit_percentage,
                           r.time_of_day, r.time_zone, r.created_at, b.start_time
                      FROM notification_rules r LEFT JOIN batches b ON b.batch_id = r.batch_id
                     WHERE r.enabled ORDER BY r.rule_id
                    """,
                    cancellationToken: cancellationToken
                )
            )
        ).AsList();
        if (rows.Count == 0)
        {
            _current = RuleSet.None;
            return;
        }

        var batchIds = rows.Select(row => row.BatchId).OfType<long>().Distinct().Append(0).ToList();
        var symbols = await ReadAsync("batch_symbols", "symbol");
        var timeframes = await ReadAsync("batch_timeframes", "timeframe");
        var strategies = await ReadAsync("batch_strategies", "strategy");
        _current = new RuleSet([
            .. rows.Select(row => new Rule(
                row.RuleId,
                row.ChannelId,
                row.Kind,
                row.BatchId,
                row.BatchName,
                row.LimitPercentage,
                TimeOnly.TryParse(row.TimeOfDay, out var time) ? time : default,
                // As the machine that took the rule had it: another may not.
                TimeZoneInfo.TryFindSystemTimeZoneById(row.TimeZone ?? "UTC", out var zone)
                    ? zone
                    : TimeZoneInfo.Utc,
                row.CreatedAt,
                row.StartTime ?? DateTime.UnixEpoch,
                symbols[row.BatchId ?? 0].ToHashSet(StringComparer.Ordinal),
                timeframes[row.BatchId ?? 0].ToHashSet(StringComparer.Ordinal),
                strategies[row.BatchId ?? 0].ToHashSet(StringComparer.Ordinal)
            )),
        ]);

        async Task<ILookup<long, string>> ReadAsync(string table, string column) =>
            (
                await connection.QueryAsync<(long BatchId, string Value)>(
                    new CommandDefinition(
                        $"SELECT batch_id, {column} FROM {table} WHERE batch_id IN @batchIds",
                        new { batchIds },
                        cancellationToken: cancellationToken
                    )
                )
            ).ToLookup(row => row.BatchId, row => row.Value);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await RefreshAsync(stoppingToken);
            }
            catch (Exception fault)
            {
                // The rules of before hold until the database answers.
                if (!stoppingToken.IsCancellationRequested)
                    LogFailed(fault);
            }

            await Task.Delay(Interval, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    [LoggerMessage(LogLevel.Warning, "The rules of notifications could not be read; those of before hold")]
    private partial void LogFailed(Exception fault);

    private sealed record Row
    {
        public long RuleId { get; init; }

        public long ChannelId { get; init; }

        public string Kind { get; init; } = "";

        public long? BatchId { get; init; }

        public string? BatchName { get; init; }

        public decimal LimitPercentage { get; init; }

        public string? TimeOfDay { get; init; }

        public string? TimeZone { get; init; }

        public DateTime CreatedAt { get; init; }

        public DateTime? StartTime { get; init; }
    }
}
