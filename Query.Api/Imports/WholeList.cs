using System.Text;
using PnlPipeline.Domain.Alerts;
using PnlPipeline.Domain.Trades;
using PnlPipeline.Domain.Trades.Files;

namespace PnlPipeline.Query.Api.Imports;

/// <summary>A list of trades of one symbol, read whole: its trades, and the rows that could not be read.</summary>
/// <param name="WrongRows">How many rows could not be read.</param>
/// <param name="Errors">The first of them.</param>
internal sealed record WholeList(
    string Symbol,
    IReadOnlyList<ListedTrade> Trades,
    int WrongRows,
    IReadOnlyList<LineInError> Errors
)
{
    private const int ErrorsShown = 100;
    private const int TextBytesShown = 1_000;

    // Of a file of two million short rows each takes many times what it has in the file.
    private static readonly SemaphoreSlim AtOnce = new(1);

    /// <returns><c>null</c> where it is no list of trades, with errors.</returns>
    /// <exception cref="FileTooLargeException" />
    public static async Task<WholeList?> ReadAsync(
        Stream stream,
        FileParameters parameters,
        long bytesMax,
        DateTime nowUtc,
        FieldErrors errors,
        CancellationToken cancellationToken
    )
    {
        var request = parameters.ToRequest(FileWords.Trades);
        if (await FileSource.OpenAsync(stream, request, bytesMax, errors, cancellationToken) is not { } source)
            return null;
        var survey = new FileSurvey(request, source.IsWorkbook);
        var text = new MemoryStream();
        try
        {
            await foreach (var piece in source.ReadAsync(cancellationToken))
            {
                survey.Read(piece.Span);
                text.Write(piece.Span);
                if (text.Length > 4 * bytesMax)
                    throw new FileTooLargeException(bytesMax);
            }
        }
        catch (FileRefusedException refused)
        {
            errors.Add("body", refused.Message);
            return null;
        }

        if (survey.Finish(errors) is not { } form)
            return null;
        await AtOnce.WaitAsync(cancellationToken);
        try
        {
            return Read(text.GetBuffer().AsSpan(0, (int)text.Length), form, parameters, request, nowUtc, errors);
        }
        finally
        {
            AtOnce.Release();
        }
    }

    private static WholeList? Read(
        ReadOnlySpan<byte> file,
        FileForm form,
        FileParameters parameters,
        FileRequest request,
        DateTime nowUtc,
        FieldErrors errors
    )
    {
        var reader = new TradeListReader(form, request.Symbol, parameters.Offsets, nowUtc);
        var rows = form.Splitter(form.Start, form.Lines);
        rows.Add(file[(int)form.Start..]);
        rows.End();
        while (rows.TryTake(out var row))
            reader.Add(row);

        var trades = new List<ListedTrade>();
        var (wrongRows, shown) = (0, new List<LineInError>());
        foreach (var item in reader.Items())
        {
            if (item.Trade is { } trade)
                trades.Add(trade);
            wrongRows += item.Errors.Count;
            foreach (var error in item.Errors.Take(ErrorsShown - shown.Count))
                shown.Add(
                    new LineInError(
                        error.Line,
                        Encoding.UTF8.GetString(
                            FileText.Beginning(file.Slice((int)error.Position, error.Length), TextBytesShown)
                        ),
                        error.Errors
                    )
                );
        }

        var symbols = trades.Select(trade => trade.Symbol).Distinct(StringComparer.Ordinal).ToList();
        if (symbols.Count > 1)
        {
            errors.Add(
                "symbol",
                $"Is needed: the list has trades of {string.Join(", ", symbols.Take(10))}. Say which are to be "
                    + $"compared, for example symbol={symbols[0]}."
            );
            return null;
        }

        return new WholeList(request.Symbol ?? symbols.FirstOrDefault() ?? "", trades, wrongRows, shown);
    }
}
