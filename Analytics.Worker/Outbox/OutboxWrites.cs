using System.Data.Common;
using System.Globalization;
using System.Text.Json;
using Dapper;
using PnlPipeline.Contracts;
using PnlPipeline.Database;
using PnlPipeline.Domain.Accounts;
using PnlPipeline.Domain.Alerts;
using PnlPipeline.Domain.Notifications;
using PnlPipeline.Domain.Trades;

namespace PnlPipeline.Analytics.Worker.Outbox;

/// <summary>Something a rule has to tell.</summary>
/// <param name="Cause">With the rule's number the key: a rule tells of a cause once.</param>
internal sealed record Told(Rule Rule, string Cause, Notice Notice);

/// <summary>
/// What is to be told is written in the transaction of what happened: both are there, or neither, whatever is killed.
/// </summary>
internal static class OutboxWrites
{
    // Nobody reads more of one kind at once: past it their number is told.
    private const int OneByOneMax = 20;

    /// <summary>What these streams' alerts opened and closed. Late alerts and files are no news.</summary>
    public static async Task WriteTradesAsync(
        DbConnection connection,
        RuleSet rules,
        IReadOnlyList<StreamPairing> streams,
        IReadOnlyDictionary<AlertId, AlertReceived> received,
        DateTime now,
        CancellationToken cancellationToken
    )
    {
        var counted = streams.Where(stream => rules.OfTrades.Any(rule => rule.Counts(stream.Row.Key))).ToList();
        var storedAt = await ReadReceivedAsync(
            connection,
            [
                .. counted
                    .Where(stream => stream.IsLate)
                    .SelectMany(stream => stream.Altered.Append(stream.Row.Last!.Value.AlertId))
                    .Distinct(),
            ],
            cancellationToken
        );
        var news = counted.ConvertAll(stream => (Stream: stream, Alerts: NewsOf(stream, received, storedAt)));
        var told = rules
            .OfTrades.SelectMany(rule =>
                Bounded([
                    .. news.Where(one => rule.Counts(one.Stream.Row.Key))
                        .SelectMany(one =>
                            rule.Kind == RuleKinds.TradeOpened
                                ? Opened(rule, one.Stream, one.Alerts)
                                : Closed(rule, one.Stream, one.Alerts)
                        ),
                ])
            )
            .ToList();
        await WriteAsync(connection, told, now, cancellationToken);
    }

    /// <summary>
    /// The trade that somebody closed by hand, wherever in its stream that stands; what history becomes for it is no
    /// news.
    /// </summary>
    public static Task WriteClosedAsync(
        DbConnection connection,
        RuleSet rules,
        StreamPairing stream,
        AlertId close,
        DateTime now,
        CancellationToken cancellationToken
    ) =>
        WriteAsync(
            connection,
            [
                .. rules
                    .Of(RuleKinds.TradeClosed)
                    .Where(rule => rule.Counts(stream.Row.Key))
                    .SelectMany(rule => Closed(rule, stream, [close])),
            ],
            now,
            cancellationToken
        );

    /// <summary>What rows that were added to ledgers crossed.</summary>
    /// <param name="added">The ledgers, what the rows go on from, and the rows.</param>
    /// <param name="beginsAnew">What the rows go on from is another history than the rules were asked about.</param>
    public static async Task WriteCrossingsAsync(
        DbConnection connection,
        RuleSet rules,
        IReadOnlyList<(long BatchId, LedgerState Before, IReadOnlyList<LedgerRow> Rows)> added,
        DateTime now,
        CancellationToken cancellationToken,
        bool beginsAnew = false
    )
    {
        var told = new List<Told>();
        using var states = States();
        var known = await ReadStatesAsync(connection, rules, added.Select(one => one.BatchId), cancellationToken);
        foreach (var (batchId, before, rows) in added)
        {
            foreach (var rule in rules.OfLedgers[batchId])
            {
                var state = known.GetValueOrDefault((rule.RuleId, batchId));
                var was =
                    !beginsAnew && state.Since == rule.CreatedAt
                        ? state.State
                        : Crossing.Begin(rule.Kind, before, rule.Limit, beginsAnew ? default : state.State);
                var (now_, fired) = Crossing.Go(rule.Kind, rule.Limit, rule.Zone, was, before, rows, rule.CreatedAt);
                AddState(states, rule, batchId, now_);
                if (fired is { } crossed)
                    told.Add(
                        new Told(
                            rule,
                            string.Create(CultureInfo.InvariantCulture, $"{batchId}:{crossed.At:yyyyMMddHHmmssfff}"),
                            Notice.Crossed(rule.Kind, rule.BatchName ?? "", batchId, crossed.Value, rule.Limit)
                        )
                    );
            }
        }

        await states.SendAsync(connection, cancellationToken);
        await WriteAsync(connection, told, now, cancellationToken);
    }

