using System.Globalization;
using PnlPipeline.Domain.Alerts;

namespace PnlPipeline.Tests.Unit.Alerts;

public sealed class TimestampTests
{
    [Theory]
    [InlineData("2026-11-22T06:28:00Z", "2026-11-22T06:28:00.000")]
    [InlineData("2026-11-22T06:28:00+0000", "2026-11-22T06:28:00.000")]
    [InlineData("2026-11-22T06:28:00-00", "2026-11-22T06:28:00.000")]
    [InlineData("2026-11-22T06:28:00+02", "2026-11-22T04:28:00.000")]
    [InlineData("2026-11-22T06:28:00-0530", "2026-11-22T11:58:00.000")]
    [InlineData("2026-11-22T06:28:00+05:45", "2026-11-22T00:43:00.000")]
    [InlineData("2026-11-22T06:28:00+14:00", "2026-11-21T16:28:00.000")]
    [InlineData("2026-11-22T06:28:00-14", "2026-11-22T20:28:00.000")]
    [InlineData("2026-11-22T06:28:00.5Z", "2026-11-22T06:28:00.500")]
    [InlineData("2026-11-22T06:28:00.123Z", "2026-11-22T06:28:00.123")]
    [InlineData("2026-11-22T23:59:59.999999999+0000", "2026-11-22T23:59:59.999")]
    [InlineData("2026-11-22T06:28:00.0019999Z", "2026-11-22T06:28:00.001")]
    [InlineData("2024-02-29T00:00:00Z", "2024-02-29T00:00:00.000")]
    [InlineData("2000-01-01T00:00:00Z", "2000-01-01T00:00:00.000")]
    [InlineData("1999-12-31T23:00:00-0100", "2000-01-01T00:00:00.000")]
    [InlineData("9999-12-31T23:59:59.999999999Z", "9999-12-31T23:59:59.999")]
    // Unix time: below 10^11 seconds, else milliseconds.
    [InlineData("946684800", "2000-01-01T00:00:00.000")]
    [InlineData("1795328880", "2026-11-22T06:28:00.000")]
    [InlineData("1795328880123", "2026-11-22T06:28:00.123")]
    [InlineData("0001795328880", "2026-11-22T06:28:00.000")]
    [InlineData("99999999999", "5138-11-16T09:46:39.000")]
    [InlineData("946684800000", "2000-01-01T00:00:00.000")]
    [InlineData("253402300799999", "9999-12-31T23:59:59.999")]
    public void A_time_is_stored_in_UTC_to_the_millisecond_with_the_rest_cut_off(string text, string expected)
    {
        Assert.True(Timestamp.TryParse(text, out var utc, out var error), error);
        Assert.Equal(expected, utc.ToString("yyyy-MM-ddTHH:mm:ss.fff", CultureInfo.InvariantCulture));
        Assert.Equal(0, utc.Ticks % TimeSpan.TicksPerMillisecond);
        Assert.Equal(DateTimeKind.Utc, utc.Kind);
        Assert.Equal("", error);
    }

    [Theory]
    [InlineData("1999-12-31T23:59:59.999Z")]
    [InlineData("2000-01-01T00:59:59+0100")]
    [InlineData("0001-01-01T00:00:00+1400")]
    [InlineData("946684799")]
    [InlineData("100000000000")] // from here on milliseconds: 1973
    [InlineData("946684799999")]
    [InlineData("20240101")]
    [InlineData("0")]
    public void A_time_before_2000_is_refused(string text) => Refused(text, "before the year 2000");

    [Theory]
    [InlineData("253402300800000")]
    [InlineData("9223372036854775808")]
    [InlineData("18446744073709551616")]
    [InlineData("9999999999999999999999999999999999999999")]
    [InlineData("9999-12-31T23:00:00-0100")]
    public void A_time_past_the_calendar_is_refused(string text) => Refused(text, "past the year 9999");

    [Theory]
    [InlineData("2026-02-29T00:00:00Z")]
    [InlineData("2026-13-01T00:00:00Z")]
    [InlineData("2026-00-01T00:00:00Z")]
    [InlineData("2026-01-00T00:00:00Z")]
    [InlineData("0000-01-01T00:00:00Z")]
    [InlineData("2026-11-22T24:00:00Z")]
    [InlineData("2026-11-22T06:60:00Z")]
    [InlineData("2026-11-22T06:28:60Z")]
    public void What_the_calendar_does_not_have_is_refused(string text) =>
        Refused(text, "no date and time of the calendar");

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("soon")]
    [InlineData("2026-11-22")]
    [InlineData("2026-11-22T06:28:00")]
    [InlineData("2026-11-22T06:28Z")]
    [InlineData("2026-11-22 06:28:00Z")]
    [InlineData("2026-11-22t06:28:00Z")]
    [InlineData("2026-11-22T06:28:00z")]
    [InlineData(" 2026-11-22T06:28:00Z")]
    [InlineData("2026-11-22T06:28:00Z ")]
    [InlineData("2026-11-22T06:28:00.Z")]
    [InlineData("2026-11-22T06:28:00.0123456789Z")]
    [InlineData("2026-11-22T06:28:00,5Z")]
    [InlineData("2026-11-22T06:28:00.5")]
    [InlineData("2026-11-22T06:28:00+")]
    [InlineData("2026-11-22T06:28:00+2")]
    [InlineData("2026-11-22T06:28:00+020")]
    [InlineData("2026-11-22T06:28:00+02:0")]
    [InlineData("2026-11-22T06:28:00+02:000")]
    [InlineData("2026-11-22T06:28:00+0260")]
    [InlineData("2026-11-22T06:28:00+1401")]
    [InlineData("2026-11-22T06:28:00+15")]
    [InlineData("2026-11-22T06:28:00\u22120200")]
    [InlineData("2026-11-22T06:28:00+0000Z")]
    [InlineData("+2026-11-22T06:28:00Z")]
    [InlineData("２026-11-22T06:28:00Z")]
    [InlineData("-1795328880")]
    [InlineData("+1795328880")]
    [InlineData("1795328880.0")]
    [InlineData("1.7e9")]
    [InlineData(" 1795328880")]
    public void Every_other_form_is_refused_with_the_forms_that_are_known(string? text) =>
        Refused(text, "yyyy-MM-ddTHH:mm:ss");

    private static void Refused(string? text, string why)
    {
        Assert.False(Timestamp.TryParse(text, out var utc, out var error));
        Assert.Equal(default, utc);
        Assert.Contains(why, error, StringComparison.Ordinal);
    }
}
