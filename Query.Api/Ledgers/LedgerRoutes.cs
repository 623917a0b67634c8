using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http.HttpResults;
using PnlPipeline.Domain.Statistics;
using PnlPipeline.Query.Api.Batches;
using PnlPipeline.Query.Api.Http;

namespace PnlPipeline.Query.Api.Ledgers;

/// <summary>The rows of a batch's ledger.</summary>
public static class LedgerRoutes
{
    private const string Example = """
        {"items":[{"seq":12,"tradeId":"0f343b0931126a20f133d67c2b018a3b","symbol":"BTCUSDT","timeframe":"60","side":"long",
          "entryTime":"2026-11-22T05:00:00Z","exitTime":"2026-11-22T06:28:00Z","entryPrice":43250.5,"exitPrice":43683.005,
          "changePercentage":1,"pnl":1031.7871,"fee":0,"availableCapital":104210.5,"peakCapital":105476.2,"drawdown":1265.7,"drawdownPercentage":1.2}],
         "cursor":"THwxMnwxNzk1MzI4ODgwMDAwfDE3OTUzMjM2MDAwMDB8MGYzNDNiMDkzMTEyNmEyMGYxMzNkNjdjMmIwMThhM2I"}
        """;

    public static RouteGroupBuilder MapLedger(this RouteGroupBuilder api)
    {
        api.MapGet("/batches/{id}/ledger", ListAsync)
            .WithTags("Ledger")
            .Described(
                "Ledger rows",
                "The rows that the filter selects, with their own figures, newest first unless `sort` and `order` say "
                    + "otherwise; rows that are equal in what they are sorted by stand in "
                    + "the order of the ledger. As CSV or Parquet all of them, oldest first; in Parquet amounts are "
                    + "decimals with every digit, times are in UTC."
            )
            .Takes(PathParameter.BatchId)
            .Answers(StatusCodes.Status200OK, "A page of rows; `cursor` is `null` at the end.", Example)
            .AlsoAnswersCsv(string.Join(',', Names) + "\r\n")
            .AlsoAnswersParquet()
            .Refuses(StatusCodes.Status400BadRequest, "Parameters that are wrong.")
            .Refuses(StatusCodes.Status404NotFound, "There is no such batch.");
        return api;
    }

    private static async Task<
        Results<Ok<Page<LedgerRow>>, CsvResult, ParquetResult<LedgerRow>, ProblemHttpResult>
    > ListAsync(
        string id,
        LedgerParameters parameters,
        HttpRequest request,
        LedgerStore store,
        TradeNoteReader notes,
        CancellationToken cancellationToken
    )
    {
        var (filter, ascending, limit) = (
            parameters.Selection.ToFilter(),
            parameters.Direction.IsAscending,
            parameters.Page.Limit
        );
        var (sort, cursor) = (parameters.By, parameters.Page.Cursor);
        if (!BatchRoutes.TryParseId(id, out var batchId))
            return BatchRoutes.NotFound();
        var download = parameters.Selection.Download;
        var (csv, parquet) = (Csv.IsWanted(request, download), ParquetFile.IsWanted(request, download));
        if (csv || parquet)
        {
            if (await store.ReadAsync(batchId, filter, ascending, null, 0, cancellationToken) is null)
                return BatchRoutes.NotFound();
            var all = AllAsync(store.StreamAsync(batchId, filter, cancellationToken), notes, cancellationToken);
            return csv
                ? new CsvResult($"batch-{batchId}-ledger.csv", Names, all.Select(Cells))
                : new ParquetResult<LedgerRow>($"batch-{batchId}-ledger.parquet", Columns, all);
        }

        if (sort == RowSort.Seq)
        {
            if (
                await store.ReadAsync(batchId, filter, ascending, cursor?.Last, limit + 1, cancellationToken)
                is not { } rows
            )
                return BatchRoutes.NotFound();
            var next = Page.Of(
                rows,
                limit,
                row => new LedgerStore.Position(sort, ascending, new RowPlace(0, row.Seq), LedgerStore.Shown.Of(row))
            );
            return TypedResults.Ok(next with { Items = await NotedAsync(notes, next.Items, cancellationToken) });
        }

        if (
            await store.ReadSortedAsync(batchId, filter, sort, ascending, cursor?.Place, limit + 1, cancellationToken)
            is not { } sorted
        )
            return BatchRoutes.NotFound();
        var page = Page.Of(sorted, limit, one => new LedgerStore.Position(sort, ascending, one.Place));
        return TypedResults.Ok(
            new Page<LedgerRow>(
                await NotedAsync(notes, [.. page.Items.Select(one => one.Row)], cancellationToken),
                page.Cursor
            )
        );
    }

