using System.Globalization;
using System.Text;
using PnlPipeline.Domain.Trades.Files;

namespace PnlPipeline.Tests.Unit.Files;

/// <summary>
/// Random lists in random forms read as the trades that were written; random bytes and cells read as trades or errors.
/// </summary>
public sealed class FilePropertyTests
{
    private static readonly string[] Zones =
    [
        "UTC",
        "Europe/Berlin",
        "America/New_York",
        "Asia/Kolkata",
        "America/Sao_Paulo",
        "Europe/Istanbul",
        "Pacific/Apia",
    ];

    private static readonly (
        string[] Header,
        string EntryLong,
        string ExitLong,
        string EntryShort,
        string ExitShort,
        string Open
    )[] Languages =
    [
        (
            ["Trade #", "Type", "Date and time", "Price USD", "Signal", "Size (qty)", "Net P&L USD"],
            "Entry long",
            "Exit long",
            "Entry short",
            "Exit short",
            "Open"
        ),
        (
            ["Trade-Nr.", "Typ", "Datum/Uhrzeit", "Preis EUR", "Signal", "Kontrakte", "Gewinn"],
            "Einstieg Long",
            "Ausstieg Long",
            "Einstieg Short",
            "Ausstieg Short",
            "Offen"
        ),
        (
            ["Trade number", "Tipo", "Fecha y hora", "Precio USD", "Señal", "Tamaño (cant.)", "PyG netas USD"],
            "Entrada en largo",
            "Salida en largo",
            "Entrada en corto",
            "Salida en corto",
            "Abierta"
        ),
        (
            ["№ Сделки", "Тип", "Дата и время", "Цена USDT", "Сигнал", "Контракты", "Прибыль"],
            "Вход в лонг",
            "Выход из лонга",
            "Вход в шорт",
            "Выход из шорта",
            "Открыта"
        ),
        (
            ["トレード番号", "タイプ", "日時", "価格 JPY", "シグナル", "契約数", "純損益 JPY"],
            "ロングエントリー",
            "ロングエグジット",
            "ショートエントリー",
            "ショートエグジット",
            "オープン"
        ),
        (
            ["交易 #", "类型", "日期/时间", "价格 USDT", "信号", "合约", "净损益 USDT"],
            "多头进场",
            "多头出场",
            "空头进场",
            "空头出场",
            "未平仓"
        ),
        (
            ["交易 #", "類型", "日期/時間", "價格 USDT", "訊號", "合約", "獲利 USDT"],
            "多頭進場",
            "多頭出場",
            "空頭進場",
            "空頭出場",
            "未平倉"
        ),
        (
            ["Nº da operação", "Tipo", "Data e hora", "Preço BRL", "Sinal", "Quantidade", "Lucro"],
            "Entrada comprada",
            "Saída comprada",
            "Entrada vendida",
            "Saída vendida",
            "Aberta"
        ),
        (
            ["N° de trade", "Type", "Date et heure", "Prix EUR", "Signal", "Contrats", "Profit"],
            "Entrée longue",
            "Sortie longue",
            "Entrée courte",
            "Sortie courte",
            "Ouverte"
        ),
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void A_list_written_in_any_form_reads_as_the_trades_it_was_made_of(int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < 300; round++)
        {
            var zone = Zones[random.Next(Zones.Length)];
            var trades = RandomTrades(random, zone);
            var form = RandomForm(random);
            var file = Write(random, trades, form, zone);
            var bytes = form.Encoding switch
            {
                FileEncoding.Utf8 => Encoding.UTF8.GetBytes(file),
                _ => TradeListTests.Transcode(file.TrimStart('\uFEFF'), form.Encoding),
            };
            // What the file does not tell has to be said; what it tells must not need to be.
            var request = ReadFile.Asked with
            {
                DateOrder =
                    form.TellsOrder ? null
                    : form.MonthFirst ? DateOrder.MonthFirst
                    : DateOrder.DayFirst,
            };
            var read = ReadFile.Listed(bytes, zone, request).OrderBy(trade => trade.Number).ToList();
            Assert.True(
                trades.SequenceEqual(read),
                $"seed {seed}, round {round}, {zone}\n{file}\nread {string.Join('\n', read)}\nwrote "
                    + $"{string.Join('\n', trades)}"
            );
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Whatever_the_bytes_and_cells_there_are_trades_or_errors_and_every_row_is_told_of(int seed)
    {
        var random = new Random(seed);
        string[] pieces =
        [
            "\n",
            "\r\n",
            "\r",
            ",",
            ";",
            "\t",
            "\"",
            "\"\"",
            "\uFEFF",
            "{",
            "}",
            "[",
            "]",
            "sep=;\n",
            "symbol",
            "timeframe",
            "price",
            "timestamp",
            "type",
            "Trade #",
            "Date/Time",
            "Entry long",
            "Exit short",
            "2024-03-31 02:30",
            "2024-01-15",
            "1,234.5",
            "1.234",
            "NaN",
            "Open",
            "\0",
            "é",
            "😀",
            "Price USD",
            "Signal",
            "0001-01-01 00:00",
            "9999-12-31 23:59",
            "01/02/2024",
            "45306.5",
            "1e400",
            "-5",
            "—",
            "'=",
            "symbol,timeframe,type,price,timestamp\n",
            "Trade #,Type,Date/Time,Signal,Price USD\n",
            "1,Entry long,2024-01-15 09:30,Long,100\n",
            "1,Exit long,2024-01-15 09:30,Long,100\n",
            "Alert ID,Ticker,Name,Description,Time\n",
            "Trade #;Typ;Datum;Preis;Symbol\n",
            "1;Einstieg Long;15.01.2024;1,5;A\n",
            "2,Exit long,,Open,\n",
            "99999999999999999999",
            "PK",
            "\u202E",
            "\u0301",
            """{"symbol":"BTCUSDT","side":"entry","timeframe":"60","type":"bullish","price":43250.5,"timestamp":"2026-11-22T06:28:00+0000"}""",
        ];
        for (var round = 0; round < 3_000; round++)
        {
            var text = new List<byte>();
            for (var i = random.Next(1, 40); i > 0; i--)
                text.AddRange(
                    random.Next(20) == 0
                        ? [(byte)random.Next(256)]
                        : Encoding.UTF8.GetBytes(pieces[random.Next(pieces.Length)])
                );
            byte[] file = [.. text];
            FileText.EncodingOf(file, out _);
            new Utf16Transcoder(FileEncoding.Utf16LittleEndian).Convert(file, isEnd: true);
            FileKind? kind = random.Next(3) == 0 ? (FileKind)random.Next(5) : null;
            var request = ReadFile.Asked with
            {
                Kind = kind,
                Symbol = random.Next(2) == 0 ? "LISTED" : null,
                Mark = random.Next(2) == 0 ? ',' : null,
                DateOrder = random.Next(2) == 0 ? DateOrder.DayFirst : null,
                Columns =
                    random.Next(10) == 0 ? [Column.Number, Column.Type, Column.Time, Column.Other, Column.Price] : null,
            };
            var form = ReadFile.Survey(file, request, out _, random.Next(1, 200));
            if (form?.Kind == FileKind.Trades)
                ReadFile.Items(file, form, request, "Europe/Berlin", random.Next(1, 200));
            else if (form is not null)
                ReadFile.Alerts(file, "Europe/Berlin", request, random.Next(1, 200));
        }
    }

    [Fact]
    public void The_order_of_rows_does_not_matter()
    {
        var random = new Random(7);
        for (var round = 0; round < 100; round++)
        {
            // Numbers that lack a half, open ones, equal ones.
            var rows = Enumerable
                .Range(0, random.Next(1, 12))
                .Select(_ =>
                    $"{random.Next(4)},{(random.Next(2) == 0 ? "Entry" : "Exit")} "
                    + $"long,2024-01-0{random.Next(1, 4)},{(random.Next(6) == 0 ? "" : random.Next(1, 3))}"
                )
                .DistinctBy(row => row[..8])
                .ToArray();
            var expected = Read(rows);
            random.Shuffle(rows);
            Assert.Equal(expected, Read(rows));
        }

        static List<ListedTrade> Read(string[] rows) =>
            [
                .. ReadFile
                    .Listed(Encoding.UTF8.GetBytes("Trade #,Type,Date/Time,Price\n" + string.Join('\n', rows)), "UTC")
                    .OrderBy(trade => trade.Number),
            ];
    }

    private sealed record Form(
        int Language,
        char Separator,
        string Ends,
        char Mark,
        bool Groups,
        int Dates,
        bool MonthFirst,
        FileEncoding Encoding,
        bool NamesSeparator,
        int Order,
        bool BlankOpen
    )
    {
        // By dots the day is first, and words and years in front say it all.
        public bool TellsOrder => Dates is not 1;
    }

    private static Form RandomForm(Random random)
    {
        var separator = ",;\t"[random.Next(3)];
        return new Form(
            random.Next(Languages.Length),
            separator,
            new[] { "\n", "\r\n", "\r" }[random.Next(3)],
            random.Next(2) == 0 ? '.' : ',',
            random.Next(2) == 0,
            random.Next(6),
            random.Next(2) == 0,
            (FileEncoding)random.Next(3),
            random.Next(3) == 0,
            random.Next(3),
            random.Next(2) == 0
        );
    }

    // In whole minutes, each after the one before, not within an hour that was twice; the last ones open.
    private static List<ListedTrade> RandomTrades(Random random, string zone)
    {
        var offsets = ReadFile.Zone(zone);
        var trades = new List<ListedTrade>();
        var time = new DateTime(2011, 1, 1, 0, 0, 0, DateTimeKind.Utc).AddDays(random.Next(5_000));
        var open = random.Next(3) == 0 ? random.Next(1, 3) : 0;
        for (var (i, count) = (0, random.Next(1, 12)); i < count; i++)
        {
            var entry = Next();
            var exit = random.Next(4) == 0 ? entry : Next();
            trades.Add(
                new ListedTrade(
                    i + 1,
                    "LISTED",
                    random.Next(2) == 0,
                    entry,
                    Price(),
                    i >= count - open ? null : exit,
                    i >= count - open ? null : Price()
                )
            );
        }

        return trades;

        decimal Price() =>
            random.Next(4) switch
            {
                0 => random.Next(1, 2_000_000),
                1 => random.Next(1, 2_000_000) / 1_000m,
                2 => random.Next(1, 2_000_000) / 100m,
                _ => random.Next(1, 2_000_000) / 1_000_000m,
            };

        DateTime Next()
        {
            do time = time.AddMinutes(random.Next(1, 3_000));
            while (offsets.InstantsOf(Local(time, zone)).Second is not null);
            return time;
        }
    }

    private static long Local(DateTime utc, string zone)
    {
        var milliseconds = (long)(utc - DateTime.UnixEpoch).TotalMilliseconds;
        return milliseconds + ReadFile.Zone(zone).At(milliseconds);
    }

    private static string Write(Random random, List<ListedTrade> trades, Form form, string zone)
    {
        var (header, entryLong, exitLong, entryShort, exitShort, open) = Languages[form.Language];
        var rows = new List<string[]>();
        foreach (var trade in trades)
        {
            rows.Add([
                $"{trade.Number}",
                trade.IsLong ? entryLong : entryShort,
                Date(trade.EntryTime),
                Number(trade.EntryPrice),
                "x",
                Number(1.5m),
                Number(-2.25m),
            ]);
            var exit = trade.IsLong ? exitLong : exitShort;
            if (!trade.IsOpen)
                rows.Add([
                    $"{trade.Number}",
                    exit,
                    Date(trade.ExitTime!.Value),
                    Number(trade.ExitPrice!.Value),
                    "",
                    Number(1.5m),
                    Number(1_234.5m),
                ]);
            else if (random.Next(3) > 0)
                rows.Add([$"{trade.Number}", exit, "", form.BlankOpen ? "—" : Number(7.5m), open, Number(1.5m), ""]);
        }

        // Newest first, oldest first, shuffled; and the columns shuffled, too.
        var order =
            form.Order == 0 ? rows
            : form.Order == 1 ? Enumerable.Reverse(rows).ToList()
            : Shuffled(random, rows);
        var columns = Shuffled(random, Enumerable.Range(0, header.Length).ToList());
        var lines = new List<string>();
        if (form.NamesSeparator)
            lines.Add($"sep={form.Separator}");
        lines.Add(Line(header));
        lines.AddRange(order.Select(Line));
        return (random.Next(2) == 0 ? "\uFEFF" : "")
            + string.Join(form.Ends, lines)
            + (random.Next(2) == 0 ? form.Ends : "");

        string Line(string[] cells) => string.Join(form.Separator, columns.Select(column => Quoted(cells[column])));

        string Quoted(string cell) =>
            cell.Contains(form.Separator, StringComparison.Ordinal) || random.Next(5) == 0 ? $"\"{cell}\"" : cell;

        // Digits beside the mark that tell it: never three behind it alone.
        string Number(decimal value)
        {
            var text = value.ToString(form.Groups ? "#,##0.0#####" : "0.0#####", CultureInfo.InvariantCulture);
            return form.Mark == '.'
                ? text
                : text.Replace(',', '#').Replace('.', ',').Replace('#', random.Next(2) == 0 ? '.' : '\u00A0');
        }

        string Date(DateTime utc)
        {
            var local = DateTime.UnixEpoch.AddMilliseconds(Local(utc, zone));
            return form.Dates switch
            {
                0 => local.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture),
                1 => local.ToString(
                    form.MonthFirst ? "M/d/yyyy h:mm tt" : "dd/MM/yyyy HH:mm",
                    CultureInfo.InvariantCulture
                ),
                2 => local.ToString("dd.MM.yyyy H:mm:ss", CultureInfo.InvariantCulture),
                3 => local.ToString("MMM d, yyyy h:mm tt", CultureInfo.InvariantCulture),
                4 => $"{(long)(utc - DateTime.UnixEpoch).TotalSeconds}",
                _ => SpreadsheetDate(local),
            };
        }

        string SpreadsheetDate(DateTime local)
        {
            var days = (decimal)(local - new DateTime(1899, 12, 30)).Ticks / TimeSpan.TicksPerDay;
            return days.ToString("0.0#########", CultureInfo.InvariantCulture).Replace('.', form.Mark);
        }
    }

    private static List<T> Shuffled<T>(Random random, List<T> items)
    {
        var shuffled = items.ToArray();
        random.Shuffle(shuffled);
        return [.. shuffled];
    }
}
