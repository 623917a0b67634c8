using System.Text.Json;
using System.Text.Json.Nodes;
using MassTransit.Serialization;
using PnlPipeline.Contracts;

namespace PnlPipeline.Tests.Unit.InFlight;

/// <summary>
/// An upgrade meets messages that the version before has published, and for a while the version before meets ours. What
/// stands here is what has been in flight once and may be still: it is added to, and never changed.
/// </summary>
public sealed class MessagesInFlightTests
{
    private static readonly Dictionary<Type, string> Released = new()
    {
        [typeof(AlertsReceived)] = """
            {"alerts":[
              {"alertId":"0123456789abcdef0123456789abcdef","symbol":"BINANCE:BTCUSDT","timeframe":"60","action":"Entry","direction":"Long","side":"entry",
               "type":"bullish","price":"43250.5","closeOnFlip":true,"timestamp":"2025-11-22T06:28:00Z","receivedAt":"2025-11-22T06:28:01.123Z","payload":"eyJhIjoxfQ=="},
              {"alertId":"fedcba9876543210fedcba9876543210","symbol":"ES1!","timeframe":"1D","action":"Manual","price":"0.000000000001",
               "timestamp":"2025-11-22T06:28:00.5Z","receivedAt":"2025-11-22T06:28:01Z","payload":"","targetTradeId":"0123456789abcdef0123456789abcdef"}]}
            """,
        [typeof(AlertRejected)] = """
            {"rejectionId":"0123456789abcdef0123456789abcdef","receivedAt":"2025-11-22T06:28:01.123Z","body":"eyJhIjoxfQ==","errors":{"price":["Is missing."]}}
            """,
        [typeof(CorrectAlert)] = """
            {"correctionId":"0190c3a2-0000-7000-8000-000000000001","alertId":"0123456789abcdef0123456789abcdef","voided":true,"by":{"role":"admin","key":"ab12cd34"}}
            """,
        [typeof(CloseTrade)] = """
            {"correctionId":"0190c3a2-0000-7000-8000-000000000002","tradeId":"0123456789abcdef0123456789abcdef","price":"43250.5","time":"2025-11-22T06:28:00Z",
             "requestedAt":"2025-11-22T06:29:00Z","by":{"role":"admin","key":"ab12cd34"}}
            """,
        [typeof(TradesClosed)] = """
            {"trades":[{"eventId":"0190c3a2-0000-7000-8000-000000000003","tradeId":"0123456789abcdef0123456789abcdef","symbol":"BINANCE:BTCUSDT","timeframe":"60",
              "side":"Short","entryPrice":"100.5","entryTime":"2025-11-22T06:28:00Z","exitPrice":"99","exitTime":"2025-11-22T07:28:00Z","exitReason":"Flip",
              "changePercentage":"1.49253731"}]}
            """,
        [typeof(TradesRevised)] = """
            {"streams":[{"eventId":"0190c3a2-0000-7000-8000-000000000004","symbol":"BINANCE:BTCUSDT","timeframe":"60","from":"2025-11-22T06:28:00Z"}]}
            """,
        [typeof(BatchChanged)] = """{"batchId":12,"revision":3,"isDeleted":false}""",
        [typeof(LedgerUpdated)] = """{"batchId":12,"generation":7,"lastSeq":1000}""",
        [typeof(LedgerBuilding)] = """{"batchId":12,"progress":0.25}""",
        [typeof(AlertsStored)] = """
            {"total":1,"alerts":[{"alertId":"0123456789abcdef0123456789abcdef","symbol":"BINANCE:BTCUSDT","timeframe":"60","action":"Entry","direction":"Long",
              "price":"43250.5","timestamp":"2025-11-22T06:28:00Z","receivedAt":"2025-11-22T06:28:01.123Z","outcome":"flipped",
              "tradeId":"0123456789abcdef0123456789abcdef","closedTradeId":"fedcba9876543210fedcba9876543210"}]}
            """,
        [typeof(PricesStored)] =
            """{"prices":[{"symbol":"BINANCE:BTCUSDT","price":"43250.5","timestamp":"2025-11-22T06:28:00Z"}]}""",
        [typeof(StreamCorrected)] = """{"symbol":"BINANCE:BTCUSDT","timeframe":"60","from":"2025-11-22T06:28:00Z"}""",
        [typeof(SessionEnded)] = """{"sessionId":"0123456789abcdef"}""",
    };

