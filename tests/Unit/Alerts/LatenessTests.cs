using PnlPipeline.Domain.Alerts;
using PnlPipeline.Domain.Trades;

namespace PnlPipeline.Tests.Unit.Alerts;

public sealed class LatenessTests
{
    private static readonly DateTime Time = new(2026, 11, 22, 6, 0, 0, DateTimeKind.Utc);

    [Theory]
    [InlineData("60", 0, 0)]
    [InlineData("60", 3_900, 0)]
    [InlineData("60", 3_901, 3_901)]
    [InlineData("1", 3_900, 3_900)]
    [InlineData("ALPHA", 300, 0)]
    [InlineData("ALPHA", 301, 301)]
    [InlineData("1D", 86_400, 0)]
    [InlineData("60", -300, 0)]
    [InlineData("60", -301, -301)]
    public void A_bar_and_what_is_allowed_is_in_time(string timeframe, int seconds, int late) =>
        Assert.Equal(
            TimeSpan.FromSeconds(late),
            Lateness.Of(Time, Time.AddSeconds(seconds), BarLength.Of(timeframe), TimeSpan.FromSeconds(300))
        );
}
