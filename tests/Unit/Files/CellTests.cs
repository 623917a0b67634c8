using System.Globalization;
using PnlPipeline.Domain.Trades.Files;

namespace PnlPipeline.Tests.Unit.Files;

/// <summary>The forms of numbers and dates, and what a cell of each proves of its column.</summary>
public sealed class CellTests
{
    public static TheoryData<string, MarkEvidence, string?, string?> Numbers =>
        new()
        {
            // The cell, what it proves, what it is with a point and with a comma as the decimal mark.
            { "43250", MarkEvidence.None, "43250", "43250" },
            { "43250.5", MarkEvidence.Point, "43250.5", null },
            { "43250,5", MarkEvidence.Comma, null, "43250.5" },
            { "43,250.5", MarkEvidence.Point, "43250.5", null },
            { "43.250,5", MarkEvidence.Comma, null, "43250.5" },
            { "43,250.50", MarkEvidence.Point, "43250.50", null },
            { "43,250", MarkEvidence.CommaOrGroup, "43250", "43.250" },
            { "43.250", MarkEvidence.PointOrGroup, "43.250", "43250" },
            { "1234.567", MarkEvidence.Point, "1234.567", null },
            { "1234,567", MarkEvidence.Comma, null, "1234.567" },
            { "0.123", MarkEvidence.Point, "0.123", null },
            { "0,123", MarkEvidence.Comma, null, "0.123" },
            { ".5", MarkEvidence.Point, "0.5", null },
            { "1,234,567", MarkEvidence.Point, "1234567", null },
            { "1.234.567", MarkEvidence.Comma, null, "1234567" },
            { "1,234,567.891", MarkEvidence.Point, "1234567.891", null },
            { "12,34,567.5", MarkEvidence.Point, "1234567.5", null },
            { "1.5e3", MarkEvidence.Point, "1.5e3", null },
            { "1.500E-05", MarkEvidence.Point, "1.500E-05", null },
            { "43 250", MarkEvidence.None, "43250", "43250" },
            { "43\u202F250,50", MarkEvidence.Comma, null, "43250.50" },
            { "43’250.50", MarkEvidence.Point, "43250.50", null },
            { "1'234'567", MarkEvidence.None, "1234567", "1234567" },
            { "1 234,567", MarkEvidence.Comma, null, "1234.567" },
            { "$43,250.50", MarkEvidence.Point, "43250.50", null },
            { "-$43,250.50", MarkEvidence.Point, "-43250.50", null },
            { "43250.50 USD", MarkEvidence.Point, "43250.50", null },
            { "USDT 43250.50", MarkEvidence.Point, "43250.50", null },
            { "R$ 43.250,50", MarkEvidence.Comma, null, "43250.50" },
            { "43.250,50 €", MarkEvidence.Comma, null, "43250.50" },
            { "Rs. 43,250.50", MarkEvidence.Point, "43250.50", null },
            { "¥43250", MarkEvidence.None, "43250", "43250" },
            { "12.5%", MarkEvidence.Point, "12.5", null },
            { "−12,5 %", MarkEvidence.Comma, null, "-12.5" },
            { "(12.5)", MarkEvidence.Point, "-12.5", null },
            { "+12", MarkEvidence.None, "12", "12" },
            { "007", MarkEvidence.None, "7", "7" },
            // What is no number, either way.
            { "", MarkEvidence.NotANumber, null, null },
            { "free", MarkEvidence.NotANumber, null, null },
            { "1.2.3", MarkEvidence.NotANumber, null, null },
            { "1,23,4", MarkEvidence.NotANumber, null, null },
            { "1.234,567,890", MarkEvidence.NotANumber, null, null },
            { "12 34", MarkEvidence.NotANumber, null, null },
            { "15.01.2024", MarkEvidence.NotANumber, null, null },
            { "2024-01-15", MarkEvidence.NotANumber, null, null },
            { "09:30", MarkEvidence.NotANumber, null, null },
            { "--5", MarkEvidence.NotANumber, null, null },
            { "5-", MarkEvidence.NotANumber, null, null },
            { "1e", MarkEvidence.None, "1", "1" },
            { "Signal Nr 12", MarkEvidence.None, "12", "12" },
            { "1 x 2", MarkEvidence.NotANumber, null, null },
            { "1e99999999", MarkEvidence.NotANumber, null, null },
        };

    [Theory]
    [MemberData(nameof(Numbers))]
    public void A_number_is_read_as_its_column_has_it(
        string cell,
        MarkEvidence evidence,
        string? withPoint,
        string? withComma
    )
    {
        Assert.Equal(evidence, CellNumber.EvidenceIn(cell));
        Assert.Equal(withPoint, CellNumber.TryPlain(cell, '.', out var plain) ? plain : null);
        Assert.Equal(withComma, CellNumber.TryPlain(cell, ',', out plain) ? plain : null);
    }

