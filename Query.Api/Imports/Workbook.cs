using System.Globalization;
using System.IO.Compression;
using System.Text;
using ExcelDataReader;
using PnlPipeline.Domain.Trades.Files;

namespace PnlPipeline.Query.Api.Imports;

/// <summary>
/// From a workbook (XLSX) to the rows of the sheet that holds a list, as text for the readers of files. What it unpacks
/// to is bounded before it is opened, and rows come one at a time.
/// </summary>
internal static class Workbook
{
    /// <summary>The largest workbook that is taken, packed.</summary>
    public const long BytesMax = 100 * 1024 * 1024;

    // A million rows of a list unpack to some 700 MB.
    private const long UnpackedBytesMax = 1024L * 1024 * 1024;

    // Texts of all cells are held at once.
    private const long TextBytesMax = 128 * 1024 * 1024;

    private const int PartsMax = 1_000;
    private const int RowsMax = 1_048_576;
    private const int ColumnsMax = 256;
    private const int RowsLookedAt = 20;
    private const int PieceCharacters = 64 * 1024;

    // The reader names a code page of Windows before it is told another.
    static Workbook() => Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);

    /// <summary>
    /// The rows of the first sheet whose header is known, else of the first that has any; a line each, so that lines
    /// are the sheet's rows.
    /// </summary>
    /// <param name="file">From its beginning; it can be read again.</param>
    /// <exception cref="FileRefusedException">It is too large inside, or no workbook.</exception>
    public static IEnumerable<byte[]> Read(Stream file, FileRequest request)
    {
        Guarded(() => CheckSize(file));
        using var reader = Guarded(() =>
            ExcelReaderFactory.CreateOpenXmlReader(
                file,
                new ExcelReaderConfiguration { FallbackEncoding = Encoding.UTF8, LeaveOpen = true }
            )
        );
        var sheet = Guarded(() => FindSheet(reader, request));
        Guarded(() => GoTo(reader, sheet));
        var (text, cells, width, rows) = (new StringBuilder(PieceCharacters), new List<Cell>(), 0, 0);
        while (Guarded(reader.Read))
        {
            if (++rows > RowsMax)
                throw new FileRefusedException($"Has more than {RowsMax} rows. Divide it, each part with the header.");
            Guarded(() => ReadRow(reader, cells));
            // The header says how wide the sheet is; rows are padded to it, and what stands behind is an error of its
            // row.
            width = width == 0 ? cells.Count : width;
            while (cells.Count > 0 && cells.Count < width)
                cells.Add(new Cell(""));
            Cells.WriteWorkbookRow(cells, text);
            if (text.Length < PieceCharacters)
                continue;
            yield return Encoding.UTF8.GetBytes(text.ToString());
            text.Clear();
        }

        yield return Encoding.UTF8.GetBytes(text.ToString());
    }

    // The sizes of the parts are what the archive says; the unpacking itself stops there, so one that lies is cut off.
    private static bool CheckSize(Stream file)
    {
        using var archive = new ZipArchive(file, ZipArchiveMode.Read, leaveOpen: true);
        if (archive.Entries.Count > PartsMax)
            throw new FileRefusedException(
                $"Is a workbook of {archive.Entries.Count} parts. Export the list from TradingView once more, or as "
                    + $"CSV."
            );
        var unpacked = 0L;
        foreach (var part in archive.Entries)
        {
            unpacked += part.Length;
            var isWholeInMemory = !part.FullName.StartsWith("xl/worksheets/", StringComparison.OrdinalIgnoreCase);
            if (unpacked > UnpackedBytesMax || (isWholeInMemory && part.Length > TextBytesMax))
                throw new FileRefusedException("Is a workbook that unpacks to more than it may. Send the list as CSV.");
        }

        if (archive.GetEntry("xl/workbook.xml") is null && archive.GetEntry("[Content_Types].xml") is null)
            throw new FileRefusedException("Is compressed, and no workbook. Unpack it first.");
        file.Position = 0;
        return true;
    }

    private static int FindSheet(IExcelDataReader reader, FileRequest request)
    {
        var (sheet, firstWithRows, cells) = (0, -1, new List<Cell>());
        do
        {
            for (var row = 0; row < RowsLookedAt && reader.Read(); row++)
            {
                ReadRow(reader, cells);
                if (cells.Count == 0)
                    continue;
                firstWithRows = firstWithRows < 0 ? sheet : firstWithRows;
                if (request.Columns is { } named ? named.Count <= cells.Count : FileSurvey.IsHeader(cells, request))
                    return sheet;
                break;
            }

            sheet++;
        } while (reader.NextResult());

        return firstWithRows >= 0
            ? firstWithRows
            : throw new FileRefusedException(
                "Is a workbook without a row. Export the list once more, or send it as CSV."
            );
    }

    private static bool GoTo(IExcelDataReader reader, int sheet)
    {
        reader.Reset();
        for (var i = 0; i < sheet; i++)
            reader.NextResult();
        return true;
    }

    private static bool ReadRow(IExcelDataReader reader, List<Cell> cells)
    {
        cells.Clear();
        if (reader.FieldCount > ColumnsMax)
            throw new FileRefusedException(
                $"Has a sheet of {reader.FieldCount} columns. Send the list as TradingView exports it."
            );
        for (var i = 0; i < reader.FieldCount; i++)
            cells.Add(CellOf(reader.GetValue(i)));
        while (cells.Count > 0 && cells[^1].Text.Length == 0)
            cells.RemoveAt(cells.Count - 1);
        return true;
    }

    private static Cell CellOf(object? value) =>
        value switch
        {
            null => new Cell(""),
            string text => new Cell(text.Trim()),
            DateTime time => new Cell(time.ToString("yyyy-MM-dd HH:mm:ss.FFF", CultureInfo.InvariantCulture)),
            TimeSpan time => new Cell(time.ToString("c", CultureInfo.InvariantCulture)),
            double number when double.IsFinite(number) => new Cell(
                number.ToString("R", CultureInfo.InvariantCulture),
                IsNumber: true
            ),
            int or long or decimal => new Cell(Convert.ToString(value, CultureInfo.InvariantCulture)!, IsNumber: true),
            _ => new Cell(Convert.ToString(value, CultureInfo.InvariantCulture) ?? ""),
        };

    private static T Guarded<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception fault)
            when (fault
                    is not FileRefusedException
                        and not OutOfMemoryException
                        and not IOException { HResult: DiskFull }
            )
        {
            // The reader throws whatever its parts throw at a file that is not what it says.
            throw new FileRefusedException("Is a workbook that cannot be read. Save it once more as .xlsx, or as CSV.");
        }
    }

    private const int DiskFull = unchecked((int)0x80070070);
}
