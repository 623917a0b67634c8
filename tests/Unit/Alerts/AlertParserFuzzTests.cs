using System.Globalization;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using PnlPipeline.Contracts;
using PnlPipeline.Domain.Alerts;

namespace PnlPipeline.Tests.Unit.Alerts;

/// <summary>Whatever the bytes: no exception, and what is accepted keeps every rule.</summary>
public sealed class AlertParserFuzzTests
{
    private static readonly DateTime Now = new(2026, 11, 22, 6, 28, 1, DateTimeKind.Utc);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Mutated_bodies_are_accepted_by_the_rules_or_refused(int seed)
    {
        var random = new Random(seed);
        var accepted = 0;
        for (var round = 0; round < 30_000; round++)
            accepted += Check(HostileAlerts.Mutated(random)) ? 1 : 0;

        // Both answers are met often, or the mutations are no test.
        Assert.InRange(accepted, 1_000, 29_000);
    }

    [Fact]
    public void Random_bytes_are_refused()
    {
        var random = new Random(5);
        for (var round = 0; round < 20_000; round++)
            Assert.False(Check(HostileAlerts.Random(random, bytesMax: round % 100 == 0 ? 16_384 : 80)));
    }

    [Fact]
    public void An_alert_written_canonically_is_the_same_alert()
    {
        var prices =
            from units in Gen.Choose(1, int.MaxValue)
            from scale in Gen.Choose(0, 12)
            select new decimal(units, 0, 0, false, (byte)scale);
        var characters = Gen.Elements(
            Enumerable.Range(0x21, 0x7E - 0x21 + 1).Select(code => (char)code).Where(character => character != '|')
        );
        var labels = (int max) =>
            from length in Gen.Choose(1, max)
            from text in Gen.ArrayOf(characters, length)
            select new string(text);
        var words = Gen.Elements(
            "entry",
            "exit",
            "open",
            "close",
            "buy",
            "sell",
            "long",
            "short",
            "bullish",
            "bearish",
            "",
            "tp1",
            "other"
        );
        var alerts =
            from symbol in labels(64)
            from timeframe in labels(16)
            from side in words
            from type in words
            from price in prices
            from seconds in Gen.Choose(946684800, 1795328880)
            from milliseconds in Gen.Choose(0, 999)
            select Write(
                symbol,
                timeframe,
                side,
                type,
                price,
                DateTime.UnixEpoch.AddSeconds(seconds).AddMilliseconds(milliseconds)
            );

        Prop.ForAll(
                Arb.From(alerts),
                body =>
                {
                    var parsed = AlertParser.Parse(Encoding.UTF8.GetBytes(body), Now);
                    if (!parsed.IsAlert)
                        return parsed.Errors.Keys.All(field => field is "side" or "timeframe" or "symbol");

                    var alert = parsed.Alert;
                    var again = AlertParser.Parse(Encoding.UTF8.GetBytes(Write(alert)), Now);
                    return again.IsAlert && again.Alert.AlertId == alert.AlertId && again.Alert.Price == alert.Price;
                }
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(5_000));
    }

    private static bool Check(byte[] body)
    {
        var parsed = AlertParser.Parse(body, Now);
        if (!parsed.IsAlert)
        {
            Assert.NotEmpty(parsed.Errors);
            Assert.All(parsed.Errors, error => Assert.NotEmpty(error.Value));
            return false;
        }

        var alert = parsed.Alert;
        Assert.Empty(parsed.Errors);
        Assert.Equal(body, alert.Payload);
        Assert.Equal(Now, alert.ReceivedAt);
        Assert.True(Symbol.TryParse(alert.Symbol, out var symbol, out _) && symbol == alert.Symbol);
        Assert.True(Timeframe.TryParse(alert.Timeframe, out var timeframe, out _) && timeframe == alert.Timeframe);
        Assert.True(alert.Price is > 0 and < 1_000_000_000_000_000m && alert.Price == decimal.Round(alert.Price, 12));
        Assert.InRange(alert.Timestamp, new DateTime(2000, 1, 1, 0, 0, 0, DateTimeKind.Utc), Now.AddHours(24));
        Assert.Equal(0, alert.Timestamp.Ticks % TimeSpan.TicksPerMillisecond);
        Assert.Equal(DateTimeKind.Utc, alert.Timestamp.Kind);
        if (!Encoding.UTF8.GetString(body).Contains("osition", StringComparison.OrdinalIgnoreCase))
        {
            Assert.True(AlertVocabulary.TryRead(alert.Side, alert.Type, out var action, out var direction, out _));
            Assert.Equal((action, direction), (alert.Action, alert.Direction));
        }

        Assert.NotEqual((AlertAction.Entry, null), (alert.Action, alert.Direction));
        Assert.True(alert.Action is AlertAction.Entry or AlertAction.Exit);
        Assert.True(Strategy.TryParse(alert.Strategy, out var strategy, out _) && strategy == alert.Strategy);
        Assert.Equal(
            AlertId
                .Of(symbol, timeframe, alert.Action, alert.Direction, alert.Price, alert.Timestamp, strategy)
                .ToString(),
            alert.AlertId
        );
        return true;
    }

    private static string Write(AlertReceived alert) =>
        Write(
            alert.Symbol,
            alert.Timeframe,
            AlertId.ToDbValue(alert.Action),
            alert.Direction is { } named ? AlertId.ToDbValue(named) : "",
            alert.Price,
            alert.Timestamp
        );

    private static string Write(
        string symbol,
        string timeframe,
        string side,
        string type,
        decimal price,
        DateTime timestamp
    ) =>
        System.Text.Json.JsonSerializer.Serialize(
            new
            {
                symbol,
                side,
                timeframe,
                type,
                price,
                timestamp = timestamp.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture),
            }
        );
}