    /// <summary>The same messages with what was added to them since.</summary>
    private static readonly (Type Type, string Json)[] Added =
    [
        (
            typeof(AlertsReceived),
            """
            {"alerts":[
              {"alertId":"0123456789abcdef0123456789abcdef","symbol":"BINANCE:BTCUSDT","timeframe":"60","action":"Recorded","direction":"Long","side":null,
               "type":null,"price":"43250.5","timestamp":"2025-11-22T06:28:00Z","receivedAt":"2025-11-22T06:28:01.123Z","payload":"eyJhIjoxfQ==",
               "strategy":"Breakout 4h","exit":{"price":"43300.000000000001","time":"2025-11-22T07:28:00Z","number":2}}]}
            """
        ),
        (
            typeof(AlertsReceived),
            """
            {"alerts":[
              {"alertId":"0123456789abcdef0123456789abcdef","symbol":"BINANCE:BTCUSDT","timeframe":"-","action":"Price","direction":null,"side":"price",
               "type":null,"price":"43250.5","timestamp":"2025-11-22T06:28:00Z","receivedAt":"2025-11-22T06:28:01.123Z","payload":"eyJhIjoxfQ=="}]}
            """
        ),
        (
            typeof(TradesClosed),
            """
            {"trades":[{"eventId":"0190c3a2-0000-7000-8000-000000000003","tradeId":"0123456789abcdef0123456789abcdef","symbol":"BINANCE:BTCUSDT","timeframe":"60",
              "side":"Short","entryPrice":"100.5","entryTime":"2025-11-22T06:28:00Z","exitPrice":"99","exitTime":"2025-11-22T07:28:00Z","exitReason":"Recorded",
              "changePercentage":"1.49253731","strategy":"Breakout 4h"}]}
            """
        ),
        (
            typeof(TradesRevised),
            """
            {"streams":[{"eventId":"0190c3a2-0000-7000-8000-000000000004","symbol":"BINANCE:BTCUSDT","timeframe":"60","from":"2025-11-22T06:28:00Z",
              "to":"2025-11-22T07:28:00Z","strategy":"Breakout 4h"}]}
            """
        ),
        (
            typeof(AlertsStored),
            """
            {"total":1,"alerts":[{"alertId":"0123456789abcdef0123456789abcdef","symbol":"BINANCE:BTCUSDT","timeframe":"60","action":"Recorded","direction":"Long",
              "price":"43250.5","timestamp":"2025-11-22T06:28:00Z","receivedAt":"2025-11-22T06:28:01.123Z","outcome":"recorded",
              "tradeId":"0123456789abcdef0123456789abcdef","strategy":"Breakout 4h"}]}
            """
        ),
        (
            typeof(StreamCorrected),
            """{"symbol":"BINANCE:BTCUSDT","timeframe":"60","from":"2025-11-22T06:28:00Z","strategy":"Breakout 4h"}"""
        ),
    ];

    public static TheoryData<string> Names => [.. Released.Keys.Select(type => type.Name)];

    [Fact]
    public void No_message_is_missing_here()
    {
        var records = typeof(AlertsReceived).Assembly.GetExportedTypes().Where(type => type.IsClass).ToHashSet();
        var parts = records
            .SelectMany(type => type.GetProperties())
            .SelectMany(property => property.PropertyType.GetGenericArguments().Append(property.PropertyType));

        Assert.Equal(
            records.Except(parts).Select(type => type.Name).Order(StringComparer.Ordinal),
            Names.Select(row => row.Data).Order(StringComparer.Ordinal)
        );
    }

    /// <summary>Every value comes through: read today, and written today as a reader of then expects it.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void What_has_been_in_flight_is_read_and_what_is_written_now_can_be_read_by_who_knows_only_that(string name)
    {
        var (type, released) = One(name);

        var written = ReadAndWrite(released, type);

        AssertHolds(released, written, name);
    }

    [Fact]
    public void What_was_added_since_comes_through_as_well()
    {
        foreach (var (type, json) in Added)
            AssertHolds(JsonNode.Parse(json), ReadAndWrite(JsonNode.Parse(json)!, type), type.Name);
    }

    /// <summary>A message of before says nothing of it: no strategy, no exit.</summary>
    [Fact]
    public void What_was_added_since_is_not_there_in_a_message_of_before()
    {
        var alerts = JsonNode
            .Parse(Released[typeof(AlertsReceived)])!
            .Deserialize<AlertsReceived>(SystemTextJsonMessageSerializer.Options)!
            .Alerts;

        Assert.All(alerts, alert => Assert.Equal((null, null), (alert.Strategy, alert.Exit)));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void What_a_newer_version_adds_is_passed_over(string name)
    {
        var (type, released) = One(name);
        var newer = released.DeepClone();
        Grow(newer);

        var written = ReadAndWrite(newer, type);

        Assert.True(JsonNode.DeepEquals(ReadAndWrite(released, type), written), $"{written}");
    }

    private static (Type Type, JsonNode Released) One(string name)
    {
        var (type, json) = Released.Single(pair => pair.Key.Name == name);
        return (type, JsonNode.Parse(json)!);
    }

    private static JsonNode ReadAndWrite(JsonNode message, Type type) =>
        JsonSerializer.SerializeToNode(
            message.Deserialize(type, SystemTextJsonMessageSerializer.Options),
            type,
            SystemTextJsonMessageSerializer.Options
        )!;

    private static void AssertHolds(JsonNode? expected, JsonNode? actual, string path)
    {
        switch (expected)
        {
            case JsonObject members:
                foreach (var (member, value) in members)
                    AssertHolds(value, actual!.AsObject()[member], $"{path}.{member}");
                break;
            case JsonArray items:
                Assert.Equal(items.Count, actual!.AsArray().Count);
                for (var i = 0; i < items.Count; i++)
                    AssertHolds(items[i], actual.AsArray()[i], $"{path}[{i}]");
                break;
            default:
                Assert.True(
                    JsonNode.DeepEquals(expected, actual),
                    $"{path}: {expected?.ToJsonString()} came out as {actual?.ToJsonString()}"
                );
                break;
        }
    }

    // Maps of any names, as a refused body's errors are, take in whatever is added: those grow no member.
    private static void Grow(JsonNode? node)
    {
        if (node is JsonArray items)
        {
            foreach (var item in items)
                Grow(item);
        }
        else if (node is JsonObject members)
        {
            foreach (var (name, value) in members.Where(member => member.Key != "errors").ToList())
                Grow(value);
            members["addedLater"] = new JsonObject { ["a"] = new JsonArray(1, "b", null) };
        }
    }
}
