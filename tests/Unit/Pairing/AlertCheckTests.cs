using PnlPipeline.Contracts;
using PnlPipeline.Domain.Alerts;
using PnlPipeline.Domain.Trades;

namespace PnlPipeline.Tests.Unit.Pairing;

public sealed class AlertCheckTests
{
    private static readonly AlertReceived Good = WithItsId(
        new AlertReceived(
            "",
            "BINANCE:BTCUSDT",
            "60",
            AlertAction.Entry,
            Direction.Long,
            "entry",
            "bullish",
            43250.5m,
            true,
            Alert.Start,
            Alert.Start,
            [1]
        )
    );

    private static readonly AlertReceived Recorded = Good with
    {
        Action = AlertAction.Recorded,
        Side = "Entry long",
        Type = null,
        Exit = new RecordedExit(43300, Alert.Start.AddDays(1), 1),
    };

    private static readonly AlertReceived Price = Good with
    {
        Action = AlertAction.Price,
        Direction = null,
        Timeframe = "-",
        Side = "price",
        Type = null,
    };

    private static readonly string Longest = new('X', 64);

    public static TheoryData<string, AlertReceived> Alerts =>
        new()
        {
            { "", Good },
            { "", WithItsId(Good with { Symbol = Longest, Timeframe = "1234567890ABCDEF" }) },
            {
                "",
                WithItsId(
                    Good with
                    {
                        Action = AlertAction.Exit,
                        Direction = null,
                        Side = null,
                        Type = null,
                        CloseOnFlip = null,
                    }
                )
            },
            { "", WithItsId(Good with { Price = 999_999_999_999_999.999999999999m }) },
            { "", WithItsId(Good with { Price = 0.000000000001m }) },
            { "", WithItsId(Good with { Action = AlertAction.Manual, TargetTradeId = Alert.Id(1).ToString() }) },
            { "", Good with { Payload = [] } },
            { "", WithItsId(Good with { Symbol = "BTC\u00C9", Timeframe = "\u65E5\u8DB3" }) },
            { "", WithItsId(Good with { Symbol = "..", Timeframe = "-" }) }, // was taken once, and may be on the queue
            { "", WithItsId(Good with { Strategy = "Breakout 4h \U0001F680" }) },
            { "", WithItsId(Recorded) },
            { "", WithItsId(Recorded with { Exit = new RecordedExit(1, Alert.Start, 1), Strategy = "S" }) },
            { "", WithItsId(Price) },
            { "a price has", WithItsId(Price with { Timeframe = "60" }) },
            { "a price has", WithItsId(Price with { Strategy = "S" }) },
            { "a price has", WithItsId(Price with { Direction = Direction.Long }) },
            { "no recorded trade", WithItsId(Price with { Exit = Recorded.Exit }) },
            { "symbol", WithItsId(Good with { Symbol = "BTCE\u0301" }) },
            { "symbol", WithItsId(Good with { Symbol = "btc\u00C9" }) },
            { "symbol", WithItsId(Good with { Symbol = "BTC\u20AC" }) },
            { "timeframe", WithItsId(Good with { Timeframe = "\u00FC" }) },
            { "strategy", WithItsId(Good with { Strategy = "" }) },
            { "strategy", WithItsId(Good with { Strategy = " S" }) },
            { "strategy", WithItsId(Good with { Strategy = "A|B" }) },
            { "strategy", WithItsId(Good with { Strategy = Longest + "X" }) },
            { "no side or no exit", WithItsId(Recorded with { Exit = null }) },
            { "no side or no exit", WithItsId(Recorded with { Direction = null }) },
            { "no recorded trade", WithItsId(Good with { Exit = Recorded.Exit }) },
            {
                "of its exit, the price is not above 0",
                WithItsId(Recorded with { Exit = Recorded.Exit! with { Price = 0 } })
            },
            {
                "before its entry",
                WithItsId(Recorded with { Exit = Recorded.Exit! with { Time = Alert.Start.AddMilliseconds(-1) } })
            },
            { "its number", WithItsId(Recorded with { Exit = Recorded.Exit! with { Number = 0 } }) },
            { "id is not", WithItsId(Recorded) with { Exit = Recorded.Exit! with { Number = 2 } } },
            { "id is not", WithItsId(Good) with { Strategy = "S" } },
            { "", Good with { Side = string.Concat(Enumerable.Repeat("\U0001F600", 64)) } },
            { "it is null", null! },
            { "is missing", Good with { AlertId = null! } },
            { "is missing", Good with { Symbol = null! } },
            { "is missing", Good with { Timeframe = null! } },
            { "is missing", Good with { Payload = null! } },
            { "symbol", WithItsId(Good with { Symbol = "" }) },
            { "symbol", WithItsId(Good with { Symbol = Longest + "X" }) },
            { "symbol", WithItsId(Good with { Symbol = "btcusdt" }) },
            { "symbol", WithItsId(Good with { Symbol = "BTC USDT" }) },
            { "symbol", WithItsId(Good with { Symbol = "BTC|USDT" }) },
            { "timeframe", WithItsId(Good with { Timeframe = "12345678901234567" }) },
            { "timeframe", WithItsId(Good with { Timeframe = "1d" }) },
            { "action", Good with { Action = (AlertAction)5 } },
            { "direction", Good with { Direction = (Direction)2 } },
            { "names no direction", WithItsId(Good with { Direction = null }) },
            { "names no trade", WithItsId(Good with { Action = AlertAction.Manual }) },
            { "names no trade", WithItsId(Good with { Action = AlertAction.Manual, TargetTradeId = "12" }) },
            { "above 0", WithItsId(Good with { Price = 0 }) },
            { "above 0", WithItsId(Good with { Price = -1 }) },
            { "below 10^15", WithItsId(Good with { Price = 1_000_000_000_000_000m }) },
            { "12 decimals", WithItsId(Good with { Price = 1.0000000000001m }) },
            { "timestamp", WithItsId(Good with { Timestamp = Alert.Start.AddTicks(1) }) },
            {
                "timestamp",
                WithItsId(Good with { Timestamp = DateTime.SpecifyKind(Alert.Start, DateTimeKind.Unspecified) })
            },
            {
                "timestamp",
                WithItsId(Good with { Timestamp = new DateTime(1999, 12, 31, 23, 59, 59, DateTimeKind.Utc) })
            },
            { "receivedAt", Good with { ReceivedAt = default } },
            { "side or type", Good with { Side = Longest + "X" } },
            { "side or type", Good with { Type = Longest + "X" } },
            { "65,535", Good with { Payload = new byte[65_536] } },
            { "id is not", Good with { AlertId = "rubbish" } },
            { "id is not", Good with { AlertId = Alert.Id(1).ToString() } },
        };

    [Theory]
    [MemberData(nameof(Alerts), DisableDiscoveryEnumeration = true)]
    public void What_is_no_alert_is_refused_by_its_fault(string fault, AlertReceived alert)
    {
        if (fault.Length == 0)
        {
            AlertCheck.ThrowIfInvalid(new AlertsReceived([alert]));
            return;
        }

        var refusal = Assert.Throws<NoAlertException>(() =>
            AlertCheck.ThrowIfInvalid(new AlertsReceived([Good, alert]))
        );
        Assert.StartsWith("Alert 2 of 2", refusal.Message, StringComparison.Ordinal);
        Assert.Contains(fault, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_message_without_a_list_is_refused() =>
        Assert.Throws<NoAlertException>(() => AlertCheck.ThrowIfInvalid(new AlertsReceived(null!)));

    [Fact]
    public void A_message_without_alerts_is_nothing_to_do() => AlertCheck.ThrowIfInvalid(new AlertsReceived([]));

    private static AlertReceived WithItsId(AlertReceived alert) =>
        alert with
        {
            // As ingest would make it, so that nothing but the fault in question is there to be found.
            AlertId = AlertId.Of(alert).ToString(),
        };
}
