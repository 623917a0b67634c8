using System.Text;
using PnlPipeline.Domain.Alerts;
using PnlPipeline.Domain.Trades;
using PnlPipeline.Domain.Trades.Files;

namespace PnlPipeline.Query.Api.Imports;

/// <summary>A list of trades of one symbol, read whole: its trades, and the rows that could not be read.</summary>
internal sealed record WholeList(string Symbol, IReadOnlyList<ListedTrade> Trades, IReadOnlyList<LineInError> Errors)
{
    private const int TextBytesShown = 1_000;

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
        var file = text.GetBuffer().AsMemory(0, (int)text.Length);
        var reader = new TradeListReader(form, request.Symbol, parameters.Offsets, nowUtc);
        var rows = form.Splitter(form.Start, form.Lines);
        rows.Add(file.Span[(int)form.Start..]);
        rows.End();
        while (rows.TryTake(out var row))
            reader.Add(row);

        var items = reader.Items().ToList();
        var trades = items.Select(item => item.Trade).OfType<ListedTrade>().ToList();
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

        return new WholeList(
            request.Symbol ?? symbols.FirstOrDefault() ?? "",
            trades,
            [
                .. items
                    .SelectMany(item => item.Errors)
                    .Select(error => new LineInError(
                        error.Line,
                        Encoding.UTF8.GetString(
                            FileText.Beginning(file.Span.Slice((int)error.Position, error.Length), TextBytesShown)
                        ),
                        error.Errors
                    )),
            ]
        );
    }
}
