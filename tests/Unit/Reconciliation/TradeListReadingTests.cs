using System.Globalization;
using System.Text;
using PnlPipeline.Query.Api.Http;
using PnlPipeline.Query.Api.Reconciliation;

namespace PnlPipeline.Tests.Unit.Reconciliation;

public sealed class TradeListReadingTests
{
    public static TheoryData<string, string[]> Lists => new()
    {
        {
            "Trade #,Type,Date and time,Signal,Price USD\n2,Exit short,2024-01-17 00:00,Open,99\n2,Entry short,2024-01-16 10:00,x,\"1,101.5\"\n"
            + "1,Exit long,2024-01-16 10:00,x,110\n1,Entry long,2024-01-15 09:30,x,100\n",
            ["1 long 01-15 09:30 100 01-16 10:00 110", "2 short 01-16 10:00 1101.5"]
        },
        { "Trade #,Type,Date/Time,Price\n\n3,Exit long,2024-01-16 10:00,110\n,Entry long,2024-01-15,1\n4,Entry long,2024-01-15,1\n4,Entry long,2024-01-15,1\n5,Entry,2024-01-15,1\n6,Entry long,x,1\n7,Entry long,2024-01-15,0", ["line 3 type", "4 long 01-15 00:00 1", "line 4 trade #", "line 6 trade #", "line 7 type", "line 8 timestamp", "line 9 price"] },
        { "Type,Date/Time,Price\nEntry long,2024-01-15,1\n", ["refused body"] },
        { "symbol,timeframe,price,timestamp\n", ["refused body"] },
        { "", ["refused body"] },
    };

    [Theory]
    [MemberData(nameof(Lists))]
    public void Rows_become_trades_by_their_number(string file, string[] expected) =>
        Assert.Equal(expected.Order(StringComparer.Ordinal), Read(Encoding.UTF8.GetBytes(file)).Order(StringComparer.Ordinal));

    [Fact]
    public void Whatever_the_bytes_nothing_throws()
    {
        var random = new Random(7);
        string[] pieces = ["1", "2", ",", ";", "\n", "\"", "Entry long", "Exit long", "2024-01-15", "2024-03-31 02:30", "1.5", "Open", "é", "\0", "\n1,Entry long,2024-01-15,x,5\n"];
        for (var round = 0; round < 5_000; round++)
        {
            var text = new List<byte>(Encoding.UTF8.GetBytes("Trade #,Type,Date/Time,Signal,Price\n"));
            for (var i = random.Next(40); i > 0; i--)
                text.AddRange(random.Next(20) == 0 ? [(byte)random.Next(256)] : Encoding.UTF8.GetBytes(pieces[random.Next(pieces.Length)]));
            Assert.All(Read([.. text]), row => Assert.NotEqual("", row));
        }
    }

    private static IEnumerable<string> Read(byte[] file)
    {
        var errors = new FieldErrors();
        if (TradeList.Read(file, TimeZoneInfo.FindSystemTimeZoneById("UTC"), errors) is not { } list)
            return [$"refused {string.Join(' ', errors.ToDictionary().Keys)}"];
        return list.Trades.Select(trade => string.Create(
                CultureInfo.InvariantCulture,
                $"{trade.Number} {(trade.IsLong ? "long" : "short")} {trade.EntryTime:MM-dd HH:mm} {trade.EntryPrice}{(trade.ExitTime is null ? "" : $" {trade.ExitTime:MM-dd HH:mm} {trade.ExitPrice}")}"))
            .Concat(list.Errors.Select(error => $"line {error.Line} {string.Join(' ', error.Errors.Keys)}"));
    }
}