    public static TheoryData<string, string, string[]> Columns =>
        new()
        {
            // The separator, the prices of a list, what they are; none where the file is refused.
            { ",", "\"151,24\"|\"151,235\"", ["151.24", "151.235"] },
            { ";", "43.250,5|44.100", ["43250.5", "44100"] },
            { ",", "43.250|44.100", ["43.25", "44.1"] },
            { ";", "43.250|44.100", [] },
            { "\t", "43,250|44,100", [] },
            { ",", "\"43,250\"|44.5", ["43250", "44.5"] },
            { ",", "100|101", ["100", "101"] },
            { ";", "43.250|0,5", ["43250", "0.5"] },
            { ";", "1.234.567|1.500", ["1234567", "1500"] },
            { ";", "1,5|1.5", [] },
        };

    [Theory]
    [MemberData(nameof(Columns))]
    public void A_column_decides_and_never_a_cell_alone(string separator, string prices, string[] expected)
    {
        var cells = prices.Split('|');
        var file =
            string.Join(separator, "Trade #", "Type", "Date/Time", "Price")
            + "\n"
            + string.Join(separator, "1", "Entry long", "2024-01-01", cells[0])
            + "\n"
            + string.Join(separator, "1", "Exit long", "2024-01-02", cells[1]);
        var rows = ReadFile.Trades(file);
        Assert.Equal(
            expected.Length == 0
                ? "refused: decimal"
                : $"1 long {expected[0]} 2024-01-01T00:00:00Z {expected[1]} 2024-01-02T00:00:00Z",
            Assert.Single(rows)
        );
    }

    [Theory]
    [InlineData("1.234,56", "43.250", "43250")]
    [InlineData("1,234.56", "43.250", "43.25")]
    [InlineData("-0,79 %", "43.250", "43250")]
    public void Columns_that_are_not_read_are_evidence_too(string profit, string price, string expected)
    {
        var file =
            $"Trade #;Type;Date/Time;Price;Profit;Note\n1;Entry long;2024-01-01;{price};{profit};see 1,5\n1;Entry "
            + $"long;2024-01-01;{price};;text";
        Assert.StartsWith($"1 long {expected} ", ReadFile.Trades(file)[0], StringComparison.Ordinal);
    }

    public static TheoryData<string, DateOrder?, string?, string?> Dates =>
        new()
        {
            // The cell, what it says of the order of day and month, what it is with the day and with the month first.
            { "2024-01-15 09:30", DateOrder.NotNeeded, "2024-01-15 09:30:00", "2024-01-15 09:30:00" },
            { "2024-1-5 9:30", DateOrder.NotNeeded, "2024-01-05 09:30:00", "2024-01-05 09:30:00" },
            { "2024-01-15T09:30:15", DateOrder.NotNeeded, "2024-01-15 09:30:15", "2024-01-15 09:30:15" },
            {
                "2024-01-15T09:30:15.250+02:00",
                DateOrder.NotNeeded,
                "2024-01-15 07:30:15.25Z",
                "2024-01-15 07:30:15.25Z"
            },
            { "2024-01-15 09:30:15 +0200", DateOrder.NotNeeded, "2024-01-15 07:30:15Z", "2024-01-15 07:30:15Z" },
            { "2024-01-15 09:30:15Z", DateOrder.NotNeeded, "2024-01-15 09:30:15Z", "2024-01-15 09:30:15Z" },
            { "2024-01-15 09:30 UTC", DateOrder.NotNeeded, "2024-01-15 09:30:00Z", "2024-01-15 09:30:00Z" },
            { "2024/01/15", DateOrder.NotNeeded, "2024-01-15 00:00:00", "2024-01-15 00:00:00" },
            { "2024.01.15", DateOrder.NotNeeded, "2024-01-15 00:00:00", "2024-01-15 00:00:00" },
            { "05.03.2024", DateOrder.NotNeeded, "2024-03-05 00:00:00", "2024-03-05 00:00:00" },
            { "5. 3. 2024 9:30", DateOrder.NotNeeded, "2024-03-05 09:30:00", "2024-03-05 09:30:00" },
            { "01/02/2024", null, "2024-02-01 00:00:00", "2024-01-02 00:00:00" },
            { "1-2-2024 9:30", null, "2024-02-01 09:30:00", "2024-01-02 09:30:00" },
            { "02/02/2024", DateOrder.NotNeeded, "2024-02-02 00:00:00", "2024-02-02 00:00:00" },
            { "13/02/2024", DateOrder.DayFirst, "2024-02-13 00:00:00", null },
            { "1/31/2025 9:30", DateOrder.MonthFirst, null, "2025-01-31 09:30:00" },
            { "1/31/2025 9:30:05 PM", DateOrder.MonthFirst, null, "2025-01-31 21:30:05" },
            { "1/31/2025 12:30AM", DateOrder.MonthFirst, null, "2025-01-31 00:30:00" },
            { "31/1/2025, 9:30:00 p. m.", DateOrder.DayFirst, "2025-01-31 21:30:00", null },
            { "Jan 15, 2024 9:30 AM", DateOrder.NotNeeded, "2024-01-15 09:30:00", "2024-01-15 09:30:00" },
            { "Mon, 15 Jan 2024 09:30", DateOrder.NotNeeded, "2024-01-15 09:30:00", "2024-01-15 09:30:00" },
            { "15-Jan-2024", DateOrder.NotNeeded, "2024-01-15 00:00:00", "2024-01-15 00:00:00" },
            { "15. März 2024", DateOrder.NotNeeded, "2024-03-15 00:00:00", "2024-03-15 00:00:00" },
            { "15 de dezembro de 2024", DateOrder.NotNeeded, "2024-12-15 00:00:00", "2024-12-15 00:00:00" },
            { "15 août 2024 09:30", DateOrder.NotNeeded, "2024-08-15 09:30:00", "2024-08-15 09:30:00" },
            { "15 февр. 2024 г., 09:30", DateOrder.NotNeeded, "2024-02-15 09:30:00", "2024-02-15 09:30:00" },
            { "2024年3月5日 下午3:30", DateOrder.NotNeeded, "2024-03-05 15:30:00", "2024-03-05 15:30:00" },
            { "45306.395833333", DateOrder.NotNeeded, "2024-01-15 09:30:00", "2024-01-15 09:30:00" },
            { "45306", DateOrder.NotNeeded, "2024-01-15 00:00:00", "2024-01-15 00:00:00" },
            { "1705311000", DateOrder.NotNeeded, "2024-01-15 09:30:00Z", "2024-01-15 09:30:00Z" },
            { "1705311000250", DateOrder.NotNeeded, "2024-01-15 09:30:00.25Z", "2024-01-15 09:30:00.25Z" },
            { "", DateOrder.NotNeeded, null, null },
            { "soon", DateOrder.NotNeeded, null, null },
            { "2024", DateOrder.NotNeeded, null, null },
            { "20240115", DateOrder.NotNeeded, null, null },
            { "2024-02-30", DateOrder.NotNeeded, null, null },
            { "15/01/24", DateOrder.NotNeeded, null, null },
            { "13/13/2024", DateOrder.NotNeeded, null, null },
            { "1999-01-01", DateOrder.NotNeeded, null, null },
            { "9999-12-31", DateOrder.NotNeeded, null, null },
            { "2024-01-15 25:00", DateOrder.NotNeeded, null, null },
            { "2024-01-15 13:30 PM", DateOrder.NotNeeded, null, null },
            { "2024-01-15 09:30 CET", DateOrder.NotNeeded, null, null },
            { "mardi 15.01.2024", DateOrder.NotNeeded, null, null },
            { "1e5", DateOrder.NotNeeded, null, null },
        };

