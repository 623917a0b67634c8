using System.Buffers;
using System.Diagnostics;
using Microsoft.Extensions.Options;
using PnlPipeline.Contracts;
using PnlPipeline.Query.Api.Http;
using PnlPipeline.Query.Api.TradeLists;

namespace PnlPipeline.Query.Api.Imports;

/// <summary>What came of an upload: an import, or what is wrong.</summary>
public sealed record UploadResult(long ImportId, bool IsTooLarge = false);

/// <summary>Takes a file in as it comes, a chunk at a time: never whole in memory, durable before it is answered.</summary>
public sealed partial class Upload(UploadStore store, IOptions<ImportOptions> options, ILogger<Upload> logger)
{
    private const int ChunkBytes = 1024 * 1024;

    // What trickles in is stored now and then too, so that it is seen to be alive.
    private static readonly TimeSpan ChunkAge = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Stores the file and lets it run. What its beginning does not say, or the parameters get wrong, is added to the errors, and nothing is kept.
    /// </summary>
    /// <param name="by">Whose it is.</param>
    /// <param name="context">Makes what a list of trades needs of the request, adding its errors.</param>
    /// <returns><c>null</c> where there are errors.</returns>
    public async Task<UploadResult?> TakeAsync(
        Author by, Stream file, string? fileName, FileFormat? format, Func<ListContext?> context, FieldErrors errors, CancellationToken cancellationToken)
    {
        var chunk = ArrayPool<byte>.Shared.Rent(ChunkBytes);
        long? importId = null;
        try
        {
            // A whole first chunk, or all there is: its head must be in it.
            var filled = await file.ReadAtLeastAsync(chunk.AsMemory(0, ChunkBytes), FileHead.MaxBytes, throwOnEndOfStream: false, cancellationToken);
            var head = FileHead.TryRead(chunk.AsSpan(0, filled), format, errors);
            var list = (head?.Format ?? format) == FileFormat.Trades ? context() : null;
            if (head is null || errors.Any)
                return null;

            (importId, _) = await store.BeginAsync(head.Format, fileName, list, cancellationToken);
            if (!await StoreAsync(importId.Value, file, chunk, filled, cancellationToken))
            {
                await store.AbandonAsync(importId.Value, CancellationToken.None);
                return new UploadResult(0, IsTooLarge: true);
            }

            await store.CompleteAsync(by, importId.Value, head.Start, head.Lines, cancellationToken);
            return new UploadResult(importId.Value);
        }
        catch (Exception fault) when (fault is not UploadLostException && importId is not null)
        {
            // The client broke off, or the database did: what is left behind, where this fails too, is swept later.
            try
            {
                await store.AbandonAsync(importId.Value, CancellationToken.None);
            }
            catch (Exception second)
            {
                // The first fault is the one to be answered.
                LogLeftBehind(importId.Value, second.GetType().Name);
            }

            throw;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(chunk);
        }
    }

    private async Task<bool> StoreAsync(long importId, Stream file, byte[] chunk, int filled, CancellationToken cancellationToken)
    {
        long firstByte = 0;
        var age = Stopwatch.StartNew();
        while (true)
        {
            var read = filled < ChunkBytes ? await file.ReadAsync(chunk.AsMemory(filled, ChunkBytes - filled), cancellationToken) : 0;
            var isEnd = read == 0 && filled < ChunkBytes;
            filled += read;
            if (firstByte + filled > options.Value.BytesMax)
                return false;
            if (filled == ChunkBytes || age.Elapsed > ChunkAge || isEnd)
            {
                if (filled > 0)
                    await store.AppendAsync(importId, firstByte, chunk.AsMemory(0, filled), cancellationToken);
                firstByte += filled;
                filled = 0;
                age.Restart();
            }

            if (isEnd)
                return true;
        }
    }

    [LoggerMessage(LogLevel.Warning, "What came of upload {ImportId} was not removed ({Fault}); it will be in some minutes")]
    private partial void LogLeftBehind(long importId, string fault);
}
