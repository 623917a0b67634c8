using System.Text;
using PnlPipeline.Domain.Trades.Files;

namespace PnlPipeline.Tests.Unit.Files;

public sealed class AlertFileTests
{
    private const string Entry =
        """{"symbol":"BTCUSDT","side":"entry","timeframe":"60","type":"bullish","price":43250.5,"timestamp":"2026-11-22T06:28:00+0000"}""";
    private const string EntryRow = "BTCUSDT 60 entry long 43250.5 2026-11-22T06:28:00Z";
    private const string Exit =
        """{"symbol":"btcusdt","side":"exit","timeframe":"1h","type":"bullish","price":"43300","timestamp":"2026-11-22T06:29:00Z"}""";
    private const string ExitRow = "BTCUSDT 60 exit long 43300 2026-11-22T06:29:00Z";
    private const string Header = "symbol,timeframe,type,price,timestamp\n";

    public static TheoryData<string, string[]> Json =>
        new()
        {
            { Entry, [EntryRow] },
            { $"{Entry}\n{Exit}\n", [EntryRow, ExitRow] },
            { $"\uFEFF{Entry}\r\n{Exit}\r\n", [EntryRow, ExitRow] },
            { $"{Entry}\r{Exit}", [EntryRow, ExitRow] },
            // Blank lines are nothing, and count.
            { $"\n  \r\n{Entry}\n\n\nnonsense\n{Exit}", [EntryRow, "line 6: body", ExitRow] },
            { $"{Entry}\n{{\n \"symbol\": \"BTC\"\n}}\n", [EntryRow, "line 2: body", "line 3: body", "line 4: body"] },
            // An array, on one line or on many.
            { $"[{Entry},{Exit}]", [EntryRow, ExitRow] },
            { $" [\n {Entry} ,\n\n{Exit.Replace(",", ",\n ", StringComparison.Ordinal)}\n]\n", [EntryRow, ExitRow] },
            {
                $"[{Entry},17,\"a]\\\"\",[1,[2]],{Exit}]",
                [EntryRow, "line 1: body", "line 1: body", "line 1: body", ExitRow]
            },
            {
                $"[{Entry},\n{{\"symbol\":\"A\",\"a\":{{\"b\":\"}}\\\"]\"}},\"price\":NaN\n}},\n{Exit}]",
                [EntryRow, "line 2: price side timestamp", ExitRow]
            },
            // What has no end takes the rest along, and says so.
            { $"[{Entry},\n{{\"symbol\":\"A\n,{Exit}]", [EntryRow, "line 2: body"] },
            { $"[{Entry}]\nand more\n", [EntryRow, "line 2: body"] },
            { "[]", ["refused: body"] },
        };

