using System.Text;
using System.Text.RegularExpressions;
using PnlPipeline.Domain.Alerts;
using PnlPipeline.Domain.Trades.Files;

namespace PnlPipeline.Tests.Unit.Files;

/// <summary>TradingView's exports over the years and in its languages, and what spreadsheets make of them.</summary>
public sealed class TradeListTests
{
    private static readonly string[] TwoTrades =
    [
        "1 long 42000 2024-01-15T09:30:00Z 42840 2024-01-16T10:00:00Z",
        "2 short 42840 2024-01-16T10:00:00Z 42500.5 2024-01-17T11:15:00Z",
    ];

    private static readonly string[] AndOneOpen =
    [
        .. TwoTrades,
        "3 long 42500.5 2024-01-17T11:15:00Z open",
        "skipped 1",
    ];

    public static TheoryData<string, string, string[]> Exports =>
        new()
        {
            {
                "of today: newest first, an open trade on top",
                """
                    Trade #,Type,Date and time,Signal,Price USDT,Position size (qty),Position size (value),Net P&L USDT,Net P&L %
                    3,Exit long,2024-01-18 00:00,Open,42510,0.1,4251,1,0.02
                    3,Entry long,2024-01-17 11:15,Long,42500.5,0.1,4250.05,1,0.02
                    2,Exit short,2024-01-17 11:15,Long,42500.5,0.1,4250.05,33.95,0.79
                    2,Entry short,2024-01-16 10:00,Short,42840,0.1,4284,33.95,0.79
                    1,Exit long,2024-01-16 10:00,Short,42840,0.1,4284,84,2
                    1,Entry long,2024-01-15 09:30,Long,42000,0.1,4200,84,2
                    """,
                AndOneOpen
            },
            {
                "of some years ago: oldest first, the open trade's exit without a date",
                """
                    Trade #,Type,Signal,Date/Time,Price,Contracts,Profit
                    1,Entry Long,Long,2024-01-15 09:30,42000,1,
                    1,Exit Long,Short,2024-01-16 10:00,42840,1,840
                    2,Entry Short,Short,2024-01-16 10:00,42840,1,
                    2,Exit Short,Long,2024-01-17 11:15,42500.5,1,339.5
                    3,Entry Long,Long,2024-01-17 11:15,42500.5,1,
                    3,Exit Long,Open,,,,
                    """,
                AndOneOpen
            },
            {
                "gone through a German spreadsheet",
                "\uFEFFTrade #;Type;Date and time;Signal;Price USD\r\n1;Entry long;15.01.2024 "
                    + "09:30;Long;42.000,00\r\n1;Exit long;16.01.2024 10:00;Short;42840\r\n"
                    + "2;Entry short;16.1.2024 10:00:00;Short;42840,0\r\n2;Exit short;17.01.2024 11:15;\"Long "
                    + "\"\"late\"\"\";42.500,5\r\n",
                TwoTrades
            },
            {
                "gone through an American one",
                "Trade #\tType\tDate/Time\tSignal\tPrice USD\n1\tEntry long\tJan 15, 2024 9:30 "
                    + "AM\tLong\t42,000\n1\tExit long\tJan 16, 2024, 10:00\tShort\t42,840.00\n"
                    + "2\tEntry short\t16 Jan 2024 10:00\tShort\t42 840\n2\tExit "
                    + "short\t2024-01-17T11:15:00\tLong\t42500.50\n",
                TwoTrades
            },
            {
                "and with its dates, its dollars and a line that names the separator",
                "sep=;\r\nTrade #;Type;Date/Time;Signal;Price USD\r\n1;Entry long;1/15/2024 "
                    + "9:30;Long;$42,000.00\r\n1;Exit long;1/16/2024 10:00;Short;42840.00 USD\r\n"
                    + "2;Entry short;1/16/2024 10:00;Short;$42840\r\n2;Exit short;1/17/2024 11:15 AM;Long;USDT "
                    + "42500.50\r\n",
                TwoTrades
            },
            {
                "with the numbers of spreadsheets' dates",
                "Trade #,Type,Date/Time,Price\n1,Entry long,45306.3958333333,42000\n1,Exit "
                    + "long,45307.4166666667,42840\n2,Entry short,45307.41667,42840\n2,Exit short,45308.46875,42500.5\n",
                TwoTrades
            },
            {
                "with Unix times, whose zone is known",
                "Trade #,Type,Date/Time,Price\n1,Entry long,1705311000,42000\n1,Exit "
                    + "long,1705399200000,42840\n2,Entry short,1705399200,42840\n2,Exit short,1705490100.000,42500.5\n",
                TwoTrades
            },
            {
                "Spanish",
                "Trade number,Tipo,Fecha y hora,Señal,Precio USD,Tamaño (cant.),PyG netas USD\n1,Salida en "
                    + "largo,2024-01-16 10:00,Short,42840,1,2\n"
                    + "1,Entrada en largo,2024-01-15 09:30,Long,42000,1,2\n2,Salida en corto,2024-01-17 "
                    + "11:15,x,42500.5,1,2\n2,Entrada en corto,2024-01-16 10:00,x,42840,1,2\n",
                TwoTrades
            },
            {
                "Russian, by semicolons",
                "№ Сделки;Тип;Дата и время;Сигнал;Цена USDT\n1;Выход из длинной позиции;2024-01-16 "
                    + "10:00;x;42840\n1;Вход в длинную позицию;2024-01-15 09:30;x;42000\n"
                    + "2;Выход из короткой;2024-01-17 11:15;x;42500,5\n2;Вход в шорт;2024-01-16 10:00;x;42840\n3;Вход "
                    + "в лонг;2024-01-17 11:15;x;42500,5\n3;Выход из лонга;;Открыта;\n",
                AndOneOpen
            },
            {
                "Chinese, simplified",
                "交易 #,类型,日期/时间,信号,价格 USDT,净损益 USDT\n1,多头进场,2024-01-15 09:30,x,42000,2\n1,多头出场,2024-01-16 "
                    + "10:00,x,42840,2\n2,空头进场,2024-01-16 10:00,x,42840,2\n"
                    + "2,空头出场,2024-01-17 11:15,x,42500.5,2\n3,多头进场,2024-01-17 11:15,x,42500.5,2\n3,多头出场,2024-01-18 "
                    + "00:00,未平仓,42510,2\n",
                AndOneOpen
            },
            {
                "Chinese, traditional, as UTF-16 would have it",
                "交易 #\t類型\t訊號\t日期/時間\t價格 USDT\t合約\n1\t多頭進場\tx\t2024年1月15日 上午9:30\t42000\t1\n1\t多頭出場\tx\t2024年1月16日 "
                    + "10:00\t42840\t1\n2\t空頭進場\tx\t2024-01-16 10:00\t42840\t1\n"
                    + "2\t空頭出場\tx\t2024-01-17 11:15\t42500.5\t1\n",
                TwoTrades
            },
            {
                "Japanese",
                "トレード番号,タイプ,日時,シグナル,価格 JPY,純損益 JPY\n1,ロングエントリー,2024/01/15 9:30,x,42000,1\n1,ロング決済,2024/01/16 "
                    + "10:00,x,42840,1\n"
                    + "2,ショート・エントリー,2024/01/16 10:00,x,42840,1\n2,ショート・エグジット,2024/01/17 11:15,x,42500.5,1\n",
                TwoTrades
            },
            {
                "German",
                "Trade-Nr.;Typ;Datum/Uhrzeit;Signal;Preis EUR;Kontrakte\n1;Einstieg Long;15.01.2024 "
                    + "09:30;x;42.000,0;1\n1;Ausstieg Long;16. Januar 2024 10:00 Uhr;x;42.840;1\n"
                    + "2;Short-Einstieg;16.01.2024 10:00;x;42.840;1\n2;Short-Ausstieg;17. Jan. 2024, "
                    + "11:15;x;42.500,5;1\n3;Einstieg Long;17.01.2024 11:15;x;42.500,5;1\n3;Ausstieg "
                    + "Long;Offen;Offen;42.510;1\n",
                AndOneOpen
            },
            {
                "Portuguese",
                "Nº da negociação,Tipo,Data e hora,Sinal,Preço BRL\n1,Entrada longa,2024-01-15 09:30,x,42000\n1,Saída "
                    + "longa,2024-01-16 10:00,x,42840\n2,Entrada vendida,16 de janeiro de 2024 10:00,x,42840\n"
                    + "2,Saída vendida,2024-01-17 11:15,x,\"R$ 42.500,50\"\n",
                TwoTrades
            },
            {
                "French",
                "N° de trade;Type;Date et heure;Signal;Prix EUR\n1;Entrée longue;15/01/2024 "
                    + "09:30;x;42\u202F000,00\n1;Sortie longue;16/01/2024 10:00;x;42\u00A0840,00 €\n2;Entrée "
                    + "courte;16 janv. 2024 10:00;x;42840\n"
                    + "2;Sortie courte;17/01/2024 11:15;x;42 500,50\n",
                TwoTrades
            },
            {
                "in any order of rows, with a symbol of each",
                "Symbol,Trade #,Type,Date/Time,Price\nlisted,2,Exit short,2024-01-17 11:15,42500.5\nLISTED,1,Entry "
                    + "long,2024-01-15 09:30,42000\nLISTED,2,Entry short,2024-01-16 10:00,42840\n"
                    + "LISTED,1,Exit long,2024-01-16 10:00,42840\n",
                [TwoTrades[1], TwoTrades[0]]
            },
        };

