using System.Globalization;
using System.Text;
using PnlPipeline.Query.Api.LedgerView;

namespace PnlPipeline.Tests.Unit.Query;

public sealed class PackedRowTests
{
    [Fact]
    public void Reads_a_row_as_the_server_packs_it()
    {
        var row = Assert.Single(Read("12 7 2 2026-11-22 06:28:00.000 2026-11-22 06:29:01.250 -0.50000000 -123.45678901 99876.54321099"));
        Assert.Equal((12, 7, true), (row.Seq, row.StreamId, row.IsShort));
        Assert.Equal((1795328880000, 1795328941250), (row.EntryTime, row.ExitTime));
        Assert.Equal("-0.5 -123.45678901 99876.54321099", $"{row.ChangePercentage} {row.Pnl} {row.AvailableCapital}");
    }

    [Fact]
    public void Reads_several_and_none()
    {
        const string row = "1 1 1 2026-01-01 00:00:00.000 2026-01-01 00:00:00.000 0.00000000 0.00000000 1.00000000";
        Assert.Equal([1, 1], Read($"{row};{row}").Select(one => one.Seq));
        Assert.Empty(Read(""));
    }

    [Theory]
    [InlineData("1000000000000000000.00000000")]
    [InlineData("-999999999999999999.99999999")]
    [InlineData("999999999999999.99999999")]
    [InlineData("9999999999.99999999")]
    [InlineData("99999999999.99999999")]
    [InlineData("0.00000001")]
    public void Reads_numbers_of_every_width_to_the_last_digit(string number)
    {
        var row = Assert.Single(Read($"1 1 1 2026-01-01 00:00:00.000 2026-01-01 00:00:00.000 {number} {number} {number}"));
        var expected = Amount.Of(decimal.Parse(number, CultureInfo.InvariantCulture));
        Assert.Equal((expected, expected, expected), (row.ChangePercentage, row.Pnl, row.AvailableCapital));
    }

    [Fact]
    public void Reads_every_day_of_the_calendar()
    {
        for (var day = new DateTime(1999, 12, 30); day < new DateTime(2105, 1, 1); day = day.AddDays(1).AddMilliseconds(1))
        {
            var text = day.ToString("yyyy-MM-dd HH:mm:ss.fff", CultureInfo.InvariantCulture);
            var row = Assert.Single(Read($"1 1 1 {text} {text} 0.00000000 0.00000000 0.00000000"));
            Assert.Equal((long)(day - DateTime.UnixEpoch).TotalMilliseconds, row.ExitTime);
        }
    }

    [Theory]
    [InlineData("1 1 1 2026-01-01 00:00:00.000 2026-01-01 00:00:00.000 0.00000000 0.00000000")]
    [InlineData("1 1 1 2026-01-01 00:00:00.000 2026-01-01 00:00:00.000 0.00000000 0.00000000 ")]
    [InlineData("1 1 1 2026-01-01 00:00:00.000 2026-01-01 00:00:00.000 0.00000000 0.00000000 1")]
    [InlineData("1 1 1 2026-01-01 00:00:00.000 2026-01-01 00:00:00.000 0.00000000 0.00000000 1.5")]
    [InlineData("1 1 1 2026-01-01 00:00:00.000 2026-01-01 00:00:00.000 0.00000000 0.00000000 1.00000000x")]
    [InlineData("1 1 1 2026-01-01 00:00:00.000 2026-01-01 00:00:00.000 0.00000000 0.00000000 .00000000")]
    [InlineData("1 1 1 2026-01-01 00:00:00.000 2026-01-01 00:00:0")]
    [InlineData("1 1 1 2026-01-01 00:00:00.000 2026-01-01 00:00:00.000 0.00000000 0.00000000 0.00000000;1 1 1 2026")]
    [InlineData("x")]
    public void A_text_that_was_cut_short_is_no_text(string text)
    {
        Assert.Throws<FormatException>(() => Read(text));
    }

    private static List<PackedRow> Read(string text)
    {
        var rows = new List<PackedRow>();
        PackedRow.Read(Encoding.ASCII.GetBytes(text), rows);
        return rows;
    }
}