    public static TheoryData<string, string[]> Tables =>
        new()
        {
            {
                "symbol,side,timeframe,type,price,closeonflip,timestamp\nBTCUSDT,entry,60,bullish,43250.5,true,2026-11-22T06:28:00+0000\n",
                [EntryRow]
            },
            // Names in any letter case and order, others let be; semicolons, tabs, quotes, Windows' line ends and its
            // mark.
            {
                "\uFEFFTimestamp;\"Price\";note;TYPE;Timeframe;Symbol;Side\r\n2026-11-22T06:28:00Z;43250.5;\"a;\"\"b\"\"\nc\";bullish;1h;btcusdt;entry\r\n"
                    + "2026-11-22T06:29:00Z;43300;;;60;BTCUSDT;exit\r\n",
                [EntryRow, "BTCUSDT 60 exit - 43300 2026-11-22T06:29:00Z"]
            },
            { "symbol\ttimeframe\ttype\tprice\ttimestamp\nBTCUSDT\t60\tbuy\t43250.5\t1795328880", [EntryRow] },
            // Other people's names, and a column that another of the same property fills in.
            {
                "ticker,interval,action,close,timenow,time\nBTCUSDT,60,buy,43250.5,,2026-11-22T06:28:00Z\nBTCUSDT,60,sell,43250.5,2026-11-22T06:29:00Z,1\n",
                [EntryRow, "BTCUSDT 60 entry short 43250.5 2026-11-22T06:29:00Z"]
            },
            // Local times, a comma as the decimal mark, months before days.
            { "symbol;timeframe;type;price;timestamp\nBTCUSDT;60;buy;43.250,5;11/22/2026 6:28\n", [EntryRow] },
            { "symbol;timeframe;type;price;timestamp\nBTCUSDT;60;buy;43.250;11/22/2026 6:28\n", ["refused: decimal"] },
            { "symbol;timeframe;type;price;timestamp\nBTCUSDT;60;buy;43250;11/12/2026 6:28\n", ["refused: dateOrder"] },
            {
                Header
                    + "BTCUSDT,60,buy,0,1795328880\nBTCUSDT,60,buy\nBTCUSDT,60,buy,43250.5,1795328880,,\nBTCUSDT,60,buy,43250.5,1795328880\n",
                ["line 2: price", "line 3: body", "line 4: body", EntryRow]
            },
            // A comma between thousands would move every cell behind it.
            { Header + "BTCUSDT,60,buy,43,250.5,1795328880\n", ["line 2: body"] },
            // A quote that is not closed takes its own line with it, and no other.
            {
                Header + "\"BTCUSDT,60,buy,1,1795328880\nBTCUSDT,60,buy,43250.5,1795328880\n",
                ["line 2: body", EntryRow]
            },
            // A quote within a cell is a character.
            {
                "symbol,note,timeframe,type,price,timestamp\nBTCUSDT,5\" "
                    + "pipe,60,buy,43250.5,1795328880\nBTCUSDT,5\"\" pipe,60,buy,43250.5,1795328880\n",
                [EntryRow, EntryRow]
            },
            {
                Header
                    + "BTCUSDT,60,buy,43250.5,soon\nBTCUSDT,60,buy,NaN,2026-02-30\nBTCUSDT,60,buy,1,1999-01-01T00:00:00Z\n",
                ["line 2: timestamp", "line 3: price timestamp", "line 4: timestamp"]
            },
            { Header, ["refused: body"] },
            { "symbol,Symbol,timeframe,price,timestamp,type\n,BTCUSDT,60,43250.5,1795328880,long\n", [EntryRow] },
            { "symbol,price\nA,1\n", ["refused: columns"] },
            // Our own CSV: the apostrophe before what a spreadsheet would run is no part of the symbol.
            {
                "alertId,symbol,timeframe,action,direction,side,type,price,closeonflip,timestamp,receivedAt,outcome,tradeId,closedTradeId\n"
                    + "1,'=BTC,60,entry,long,whatever,it "
                    + "was,43250.5,,2026-11-22T06:28:00Z,2026-11-22T06:28:01Z,opened,1,\n2,'=BTC,60,exit,,,,43250.5,,2026-11-22T06:29:00Z,x,closed,1,\n"
                    + "3,'=BTC,60,manual,long,,,43250.5,,2026-11-22T06:29:00Z,x,closed,1,\n4,'=BTC,60,entry,long,,,43250.5,,2026-11-22T06:29:00Z,x,voided,,\n",
                [
                    "=BTC 60 entry long 43250.5 2026-11-22T06:28:00Z",
                    "=BTC 60 exit - 43250.5 2026-11-22T06:29:00Z",
                    "line 4: left out",
                    "line 5: left out",
                ]
            },
            // TradingView's log of alerts: the message is the alert.
            {
                "Alert ID,Ticker,Name,Description,Time,Webhook status\n206960060,\"BINANCE:BTCUSDT, 1h\",My alert,\""
                    + Entry
                        .Replace("\"", "\"\"", StringComparison.Ordinal)
                        .Replace(",", ",\n", StringComparison.Ordinal)
                    + "\",2026-11-22T06:28:01Z,Delivered\n206960061,\"BINANCE:BTCUSDT, 1h\",Other,BTCUSDT Crossing "
                    + "43000,2026-11-22T06:28:01Z,\n",
                [EntryRow, "line 8: body"]
            },
        };

    [Theory]
    [MemberData(nameof(Json))]
    [MemberData(nameof(Tables))]
    public void Alerts_are_read_by_the_rules_of_the_webhook_and_the_rest_is_told_by_line(string file, string[] rows)
    {
        // However the file is cut into pieces, and the run into parts.
        foreach (var piece in new[] { 1 << 20, 64, 7, 1 })
            Assert.Equal(rows.Select(Sorted), ReadFile.Alerts(file, piece: piece).Select(Sorted));
    }

    /// <summary>Ways in which people lay out the JSON of a message, which the log of alerts has in one cell.</summary>
    public static TheoryData<string> Layouts =>
        new(
            from note in (string[])
                [
                    "",
                    """ "note": "RSI (14, 70)",""",
                    """ "note": "say \"a\", \"b\"",""",
                    """ "note": "5\" pipe, 70;",""",
                    """ "note": "",""",
                    """ "": ",",""",
                ]
            from indent in (string[])["", " ", "  ", "\t", " \t ", "\n"]
            from end in (string[])["\n", "\r\n", "\r"]
            let between = $",{end}{indent.Replace("\n", end, StringComparison.Ordinal)}\""
            let laidOut = Entry.Replace(",\"", between, StringComparison.Ordinal)
            select laidOut.Replace("{", "{" + note, StringComparison.Ordinal)
        );

