using PnlPipeline.Query.Api.Http;
using PnlPipeline.Query.Api.TradeLists;

namespace PnlPipeline.Tests.Unit.Imports;

/// <summary>TradingView's exports over the years, and what spreadsheets make of them.</summary>
public sealed class TradeListTests
{
    private static readonly string[] TwoTrades =
    [
        "entry long 42000 2024-01-15T09:30:00Z", "exit long 42840 2024-01-16T10:00:00Z", "entry short 42840 2024-01-16T10:00:00Z",
        "exit short 42500.5 2024-01-17T11:15:00Z",
    ];

    public static TheoryData<string, string[]> Exports => new()
    {
        // Of today: newest first, an open trade on top.
        {
            """
            Trade #,Type,Date and time,Signal,Price USDT,Position size (qty),Position size (value),Net P&L USDT,Net P&L %
            3,Exit long,2024-01-18 00:00,Open,42510,0.1,4251,1,0.02
            3,Entry long,2024-01-17 11:15,Long,42500.5,0.1,4250.05,1,0.02
            2,Exit short,2024-01-17 11:15,Long,42500.5,0.1,4250.05,33.95,0.79
            2,Entry short,2024-01-16 10:00,Short,42840,0.1,4284,33.95,0.79
            1,Exit long,2024-01-16 10:00,Short,42840,0.1,4284,84,2
            1,Entry long,2024-01-15 09:30,Long,42000,0.1,4200,84,2
            """,
            [.. TwoTrades, "entry long 42500.5 2024-01-17T11:15:00Z", "skipped 1"]
        },
        // Of some years ago: oldest first, the open trade's exit without a date.
        {
            """
            Trade #,Type,Signal,Date/Time,Price,Contracts,Profit
            1,Entry Long,Long,2024-01-15 09:30,42000,1,
            1,Exit Long,Short,2024-01-16 10:00,42840,1,840
            2,Entry Short,Short,2024-01-16 10:00,42840,1,
            2,Exit Short,Long,2024-01-17 11:15,42500.5,1,339.5
            3,Entry Long,Long,2024-01-17 11:15,42500.5,1,
            3,Exit Long,Open,,,,
            """,
            [.. TwoTrades, "entry long 42500.5 2024-01-17T11:15:00Z", "skipped 1"]
        },
        // Gone through a German spreadsheet.
        {
            "\uFEFFTrade #;Type;Date and time;Signal;Price USD\r\n1;Entry long;15.01.2024 09:30;Long;42.000,00\r\n1;Exit long;16.01.2024 10:00;Short;42840\r\n"
            + "2;Entry short;16.1.2024 10:00:00;Short;42840,0\r\n2;Exit short;17.01.2024 11:15;\"Long \"\"late\"\"\";42.500,5\r\n",
            TwoTrades
        },
        // And through an American one.
        {
            "Trade #\tType\tDate/Time\tSignal\tPrice USD\n1\tEntry long\tJan 15, 2024 9:30 AM\tLong\t42,000\n1\tExit long\tJan 16, 2024, 10:00\tShort\t42,840.00\n"
            + "2\tEntry short\t16 Jan 2024 10:00\tShort\t42 840\n2\tExit short\t2024-01-17T11:15:00\tLong\t42500.50\n",
            TwoTrades
        },
        { "Trade #,Type,Date/Time,Signal,Price EUR\n1,Entry long,2024-01-15,Long,42000\n1,Exit long,2024-01-16,x,42001\n", ["entry long 42000 2024-01-15T00:00:00Z", "exit long 42001 2024-01-16T00:00:00Z"] },
        {
            "Trade #,Type,Date/Time,Signal,Price\n1,Entry,2024-01-15,x,1\n1,Exit long,01/02/2024,x,1\n2,Entry long,2024-02-30,x,1\n2,Exit long,2024-01-15,x,free\n"
            + "3,Entry long,1999-12-31,x,1\n3,Exit long,2031-01-01,x,1\n",
            ["line 2: type", "line 3: timestamp", "line 4: timestamp", "line 5: price", "line 6: timestamp", "line 7: timestamp"]
        },
    };

