using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace PnlPipeline.Ingest.Api.Delivery.Spool;

/// <summary>
/// One file of the spool. Written from its beginning to its end by one process in one life, and removed when all of it
/// is delivered.
/// </summary>
internal sealed class SpoolSegment : IDisposable
{
    private readonly SafeFileHandle _file;

    private SpoolSegment(string path, SafeFileHandle file)
    {
        Path = path;
        _file = file;
    }

    public string Path { get; }

    /// <summary>How much of the file is durable. What may stand behind it was never promised to anybody.</summary>
    public long Length { get; private set; }

    /// <summary>Up to where it has been delivered.</summary>
    public long Delivered { get; set; }

    /// <summary>Records that are not delivered yet.</summary>
    public long Waiting { get; set; }

    /// <summary>When the first record that is not delivered arrived; Unix time.</summary>
    public long OldestArrivedAtMs { get; set; }

    /// <summary>Not to be removed, but kept for somebody to look at.</summary>
    public bool IsDamaged { get; private set; }

    public bool IsDone => Delivered >= Length;

    public static SpoolSegment Create(string path)
    {
        var segment = new SpoolSegment(
            path,
            File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Read)
        );
        SyncDirectory(System.IO.Path.GetDirectoryName(path)!);
        return segment;
    }

    /// <summary>A file from an earlier life, with what is whole of it counted.</summary>
    public static SpoolSegment Open(string path, out SpoolContents contents)
    {
        var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var segment = new SpoolSegment(path, file) { Length = RandomAccess.GetLength(file) };
        contents = SpoolFormat.Read(segment.ReadRest());
        segment.Waiting = contents.Records.Count;
        segment.OldestArrivedAtMs = contents.Records is [var first, ..] ? first.Entry.ArrivedAtMs : 0;
        segment.IsDamaged = contents.DamagedBytes > 0;
        return segment;
    }

    /// <summary>Returns when the records are on disk.</summary>
    /// <exception cref="IOException">They may be, or in part; the segment is not to be written to any more.</exception>
    public void Append(ReadOnlySpan<byte> records)
    {
        RandomAccess.Write(_file, records, Length);
        RandomAccess.FlushToDisk(_file);
    }

    /// <summary>Takes up what was appended.</summary>
    public void Grow(int bytes, int records, long firstArrivedAtMs)
    {
        if (Waiting == 0)
            OldestArrivedAtMs = firstArrivedAtMs;
        Length += bytes;
        Waiting += records;
    }

    /// <summary>What is durable and not delivered yet.</summary>
    public byte[] ReadRest()
    {
        var rest = new byte[Length - Delivered];
        var read = 0;
        while (read < rest.Length && RandomAccess.Read(_file, rest.AsSpan(read), Delivered + read) is > 0 and var more)
            read += more;
        return rest;
    }

    /// <summary>Cuts off what a failed write has left behind, as far as the disk lets it.</summary>
    public void CutBack()
    {
        try
        {
            RandomAccess.SetLength(_file, Length);
        }
        catch (IOException)
        {
            // It stays: a record that was never promised is delivered, or found to be torn.
        }
    }

    public void Remove()
    {
        Dispose();
        if (IsDamaged)
            File.Move(Path, Path + ".damaged", overwrite: true);
        else
            File.Delete(Path);
    }

    public void Dispose() => _file.Dispose();

    /// <summary>A file is only as durable as its name: that stands in the directory.</summary>
    private static void SyncDirectory(string directory)
    {
        if (!OperatingSystem.IsLinux())
            return;
        var descriptor = OpenDescriptor(directory, flags: 0);
        if (descriptor < 0)
            throw new IOException($"The spool's directory cannot be opened (error {Marshal.GetLastPInvokeError()}).");
        try
        {
            if (Sync(descriptor) < 0)
                throw new IOException(
                    $"The spool's directory cannot be written to disk (error {Marshal.GetLastPInvokeError()})."
                );
        }
        finally
        {
            _ = Close(descriptor);
        }
    }

    [DllImport(
        "libc",
        EntryPoint = "open",
        SetLastError = true,
        CharSet = CharSet.Ansi,
        BestFitMapping = false,
        ThrowOnUnmappableChar = true
    )]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int OpenDescriptor([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Sync(int descriptor);

    [DllImport("libc", EntryPoint = "close", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Close(int descriptor);
}
