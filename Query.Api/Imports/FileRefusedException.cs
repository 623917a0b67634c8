namespace PnlPipeline.Query.Api.Imports;

/// <summary>A file that cannot be read on, with what to tell its sender.</summary>
internal sealed class FileRefusedException(string message) : Exception(message);

/// <summary>A file that is larger than it may be.</summary>
internal sealed class FileTooLargeException(long bytesMax) : Exception($"The file has more than {bytesMax} bytes.")
{
    public long BytesMax => bytesMax;
}
