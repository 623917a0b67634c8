using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Dapper;
using PnlPipeline.Contracts;
using PnlPipeline.Domain.Alerts;
using PnlPipeline.Domain.Partitions;
using PnlPipeline.Domain.Trades;
using PnlPipeline.Hosting;
using PnlPipeline.Tests.Reference;
using RabbitMQ.Client;

namespace PnlPipeline.Benchmarks;

/// <summary>
/// The workers alone: messages made beforehand go straight to the broker, so that neither HTTP nor ingest is in the
/// figure. What is stored at the end is checked against the account worked out in memory.
/// </summary>
internal sealed class WorkerScenarios(RunningSystem system, Report report)
{
    private const string Exchange = "PnlPipeline.Contracts:AlertsReceived";

    // More a batch does not take.
    private const int SymbolsMax = 500;
    private static readonly DateTime Start = new(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc);
    private static readonly string[] MessageType = ["urn:message:PnlPipeline.Contracts:AlertsReceived"];
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <summary>
    /// From the first message to the last row of all ledgers, each of which counts every stream. The alerts are those
    /// of scripts always in the market, oldest first: each but a stream's first closes one trade and opens the next.
    /// Past five hundred streams, symbols have several timeframes.
    /// </summary>
    /// <param name="note">What is special about this run, after a comma; or nothing.</param>
    public async Task SustainedAsync(int alerts, int streams, int alertsPerMessage, int ledgers = 10, string note = "")
    {
        var run = $"W{Stopwatch.GetTimestamp() % 1_000_000_000:D9}X";
        var all = Alerts(run, streams, alerts);
        var messages = Messages(all, alertsPerMessage, RunningSystem.PairingPartitions).ToList();
        var symbols = all.Take(Math.Min(streams, SymbolsMax)).Select(alert => alert.Symbol).ToList();
        var expected = Expected(all, symbols);
        var batches = new List<long>();
        for (var i = 0; i < ledgers; i++)
            batches.Add(await system.CreateBatchAsync($"{run} {i}", symbols));
        foreach (var batch in batches)
        {
            while (await system.LedgerAsync(batch) is not (true, _))
                await Task.Delay(20);
        }

        var before = await RunningSystem.WorkTimesAsync();
        var clock = Stopwatch.StartNew();
        await SendAsync(messages);
        var sent = clock.Elapsed;
        await using var connection = await system.OpenDatabaseAsync();
        while (
            await connection.ExecuteScalarAsync<long>(
                "SELECT COUNT(*) FROM streams WHERE symbol IN @symbols AND last_timestamp >= @last",
                new { symbols, last = all[^1].Timestamp.AddMinutes(-1) }
            ) < streams
        )
            await Task.Delay(50);
        var paired = clock.Elapsed;
        while (
            await connection.ExecuteScalarAsync<long>(
                "SELECT MIN(last_seq) FROM ledgers WHERE batch_id IN @batches",
                new { batches }
            ) < expected.Count
        )
        {
            await Task.Delay(50);
            if (clock.Elapsed > TimeSpan.FromMinutes(10))
                throw new TimeoutException(
                    $"After {clock.Elapsed} the ledgers do not hold {expected.Count} rows: no result."
                );
        }

        var posted = clock.Elapsed;
        var after = await RunningSystem.WorkTimesAsync();
        await CheckAsync(connection, symbols, batches, alerts, expected);
        var costs = string.Join(
            ", ",
            after.Select(part =>
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{part.Key} {(part.Value - before[part.Key]).TotalMilliseconds / alerts:F3}"
                )
            )
        );
        report.Add(
            string.Create(
                CultureInfo.InvariantCulture,
                $"workers alone, {streams:N0} streams, {alertsPerMessage} alerts a message, {ledgers} ledgers{note}"
            ),
            string.Create(CultureInfo.InvariantCulture, $"{alerts / posted.TotalSeconds:N0} alerts/s"),
            "≥ 7,000 alerts/s",
            string.Create(
                CultureInfo.InvariantCulture,
                $"{alerts:N0} alerts published in {sent.TotalSeconds:F1} s, paired after {paired.TotalSeconds:F1} s, "
                    + $"{expected.Count:N0} rows in each ledger after {posted.TotalSeconds:F1} s; ms of processor "
                    + $"time an alert: {costs}"
            )
        );
    }

    private static List<AlertReceived> Alerts(string run, int streams, int count)
    {
        var alerts = new List<AlertReceived>(count);
        for (var i = 0; i < count; i++)
        {
            var turn = i / streams;
            var symbol = string.Create(CultureInfo.InvariantCulture, $"{run}{i % streams % SymbolsMax:D3}");
            var timeframe = string.Create(CultureInfo.InvariantCulture, $"{60 + (i % streams / SymbolsMax)}");
            var direction = turn % 2 == 0 ? Direction.Long : Direction.Short;
            var price = 100 + (turn * 7 % 13) + (i % 100 / 100m);
            var time = Start.AddMinutes(turn);
            var body = string.Create(
                CultureInfo.InvariantCulture,
                $$"""{"symbol":"{{symbol}}","side":"entry","timeframe":"{{timeframe}}","type":"{{(turn % 2 == 0 ? "bullish" : "bearish")}}","price":{{price}},"closeonflip":true,"timestamp":"{{time:yyyy-MM-ddTHH:mm:ss}}+0000"}"""
            );
            alerts.Add(
                new AlertReceived(
                    AlertId.Of(symbol, timeframe, AlertAction.Entry, direction, price, time).ToString(),
                    symbol,
                    timeframe,
                    AlertAction.Entry,
                    direction,
                    "entry",
                    turn % 2 == 0 ? "bullish" : "bearish",
                    price,
                    CloseOnFlip: true,
                    time,
                    ReceivedAt: Start.AddYears(5),
                    Encoding.UTF8.GetBytes(body)
                )
            );
        }

        return alerts;
    }

    private static (int Count, decimal Pnl, decimal Capital, decimal Peak) Expected(
        IEnumerable<AlertReceived> alerts,
        List<string> symbols
    )
    {
        var (_, trades) = Account.Pair(
            alerts.Select(alert =>
                ReferenceAlert.Create(
                    alert.Symbol,
                    alert.Timeframe,
                    "entry",
                    alert.Direction == Direction.Long ? "long" : "short",
                    alert.Price,
                    alert.Timestamp
                )
            )
        );
        var rows = Account.Keep(
            new ReferenceBatch(symbols.ToHashSet(StringComparer.Ordinal), AllocationPercentage: 10),
            trades
        );
        return (rows.Count, rows.Sum(row => row.Pnl), rows[^1].AvailableCapital, rows[^1].PeakCapital);
    }

    /// <summary>
    /// As ingest would send them: a message holds alerts of one partition, and partitions take turns as their alerts
    /// come.
    /// </summary>
    private static IEnumerable<(string Exchange, string Key, byte[] Body)> Messages(
        List<AlertReceived> alerts,
        int alertsPerMessage,
        int partitions
    )
    {
        var waiting = Partition.All(partitions).ToDictionary(one => one, _ => new List<AlertReceived>());
        foreach (var alert in alerts)
        {
            var partition = Partition.Of(new StreamKey(alert.Symbol, alert.Timeframe, alert.Strategy), partitions);
            waiting[partition].Add(alert);
            if (waiting[partition].Count == alertsPerMessage)
                yield return Take(partition);
        }

        foreach (var partition in Partition.All(partitions).Where(one => waiting[one].Count > 0))
            yield return Take(partition);

        (string Exchange, string Key, byte[] Body) Take(Partition partition)
        {
            var body = Message(waiting[partition]);
            waiting[partition].Clear();
            return partitions == 1
                ? (Exchange, "", body)
                : (Topology.PairingPartitions, Topology.KeyOf(partition), body);
        }
    }

    private static byte[] Message(IReadOnlyList<AlertReceived> alerts) =>
        JsonSerializer.SerializeToUtf8Bytes(
            new
            {
                messageId = Guid.NewGuid(),
                messageType = MessageType,
                sentTime = DateTime.UtcNow,
                message = new AlertsReceived(alerts),
            },
            Json
        );

    private static async Task SendAsync(List<(string Exchange, string Key, byte[] Body)> messages)
    {
        await using var broker = await RunningSystem.OpenBrokerAsync();
        await using var channel = await broker.CreateChannelAsync(
            new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true)
        );
        foreach (var some in messages.Chunk(8))
        {
            await Task.WhenAll(
                some.Select(message =>
                    channel
                        .BasicPublishAsync(
                            message.Exchange,
                            message.Key,
                            mandatory: true,
                            new BasicProperties { ContentType = "application/vnd.masstransit+json", Persistent = true },
                            message.Body
                        )
                        .AsTask()
                )
            );
        }
    }

    private static async Task CheckAsync(
        System.Data.Common.DbConnection connection,
        List<string> symbols,
        List<long> batches,
        int alerts,
        (int Count, decimal Pnl, decimal Capital, decimal Peak) expected
    )
    {
        var stored = await connection.ExecuteScalarAsync<long>(
            "SELECT COUNT(*) FROM alerts JOIN streams USING (stream_id) WHERE symbol IN @symbols",
            new { symbols }
        );
        var trades = await connection.ExecuteScalarAsync<long>(
            "SELECT COUNT(*) FROM trades JOIN streams USING (stream_id) WHERE symbol IN @symbols AND exit_time IS NOT "
                + "NULL",
            new { symbols }
        );
        if (stored != alerts || trades != expected.Count)
            throw new InvalidOperationException(
                $"{stored} of {alerts} alerts and {trades} of {expected.Count} trades are stored: no result."
            );
        foreach (var batch in batches)
        {
            var held = await connection.QuerySingleAsync<(long Count, decimal Pnl)>(
                "SELECT COUNT(*), SUM(pnl) FROM ledger_rows JOIN ledgers USING (batch_id, generation) WHERE batch_id "
                    + "= @batch",
                new { batch }
            );
            var last = await connection.QuerySingleAsync<(decimal Capital, decimal Peak)>(
                """
                SELECT available_capital, peak_capital FROM ledger_rows JOIN ledgers USING (batch_id, generation)
                WHERE batch_id = @batch AND seq = last_seq
                """,
                new { batch }
            );
            if ((held.Count, held.Pnl, last.Capital, last.Peak) != expected)
                throw new InvalidOperationException(
                    $"Ledger {batch} holds {held}, {last} and should hold {expected}: no result."
                );
        }
    }
}
