using System.Globalization;
using System.Text.Json;
using PnlPipeline.Replayer;

namespace PnlPipeline.Tests.Unit.Replayer;

public sealed class DemoHistoryTests
{
    [Theory]
    [InlineData("2026-01-01T00:00:00Z")]
    [InlineData("2026-11-29T14:37:05Z")]
    [InlineData("2028-02-29T23:59:59Z")]
    public void The_history_is_a_year_that_ends_when_it_is_played(string instant)
    {
        var now = Utc(instant);
        var times = DemoHistory.Bodies(now).Select(TimeOf).ToList();
        Assert.InRange(times.Min(), now.AddDays(-365), now.AddDays(-360));
        Assert.InRange(times.Max(), now.AddDays(-1), now.AddMinutes(5));
        Assert.InRange(times.Count, 1_000, 4_000);
    }

    [Fact]
    public void Playing_it_again_later_sends_the_same_and_what_has_happened_since()
    {
        var now = new DateTime(2026, 11, 29, 14, 0, 0, DateTimeKind.Utc);
        var (first, again) = (DemoHistory.Bodies(now), DemoHistory.Bodies(now.AddDays(30)));
        var shared = now.AddDays(30 - 364);
        // An exit whose entry is before the year shown is left out: at the beginning there is one for each script.
        Assert.InRange(first.Where(body => TimeOf(body) > shared).Except(again, StringComparer.Ordinal).Count(), 0, 6);
        Assert.NotEmpty(again.Except(first, StringComparer.Ordinal));
    }

    private static DateTime TimeOf(string body) =>
        JsonDocument
            .Parse(body.Replace("NaN", "null", StringComparison.Ordinal))
            .RootElement.GetProperty("timestamp")
            .GetString()
            is { } text
            ? Utc(text.Replace("+0000", "Z", StringComparison.Ordinal))
            : throw new InvalidOperationException(body);

    private static DateTime Utc(string text) =>
        DateTime.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal);
}
