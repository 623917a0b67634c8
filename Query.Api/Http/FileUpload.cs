using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;
using PnlPipeline.Domain.Alerts;

namespace PnlPipeline.Query.Api.Http;

/// <summary>A request whose body is a file: the body itself, or the first file of a browser's form.</summary>
public static class FileUpload
{
    private const int BoundaryCharactersMax = 200;

    /// <summary>
    /// A client that sends more than it may is let go on for so long: cut off at once, it would see a broken connection
    /// and not the answer.
    /// </summary>
    private const int BytesPastMax = 64 * 1024 * 1024;

    /// <summary>Lets the request have a body of this size, which is more than others may have.</summary>
    /// <returns>What to answer instead, where it says by itself that it will not do.</returns>
    public static ProblemHttpResult? Refusal(HttpRequest request, long bytesMax)
    {
        var encoding = request.Headers.ContentEncoding.ToString();
        if (encoding.Length > 0 && !encoding.Equals("identity", StringComparison.OrdinalIgnoreCase))
        {
            return Problems.Of(
                StatusCodes.Status415UnsupportedMediaType,
                "The body is compressed.",
                "Send the file as it is, without the header Content-Encoding."
            );
        }

        // A form wraps the file into some bytes of its own.
        var limit = bytesMax + RequestBody.MaxBytes;
        if (request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } feature)
            feature.MaxRequestBodySize = limit + BytesPastMax;
        return request.ContentLength > limit ? TooLarge(bytesMax) : null;
    }

    public static ProblemHttpResult TooLarge(long bytesMax) =>
        Problems.Of(
            StatusCodes.Status413PayloadTooLarge,
            "The file is too large.",
            $"Send at most {bytesMax} bytes; divide the file, each part with the header."
        );

    public static bool IsTooLarge(Exception fault) =>
        fault is BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge };

    /// <returns>No stream, with errors, where a form holds none.</returns>
    public static async Task<(Stream? File, string? Name)> OpenAsync(
        HttpRequest request,
        FieldErrors errors,
        CancellationToken cancellationToken
    )
    {
        if (
            !MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
            || !type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase)
        )
        {
            return (request.Body, NameIn(request.Headers.ContentDisposition));
        }

        var boundary = HeaderUtilities.RemoveQuotes(type.Boundary).Value;
        try
        {
            if (boundary is { Length: > 0 and <= BoundaryCharactersMax })
            {
                var form = new MultipartReader(boundary, request.Body);
                while (await form.ReadNextSectionAsync(cancellationToken) is { } section)
                {
                    if (section.GetContentDispositionHeader() is { } disposition && disposition.IsFileDisposition())
                        return (new FormFile(section.Body), NameIn(section.ContentDisposition));
                }
            }
        }
        catch (Exception fault) when (fault is InvalidDataException or IOException && !IsTooLarge(fault))
        {
            // Said below.
        }

        errors.Add("body", "Is a form without a file. Put the file into it, or send the file itself as the body.");
        return (null, null);
    }

    private static string? NameIn(string? header) =>
        ContentDispositionHeaderValue.TryParse(header, out var disposition)
            ? HeaderUtilities
                .RemoveQuotes(disposition.FileNameStar.HasValue ? disposition.FileNameStar : disposition.FileName)
                .Value
            : null;

    /// <summary>A form that ends in the middle of its file is bad data, and no fault of a disk or a database.</summary>
    private sealed class FormFile(Stream section) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override async ValueTask<int> ReadAsync(
            Memory<byte> buffer,
            CancellationToken cancellationToken = default
        )
        {
            try
            {
                return await section.ReadAsync(buffer, cancellationToken);
            }
            catch (IOException fault)
                when (fault is not BadHttpRequestException && !cancellationToken.IsCancellationRequested)
            {
                throw new InvalidDataException("The form ends within its file.", fault);
            }
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush() { }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