    /// <summary>
    /// Writes what is to be told. What was told of its cause before is told no more; what still waits to be told is
    /// told as it is now.
    /// </summary>
    public static async Task WriteAsync(
        DbConnection connection,
        IReadOnlyList<Told> told,
        DateTime now,
        CancellationToken cancellationToken
    )
    {
        if (told.Count == 0)
            return;
        using var rows = new RowWriter(
            "INSERT INTO notification_deliveries (channel_id, rule_id, cause, batch_id, notice, created_at, next_attempt_at) VALUES ",
            """
             AS new ON DUPLICATE KEY UPDATE notice =
              IF(notification_deliveries.state = 'pending' AND notification_deliveries.attempts = 0,
                 new.notice, notification_deliveries.notice)
            """
        );
        foreach (var (rule, cause, notice) in told)
            rows.Row()
                .Value(rule.ChannelId)
                .Value(rule.RuleId)
                .Value(cause)
                .Value(rule.BatchId)
                .Value(JsonSerializer.Serialize(notice))
                .Value(now)
                // Ledgers post a closed trade a moment later, and its capital is told.
                .Value(rule is { Kind: RuleKinds.TradeClosed, BatchId: not null } ? now.AddSeconds(1) : now);
        await rows.SendAsync(connection, cancellationToken);
    }

    /// <summary>
    /// Where these rules with a limit stand; one of before the rule was changed is of another rule.
    /// </summary>
    public static async Task<
        Dictionary<(long RuleId, long BatchId), (CrossingState State, DateTime Since)>
    > ReadStatesAsync(
        DbConnection connection,
        RuleSet rules,
        IEnumerable<long> batchIds,
        CancellationToken cancellationToken
    ) =>
        (
            await connection.QueryAsync<(
                long RuleId,
                long BatchId,
                bool IsOver,
                int Day,
                decimal DayCapital,
                DateTime Since
            )>(
                new CommandDefinition(
                    "SELECT rule_id, batch_id, is_over, CAST(day AS SIGNED), day_capital, rule_created_at FROM notification_states WHERE rule_id IN @ruleIds AND batch_id IN @batchIds",
                    new { ruleIds = rules.All.Select(rule => rule.RuleId), batchIds },
                    cancellationToken: cancellationToken
                )
            )
        ).ToDictionary(
            row => (row.RuleId, row.BatchId),
            row => (new CrossingState(row.IsOver, row.Day, row.DayCapital), row.Since)
        );

    public static RowWriter States() =>
        new(
            "INSERT INTO notification_states (rule_id, batch_id, is_over, day, day_capital, rule_created_at) VALUES ",
            """
             AS new ON DUPLICATE KEY UPDATE is_over = new.is_over, day = new.day, day_capital = new.day_capital,
              rule_created_at = new.rule_created_at
            """
        );

    public static void AddState(RowWriter states, Rule rule, long batchId, CrossingState state) =>
        states
            .Row()
            .Value(rule.RuleId)
            .Value(batchId)
            .Value(state.IsOver)
            .Value((long)state.Day)
            .Value(state.DayCapital)
            .Value(rule.CreatedAt);

