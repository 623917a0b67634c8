using System.Buffers;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using PnlPipeline.Domain.Accounts;
using PnlPipeline.Domain.Alerts;
using PnlPipeline.Domain.Trades.Files;
using PnlPipeline.Query.Api.Http;

namespace PnlPipeline.Tests.Unit.Query;

public sealed class CsvTests
{
    public static TheoryData<object?, string> Cells =>
        new()
        {
            { null, "" },
            { "", "" },
            { "BTCUSDT", "BTCUSDT" },
            { "A,B", "\"A,B\"" },
            { "A\"B", "\"A\"\"B\"" },
            { "A\r\nB", "\"A\r\nB\"" },
            { 12L, "12" },
            { -27500.50m, "-27500.5" },
            { new DateTime(2026, 11, 22, 6, 28, 0, 5), "2026-11-22T06:28:00.005Z" },
            // What a spreadsheet would run is text; what is a number stays one.
            { "=1+1", "'=1+1" },
            { "+1", "'+1" },
            { "-1", "'-1" },
            { "@SUM(A1)", "'@SUM(A1)" },
            { "|CMD", "'|CMD" },
            { "%0A=1", "'%0A=1" },
            { "\t=1", "'\t=1" },
            { "=HYPERLINK(\"x\",1)", "\"'=HYPERLINK(\"\"x\"\",1)\"" },
        };

    [Theory]
    [MemberData(nameof(Cells))]
    public void A_cell_is_what_it_says_and_never_a_formula(object? value, string cell)
    {
        Assert.Equal(cell, Csv.Cell(value));
    }

    [Fact]
    public void What_our_csv_says_is_read_as_it_was()
    {
        // Whatever stands in a name: every text of up to four of these.
        const string alphabet = "'=%|+-@a\",;\n";
        var texts = new List<string> { "" };
        for (var length = 0; length < 4; length++)
            texts.AddRange(
                texts.Where(text => text.Length == length).ToList().SelectMany(text => alphabet.Select(c => text + c))
            );
        var cells = new List<Cell>();
        foreach (var text in texts.Where(text => text.Trim() == text))
        {
            PnlPipeline.Domain.Trades.Files.Cells.Split(
                $"{Csv.Cell(text)},{Csv.Cell("b")}",
                ',',
                isWorkbook: false,
                cells
            );
            Assert.Equal([text, "b"], cells.Select(cell => cell.Text));
        }
    }

    [Fact]
    public void A_line_ends_as_the_standard_has_it()
    {
        var line = new ArrayBufferWriter<byte>();
        Csv.WriteLine(line, ["é", null, FixedPoint.Of(1.5m)]);
        Assert.Equal("é,,1.5\r\n", Encoding.UTF8.GetString(line.WrittenSpan));
    }

    [Theory]
    [InlineData("", null, false, "")]
    [InlineData("?format=csv", null, true, "")]
    [InlineData("?format=json", "text/csv", false, "")]
    [InlineData("", "text/csv", true, "")]
    [InlineData("", "text/csv; q=0.9, */*; q=0.1", true, "")]
    [InlineData("", "application/json, text/csv", false, "")]
    [InlineData("", "*/*", false, "")]
    [InlineData("?format=xml", null, false, "format")]
    public void Csv_comes_where_it_is_asked_for(string queryString, string? accept, bool wanted, string fields)
    {
        var http = new DefaultHttpContext();
        if (accept is not null)
            http.Request.Headers.Accept = accept;
        var errors = new FieldErrors();
        var query = new QueryCollection(QueryHelpers.ParseQuery(queryString));
        var parameters = (DownloadParameters)ParameterSet.Of(typeof(DownloadParameters)).Read(query, errors);
        Assert.Equal(wanted && fields.Length == 0, Csv.IsWanted(http.Request, parameters));
        Assert.Equal(fields, string.Join(' ', errors.ToDictionary().Keys));
    }
}
