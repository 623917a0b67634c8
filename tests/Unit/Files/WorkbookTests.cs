using System.IO.Compression;
using System.Security;
using System.Text;
using PnlPipeline.Domain.Trades.Files;
using PnlPipeline.Query.Api.Imports;

namespace PnlPipeline.Tests.Unit.Files;

public sealed class WorkbookTests
{
    private static readonly object?[][] List =
    [
        ["Trade #", "Type", "Date and time", "Signal", "Price USD"],
        [2.0, "Exit long", 45306.5, "Open", null],
        [2.0, "Entry long", "2024-01-15 11:15", "=1+1", 42500.5],
        [1.0, "Exit long", 45306.416666666664, "x", 42840.0],
        [1.0, "Entry long", 45306.395833333336, "x", 43.25],
    ];

    private static readonly string[] Trades =
    [
        "2 long 42500.5 2024-01-15T11:15:00Z open",
        "1 long 43.25 2024-01-15T09:30:00Z 42840 2024-01-15T10:00:00Z",
        "skipped 1",
    ];

    [Fact]
    public void A_list_is_found_among_the_sheets_and_its_numbers_need_no_mark()
    {
        Assert.Equal(
            Trades,
            Read(
                Make(
                    (
                        "Performance",
                        [
                            ["All", 1.0],
                            ["Net profit", 84.5],
                        ]
                    ),
                    ("List of trades", List),
                    (
                        "Properties",
                        [
                            ["Symbol"],
                        ]
                    )
                )
            )
        );
        // Below blank rows, the lines are the sheet's rows.
        Assert.Equal(
            ["line 4: type"],
            Read(
                Make(
                    (
                        "A",
                        [
                            [],
                            ["Trade #", "Type", "Date", "Price"],
                            [],
                            [1.0, "x", "2024-01-15", 1.0],
                        ]
                    )
                )
            )
        );
    }

    [Fact]
    public void Of_columns_that_are_named_the_header_need_not_be_known()
    {
        var request = ReadFile.Asked with
        {
            Columns = [Column.Number, Column.Type, Column.Time, Column.Other, Column.Price],
        };
        Assert.Equal(
            Trades,
            Read(
                Make(
                    (
                        "A",
                        [
                            ["a", "b", "c", "d", "e"],
                            .. List[1..],
                        ]
                    )
                ),
                request
            )
        );
    }

    [Fact]
    public void A_cell_behind_the_header_is_an_error_of_its_row()
    {
        object?[][] rows = [.. List, [3.0, "Entry long", 45307.5, "x", 1.0, "more"]];
        Assert.Contains("line 6: body", Read(Make(("A", rows))));
    }

    [Theory]
    [InlineData("no archive")]
    [InlineData("an archive of something else")]
    [InlineData("no sheets")]
    [InlineData("half a sheet")]
    [InlineData("an entity that grows")]
    [InlineData("texts that unpack to more than they may")]
    [InlineData("a sheet that unpacks to more than it may")]
    public void A_workbook_that_is_none_or_too_large_inside_is_refused_with_a_sentence(string what)
    {
        using var file = new MemoryStream(Hostile(what));
        var fault = Assert.Throws<FileRefusedException>(() => Workbook.Read(file, ReadFile.Asked).Count());
        Assert.EndsWith(".", fault.Message, StringComparison.Ordinal);
    }

    // By name: the files themselves are megabytes, and a runner keeps what it is given.
    private static byte[] Hostile(string what) =>
        what switch
        {
            "no archive" => "PK\x03\x04 and nothing"u8.ToArray(),
            "an archive of something else" => Archive(("readme.txt", "hello")),
            "no sheets" => Archive(("xl/workbook.xml", "<workbook/>"), ("[Content_Types].xml", "<Types/>")),
            "half a sheet" => Broken(Make(("A", List))),
            "an entity that grows" => Archive(
                ("xl/workbook.xml", "<!DOCTYPE x [<!ENTITY a \"aaaa\">]><workbook>&a;</workbook>"),
                ("[Content_Types].xml", "<Types/>")
            ),
            "texts that unpack to more than they may" => Bomb("xl/sharedStrings.xml", 200),
            _ => Bomb("xl/worksheets/sheet1.xml", 1_100),
        };

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Whatever_the_cells_and_bytes_it_ends_in_trades_or_a_sentence(int seed)
    {
        var random = new Random(seed);
        object?[] values =
        [
            null,
            "",
            "Entry long",
            "Exit long",
            "Open",
            1.0,
            2.0,
            -1.0,
            45306.5,
            1e300,
            1705311000.0,
            "2024-01-15",
            "43.250",
            "1,5",
            "—",
            "😀",
            "\"",
            "=x",
            true,
        ];
        for (var round = 0; round < 200; round++)
        {
            object?[][] rows =
            [
                List[0],
                .. Enumerable
                    .Range(0, random.Next(8))
                    .Select(_ =>
                        Enumerable.Range(0, random.Next(8)).Select(_ => values[random.Next(values.Length)]).ToArray()
                    ),
            ];
            var file = Make(("A", rows));
            for (var i = random.Next(3) == 0 ? 5 : 0; i > 0; i--)
                file[random.Next(file.Length)] = (byte)random.Next(256);
            try
            {
                Read(file, ReadFile.Asked with { Mark = '.', DateOrder = DateOrder.DayFirst });
            }
            catch (FileRefusedException)
            {
                // A sentence.
            }
        }
    }

