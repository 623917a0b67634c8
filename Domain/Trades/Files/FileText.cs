using System.Text;

namespace PnlPipeline.Domain.Trades.Files;

/// <summary>How the bytes of a file are to be read.</summary>
public enum FileEncoding
{
    Utf8,
    Utf16LittleEndian,
    Utf16BigEndian,

    /// <summary>A workbook: its sheets are read as rows first.</summary>
    Workbook,
}

/// <summary>From the first bytes of a file to what they are, by name.</summary>
public static class FileText
{
    /// <summary>How many bytes are enough to tell.</summary>
    public const int BytesNeeded = 4 * 1024;

    private static readonly (byte[] Start, string What)[] Refused =
    [
        ([0xFF, 0xFE, 0, 0], "Is text in UTF-32. Save it as UTF-8."),
        ([0, 0, 0xFE, 0xFF], "Is text in UTF-32. Save it as UTF-8."),
        ([0xD0, 0xCF, 0x11, 0xE0], "Is an Excel workbook of the old kind (.xls). Save it as .xlsx or as CSV."),
        ("%PDF"u8.ToArray(), "Is a PDF. Export the list from TradingView as CSV or XLSX."),
        ([0x1F, 0x8B], "Is compressed (gzip). Unpack it first."),
        ([0x37, 0x7A, 0xBC, 0xAF], "Is compressed (7z). Unpack it first."),
        ("Rar!"u8.ToArray(), "Is compressed (RAR). Unpack it first."),
        ([0x89, 0x50, 0x4E, 0x47], "Is a picture. Export the list from TradingView as CSV or XLSX."),
        ([0xFF, 0xD8, 0xFF], "Is a picture. Export the list from TradingView as CSV or XLSX."),
    ];

    private static ReadOnlySpan<byte> Utf8Mark => [0xEF, 0xBB, 0xBF];

    /// <param name="beginning">The first <see cref="BytesNeeded"/> bytes, or all there are.</param>
    /// <param name="error">What the file is instead, and what to do; empty where it can be read.</param>
    public static FileEncoding EncodingOf(ReadOnlySpan<byte> beginning, out string error)
    {
        error = "";
        foreach (var (start, what) in Refused)
        {
            if (beginning.StartsWith(start))
            {
                error = what;
                return FileEncoding.Utf8;
            }
        }

        if (beginning.StartsWith("PK\x03\x04"u8))
            return FileEncoding.Workbook;
        if (beginning.StartsWith([(byte)0xFF, (byte)0xFE]))
            return FileEncoding.Utf16LittleEndian;
        if (beginning.StartsWith([(byte)0xFE, (byte)0xFF]))
            return FileEncoding.Utf16BigEndian;

        var text = beginning.StartsWith(Utf8Mark) ? beginning[Utf8Mark.Length..] : beginning;
        if (text.Contains((byte)0))
            error = "Is not text, or is UTF-16 without a byte order mark. Save it as UTF-8.";
        else if (text.TrimStart(" \t\r\n"u8).StartsWith("<"u8))
            error = "Is a web page or XML. Export the list from TradingView as CSV or XLSX.";
        return FileEncoding.Utf8;
    }

    /// <summary>The beginning of a text, cut between two characters; what is not UTF-8 becomes U+FFFD.</summary>
    public static byte[] Beginning(ReadOnlySpan<byte> text, int bytesMax)
    {
        if (text.Length <= bytesMax)
            return text.ToArray();
        var end = bytesMax;
        // At most three bytes of a character may stand before the cut.
        while (end > bytesMax - 3 && (text[end] & 0xC0) == 0x80)
            end--;
        return text[..end].ToArray();
    }
}

/// <summary>UTF-16 as it comes, in pieces, into UTF-8; half a character becomes U+FFFD.</summary>
public sealed class Utf16Transcoder(FileEncoding encoding)
{
    private readonly Decoder _decoder = (
        encoding == FileEncoding.Utf16BigEndian ? Encoding.BigEndianUnicode : Encoding.Unicode
    ).GetDecoder();

    private bool _hasBegun;

    /// <param name="isEnd">Nothing follows.</param>
    public byte[] Convert(ReadOnlySpan<byte> more, bool isEnd)
    {
        var chars = new char[_decoder.GetCharCount(more, isEnd)];
        var count = _decoder.GetChars(more, chars, isEnd);
        var text = chars.AsSpan(0, count);
        if (!_hasBegun && count > 0)
        {
            _hasBegun = true;
            if (text[0] == '\uFEFF')
                text = text[1..];
        }

        var bytes = new byte[Encoding.UTF8.GetByteCount(text)];
        Encoding.UTF8.GetBytes(text, bytes);
        return bytes;
    }
}
