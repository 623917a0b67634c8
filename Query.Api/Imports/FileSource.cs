using System.Buffers;
using System.Runtime.CompilerServices;
using PnlPipeline.Domain.Alerts;
using PnlPipeline.Domain.Trades.Files;

namespace PnlPipeline.Query.Api.Imports;

/// <summary>The text of a file as it comes, in UTF-8 whatever it came in.</summary>
internal sealed class FileSource
{
    private const int PieceBytes = 64 * 1024;

    private readonly Stream _file;
    private readonly byte[] _beginning;
    private readonly FileEncoding _encoding;
    private readonly FileRequest _request;
    private readonly long _bytesMax;

    private FileSource(Stream file, byte[] beginning, FileEncoding encoding, FileRequest request, long bytesMax) =>
        (_file, _beginning, _encoding, _request, _bytesMax) = (file, beginning, encoding, request, bytesMax);

    /// <summary>The text was made of a workbook, which says of each cell whether it is a number.</summary>
    public bool IsWorkbook => _encoding == FileEncoding.Workbook;

    /// <summary>Reads how the file begins.</summary>
    /// <returns><c>null</c>, with an error, where it is nothing that can be read.</returns>
    public static async Task<FileSource?> OpenAsync(
        Stream file,
        FileRequest request,
        long bytesMax,
        FieldErrors errors,
        CancellationToken cancellationToken
    )
    {
        var beginning = new byte[FileText.BytesNeeded];
        var length = await file.ReadAtLeastAsync(
            beginning,
            beginning.Length,
            throwOnEndOfStream: false,
            cancellationToken
        );
        var encoding = FileText.EncodingOf(beginning.AsSpan(0, length), out var error);
        if (error.Length == 0)
            return new FileSource(file, beginning[..length], encoding, request, bytesMax);
        errors.Add("body", error);
        return null;
    }

    /// <summary>The text, in pieces that are good until the next one.</summary>
    /// <exception cref="FileTooLargeException" />
    /// <exception cref="FileRefusedException">It turns out to be unreadable.</exception>
    public IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAsync(CancellationToken cancellationToken) =>
        _encoding switch
        {
            FileEncoding.Utf8 => BytesAsync(_bytesMax, cancellationToken),
            FileEncoding.Workbook => WorkbookAsync(cancellationToken),
            _ => TranscodedAsync(cancellationToken),
        };

    private async IAsyncEnumerable<ReadOnlyMemory<byte>> BytesAsync(
        long bytesMax,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var total = (long)_beginning.Length;
        if (total > bytesMax)
            throw new FileTooLargeException(bytesMax);
        yield return _beginning;
        var piece = ArrayPool<byte>.Shared.Rent(PieceBytes);
        try
        {
            while (await _file.ReadAsync(piece, cancellationToken) is > 0 and var read)
            {
                total += read;
                if (total > bytesMax)
                    throw new FileTooLargeException(bytesMax);
                yield return piece.AsMemory(0, read);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(piece);
        }
    }

    private async IAsyncEnumerable<ReadOnlyMemory<byte>> TranscodedAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var transcoder = new Utf16Transcoder(_encoding);
        await foreach (var piece in BytesAsync(_bytesMax, cancellationToken))
            yield return transcoder.Convert(piece.Span, isEnd: false);
        yield return transcoder.Convert([], isEnd: true);
    }

    // A workbook is read from its end, so it is put aside first.
    private async IAsyncEnumerable<ReadOnlyMemory<byte>> WorkbookAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        await using var aside = TemporaryFile.Create();
        await foreach (var piece in BytesAsync(Math.Min(_bytesMax, Workbook.BytesMax), cancellationToken))
            await aside.WriteAsync(piece, cancellationToken);
        aside.Position = 0;
        foreach (var piece in Workbook.Read(aside, _request))
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return piece;
        }
    }
}

/// <summary>A file that is gone once it is closed.</summary>
internal static class TemporaryFile
{
    public static FileStream Create()
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Share = FileShare.None,
            Options = FileOptions.DeleteOnClose | FileOptions.Asynchronous,
        };
        // It holds somebody's trades.
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return new FileStream(Path.Combine(Path.GetTempPath(), $"pnlpipeline-{Guid.NewGuid():N}"), options);
    }
}
