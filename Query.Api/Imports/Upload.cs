using System.Buffers;
using System.Diagnostics;
using Microsoft.Extensions.Options;
using PnlPipeline.Contracts;
using PnlPipeline.Domain.Alerts;
using PnlPipeline.Domain.Trades.Files;

namespace PnlPipeline.Query.Api.Imports;

/// <summary>
/// Takes a file in as it comes, a chunk at a time: never whole in memory, durable before it is answered.
/// </summary>
public sealed partial class Upload(UploadStore store, IOptions<ImportOptions> options, ILogger<Upload> logger)
{
    private const int ChunkBytes = 1024 * 1024;

    // What trickles in is stored now and then too, so that it is seen to be alive.
    private static readonly TimeSpan ChunkAge = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Stores the file, in UTF-8 whatever it came in, and lets it run. What it leaves open, or the parameters get
    /// wrong, is added to the errors, and nothing is kept.
    /// </summary>
    /// <param name="by">Whose it is.</param>
    /// <returns>The import's id; <c>null</c> where there are errors.</returns>
    /// <exception cref="UploadLostException" />
    public async Task<long?> TakeAsync(
        Author by,
        Stream file,
        string? fileName,
        ImportParameters parameters,
        FieldErrors errors,
        CancellationToken cancellationToken
    )
    {
        var request = parameters.ToRequest();
        if (
            await FileSource.OpenAsync(file, request, options.Value.BytesMax, errors, cancellationToken)
            is not { } source
        )
            return null;

        var importId = await store.BeginAsync(fileName, parameters, cancellationToken);
        try
        {
            var survey = new FileSurvey(request, source.IsWorkbook);
            await StoreAsync(importId, source, survey, cancellationToken);
            if (survey.Finish(errors) is { } form)
            {
                await store.CompleteAsync(by, importId, form, cancellationToken);
                return importId;
            }
        }
        catch (FileRefusedException refused)
        {
            errors.Add("body", refused.Message);
        }
        catch (Exception fault) when (fault is not UploadLostException)
        {
            // The client broke off, or the database did: what is left behind, where this fails too, is swept later.
            await TryAbandonAsync(importId);
            throw;
        }

        await store.AbandonAsync(importId, CancellationToken.None);
        return null;
    }

    private async Task StoreAsync(
        long importId,
        FileSource source,
        FileSurvey survey,
        CancellationToken cancellationToken
    )
    {
        var chunk = ArrayPool<byte>.Shared.Rent(ChunkBytes);
        try
        {
            var (firstByte, filled, age) = (0L, 0, Stopwatch.StartNew());
            await foreach (var piece in source.ReadAsync(cancellationToken))
            {
                survey.Read(piece.Span);
                if (survey.HasFailed)
                    return;
                for (var rest = piece; !rest.IsEmpty; )
                {
                    var part = Math.Min(rest.Length, ChunkBytes - filled);
                    rest[..part].CopyTo(chunk.AsMemory(filled));
                    (rest, filled) = (rest[part..], filled + part);
                    if (filled < ChunkBytes && age.Elapsed < ChunkAge)
                        continue;
                    await store.AppendAsync(importId, firstByte, chunk.AsMemory(0, filled), cancellationToken);
                    (firstByte, filled) = (firstByte + filled, 0);
                    age.Restart();
                }
            }

            if (filled > 0)
                await store.AppendAsync(importId, firstByte, chunk.AsMemory(0, filled), cancellationToken);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(chunk);
        }
    }

    private async Task TryAbandonAsync(long importId)
    {
        try
        {
            await store.AbandonAsync(importId, CancellationToken.None);
        }
        catch (Exception second)
        {
            // The first fault is the one to be answered.
            LogLeftBehind(importId, second.GetType().Name);
        }
    }

    [LoggerMessage(
        LogLevel.Warning,
        "What came of upload {ImportId} was not removed ({Fault}); it will be in some minutes"
    )]
    private partial void LogLeftBehind(long importId, string fault);
}
