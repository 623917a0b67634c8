using System.Text;
using PnlPipeline.Query.Api.Imports;

namespace PnlPipeline.Tests.Unit.Imports;

public sealed class AlertFileTests
{
    private const string Entry = """{"symbol":"BTCUSDT","side":"entry","timeframe":"60","type":"bullish","price":43250.5,"timestamp":"2026-11-22T06:28:00+0000"}""";
    private const string EntryRow = "BTCUSDT 60 entry long 43250.5 2026-11-22T06:28:00Z";
    private const string Exit = """{"symbol":"btcusdt","side":"exit","timeframe":"1h","type":"bullish","price":"43300","timestamp":"2026-11-22T06:29:00Z"}""";
    private const string ExitRow = "BTCUSDT 60 exit long 43300 2026-11-22T06:29:00Z";

    public static TheoryData<string, string[]> Ndjson => new()
    {
        { Entry, [EntryRow] },
        { $"{Entry}\n{Exit}\n", [EntryRow, ExitRow] },
        { $"\uFEFF{Entry}\r\n{Exit}\r\n", [EntryRow, ExitRow] },
        // Blank lines are nothing, and count.
        { $"\n  \r\n{Entry}\n\n\nnonsense\n{Exit}", [EntryRow, ExitRow, "line 6: body"] },
        { $"{Entry}\n{{\"symbol\":\"A\",\"price\":NaN}}\n", [EntryRow, "line 2: price side timeframe timestamp"] },
        // The same alert twice in a file.
        { $"{Entry}\n{Entry}\n", [EntryRow] },
        { $"{Entry}\n{{\n \"symbol\": \"BTC\"\n}}\n", [EntryRow, "line 2: body", "line 3: body", "line 4: body"] },
    };

    public static TheoryData<string, string[]> Csv => new()
    {
        { "symbol,side,timeframe,type,price,closeonflip,timestamp\nBTCUSDT,entry,60,bullish,43250.5,true,2026-11-22T06:28:00+0000\n", [EntryRow] },
        // Names in any letter case and order, others let be; semicolons, tabs, quotes, Windows' line ends and its mark.
        {
            "\uFEFFTimestamp;\"Price\";note;TYPE;Timeframe;Symbol;Side\r\n2026-11-22T06:28:00Z;43250.5;\"a;\"\"b\"\"\nc\";bullish;1h;btcusdt;entry\r\n"
            + "2026-11-22T06:29:00Z;43300;;;60;BTCUSDT;exit\r\n",
            [EntryRow, "BTCUSDT 60 exit - 43300 2026-11-22T06:29:00Z"]
        },
        { "symbol\ttimeframe\ttype\tprice\ttimestamp\nBTCUSDT\t60\tbuy\t43250.5\t1795328880", [EntryRow] },
        { "symbol,timeframe,type,price,timestamp\nBTCUSDT,60,buy,0,1795328880\nBTCUSDT,60,buy\nBTCUSDT,60,buy,43250.5,1795328880,,\n", ["line 2: price", "line 3: price timestamp", EntryRow] },
        // A comma between thousands would move every cell behind it.
        { "symbol,timeframe,type,price,timestamp\nBTCUSDT,60,buy,43,250.5,1795328880\n", ["line 2: body"] },
        // A quote that is not closed takes its own line with it, and no other.
        { "symbol,timeframe,type,price,timestamp\n\"BTCUSDT,60,buy,1,1795328880\nBTCUSDT,60,buy,43250.5,1795328880\n", ["line 2: body", EntryRow] },
        // A quote within a field is a character.
        { "symbol,note,timeframe,type,price,timestamp\nBTCUSDT,5\" pipe,60,buy,43250.5,1795328880\n", [EntryRow] },
        { "symbol,timeframe,type,price,timestamp\n", [] },
    };

    public static TheoryData<string, string> Refused => new()
    {
        { "", "body" },
        { " \r\n\n", "body" },
        { "hello", "body" },
        { "[{\"symbol\":\"A\"}]", "body" },
        { "symbol,price\nA,1\n", "timeframe timestamp" },
        { "symbol,Symbol,timeframe,price,timestamp\n", "symbol" },
        { new string('x', 20_000), "body" },
        { "Trade #,Type,Price\n1,Entry long,1\n", "symbol timeframe timestamp" },
    };

