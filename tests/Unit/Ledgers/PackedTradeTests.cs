using System.Text;
using PnlPipeline.Alerts;
using PnlPipeline.Analytics.Worker.Ledgers;
using PnlPipeline.Contracts;

namespace PnlPipeline.Tests.Unit.Ledgers;

public sealed class PackedTradeTests
{
    // What would part fields and rows, were it not an id.
    private static readonly byte[] Id = [.. "; ;0\0'\\\n"u8, .. "12345678"u8];

    [Fact]
    public void Reads_trades_as_the_server_packs_them_whatever_bytes_their_ids_have()
    {
        const string rest = "2 2026-11-22 06:28:00.000 2026-11-22 06:29:01.250 9999999999999999.999999999999 0.000000000001 -1234567890123456.12345678";
        byte[] text = [.. Id, .. Encoding.ASCII.GetBytes(rest), (byte)';', .. Id, .. Encoding.ASCII.GetBytes(rest.Replace("2 2026", "1 2026", StringComparison.Ordinal))];
        var trades = new List<CountedTrade>();
        PackedTrade.Read(text, 7, trades);
        var expected = new CountedTrade(
            new AlertId(Id),
            7,
            Direction.Short,
            new DateTime(2026, 11, 22, 6, 28, 0, DateTimeKind.Utc),
            new DateTime(2026, 11, 22, 6, 29, 1, 250, DateTimeKind.Utc),
            9999999999999999.999999999999m,
            0.000000000001m,
            -1234567890123456.12345678m);
        Assert.Equal([expected, expected with { Side = Direction.Long }], trades);
        Assert.All(trades, trade => Assert.Equal(DateTimeKind.Utc, trade.EntryTime.Kind));
    }

    [Theory]
    [InlineData("1 2026-11-22 06:28:00.000 2026-11-22 06:29:01.250 1.000000000000 1.000000000000")]
    [InlineData("1 2026-11-22 06:28:00.000 2026-11-22 06:29:01.250 1.000000000000 1.000000000000 1.0000000")]
    [InlineData("1 2026-11-22 06:28:00.000 2026-11-22 06:29:01.250 1.00000000 1.000000000000 1.00000000")]
    [InlineData("1 2026-11-22 06:28:00.000 2026-11-22 06:29:01.250 1.000000000000 1.000000000000 1.00000000;123")]
    public void What_was_cut_short_or_is_another_column_is_refused(string rest) =>
        Assert.Throws<FormatException>(() => PackedTrade.Read([.. Id, .. Encoding.ASCII.GetBytes(rest)], 7, []));
}
