using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Dapper;
using PnlPipeline.Analytics.Worker.Pairing;
using PnlPipeline.Contracts;
using PnlPipeline.Database;
using PnlPipeline.Hosting;
using PnlPipeline.Tests.Integration.Servers;
using RabbitMQ.Client;

namespace PnlPipeline.Tests.Integration.Pairing;

/// <summary>From the queue to the rows and on to the next queue.</summary>
[Collection(nameof(BrokerTests))]
public sealed class WorkerTests(TestDatabase database, TestBroker broker) : IClassFixture<TestDatabase>, IAsyncLifetime
{
    private const string Envelope = "application/vnd.masstransit+json";

    public async ValueTask InitializeAsync()
    {
        await broker.DeleteQueuesAsync();
        await using var connection = await database.OpenAsync();
        await connection.ExecuteAsync(
            "DELETE FROM parked_messages; DELETE FROM alerts; DELETE FROM trades; DELETE FROM streams"
        );
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Alerts_become_rows_and_their_closed_trades_a_message()
    {
        await using var worker = await WorkerHost.StartAsync(database.WorkerUrl);
        var (entry, exit) = Pair("FLOW");
        await worker.Bus.Publish(new AlertsReceived([exit, entry]), TestContext.Current.CancellationToken);

        var message = await TakeFromLedgersAsync();
        var trade = message["message"]!["trades"]![0]!;
        Assert.Equal(entry.AlertId, (string?)trade["tradeId"]);
        Assert.Equal("10", trade["changePercentage"]!.ToString().TrimEnd('0').TrimEnd('.').PadRight(2, '0'));
        Assert.Equal(["closed", "opened"], await OutcomesAsync());
        await StopEmptyAsync(worker);
    }

    [Fact]
    public async Task Rubbish_is_parked_once_with_its_reason_and_the_rest_flows()
    {
        await using var worker = await WorkerHost.StartAsync(database.WorkerUrl);
        var (entry, exit) = Pair("RUBBISH");
        (string Name, byte[] Body, string? ContentType)[] rubbish =
        [
            ("empty", [], Envelope),
            ("empty without content type", [], null),
            ("no JSON", "hello"u8.ToArray(), Envelope),
            ("half", Encoding.UTF8.GetBytes(Message(entry)[..200]), Envelope),
            ("a picture", [0x89, 0x50, 0x4E, 0x47], "image/png"),
            ("no content type", "hello"u8.ToArray(), "rubbish; of \u00e9 kind;;="),
            ("JSON without envelope", "{}"u8.ToArray(), Envelope),
            ("a null", "null"u8.ToArray(), Envelope),
            (
                "another type",
                Encoding.UTF8.GetBytes(
                    Message(entry).Replace("AlertsReceived", "AlertsForgotten", StringComparison.Ordinal)
                ),
                Envelope
            ),
            (
                "no list",
                Encoding.UTF8.GetBytes(Message().Replace("\"alerts\":[]", "\"other\":1", StringComparison.Ordinal)),
                Envelope
            ),
            (
                "a list of null",
                Encoding.UTF8.GetBytes(Message().Replace("[]}", "[null]}", StringComparison.Ordinal)),
                Envelope
            ),
            ("a price of 0", Encoding.UTF8.GetBytes(Message(entry with { Price = 0 })), Envelope),
            ("another's id", Encoding.UTF8.GetBytes(Message(entry with { AlertId = exit.AlertId })), Envelope),
            (
                "one bad of two",
                Encoding.UTF8.GetBytes(Message(entry, exit with { Symbol = new string('X', 65) })),
                Envelope
            ),
            (
                "an unknown action",
                Encoding.UTF8.GetBytes(Message(entry).Replace("\"Entry\"", "\"Split\"", StringComparison.Ordinal)),
                Envelope
            ),
        ];
        foreach (var (name, body, contentType) in rubbish)
            await broker.SendRawAsync(
                Topology.Pairing,
                body,
                new BasicProperties { MessageId = name, ContentType = contentType }
            );
        // Of these the contents can be read: a wrong content type and what a newer version adds are no harm.
        await broker.SendRawAsync(
            Topology.Pairing,
            Encoding.UTF8.GetBytes(Message(entry)),
            new BasicProperties { ContentType = "image/png" }
        );
        await broker.SendRawAsync(
            Topology.Pairing,
            Encoding.UTF8.GetBytes(
                Message(exit).Replace("\"alerts\":", "\"newer\":{\"a\":[1]},\"alerts\":", StringComparison.Ordinal)
            ),
            new BasicProperties { ContentType = Envelope }
        );

        await Eventually.GetAsync(OutcomesAsync, outcomes => outcomes.Count == 2);
        var parked = await Eventually.GetAsync(ParkedAsync, rows => rows.Count >= rubbish.Length);
        await StopEmptyAsync(worker);

        parked = await ParkedAsync();
        Assert.Equal(
            rubbish.Select(message => message.Name).Order(StringComparer.Ordinal),
            parked.Select(row => row.MessageId!).Order(StringComparer.Ordinal)
        );
        Assert.All(parked, row => Assert.NotEmpty(row.Reason));
        Assert.All(
            parked,
            row => Assert.Equal(rubbish.Single(message => message.Name == row.MessageId).Body, row.Body)
        );
        Assert.Null(await broker.CountAsync("pairing_error"));
        Assert.Null(await broker.CountAsync("pairing_skipped"));
    }

    [Fact]
    public async Task A_message_that_was_stored_but_not_announced_is_announced_when_it_comes_again()
    {
        var (entry, exit) = Pair("CRASHED");
        await using (await WorkerHost.StartAsync(database.WorkerUrl))
        {
            // Declares the queues.
        }

        await broker.SendRawAsync(
            Topology.Pairing,
            Encoding.UTF8.GetBytes(Message(entry, exit)),
            new BasicProperties { ContentType = Envelope }
        );
        // A worker that stores them, and is gone before it publishes and acknowledges.
        await broker.TakeAndReturnAsync(Topology.Pairing);
        await new PairingStore(new MySqlDatabase(database.WorkerUrl)).ApplyAsync(
            [entry, exit],
            Rows.Start,
            announceStored: false,
            TestContext.Current.CancellationToken
        );

        await using var worker = await WorkerHost.StartAsync(database.WorkerUrl);
        var messages = new[] { await TakeFromLedgersAsync(), await TakeFromLedgersAsync() };
        Assert.Contains(
            messages,
            message => message["message"]!["trades"]?[0]?["tradeId"]?.ToString() == entry.AlertId
        );
        Assert.Contains(messages, message => message["message"]!["streams"]?[0]?["symbol"]?.ToString() == "CRASHED");
        await StopEmptyAsync(worker);
    }

    [Fact]
    public async Task Where_the_ledgers_queue_was_deleted_closed_trades_are_announced_all_the_same_and_alerts_flow()
    {
        await using var worker = await WorkerHost.StartAsync(database.WorkerUrl);
        await broker.DeleteQueueAsync(Topology.Ledgers);
        var (entry, exit) = Pair("NOQUEUE");
        await worker.Bus.Publish(new AlertsReceived([entry, exit]), TestContext.Current.CancellationToken);

        await Eventually.GetAsync(() => broker.CountAsync(Topology.Ledgers), count => count > 0);
        var message = await TakeFromLedgersAsync();
        Assert.Equal(entry.AlertId, (string?)message["message"]!["trades"]![0]!["tradeId"]);
        await StopEmptyAsync(worker);
        Assert.Empty(await ParkedAsync());
    }

    [Fact]
    public async Task An_alert_sent_twice_is_announced_once()
    {
        await using var worker = await WorkerHost.StartAsync(database.WorkerUrl);
        var (entry, exit) = Pair("TWICE");
        await worker.Bus.Publish(new AlertsReceived([entry, exit]), TestContext.Current.CancellationToken);
        await TakeFromLedgersAsync();
        await worker.Bus.Publish(new AlertsReceived([entry, exit]), TestContext.Current.CancellationToken);
        await StopEmptyAsync(worker);
        Assert.Null(await broker.TakeAsync(Topology.Ledgers));
    }

    [Fact]
    public async Task While_one_replica_keeps_up_another_stands_by_and_takes_what_comes_when_it_is_gone()
    {
        const int messages = 40;
        var takenByOther = new ConcurrentQueue<byte[]>();
        await using var worker = await WorkerHost.StartAsync(database.WorkerUrl);
        await using var other = await broker.StandByAsync(Topology.Pairing, takenByOther);
        for (var i = 0; i < messages; i++)
        {
            var (entry, exit) = Pair("FIRST", 1 + (2 * i));
            await worker.Bus.Publish(new AlertsReceived([entry, exit]), TestContext.Current.CancellationToken);
        }

        await Eventually.GetAsync(OutcomesAsync, outcomes => outcomes.Count + takenByOther.Count >= 2 * messages);
        Assert.Empty(takenByOther);

        await worker.StopAsync();
        await broker.SendRawAsync(Topology.Pairing, "the next"u8.ToArray(), new BasicProperties());
        await Eventually.GetAsync(() => Task.FromResult(takenByOther.Count), count => count == 1);
    }

    [Fact]
    public async Task While_the_database_is_away_alerts_wait_and_none_is_parked()
    {
        await using var wire = new Wire(database.WorkerUrl.Host, database.WorkerUrl.Port);
        await using var worker = await WorkerHost.StartAsync(
            database.WorkerUrl with
            {
                Host = "127.0.0.1",
                Port = wire.Port,
            }
        );
        var (entry, exit) = Pair("AWAY");
        await worker.Bus.Publish(new AlertsReceived([entry]), TestContext.Current.CancellationToken);
        await Eventually.GetAsync(OutcomesAsync, outcomes => outcomes.Count == 1);

        wire.Cut();
        await worker.Bus.Publish(new AlertsReceived([exit]), TestContext.Current.CancellationToken);
        // Rubbish waits for its parking, too.
        await broker.SendRawAsync(
            Topology.Pairing,
            "hello"u8.ToArray(),
            new BasicProperties { ContentType = Envelope }
        );
        await Eventually.GetAsync(() => broker.CountAsync(Topology.Pairing), count => count == 0);
        Assert.Single(await OutcomesAsync());

        wire.Mend();
        await Eventually.GetAsync(OutcomesAsync, outcomes => outcomes.Count == 2);
        await TakeFromLedgersAsync();
        await Eventually.GetAsync(ParkedAsync, rows => rows.Count == 1);
        await StopEmptyAsync(worker);
    }

    [Fact]
    public async Task A_host_that_stops_while_the_database_is_away_gives_its_messages_back()
    {
        await using var wire = new Wire(database.WorkerUrl.Host, database.WorkerUrl.Port);
        var (entry, _) = Pair("STOPPED");
        await using (
            var worker = await WorkerHost.StartAsync(database.WorkerUrl with { Host = "127.0.0.1", Port = wire.Port })
        )
        {
            wire.Cut();
            await worker.Bus.Publish(new AlertsReceived([entry]), TestContext.Current.CancellationToken);
            await Eventually.GetAsync(() => broker.CountAsync(Topology.Pairing), count => count == 0);
            await worker.StopAsync();
        }

        await Eventually.GetAsync(() => broker.CountAsync(Topology.Pairing), count => count == 1);
        Assert.Empty(await ParkedAsync());
        await using var next = await WorkerHost.StartAsync(database.WorkerUrl);
        await Eventually.GetAsync(OutcomesAsync, outcomes => outcomes.Count == 1);
    }

    [Fact]
    public async Task While_the_broker_is_away_what_was_in_hand_comes_again_and_none_is_parked()
    {
        var url = new Uri(TestBroker.Url);
        await using var wire = new Wire(url.Host, url.Port);
        await using var worker = await WorkerHost.StartAsync(
            database.WorkerUrl,
            new UriBuilder(url) { Host = "127.0.0.1", Port = wire.Port }
                .Uri
                .AbsoluteUri
        );
        const int messages = 200;
        for (var i = 0; i < messages; i++)
        {
            // A stream each: what comes again out of order is late in none, and every trade must be announced by
            // itself.
            var (entry, exit) = Pair($"CUT{i}");
            await broker.SendRawAsync(
                Topology.Pairing,
                Encoding.UTF8.GetBytes(Message(entry, exit)),
                new BasicProperties { ContentType = Envelope }
            );
            if (i is 50 or 120)
                wire.Cut();
            if (i is 80 or 150)
                wire.Mend();
        }

        await Eventually.GetAsync(OutcomesAsync, outcomes => outcomes.Count == 2 * messages, deadlineSeconds: 60);
        await StopEmptyAsync(worker);
        Assert.Empty(await ParkedAsync());
        var announced = new HashSet<string>();
        while (await broker.TakeAsync(Topology.Ledgers) is { } taken)
        {
            foreach (var trade in JsonNode.Parse(taken.Body.Span)!["message"]!["trades"]?.AsArray() ?? [])
                announced.Add(trade!["tradeId"]!.ToString());
        }

        Assert.Equal(messages, announced.Count);
    }

    [Fact]
    public async Task A_refused_body_is_kept_once_as_it_arrived()
    {
        await using var worker = await WorkerHost.StartAsync(database.WorkerUrl);
        var rejected = new AlertRejected(
            "00112233445566778899aabbccddeeff",
            Rows.Start,
            [0xFF, 0, 1],
            new Dictionary<string, string[]> { ["price"] = ["NaN \u2603"] }
        );
        await worker.Bus.Publish(rejected, TestContext.Current.CancellationToken);
        await worker.Bus.Publish(rejected, TestContext.Current.CancellationToken);
        await worker.Bus.Publish(rejected with { RejectionId = "no id" }, TestContext.Current.CancellationToken);
        await Eventually.GetAsync(ParkedAsync, rows => rows.Count == 1);
        await StopEmptyAsync(worker);

        await using var connection = await database.OpenAsync();
        var (body, errors) = await connection.QuerySingleAsync<(byte[] Body, string Errors)>(
            "SELECT body, errors FROM rejected_alerts"
        );
        Assert.Equal(rejected.Body, body);
        Assert.Equal("NaN \u2603", (string?)JsonNode.Parse(errors)!["price"]![0]);
    }

    private static (AlertReceived Entry, AlertReceived Exit) Pair(string symbol, int second = 1) =>
        (
            Rows.Alert(symbol, AlertAction.Entry, Direction.Long, 100, second),
            Rows.Alert(symbol, AlertAction.Exit, null, 110, second + 1)
        );

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private static string Message(params AlertReceived[] alerts) =>
        JsonSerializer.Serialize(
            new
            {
                messageId = Guid.NewGuid(),
                messageType = new[] { "urn:message:PnlPipeline.Contracts:AlertsReceived" },
                message = new AlertsReceived(alerts),
            },
            Json
        );

    private async Task<JsonNode> TakeFromLedgersAsync()
    {
        var taken = await Eventually.GetAsync(() => broker.TakeAsync(Topology.Ledgers), message => message is not null);
        return JsonNode.Parse(taken!.Body.Span)!;
    }

    /// <summary>Stops the worker when it has taken everything, and sees that nothing has come back.</summary>
    private async Task StopEmptyAsync(WorkerHost worker)
    {
        await Eventually.GetAsync(() => broker.CountAsync(Topology.Pairing), count => count == 0);
        await worker.StopAsync();
        Assert.Equal(0u, await broker.CountAsync(Topology.Pairing));
    }

    private async Task<List<string>> OutcomesAsync()
    {
        await using var connection = await database.OpenAsync();
        return [.. (await connection.QueryAsync<string>("SELECT outcome FROM alerts")).Order(StringComparer.Ordinal)];
    }

    private sealed record Parked(string? MessageId, string? ContentType, string Reason, byte[] Body);

    private async Task<List<Parked>> ParkedAsync()
    {
        await using var connection = await database.OpenAsync();
        return
        [
            .. await connection.QueryAsync<Parked>(
                "SELECT message_id, content_type, reason, body FROM parked_messages"
            ),
        ];
    }
}