    /// <summary>
    /// The alerts that are news: not of a file, and behind the last one applied or received before it. Messages that a
    /// worker takes at once may overtake each other: an alert is late where it came late to ingest. One that was
    /// overtaken may show that others, received after it, did something else than it seemed: that is news, too.
    /// </summary>
    /// <param name="storedAt">When stored ones were received: the last one applied, and those altered.</param>
    private static HashSet<AlertId> NewsOf(
        StreamPairing stream,
        IReadOnlyDictionary<AlertId, AlertReceived> received,
        IReadOnlyDictionary<AlertId, DateTime> storedAt
    )
    {
        var news = new HashSet<AlertId>();
        var overtaken = DateTime.MaxValue;
        foreach (var (alert, _) in stream.Added)
        {
            if (!received.TryGetValue(alert.AlertId, out var body) || body.Imported)
                continue;
            if (!stream.Row.Reaches(alert.Position))
            {
                news.Add(alert.AlertId);
            }
            else if (body.ReceivedAt <= storedAt.GetValueOrDefault(stream.Row.Last!.Value.AlertId))
            {
                news.Add(alert.AlertId);
                overtaken = body.ReceivedAt < overtaken ? body.ReceivedAt : overtaken;
            }
        }

        if (overtaken < DateTime.MaxValue)
            news.UnionWith(stream.Altered.Where(id => storedAt.GetValueOrDefault(id) >= overtaken));
        return news;
    }

    private static async Task<Dictionary<AlertId, DateTime>> ReadReceivedAsync(
        DbConnection connection,
        IReadOnlyList<AlertId> ids,
        CancellationToken cancellationToken
    ) =>
        ids.Count == 0
            ? []
            : (
                await connection.QueryAsync<(AlertId AlertId, DateTime ReceivedAt)>(
                    new CommandDefinition(
                        "SELECT alert_id, received_at FROM alerts WHERE alert_id IN @ids",
                        new { ids = ids.Select(id => id.ToByteArray()) },
                        cancellationToken: cancellationToken
                    )
                )
            ).ToDictionary(row => row.AlertId, row => row.ReceivedAt);

    // A trade has the id of its entry. One that was there and ends otherwise was opened by an alert that is no news.
    private static IEnumerable<Told> Opened(Rule rule, StreamPairing stream, HashSet<AlertId> news) =>
        from trade in stream
            .Changes.SelectMany(changes =>
                changes
                    .ClosedTrades.Where(trade => trade.ExitReason != ExitReason.Recorded)
                    .Select(trade => trade.Entry)
                    .Concat(changes.OpenTrades)
            )
            .OrderBy(trade => trade.EntryTime)
        where news.Contains(trade.TradeId)
        where trade.EntryTime >= rule.BatchStart
        select new Told(
            rule,
            $"opened:{trade.TradeId}",
            Notice.Opened(
                stream.Row.Symbol,
                stream.Row.Timeframe,
                stream.Row.Strategy,
                trade.Side,
                trade.EntryPrice,
                $"{trade.TradeId}"
            )
        );

    // By an alert that is news; or opened by one that its exit has overtaken.
    private static IEnumerable<Told> Closed(Rule rule, StreamPairing stream, HashSet<AlertId> news) =>
        from trade in stream.Changes.SelectMany(changes => changes.ClosedTrades)
        where news.Contains(trade.ExitAlertId) || news.Contains(trade.Entry.TradeId)
        where trade.ExitReason != ExitReason.Recorded
        where trade.Entry.EntryTime >= rule.BatchStart
        select new Told(
            rule,
            // A trade closes once, whatever corrections make of its end.
            $"closed:{trade.Entry.TradeId}",
            Notice.Closed(
                stream.Row.Symbol,
                stream.Row.Timeframe,
                stream.Row.Strategy,
                trade.Entry.Side,
                trade.Entry.EntryPrice,
                trade.ExitPrice,
                trade.ChangePercentage,
                $"{trade.ExitAlertId}"
            )
        );

    private static IReadOnlyList<Told> Bounded(IReadOnlyList<Told> told) =>
        told.Count <= OneByOneMax
            ? told
            : [told[0] with { Cause = $"many:{told[0].Cause}", Notice = Notice.Many(told[0].Rule.Kind, told.Count) }];
}