    private static async IAsyncEnumerable<LedgerRow> AllAsync(
        IAsyncEnumerable<LedgerRow> rows,
        TradeNoteReader notes,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        await foreach (var some in rows.Chunk(Page.MaxLimit).WithCancellation(cancellationToken))
        {
            foreach (var row in await NotedAsync(notes, some, cancellationToken))
                yield return row;
        }
    }

    private static async Task<IReadOnlyList<LedgerRow>> NotedAsync(
        TradeNoteReader notes,
        IReadOnlyList<LedgerRow> rows,
        CancellationToken cancellationToken
    )
    {
        var written = await notes.ReadAsync(rows.Select(row => row.TradeId), cancellationToken);
        return written.Count == 0
            ? rows
            :
            [
                .. rows.Select(row =>
                    written.TryGetValue(row.TradeId, out var note)
                        ? row with
                        {
                            Tags = note.Tags is [] ? null : note.Tags,
                            Note = note.Note is "" ? null : note.Note,
                        }
                        : row
                ),
            ];
    }

    // As wide as the tables', and wider: their digits are all there.
    private static readonly ParquetColumn<LedgerRow>[] Columns =
    [
        ParquetColumn.Integer<LedgerRow>("seq", row => row.Seq),
        ParquetColumn.Text<LedgerRow>("tradeId", row => row.TradeId),
        ParquetColumn.Text<LedgerRow>("symbol", row => row.Symbol),
        ParquetColumn.Text<LedgerRow>("timeframe", row => row.Timeframe),
        ParquetColumn.Text<LedgerRow>("strategy", row => row.Strategy, isNullable: true),
        ParquetColumn.Text<LedgerRow>("side", row => row.Side),
        ParquetColumn.Time<LedgerRow>("entryTime", row => row.EntryTime),
        ParquetColumn.Time<LedgerRow>("exitTime", row => row.ExitTime),
        ParquetColumn.OptionalNumber<LedgerRow>("entryPrice", 12, row => row.EntryPrice),
        ParquetColumn.OptionalNumber<LedgerRow>("exitPrice", 12, row => row.ExitPrice),
        ParquetColumn.Number<LedgerRow>("changePercentage", 8, row => row.ChangePercentage),
        ParquetColumn.Number<LedgerRow>("pnl", 8, row => row.Pnl),
        ParquetColumn.Number<LedgerRow>("fee", 8, row => row.Fee),
        ParquetColumn.Number<LedgerRow>("availableCapital", 8, row => row.AvailableCapital),
        ParquetColumn.Number<LedgerRow>("peakCapital", 8, row => row.PeakCapital),
        ParquetColumn.Number<LedgerRow>("drawdown", 8, row => row.Drawdown),
        ParquetColumn.Number<LedgerRow>("drawdownPercentage", 8, row => row.DrawdownPercentage),
        ParquetColumn.Text<LedgerRow>(
            "tags",
            row => row.Tags is { } tags ? string.Join(", ", tags) : null,
            isNullable: true
        ),
        ParquetColumn.Text<LedgerRow>("note", row => row.Note, isNullable: true),
    ];

    private static readonly string[] Names = Array.ConvertAll(Columns, column => column.Name);

    private static object?[] Cells(LedgerRow row) => Array.ConvertAll(Columns, column => column.Cell(row));
}