    [Theory]
    [MemberData(nameof(Ndjson))]
    [MemberData(nameof(Csv))]
    public async Task Alerts_are_read_by_the_rules_of_the_webhook_and_the_rest_is_told_by_line(string file, string[] rows)
    {
        // However the file is cut into chunks, and the run into pieces.
        foreach (var chunk in new[] { 1 << 20, 64, 7, 1 })
            Assert.Equal(rows.Order(StringComparer.Ordinal), (await Files.ReadAsync(file, chunk: chunk)).Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Refused))]
    public async Task A_file_that_cannot_be_read_at_all_is_refused_at_once(string file, string fields) =>
        Assert.Equal(fields == "symbol timeframe timestamp" ? ["refused: symbol timeframe timestamp"] : [$"refused: {fields}"], await Files.ReadAsync(file));

    [Theory]
    [InlineData(20_000)]
    [InlineData(300_000)]
    public async Task A_line_that_is_far_too_long_is_one_error_and_the_next_is_read(int length)
    {
        var file = $"{Entry}\n{new string('x', length)}\n{Exit}\n{{{new string('y', length)}";
        foreach (var chunk in new[] { 1 << 20, 65_536, 1_000 })
            Assert.Equal([EntryRow, ExitRow, "line 2: body", "line 4: body"], (await Files.ReadAsync(file, chunk: chunk)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_run_that_is_broken_off_at_a_long_line_does_not_go_on_within_it()
    {
        // The long line is the last that one slice takes.
        var file = $"{Entry}\n{new string('\n', 19_998)}{new string('x', 200_000)}\n{Exit}\n";
        Assert.Equal([EntryRow, ExitRow, "line 20000: body"], (await Files.ReadAsync(file, chunk: 50_000)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task What_is_not_utf8_is_an_error_of_its_line()
    {
        byte[] file =
        [
            .. "symbol,timeframe,type,price,timestamp\n"u8, .. "B\xFC"u8.ToArray().Select(_ => (byte)0xFC), .. ",60,buy,1,1795328880\n"u8,
            .. "BTCUSDT,60,buy,43250.5,1795328880\n"u8,
        ];
        Assert.Equal([EntryRow, "line 2: body"], (await Files.ReadAsync(file)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_same_line_gives_the_same_alert_however_often_it_is_read_and_all_are_received_when_the_file_came()
    {
        var head = FileHead.TryRead(Encoding.UTF8.GetBytes(Entry), null, new())!;
        var one = new LineReader(head, null, Files.Now).Read(Encoding.UTF8.GetBytes(Entry), RecordFault.None).Alert!;
        var other = new LineReader(head, null, Files.Now).Read(Encoding.UTF8.GetBytes(Entry), RecordFault.None).Alert!;
        Assert.Equal((one.AlertId, one.ReceivedAt), (other.AlertId, other.ReceivedAt));
        Assert.Equal(Files.Now, one.ReceivedAt);
        Assert.Equal(Entry, Encoding.UTF8.GetString(one.Payload));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Whatever_the_bytes_nothing_throws_and_every_byte_is_read(int seed)
    {
        var random = new Random(seed);
        string[] pieces =
        [
            Entry, Exit, "\n", "\r\n", "\r", ",", ";", "\t", "\"", "\"\"", "\uFEFF", "{", "}", "symbol", "timeframe", "price", "timestamp", "type", "Trade #", "Date/Time",
            "Entry long", "Exit short", "2024-03-31 02:30", "2024-01-15", "1,234.5", "NaN", "Open", "\0", "é", "😀", "Price USD", "Signal", "0001-01-01 00:00", "9999-12-31 23:59",
            "symbol,timeframe,type,price,timestamp\n", "Trade #,Type,Date/Time,Signal,Price USD\n", "1,Entry long,2024-01-15 09:30,Long,100\n",
        ];
        for (var round = 0; round < 2_000; round++)
        {
            var text = new List<byte>();
            for (var i = random.Next(1, 40); i > 0; i--)
                text.AddRange(random.Next(20) == 0 ? [(byte)random.Next(256)] : Encoding.UTF8.GetBytes(pieces[random.Next(pieces.Length)]));
            FileFormat? format = random.Next(3) == 0 ? (FileFormat)random.Next(3) : null;
            await Files.ReadAsync([.. text], "Europe/Berlin", format, random.Next(1, 200));
        }
    }
}