    private static List<string> Read(byte[] workbook, FileRequest? request = null)
    {
        byte[] text =
        [
            .. Workbook.Read(new MemoryStream(workbook), request ?? ReadFile.Asked).SelectMany(piece => piece),
        ];
        return ReadFile.Trades(text, request: request, isWorkbook: true);
    }

    private static byte[] Make(params (string Name, object?[][] Rows)[] sheets)
    {
        const string main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
        const string relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
        const string types = "http://schemas.openxmlformats.org/package/2006/relationships";
        var parts = new List<(string, string)>
        {
            ("[Content_Types].xml", "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"/>"),
            (
                "_rels/.rels",
                $"<Relationships xmlns=\"{types}\"><Relationship Id=\"r\" Type=\"{relations}/officeDocument\" "
                    + $"Target=\"xl/workbook.xml\"/></Relationships>"
            ),
            (
                "xl/workbook.xml",
                $"<workbook xmlns=\"{main}\" xmlns:r=\"{relations}\"><sheets>"
                    + string.Concat(
                        sheets.Select(
                            (sheet, i) => $"<sheet name=\"{sheet.Name}\" sheetId=\"{i + 1}\" r:id=\"r{i + 1}\"/>"
                        )
                    )
                    + "</sheets></workbook>"
            ),
            (
                "xl/_rels/workbook.xml.rels",
                $"<Relationships xmlns=\"{types}\">"
                    + string.Concat(
                        sheets.Select(
                            (_, i) =>
                                $"<Relationship Id=\"r{i + 1}\" Type=\"{relations}/worksheet\" "
                                + $"Target=\"worksheets/sheet{i + 1}.xml\"/>"
                        )
                    )
                    + "</Relationships>"
            ),
        };
        parts.AddRange(
            sheets.Select(
                (sheet, i) =>
                    (
                        $"xl/worksheets/sheet{i + 1}.xml",
                        $"<worksheet xmlns=\"{main}\"><sheetData>"
                            + string.Concat(
                                sheet.Rows.Select(
                                    (row, r) =>
                                        $"<row r=\"{r + 1}\">{string.Concat(row.Select((cell, c) => Cell(cell, $"{(char)('A' + c)}{r + 1}")))}</row>"
                                )
                            )
                            + "</sheetData></worksheet>"
                    )
            )
        );
        return Archive([.. parts]);
    }

    private static string Cell(object? value, string at) =>
        value switch
        {
            null => "",
            double number => FormattableString.Invariant($"<c r=\"{at}\"><v>{number:R}</v></c>"),
            bool truth => $"<c r=\"{at}\" t=\"b\"><v>{(truth ? 1 : 0)}</v></c>",
            _ => $"<c r=\"{at}\" t=\"inlineStr\"><is><t>{SecurityElement.Escape(value.ToString())}</t></is></c>",
        };

    private static byte[] Archive(params (string Name, string Text)[] parts)
    {
        var file = new MemoryStream();
        using (var archive = new ZipArchive(file, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, text) in parts)
            {
                using var entry = archive.CreateEntry(name).Open();
                entry.Write(Encoding.UTF8.GetBytes(text));
            }
        }

        return file.ToArray();
    }

    private static byte[] Broken(byte[] file) => file[..(file.Length / 2)];

    // So many megabytes of zeros.
    private static byte[] Bomb(string name, int megabytes)
    {
        var file = new MemoryStream();
        using (var archive = new ZipArchive(file, ZipArchiveMode.Create, leaveOpen: true))
        {
            using (var entry = archive.CreateEntry("xl/workbook.xml").Open())
                entry.Write("<workbook/>"u8);
            using var bomb = archive.CreateEntry(name, CompressionLevel.Fastest).Open();
            var zeros = new byte[1 << 20];
            for (var i = 0; i < megabytes; i++)
                bomb.Write(zeros);
        }

        return file.ToArray();
    }
}
