using PnlPipeline.Alerts;
using PnlPipeline.Analytics.Worker.Pairing;
using PnlPipeline.Contracts;

namespace PnlPipeline.Tests.Unit.Pairing;

public sealed class AlertCheckTests
{
    private static readonly AlertReceived Good = WithItsId(new AlertReceived(
        "", "BINANCE:BTCUSDT", "60", AlertAction.Entry, Direction.Long, "entry", "bullish", 43250.5m, true, Alert.Start, Alert.Start, [1]));

    private static readonly string Longest = new('X', 64);

    public static TheoryData<string, AlertReceived> Alerts => new()
    {
        { "", Good },
        { "", WithItsId(Good with { Symbol = Longest, Timeframe = "1234567890ABCDEF" }) },
        { "", WithItsId(Good with { Action = AlertAction.Exit, Direction = null, Side = null, Type = null, CloseOnFlip = null }) },
        { "", WithItsId(Good with { Price = 999_999_999_999_999.999999999999m }) },
        { "", WithItsId(Good with { Price = 0.000000000001m }) },
        { "", WithItsId(Good with { Action = AlertAction.Manual, TargetTradeId = Alert.Id(1).ToString() }) },
        { "", Good with { Payload = [] } },
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
        { "symbol", WithItsId(Good with { Symbol = "BTC\u00C9" }) },
        { "timeframe", WithItsId(Good with { Timeframe = "12345678901234567" }) },
        { "timeframe", WithItsId(Good with { Timeframe = "1d" }) },
        { "action", Good with { Action = (AlertAction)3 } },
        { "direction", Good with { Direction = (Direction)2 } },
        { "names no direction", WithItsId(Good with { Direction = null }) },
        { "names no trade", WithItsId(Good with { Action = AlertAction.Manual }) },
        { "names no trade", WithItsId(Good with { Action = AlertAction.Manual, TargetTradeId = "12" }) },
        { "above 0", WithItsId(Good with { Price = 0 }) },
        { "above 0", WithItsId(Good with { Price = -1 }) },
        { "below 10^15", WithItsId(Good with { Price = 1_000_000_000_000_000m }) },
        { "12 decimals", WithItsId(Good with { Price = 1.0000000000001m }) },
        { "timestamp", WithItsId(Good with { Timestamp = Alert.Start.AddTicks(1) }) },
        { "timestamp", WithItsId(Good with { Timestamp = DateTime.SpecifyKind(Alert.Start, DateTimeKind.Unspecified) }) },
        { "timestamp", WithItsId(Good with { Timestamp = new DateTime(1999, 12, 31, 23, 59, 59, DateTimeKind.Utc) }) },
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

        var refusal = Assert.Throws<NoAlertException>(() => AlertCheck.ThrowIfInvalid(new AlertsReceived([Good, alert])));
        Assert.StartsWith("Alert 2 of 2", refusal.Message, StringComparison.Ordinal);
        Assert.Contains(fault, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_message_without_a_list_is_refused() =>
        Assert.Throws<NoAlertException>(() => AlertCheck.ThrowIfInvalid(new AlertsReceived(null!)));

    [Fact]
    public void A_message_without_alerts_is_nothing_to_do() => AlertCheck.ThrowIfInvalid(new AlertsReceived([]));

    private static AlertReceived WithItsId(AlertReceived alert) => alert with
    {
        // As ingest would make it, so that nothing but the fault in question is there to be found.
        AlertId = alert.Symbol.All(char.IsAscii)
            ? AlertId.Of(alert.Symbol, alert.Timeframe, alert.Action, alert.Direction, alert.Price, alert.Timestamp).ToString()
            : alert.AlertId,
    };
}