    [Theory]
    [MemberData(nameof(Exports))]
    public void Every_export_says_the_same(string what, string file, string[] rows)
    {
        Assert.NotEqual("", what);
        foreach (var ends in new[] { "\n", "\r\n", "\r" })
        {
            var text = file.ReplaceLineEndings(ends);
            Assert.Equal(rows.Order(StringComparer.Ordinal), ReadFile.Trades(text).Order(StringComparer.Ordinal));
            // However it is cut into pieces.
            Assert.Equal(ReadFile.Trades(text), ReadFile.Trades(Encoding.UTF8.GetBytes(text), piece: 7));
            foreach (var encoding in new[] { FileEncoding.Utf16LittleEndian, FileEncoding.Utf16BigEndian })
                Assert.Equal(ReadFile.Trades(text), ReadFile.Trades(Transcode(text.TrimStart('\uFEFF'), encoding)));
        }
    }

    public static TheoryData<string, string, string[]> Joined =>
        new()
        {
            {
                "two trades that leave and enter on one bar, and follow each other",
                "1,Entry long,2024-02-01 10:00,100|1,Exit long,2024-02-01 10:00,98|2,Entry long,2024-02-03 "
                    + "10:00,120|2,Exit long,2024-02-04 10:00,126",
                [
                    "1 long 100 2024-02-01T10:00:00Z 98 2024-02-01T10:00:00Z",
                    "2 long 120 2024-02-03T10:00:00Z 126 2024-02-04T10:00:00Z",
                ]
            },
            {
                "pyramided trades overlap",
                "1,Entry long,2024-02-01,100|2,Entry long,2024-02-02,101|1,Exit long,2024-02-05,110|2,Exit "
                    + "long,2024-02-05,110",
                [
                    "1 long 100 2024-02-01T00:00:00Z 110 2024-02-05T00:00:00Z",
                    "2 long 101 2024-02-02T00:00:00Z 110 2024-02-05T00:00:00Z",
                ]
            },
            {
                "parts of one entry are one trade, at the mean of their exits by quantity",
                "1,Entry long,2024-02-01,100,3|1,Exit long,2024-02-02,110,3|2,Entry long,2024-02-01,100,1|2,Exit "
                    + "long,2024-02-05,120,1|3,Entry long,2024-02-06,100,1|3,Exit long,2024-02-07,1,1",
                [
                    "1 long 100 2024-02-01T00:00:00Z 112.5 2024-02-05T00:00:00Z",
                    "3 long 100 2024-02-06T00:00:00Z 1 2024-02-07T00:00:00Z",
                    "merged 2",
                ]
            },
            {
                "without quantities, unweighted, to twelve decimals",
                "1,Entry short,2024-02-01,100,|1,Exit short,2024-02-02,110,|2,Entry short,2024-02-01,100,1|2,Exit "
                    + "short,2024-02-03,110,1|3,Entry short,2024-02-01,100,1|3,Exit short,2024-02-05,111,1",
                ["1 short 100 2024-02-01T00:00:00Z 110.333333333333 2024-02-05T00:00:00Z", "merged 4"]
            },
            {
                "what left on its own entry bar is a trade by itself, and equal ones are counted",
                "1,Entry long,2024-02-01,100,1|1,Exit long,2024-02-01,98,1|2,Entry long,2024-02-01,100,1|2,Exit "
                    + "long,2024-02-01,98,1|3,Entry long,2024-02-01,100,1|3,Exit long,2024-02-05,110,1",
                [
                    "1 long 100 2024-02-01T00:00:00Z 98 2024-02-01T00:00:00Z",
                    "2 long 100 2024-02-01T00:00:00Z 98 2024-02-01T00:00:00Z #2",
                    "3 long 100 2024-02-01T00:00:00Z 110 2024-02-05T00:00:00Z",
                ]
            },
            {
                "a part that is still open is an entry, and the closed ones are a trade",
                "1,Entry long,2024-02-01,100,1|1,Exit long,2024-02-02,110,1|2,Entry long,2024-02-01,100,1|2,Exit "
                    + "long,2024-02-05,120,1|3,Entry long,2024-02-01,100,2|3,Exit long,,—,",
                [
                    "1 long 100 2024-02-01T00:00:00Z 115 2024-02-05T00:00:00Z",
                    "3 long 100 2024-02-01T00:00:00Z open",
                    "merged 2",
                    "skipped 1",
                ]
            },
            {
                "several may be open at the end",
                "1,Entry long,2024-02-01,100|1,Exit long,2024-02-02,110|2,Entry long,2024-02-03,100|3,Entry "
                    + "long,2024-02-04,101|3,Exit long,2024-02-09,105,,Open",
                [
                    "1 long 100 2024-02-01T00:00:00Z 110 2024-02-02T00:00:00Z",
                    "2 long 100 2024-02-03T00:00:00Z open",
                    "3 long 101 2024-02-04T00:00:00Z open",
                    "skipped 1",
                ]
            },
            {
                "an exit that is called Open in the middle is an exit, and one without a price an error",
                "1,Entry long,2024-02-01,100|1,Exit long,2024-02-02,110,,Open|2,Entry long,2024-02-03,100|2,Exit "
                    + "long,2024-02-04,|3,Entry long,2024-02-05,100|3,Exit long,2024-02-06,110",
                [
                    "1 long 100 2024-02-01T00:00:00Z 110 2024-02-02T00:00:00Z",
                    "line 4: trade #",
                    "line 5: price",
                    "3 long 100 2024-02-05T00:00:00Z 110 2024-02-06T00:00:00Z",
                ]
            },
            {
                "one half without the other",
                "1,Exit long,2024-02-01,100|2,Entry long,2024-02-03,100|3,Entry long,2024-02-05,100|3,Exit "
                    + "long,2024-02-06,110",
                ["line 2: trade #", "line 3: trade #", "3 long 100 2024-02-05T00:00:00Z 110 2024-02-06T00:00:00Z"]
            },
            {
                "rows that do not fit together",
                "1,Entry long,2024-02-01,100|1,Exit short,2024-02-02,100|2,Entry long,2024-02-03,100|2,Entry "
                    + "long,2024-02-03,100|2,Exit long,2024-02-02,100|x,Entry "
                    + "long,2024-02-03,100|3,Entry,2024-02-03,100|3,Exit long,2024-02-03,100|4,Entry "
                    + "long,1999-12-31,1|4,Exit long,2031-01-01,1|5,Entry long,2024-02-03,free|6,Entry "
                    + "long,2024-02-30,0|7,Entry long,2024-02-03,1,2,x,more",
                [
                    "line 2: trade #",
                    "line 3: type",
                    "line 4: trade #",
                    "line 5: trade #",
                    "line 6: timestamp",
                    "line 7: trade #",
                    "line 8: type",
                    "line 9: trade #",
                    "line 10: timestamp",
                    "line 11: trade #",
                    "line 12: price",
                    "line 13: price timestamp",
                    "line 14: body",
                ]
            },
        };