    [Theory]
    [MemberData(nameof(Dates))]
    public void A_date_is_read_as_its_column_has_it(
        string cell,
        DateOrder? evidence,
        string? dayFirst,
        string? monthFirst
    )
    {
        Assert.Equal(evidence, CellTimes.EvidenceIn(new Cell(cell)));
        Assert.Equal(dayFirst, Text(cell, DateOrder.DayFirst));
        Assert.Equal(monthFirst, Text(cell, DateOrder.MonthFirst));
    }

    [Theory]
    [InlineData("Entry long", true, true)]
    [InlineData("EXIT SHORT", false, false)]
    [InlineData("Salida en corto", false, false)]
    [InlineData("Saída comprada", false, true)]
    [InlineData("Entrée longue", true, true)]
    [InlineData("Short-Ausstieg", false, false)]
    [InlineData("Вход в короткую позицию", true, false)]
    [InlineData("空頭出場", false, false)]
    [InlineData("开多", true, true)]
    [InlineData("買いエントリー", true, true)]
    public void A_row_says_what_it_is_in_many_languages(string text, bool isEntry, bool isLong) =>
        Assert.Equal((isEntry, isLong), TypeOf(text));

    [Theory]
    [InlineData("")]
    [InlineData("Entry")]
    [InlineData("long")]
    [InlineData("Entry exit long")]
    [InlineData("Entry long short")]
    [InlineData("Buy")]
    public void What_is_not_exactly_one_entry_or_exit_of_one_direction_is_none(string text) =>
        Assert.Null(TypeOf(text));

    // By way of a list, whose words are the reader's own.
    private static (bool IsEntry, bool IsLong)? TypeOf(string text)
    {
        var rows = ReadFile.Trades($"Trade #,Type,Date/Time,Price\n1,{text},2024-01-01,1");
        return rows[0] switch
        {
            "1 long 1 2024-01-01T00:00:00Z open" => (true, true),
            "1 short 1 2024-01-01T00:00:00Z open" => (true, false),
            "line 2: trade #" => (false, rows.Count > 1 || IsLong(text)),
            _ => null,
        };
    }

    private static bool IsLong(string text) =>
        ReadFile
            .Trades($"Trade #,Type,Date/Time,Price\n1,Entry long,2024-01-01,1\n1,{text},2024-01-02,1")[0]
            .StartsWith("1 long", StringComparison.Ordinal);

    private static string? Text(string cell, DateOrder order)
    {
        if (!CellTimes.TryParse(new Cell(cell), '.', order, out var time, out var error))
        {
            Assert.NotEqual("", error);
            return null;
        }

        return new DateTime(time.Ticks).ToString("yyyy-MM-dd HH:mm:ss.FFF", CultureInfo.InvariantCulture)
            + (time.IsUtc ? "Z" : "");
    }
}
