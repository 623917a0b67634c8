using System.Text;
using PnlPipeline.Contracts;
using PnlPipeline.Domain.Alerts;

namespace PnlPipeline.Tests.Unit.Documents;

public sealed class ReadyMessagesTests
{
    private static readonly DateTime Now = new(2026, 11, 22, 6, 28, 1, DateTimeKind.Utc);

    [Theory]
    [InlineData("buy", "long", AlertAction.Entry, Direction.Long)]
    [InlineData("sell", "short", AlertAction.Entry, Direction.Short)]
    [InlineData("sell", "flat", AlertAction.Exit, null)]
    [InlineData("buy", "flat", AlertAction.Exit, null)]
    public void A_strategy_s_message_is_what_the_order_leaves_behind(
        string order,
        string position,
        AlertAction action,
        Direction? direction
    )
    {
        var message = Assert.Single(
            ReadyMessages.All,
            message => message.Contains("strategy.order.action", StringComparison.Ordinal)
        );
        var alert = Parse(ReadyMessages.Filled(message, order, position, "2026-11-22T06:28:00Z")).Alert;

        Assert.Equal((action, direction), (alert?.Action, alert?.Direction));
        Assert.Equal(
            ("BTCUSDT", "60", 43250.5m, "My strategy"),
            (alert?.Symbol, alert?.Timeframe, alert?.Price, alert?.Strategy)
        );
    }

    [Fact]
    public void Every_ready_message_is_an_alert_once_it_is_filled_in_and_none_before()
    {
        Assert.Equal(4, ReadyMessages.All.Count);
        Assert.All(
            ReadyMessages.All,
            message =>
            {
                Assert.True(
                    Parse(ReadyMessages.Filled(message, "buy", "long", "2026-11-22T06:28:00Z")).IsAlert,
                    message
                );
                Assert.Superset(
                    new HashSet<string> { "symbol", "timeframe", "price", "timestamp" },
                    Parse(message).Errors.Keys.ToHashSet()
                );
            }
        );
    }

    private static ParsedAlert Parse(string message) => AlertParser.Parse(Encoding.UTF8.GetBytes(message), Now);
}