    [Theory]
    [MemberData(nameof(Joined))]
    public void Rows_of_one_number_are_one_trade(string what, string rows, string[] expected)
    {
        Assert.NotEqual("", what);
        var lines = rows.Split('|')
            .Select(row =>
                row.Split(',') is { Length: < 6 } cells
                    ? string.Join(',', [.. cells, .. Enumerable.Repeat("", 6 - cells.Length)])
                    : row
            )
            .ToList();
        Assert.Equal(
            expected,
            ReadFile.Trades("Trade #,Type,Date/Time,Price,Quantity,Signal\n" + string.Join('\n', lines))
        );
    }

    public static TheoryData<string, string, string[]> Clocks =>
        new()
        {
            // Put back from 03:00 to 02:00 on 2024-10-27, put forward from 02:00 to 03:00 on 2024-03-31.
            {
                "Europe/Berlin",
                "2024-10-27 02:30 2024-10-27 02:10",
                ["1 long 1 2024-10-27T00:30:00Z 1 2024-10-27T01:10:00Z"]
            },
            {
                "Europe/Berlin",
                "2024-10-27 02:10 2024-10-27 02:30",
                ["1 long 1 2024-10-27T00:10:00Z 1 2024-10-27T00:30:00Z"]
            },
            {
                "Europe/Berlin",
                "2024-10-27 01:10 2024-10-27 02:30 2024-10-27 02:10 2024-10-27 02:40",
                [
                    "1 long 1 2024-10-26T23:10:00Z 1 2024-10-27T00:30:00Z",
                    "2 long 1 2024-10-27T01:10:00Z 1 2024-10-27T01:40:00Z",
                ]
            },
            {
                "Europe/Berlin",
                "2024-10-27 02:50 2024-10-27 03:30 2024-10-27 02:20 2024-10-27 03:40",
                [
                    "1 long 1 2024-10-27T00:50:00Z 1 2024-10-27T02:30:00Z",
                    "2 long 1 2024-10-27T01:20:00Z 1 2024-10-27T02:40:00Z",
                ]
            },
            {
                "Europe/Berlin",
                "2024-03-31 02:30 2024-03-31 03:10",
                ["1 long 1 2024-03-31T01:00:00Z 1 2024-03-31T01:10:00Z"]
            },
            // Midnight never was.
            { "America/Sao_Paulo", "2018-11-04 2018-11-05", ["1 long 1 2018-11-04T03:00:00Z 1 2018-11-05T02:00:00Z"] },
            { "Asia/Beirut", "2022-03-27 2022-03-28", ["1 long 1 2022-03-26T22:00:00Z 1 2022-03-27T21:00:00Z"] },
            // The date never was, either.
            {
                "Pacific/Apia",
                "2011-12-30 2011-12-31 10:00",
                ["1 long 1 2011-12-30T10:00:00Z 1 2011-12-30T20:00:00Z"]
            },
            // Where TimeZoneInfo takes or refuses the wrong hours.
            {
                "Europe/Istanbul",
                "2015-11-08 03:30 2015-11-08 04:30",
                ["1 long 1 2015-11-08T00:30:00Z 1 2015-11-08T02:30:00Z"]
            },
            {
                "Europe/Dublin",
                "2024-03-31 01:30 2024-10-27 01:30",
                ["1 long 1 2024-03-31T01:00:00Z 1 2024-10-27T00:30:00Z"]
            },
            {
                "Africa/Casablanca",
                "2024-03-10 02:30 2024-04-14 02:30",
                ["1 long 1 2024-03-10T01:30:00Z 1 2024-04-14T02:00:00Z"]
            },
            {
                "America/New_York",
                "2024-07-15 09:30:15 2024-07-15 09:30:15.250",
                ["1 long 1 2024-07-15T13:30:15Z 1 2024-07-15T13:30:15.250Z"]
            },
        };

