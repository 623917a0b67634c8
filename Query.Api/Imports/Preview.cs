using System.Text;
using Microsoft.Extensions.Options;
using PnlPipeline.Domain.Alerts;
using PnlPipeline.Domain.Trades;
using PnlPipeline.Domain.Trades.Files;

namespace PnlPipeline.Query.Api.Imports;

/// <summary>
/// Reads a file as an import would, and stores nothing: it is put aside in a file of its own, which is gone with the
/// request.
/// </summary>
public sealed class Preview(OverlapStore overlaps, IOptions<ImportOptions> options, TimeProvider clock)
{
    private const int RowsShown = 20;
    private const int ChunkBytes = 1024 * 1024;

    /// <returns><c>null</c>, with errors, where it is nothing that can be read.</returns>
    public async Task<ImportPreview?> ReadAsync(
        Stream file,
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

        await using var aside = TemporaryFile.Create();
        var survey = new FileSurvey(request, source.IsWorkbook);
        try
        {
            await foreach (var piece in source.ReadAsync(cancellationToken))
            {
                survey.Read(piece.Span);
                await aside.WriteAsync(piece, cancellationToken);
            }
        }
        catch (FileRefusedException refused)
        {
            errors.Add("body", refused.Message);
            return null;
        }

        var questions = new FieldErrors();
        var form = survey.Finish(questions);
        var preview = new ImportPreview(
            form?.Kind.ToDbValue(),
            questions.ToDictionary(),
            [
                .. survey.HeaderCells.Select(
                    (name, i) => new PreviewColumn(name, i < survey.Columns.Count ? survey.Columns[i].ToWord() : null)
                ),
            ],
            survey.Sample,
            form?.Mark.ToString(),
            form?.DateOrder.ToWord(),
            form?.Rows ?? 0,
            0,
            0,
            0,
            0,
            [],
            []
        );
        return form is null
            ? preview
            : await ReadRowsAsync(preview, form, request, parameters, aside, cancellationToken);
    }

    private async Task<ImportPreview> ReadRowsAsync(
        ImportPreview preview,
        FileForm form,
        FileRequest request,
        ImportParameters parameters,
        Stream aside,
        CancellationToken cancellationToken
    )
    {
        var context = new FileContext(
            form,
            request,
            parameters.File.Offsets,
            clock.GetUtcNow().UtcDateTime,
            overlaps.FirstByWebhook(parameters.Overlap, request.Timeframe, request.Strategy)
        );
        var slices = await FileSlices.OpenAsync(
            context,
            (position, cancellation) => ReadChunkAsync(aside, position, cancellation),
            form.Start,
            form.Lines,
            options.Value.AlertsPerMessageMax,
            cancellationToken
        );
        var (rows, wrong) = (new List<PreviewRow>(), new List<LineInError>());
        while (await slices.NextAsync(cancellationToken) is { } slice)
        {
            rows.AddRange(slice.Alerts.Take(RowsShown - rows.Count).Select(PreviewRow.Of));
            wrong.AddRange(
                slice
                    .Rejected.Take(options.Value.ErrorsKeptMax - wrong.Count)
                    .Select(line => new LineInError(line.Line, Encoding.UTF8.GetString(line.Text), line.Errors))
            );
            preview = preview with
            {
                Accepted = preview.Accepted + slice.Accepted,
                Merged = preview.Merged + slice.Merged,
                Skipped = preview.Skipped + slice.Skipped,
                Rejected = preview.Rejected + slice.Rejected.Count,
            };
        }

        return preview with
        {
            Rows = rows,
            Errors = wrong,
        };
    }

    private static async Task<(long FirstByte, byte[] Data)?> ReadChunkAsync(
        Stream file,
        long position,
        CancellationToken cancellationToken
    )
    {
        if (position >= file.Length)
            return null;
        file.Position = position;
        var chunk = new byte[Math.Min(ChunkBytes, file.Length - position)];
        await file.ReadExactlyAsync(chunk, cancellationToken);
        return (position, chunk);
    }
}