    [Theory]
    [MemberData(nameof(Layouts))]
    public void A_message_is_read_however_it_is_laid_out(string json)
    {
        static string Quoted(string text) => $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
        var file =
            "Alert ID,Ticker,Name,Description,Time\n"
            + $"1,\"BINANCE:BTCUSDT, 1h\",A,{Quoted(json)},2026-11-22T06:28:01Z\n"
            + $"2,BINANCE:BTCUSDT,\"5\"\" pipe\",{Quoted(Exit)},2026-11-22T06:29:01Z\n";
        foreach (var piece in new[] { 1 << 20, 7 })
            Assert.Equal([EntryRow, ExitRow], ReadFile.Alerts(file, piece: piece));
    }

    [Fact]
    public void What_the_file_does_not_carry_can_be_said_and_what_contradicts_it_is_an_error()
    {
        var request = new FileRequest(FileKind.AlertRows, Symbol: "BTCUSDT", Timeframe: "60", HasZone: true);
        Assert.Equal(
            [EntryRow],
            ReadFile.Alerts("type,price,timestamp\nlong,43250.5,2026-11-22 07:28", "Europe/Berlin", request)
        );
        Assert.Equal(
            ["line 2: symbol"],
            ReadFile.Alerts(
                "symbol,type,price,timestamp\nETHUSDT,long,43250.5,2026-11-22 07:28",
                "Europe/Berlin",
                request
            )
        );
        Assert.Equal(
            ["refused: tz"],
            ReadFile.Alerts("symbol,type,price,timestamp\nETHUSDT,long,43250.5,2026-11-22 07:28", request: new())
        );
        Assert.Equal(
            ["line 2: symbol"],
            ReadFile.Alerts(
                $"{Entry}\n{Entry.Replace("BTC", "ETH", StringComparison.Ordinal)}",
                request: new(Symbol: "BTCUSDT")
            )[1..]
        );
    }

    [Theory]
    [InlineData(20_000)]
    [InlineData(300_000)]
    public void A_row_that_is_far_too_long_is_one_error_and_the_next_is_read(int length)
    {
        foreach (var piece in new[] { 1 << 20, 65_536, 1_000 })
        {
            Assert.Equal(
                [EntryRow, "line 2: body", ExitRow, "line 4: body"],
                ReadFile.Alerts(
                    $"{Entry}\n{new string('x', length)}\n{Exit}\n{{{new string('y', length)}",
                    piece: piece
                )
            );
            Assert.Equal(
                [EntryRow, "line 2: body", ExitRow],
                ReadFile.Alerts($"[{Entry},\n{{\"a\":\"{new string('x', length)}\"}},\n{Exit}]", piece: piece)
            );
        }
    }

    [Theory]
    [InlineData("D0CF11E0A1B11AE1", "Excel workbook of the old kind")]
    [InlineData("255044462D", "PDF")]
    [InlineData("1F8B08", "gzip")]
    [InlineData("FFFE0000", "UTF-32")]
    [InlineData("61006200", "without a byte order mark")]
    [InlineData("3C68746D6C3E", "web page")]
    [InlineData("89504E470D0A", "picture")]
    public void What_is_no_text_is_refused_by_name(string hex, string name)
    {
        FileText.EncodingOf(Convert.FromHexString(hex), out var error);
        Assert.Contains(name, error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ab😀cd", 2, "ab")]
    [InlineData("ab😀cd", 3, "ab")]
    [InlineData("ab😀cd", 5, "ab")]
    [InlineData("ab😀cd", 6, "ab😀")]
    [InlineData("ab😀cd", 99, "ab😀cd")]
    public void The_beginning_of_a_text_ends_between_two_characters(string text, int bytes, string expected) =>
        Assert.Equal(expected, Encoding.UTF8.GetString(FileText.Beginning(Encoding.UTF8.GetBytes(text), bytes)));

    private static string Sorted(string row) =>
        row.StartsWith("line ", StringComparison.Ordinal) && row.Contains(": ", StringComparison.Ordinal)
            ? row[..row.IndexOf(':', StringComparison.Ordinal)]
                + string.Join(
                    ' ',
                    row[(row.IndexOf(':', StringComparison.Ordinal) + 2)..].Split(' ').Order(StringComparer.Ordinal)
                )
            : row;
}