    [Theory]
    [MemberData(nameof(Clocks))]
    public void A_time_that_was_twice_keeps_the_trades_in_order_and_one_that_never_was_is_the_first_after(
        string zone,
        string times,
        string[] expected
    )
    {
        var cells = Regex
            .Matches(times, @"\d{4}-\d\d-\d\d( \d\d:[\d:.]+)?", RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1))
            .Select(match => match.Value)
            .ToList();
        var rows = cells
            .Index()
            .Select(cell => $"{(cell.Index / 2) + 1},{(cell.Index % 2 == 0 ? "Entry" : "Exit")} long,{cell.Item},1");
        // Newest first it is the same.
        foreach (var file in new[] { rows, rows.Reverse() })
        {
            var read = ReadFile.Trades("Trade #,Type,Date/Time,Price\n" + string.Join('\n', file), zone);
            Assert.Equal(expected, read.Order(StringComparer.Ordinal));
        }
    }

    public static TheoryData<string, string, FileRequest?, string> Refused =>
        new()
        {
            { "nothing", "", null, "body" },
            { "blank lines", " \r\n\n\r", null, "body" },
            { "a header and no row", "Trade #,Type,Date/Time,Price\r\r", null, "body" },
            { "what is no header", "hello", null, "columns" },
            { "no number", "Type,Date/Time,Price\nEntry long,2024-01-01,1", null, "columns" },
            {
                "everything missing",
                "Trade #,Type,Date/Time,Price\n1,Entry long,2024-01-01,1",
                new(),
                "symbol timeframe tz"
            },
            {
                "but the zone, where no time needs it",
                "Trade #,Type,Date/Time,Price\n1,Entry long,1705311000,1",
                new(),
                "symbol timeframe"
            },
            {
                "and the symbol, where a column has it",
                "Trade #,Type,Date/Time,Price,Symbol\n1,Entry long,1705311000,1,A",
                new(),
                "timeframe"
            },
            {
                "both marks",
                "Trade #;Type;Date/Time;Price\n1;Entry long;2024-01-01;1,5\n1;Exit long;2024-01-02;1.25",
                null,
                "decimal"
            },
            {
                "no evidence, and a comma",
                "Trade #,Type,Date/Time,Price\n1,Entry long,2024-01-01,\"43,250\"",
                null,
                "decimal"
            },
            {
                "no evidence, and a point by semicolons",
                "Trade #;Type;Date/Time;Price\n1;Entry long;2024-01-01;43.250",
                null,
                "decimal"
            },
            { "day or month", "Trade #,Type,Date/Time,Price\n1,Entry long,01/02/2024,1", null, "dateOrder" },
            {
                "day and month",
                "Trade #,Type,Date/Time,Price\n1,Entry long,13/02/2024,1\n1,Exit long,02/13/2024,1",
                null,
                "dateOrder"
            },
            {
                "everything at once",
                "Trade #;Type;Date/Time;Price\n1;Entry long;01/02/2024;43.250",
                new(),
                "dateOrder decimal symbol timeframe tz"
            },
            { "a web page", "<html>", null, "columns" },
        };

    [Theory]
    [MemberData(nameof(Refused))]
    public void A_file_that_leaves_something_open_is_refused_with_what_to_say(
        string what,
        string file,
        FileRequest? request,
        string fields
    )
    {
        Assert.NotEqual("", what);
        Assert.Equal([$"refused: {fields}"], ReadFile.Trades(Encoding.UTF8.GetBytes(file), request: request));
    }

    [Fact]
    public void The_refusal_of_a_header_lists_its_columns()
    {
        var (errors, survey) = (new FieldErrors(), new FileSurvey(ReadFile.Asked));
        survey.Read("Nummer;Was;Wann;😀;Kurs\n1;2;3;4;5\n"u8);
        Assert.Null(survey.Finish(errors));
        Assert.Contains(
            "'Nummer', 'Was', 'Wann', '😀', 'Kurs'",
            errors.ToDictionary()["columns"][0],
            StringComparison.Ordinal
        );
    }

    public static TheoryData<string, string, string> Asked =>
        new()
        {
            // What was asked for, the rows, the trade.
            {
                "decimal=.",
                "1;Entry long;2024-01-01;43.250|1;Exit long;2024-01-02;43.25",
                "1 long 43.25 2024-01-01T00:00:00Z 43.25 2024-01-02T00:00:00Z"
            },
            {
                "decimal=,",
                "1;Entry long;2024-01-01;43.250|1;Exit long;2024-01-02;43.251",
                "1 long 43250 2024-01-01T00:00:00Z 43251 2024-01-02T00:00:00Z"
            },
            {
                "dateOrder=dmy",
                "1;Entry long;01/02/2024;1|1;Exit long;02/02/2024;1",
                "1 long 1 2024-02-01T00:00:00Z 1 2024-02-02T00:00:00Z"
            },
            {
                "dateOrder=mdy",
                "1;Entry long;01-02-2024;1|1;Exit long;02-02-2024;1",
                "1 long 1 2024-01-02T00:00:00Z 1 2024-02-02T00:00:00Z"
            },
        };

    [Theory]
    [MemberData(nameof(Asked))]
    public void What_is_asked_for_decides(string asked, string rows, string expected)
    {
        var request = asked switch
        {
            "decimal=." => ReadFile.Asked with { Mark = '.' },
            "decimal=," => ReadFile.Asked with { Mark = ',' },
            "dateOrder=dmy" => ReadFile.Asked with { DateOrder = DateOrder.DayFirst },
            _ => ReadFile.Asked with { DateOrder = DateOrder.MonthFirst },
        };
        Assert.Equal(
            [expected],
            ReadFile.Trades("Trade #;Type;Date/Time;Price\n" + rows.Replace('|', '\n'), request: request)
        );
    }

    [Theory]
    [InlineData(
        "number,type,,time,price",
        "Foo;Bar;Baz;Qux;Quux\n1;Entry long;x;2024-01-01;1\n1;Exit long;x;2024-01-02;2"
    )]
    [InlineData("number,type,,time,price", "1;Entry long;x;2024-01-01;1\n1;Exit long;x;2024-01-02;2")]
    [InlineData(" price , time,TYPE,,number", "1\t2024-01-01\tEntry long\tx\t1\ty\n2\t2024-01-02\tExit long\tx\t1\ty")]
    public void Columns_can_be_named_by_position(string columns, string file)
    {
        var errors = new FieldErrors();
        var named = FileWords.ReadColumns(columns, errors);
        Assert.False(errors.Any);
        Assert.Equal(
            ["1 long 1 2024-01-01T00:00:00Z 2 2024-01-02T00:00:00Z"],
            ReadFile.Trades(file, request: ReadFile.Asked with { Columns = named })
        );
    }

    [Theory]
    [InlineData("")]
    [InlineData("number,type,time")]
    [InlineData("number,type,time,price,profit")]
    [InlineData("number,number,type,time,price")]
    public void Columns_that_do_not_make_a_list_are_refused(string columns)
    {
        var errors = new FieldErrors();
        Assert.Null(FileWords.ReadColumns(columns, errors));
        Assert.Equal("columns", Assert.Single(errors.ToDictionary()).Key);
    }

    [Fact]
    public void A_symbol_column_decides_and_contradicting_it_is_an_error_of_the_row()
    {
        const string file = """
            Trade #,Type,Date/Time,Price,Symbol
            1,Entry long,2024-01-01,2000,XAUUSD
            1,Exit long,2024-01-02,2010,XAUUSD
            2,Entry long,2024-01-03,1.1,EURUSD
            2,Exit long,2024-01-04,1.084,XAUUSD
            3,Entry short,2024-01-05,1.1,EURUSD
            3,Exit short,2024-01-06,1.084,eurusd
            4,Entry short,2024-01-07,1.1,a|b
            """;
        Assert.Equal(
            [
                "1 XAUUSD long 2000 2024-01-01T00:00:00Z 2010 2024-01-02T00:00:00Z",
                "line 4: trade #",
                "line 5: symbol",
                "3 EURUSD short 1.1 2024-01-05T00:00:00Z 1.084 2024-01-06T00:00:00Z",
                "line 8: symbol",
            ],
            ReadFile.Trades(file, request: ReadFile.Asked with { Symbol = null })
        );
        Assert.Equal(
            [
                "1 long 2000 2024-01-01T00:00:00Z 2010 2024-01-02T00:00:00Z",
                "line 4: symbol",
                "line 5: trade #",
                "line 6: symbol",
                "line 7: symbol",
                "line 8: symbol",
            ],
            ReadFile.Trades(file, request: ReadFile.Asked with { Symbol = "XAUUSD" })
        );
    }

    [Fact]
    public void What_is_not_utf8_or_far_too_long_is_an_error_of_its_row()
    {
        byte[] file =
        [
            .. "Trade #,Type,Date/Time,Price,Signal\n1,Entry long,2024-01-01,1,"u8,
            0xFC,
            .. "\n2,Entry long,2024-01-01,1,\""u8,
            .. Encoding.UTF8.GetBytes(new string('x', 20_000)),
            .. "\"\n3,Entry long,2024-01-01,1,\"x\n4,Entry long,2024-01-01,1,x"u8,
        ];
        Assert.Equal(
            ["line 2: body", "line 3: body", "line 4: body", "4 long 1 2024-01-01T00:00:00Z open"],
            ReadFile.Trades(file)
        );
    }

    public static byte[] Transcode(string text, FileEncoding encoding)
    {
        var from = encoding == FileEncoding.Utf16BigEndian ? Encoding.BigEndianUnicode : Encoding.Unicode;
        byte[] bytes = [.. from.GetPreamble(), .. from.GetBytes(text)];
        Assert.Equal(encoding, FileText.EncodingOf(bytes, out var error));
        Assert.Equal("", error);
        var transcoder = new Utf16Transcoder(encoding);
        List<byte> utf8 = [];
        for (var at = 0; at < bytes.Length; at += 5)
            utf8.AddRange(transcoder.Convert(bytes.AsSpan(at, Math.Min(5, bytes.Length - at)), isEnd: false));
        utf8.AddRange(transcoder.Convert([], isEnd: true));
        return [.. utf8];
    }
}
