using System.Data.Common;
using System.Globalization;
using Dapper;
using PnlPipeline.Analytics.Worker.Inbox;
using PnlPipeline.Analytics.Worker.Ledgers;
using PnlPipeline.Analytics.Worker.Outbox;
using PnlPipeline.Database;
using PnlPipeline.Domain.Inbox;
using PnlPipeline.Domain.Notifications;

namespace PnlPipeline.Analytics.Worker.Notifications;

/// <summary>
/// What no trade and no ledger tells of: what came into the inbox, how much is in trades, and the summary of a day. All
/// of it from rows that are there already, so that a kill loses nothing.
/// </summary>
public sealed class Occasions(MySqlDatabase database, NotificationRules rules, TimeProvider clock)
{
    private const int MaxItems = 500;

    // A message is read on a phone.
    private const int MaxLines = 20;

    /// <summary>A summary that is later tells nobody anything: no worker ran.</summary>
    private static readonly TimeSpan SummaryWithin = TimeSpan.FromHours(6);

    /// <summary>One look; what another replica is at is left to it.</summary>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        await TellInboxAsync(connection, cancellationToken);
        await using var only = await AdvisoryLock.TryTakeAsync(connection, "notify.occasions", cancellationToken);
        if (only is null)
            return;
        await TellExposureAsync(connection, cancellationToken);
        await TellSummariesAsync(connection, cancellationToken);
    }

    private async Task TellInboxAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        // What another replica has is left to it; what is told is marked in the same transaction.
        var items = (
            await connection.QueryAsync<Item>(
                new CommandDefinition(
                    """
                    SELECT i.item_id, i.kind, i.cause, i.since, i.found_at, i.detail, s.symbol, s.timeframe, NULLIF(s.strategy, '') AS strategy,
                           b.name AS batch_name, a.direction, a.price
                      FROM inbox_items i FORCE INDEX (inbox_items_untold)
                      LEFT JOIN streams s ON s.stream_id = i.stream_id
                      LEFT JOIN batches b ON b.batch_id = i.batch_id
                      LEFT JOIN alerts a ON i.kind = 'unmatched' AND a.alert_id = UNHEX(i.cause)
                     WHERE i.is_told = FALSE ORDER BY i.item_id LIMIT @MaxItems FOR UPDATE OF i SKIP LOCKED
                    """,
                    new { MaxItems },
                    transaction,
                    cancellationToken: cancellationToken
                )
            )
        ).AsList();
        if (items.Count == 0)
            return;
        var current = await rules.CurrentAsync(cancellationToken);
        var told =
            from item in items
            let kind = RuleKinds.OfInbox(item.Kind)
            where kind is not null
            from rule in current.Of(kind)
            where item.FoundAt >= rule.CreatedAt
            select new Told(
                rule,
                // A stream that falls silent again is another silence.
                string.Create(CultureInfo.InvariantCulture, $"{item.Kind}:{item.ItemId}"),
                Notice.Of(kind, InboxWording.Of(item.ToFacts()).What, [], "/issues")
            );
        await OutboxWrites.WriteAsync(connection, [.. told], clock.GetDatabaseTime(), cancellationToken);
        await connection.ExecuteAsync(
            new CommandDefinition(
                "UPDATE inbox_items SET is_told = TRUE WHERE item_id IN @ids",
                new { ids = items.Select(item => item.ItemId) },
                transaction,
                cancellationToken: cancellationToken
            )
        );
        await transaction.CommitAsync(cancellationToken);
    }

    // An entry posts no ledger, so no posting can tell. Asked for the batches that have such a rule, and no other.
    private async Task TellExposureAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        var current = await rules.CurrentAsync(cancellationToken);
        var wanted = current.Of(RuleKinds.Exposure).ToList();
        if (wanted.Count == 0)
            return;
        var now = clock.GetDatabaseTime();
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var ids = wanted.Select(rule => rule.BatchId!.Value).Distinct().ToList();
        var open = await CountedTrades.CountOpenAsync(connection, ids, cancellationToken);
        var exposures = (
            await connection.QueryAsync<(long BatchId, decimal Allocation)>(
                new CommandDefinition(
                    "SELECT batch_id, allocation_percentage FROM batches WHERE batch_id IN @ids",
                    new { ids },
                    transaction,
                    cancellationToken: cancellationToken
                )
            )
        ).ToDictionary(row => row.BatchId, row => (double)(row.Allocation * open.GetValueOrDefault(row.BatchId)));
        var states = await OutboxWrites.ReadStatesAsync(connection, current, exposures.Keys, cancellationToken);
        var told = new List<Told>();
        using var rows = OutboxWrites.States();
        foreach (var rule in wanted)
        {
            var batchId = rule.BatchId!.Value;
            if (!exposures.TryGetValue(batchId, out var exposure))
                continue;
            // One that is over already when the rule is made, or made another, is no crossing.
            var isKnown = states.TryGetValue((rule.RuleId, batchId), out var known) && known.Since == rule.CreatedAt;
            var wasOver = isKnown && known.State.IsOver;
            var (isOver, fires) = Crossing.Step(wasOver, exposure, (double)rule.Limit);
            if (isKnown && isOver == wasOver)
                continue;
            OutboxWrites.AddState(rows, rule, batchId, known.State with { IsOver = isOver });
            if (fires && isKnown)
                told.Add(
                    new Told(
                        rule,
                        string.Create(CultureInfo.InvariantCulture, $"{batchId}:{now:yyyyMMddHHmmssfff}"),
                        Notice.Crossed(rule.Kind, rule.BatchName ?? "", batchId, exposure, rule.Limit)
                    )
                );
        }

        await rows.SendAsync(connection, cancellationToken);
        await OutboxWrites.WriteAsync(connection, told, now, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private async Task TellSummariesAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        var now = clock.GetDatabaseTime();
        foreach (var rule in (await rules.CurrentAsync(cancellationToken)).Of(RuleKinds.DailySummary))
        {
            var (due, date) = DailySchedule.Last(now, rule.Time, rule.Zone);
            if (due < rule.CreatedAt || now - due > SummaryWithin)
                continue;
            var cause = string.Create(CultureInfo.InvariantCulture, $"day:{date:yyyy-MM-dd}");
            if (await IsToldAsync(connection, rule, cause, cancellationToken))
                continue;
            // The day up to now: since the same time of the day before.
            var from = DailySchedule.Last(due.AddTicks(-1), rule.Time, rule.Zone).Due;
            var lines = await SumUpAsync(connection, rule.BatchId, from, due, cancellationToken);
            var notice = Notice.Of(
                rule.Kind,
                string.Create(CultureInfo.InvariantCulture, $"Summary of {date:yyyy-MM-dd}"),
                lines,
                rule.BatchId is { } id ? string.Create(CultureInfo.InvariantCulture, $"/batches/{id}") : "/"
            );
            // Its capital stands in its lines already.
            await OutboxWrites.WriteAsync(
                connection,
                [new Told(rule with { BatchId = null }, cause, notice)],
                now,
                cancellationToken
            );
        }
    }

    private static async Task<IReadOnlyList<string>> SumUpAsync(
        DbConnection connection,
        long? batchId,
        DateTime from,
        DateTime before,
        CancellationToken cancellationToken
    )
    {
        var batches = (
            await connection.QueryAsync<(long BatchId, string Name, decimal Capital, long Generation, long LastSeq)>(
                new CommandDefinition(
                    """
                    SELECT b.batch_id, b.name, b.capital, COALESCE(l.generation, 0), COALESCE(l.last_seq, 0)
                      FROM batches b LEFT JOIN ledgers l ON l.batch_id = b.batch_id
                     WHERE @batchId IS NULL OR b.batch_id = @batchId ORDER BY b.batch_id
                    """,
                    new { batchId },
                    cancellationToken: cancellationToken
                )
            )
        ).AsList();
        var lines = new List<string>();
        foreach (var (id, name, initial, generation, lastSeq) in batches.Take(MaxLines))
        {
            var rows = new LedgerRows(id, generation, null, null);
            var (trades, pnl) = await rows.SumAsync(connection, from, before, lastSeq, cancellationToken);
            var capital =
                (await rows.FindAsync(connection, lastSeq, cancellationToken))?.State.AvailableCapital ?? initial;
            lines.Add(
                $"{name}: {Notice.Money(capital)} ({(pnl >= 0 ? "+" : "−")}{Notice.Money(Math.Abs(pnl))}, {trades} "
                    + $"{(trades == 1 ? "trade" : "trades")})"
            );
        }

        if (batches.Count > MaxLines)
            lines.Add(string.Create(CultureInfo.InvariantCulture, $"and {batches.Count - MaxLines} more batches"));
        return lines;
    }

    private static Task<bool> IsToldAsync(
        DbConnection connection,
        Rule rule,
        string cause,
        CancellationToken cancellationToken
    ) =>
        connection.ExecuteScalarAsync<bool>(
            new CommandDefinition(
                "SELECT EXISTS (SELECT * FROM notification_deliveries WHERE rule_id = @RuleId AND cause = @cause)",
                new { rule.RuleId, cause },
                cancellationToken: cancellationToken
            )
        );

    private sealed record Item
    {
        public long ItemId { get; init; }

        public string Kind { get; init; } = "";

        public string Cause { get; init; } = "";

        public DateTime Since { get; init; }

        public DateTime FoundAt { get; init; }

        public string? Detail { get; init; }

        public string? Symbol { get; init; }

        public string? Timeframe { get; init; }

        public string? Strategy { get; init; }

        public string? BatchName { get; init; }

        public string? Direction { get; init; }

        public decimal? Price { get; init; }

        public InboxFacts ToFacts() =>
            new(Kind, Cause, Since, Symbol, Timeframe, Strategy, BatchName, Direction, Price, Detail, null);
    }
}
