using PnlPipeline.Domain.Trades;

namespace PnlPipeline.Tests.Unit.Pairing;

public sealed class SilenceTests
{
    private static readonly DateTime Now = new(2026, 11, 22, 12, 0, 0, DateTimeKind.Utc);

    [Theory]
    // Pauses of an hour, one of four.
    [InlineData("0 1 2 3 7 8 9 10 11 12 13", "60", 8d)]
    // Alerts of one instant are one: too few to tell by.
    [InlineData("2 2 3 3 4 4 5 5 6 6 7 7", "1", 200 / 60d)]
    [InlineData("5 6", "15", 50d)]
    [InlineData("5", "1", 200 / 60d)]
    [InlineData("0 0.1 0.2 0.3 0.4 0.5 0.6 0.7 0.8 0.9 1 1.1", "1", 1d)]
    [InlineData("5", "ALPHA", null)]
    [InlineData("", "1", null)]
    public void A_stream_is_allowed_twice_its_longest_pause_or_200_bars(
        string hoursAgo,
        string timeframe,
        double? hours
    )
    {
        var times = hoursAgo
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(ago => Now.AddHours(-double.Parse(ago, System.Globalization.CultureInfo.InvariantCulture)));
        var allowed = Silence.Allowed(times, BarLength.Of(timeframe));
        Assert.Equal(hours.HasValue, allowed.HasValue);
        if (hours is { } expected)
            Assert.Equal(expected, allowed!.Value.TotalHours, 6);
    }

    [Fact]
    public void Only_the_last_pauses_count() =>
        Assert.Equal(
            2,
            Silence
                .Allowed([Now.AddDays(-30), .. Enumerable.Range(0, 51).Select(i => Now.AddHours(-i))], null)!
                .Value.TotalHours
        );
}