    [Theory]
    [MemberData(nameof(Exports))]
    public async Task Every_export_says_the_same(string file, string[] rows) =>
        Assert.Equal(rows.Order(StringComparer.Ordinal), (await Files.ReadAsync(file)).Order(StringComparer.Ordinal));

    [Theory]
    [InlineData("2024-01-15 09:30", "UTC", "2024-01-15T09:30:00Z")]
    [InlineData("2024-01-15 09:30", "America/New_York", "2024-01-15T14:30:00Z")]
    [InlineData("2024-07-15 09:30:15", "America/New_York", "2024-07-15T13:30:15Z")]
    [InlineData("2024-01-15", "Asia/Kolkata", "2024-01-14T18:30:00Z")]
    // Put forward from 02:00 to 03:00: this never was.
    [InlineData("2024-03-31 02:30", "Europe/Berlin", null)]
    [InlineData("2024-03-31 01:59", "Europe/Berlin", "2024-03-31T00:59:00Z")]
    [InlineData("2024-03-31 03:00", "Europe/Berlin", "2024-03-31T01:00:00Z")]
    // Put back from 03:00 to 02:00: the first of the two.
    [InlineData("2024-10-27 02:30", "Europe/Berlin", "2024-10-27T00:30:00Z")]
    [InlineData("2024-11-03 01:30", "America/New_York", "2024-11-03T05:30:00Z")]
    // Half an hour is put back there.
    [InlineData("2024-04-07 01:45", "Australia/Lord_Howe", "2024-04-06T14:45:00Z")]
    // With an offset of its own, the zone does not count.
    [InlineData("2024-03-31T02:30:00Z", "Europe/Berlin", "2024-03-31T02:30:00Z")]
    [InlineData("1705311000", "Europe/Berlin", "2024-01-15T09:30:00Z")]
    [InlineData("01/02/2024", "UTC", null)]
    [InlineData("2024", "UTC", null)]
    [InlineData("", "UTC", null)]
    [InlineData("0001-01-01", "Asia/Kolkata", null)]
    [InlineData("9999-12-31", "America/New_York", null)]
    public void A_date_is_one_of_the_time_zone(string text, string zone, string? utc)
    {
        var isRead = LocalTime.TryParse(text, TimeZoneInfo.FindSystemTimeZoneById(zone), out var time, out var error);
        Assert.Equal(utc, isRead ? JsonFormats.Iso(time) : null);
        Assert.Equal(isRead, error.Length == 0);
    }

    [Theory]
    [InlineData("43250.5", ',', "43250.5")]
    [InlineData("43,250.50", ',', "43250.50")]
    [InlineData("43.250,50", ';', "43250.50")]
    [InlineData("1,234,567", ',', "1234567")]
    [InlineData("1.234.567", ';', "1234567")]
    [InlineData("1.234.567,8", ';', "1234567.8")]
    [InlineData("43,250", ',', "43250")]
    [InlineData("43,250", ';', "43.250")]
    [InlineData("43,25", ',', "43.25")]
    [InlineData("0,125", ',', "0.125")]
    [InlineData("1234,567", ',', "1234.567")]
    [InlineData("1.234", ';', "1.234")]
    [InlineData("43 250,5", ';', "43250.5")]
    [InlineData("43\u202F250,5", ';', "43250.5")]
    [InlineData("43'250.5", ',', "43250.5")]
    [InlineData("1e3", ',', "1e3")]
    [InlineData("∅", ',', "∅")]
    [InlineData("", ',', "")]
    public void A_price_has_its_marks_taken_out(string text, char delimiter, string plain) => Assert.Equal(plain, ListedPrice.Plain(text, delimiter));
}
