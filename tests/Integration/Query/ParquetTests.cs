using System.Globalization;
using System.Text.Json;
using Parquet;
using Parquet.Schema;
using PnlPipeline.Query.Api.Http;

namespace PnlPipeline.Tests.Integration.Query;

/// <summary>A ledger as Parquet, read back.</summary>
public sealed class ParquetTests(LedgerAndChartTests.Batch batch) : IClassFixture<LedgerAndChartTests.Batch>
{
    [Fact]
    public async Task A_ledger_read_back_is_the_json_to_the_last_digit()
    {
        StagedTrade[] trades =
        [
            new("DIGITS", "60", "long", "2026-04-01T00:00:00.001", 100m, "2026-04-01T01:00:00.999", 110m),
            new(
                "DIGITS",
                "1D",
                "short",
                "2026-04-01T00:00:00",
                0.000000000001m,
                "2026-04-02T01:00:00",
                0.000000000003m
            ),
            new("DIGITS", "60", "long", "2026-04-03T00:00:00", 100m, "2026-04-03T01:00:00", 100m, Strategy: "=Own, 4h"),
        ];
        await batch.Api.Stage.TradesAsync(trades);
        var id = await batch.CreateAsync("""{"name":"Digits","symbols":["DIGITS"]}""");
        await batch.Api.Stage.LedgerAsync(id, 100_000m, trades);
        // As many digits as a table has, and none.
        await batch.Api.Stage.ExecuteAsync(
            """
            UPDATE ledger_rows SET entry_price = 9999999999999999.999999999999, exit_price = 0.000000000001, change_percentage = -9999999999999999.99999999,
              pnl = -9999999999999999999.99999999, fee = 0.00000001, available_capital = 9999999999999999999.99999999, peak_capital = 1,
              drawdown = 1234567890123456789.12345678, drawdown_percentage = 100 WHERE batch_id = @id AND seq = 1;
            UPDATE ledger_rows SET entry_price = NULL, exit_price = NULL WHERE batch_id = @id AND seq = 3
            """,
            new { id }
        );
        await (
            await batch.Api.Admin.SendAsync(
                "PUT",
                $"/api/v1/trades/{trades[1].Id}/note",
                """{"tags":["fomo","breakout"],"note":"Zwölf – 𝛼"}"""
            )
        ).JsonAsync(200);

        var items = (await batch.Api.Viewer.GetJsonAsync($"/api/v1/batches/{id}/ledger?order=asc")).GetProperty(
            "items"
        );
        var file = await ReadAsync(
            await DownloadAsync($"/api/v1/batches/{id}/ledger?format=parquet&limit=1&order=desc")
        );
        Assert.Equal(3, items.GetArrayLength());
        Assert.Equal(items.EnumerateArray().Select(Row), file);
        // What JSON has, CSV has, under the same names.
        Assert.Equal(
            (await batch.Api.Viewer.CsvAsync($"/api/v1/batches/{id}/ledger"))[0],
            string.Join(',', file[0].Split(" | ").Select(cell => cell.Split('=', 2)[0]))
        );
    }

    [Theory]
    [InlineData("symbol=eth", 2)]
    [InlineData("symbol=NONE", 0)]
    public async Task A_filter_selects_and_nothing_selected_is_a_file_without_rows(string filter, int rows)
    {
        var file = await DownloadAsync($"{batch.Path}/ledger?{filter}", ("Accept", ParquetFile.MediaType));
        Assert.Equal(rows, (await ReadAsync(file)).Count);
        await using var reader = await ParquetReader.CreateAsync(file, cancellationToken: QueryApi.Cancellation);
        Assert.Equal(
            "seq:Int64 tradeId:text symbol:text timeframe:text strategy:text? side:text entryTime:UTC exitTime:UTC "
                + "entryPrice:38,12? exitPrice:38,12? changePercentage:38,8 pnl:38,8 fee:38,8 availableCapital:38,8 "
                + "peakCapital:38,8 drawdown:38,8 drawdownPercentage:38,8 tags:text? note:text?",
            string.Join(' ', reader.Schema.DataFields.Select(Described))
        );
    }

    [Fact]
    public async Task Of_no_batch_there_is_none_and_of_anything_else_no_parquet()
    {
        await (await batch.Api.Viewer.SendAsync("GET", "/api/v1/batches/999/ledger?format=parquet")).ProblemAsync(404);
        Assert.Equal(
            "format",
            await (await batch.Api.Viewer.SendAsync("GET", $"{batch.Path}/charts/capital?format=parquet")).ProblemAsync(
                400
            )
        );
    }

    private async Task<MemoryStream> DownloadAsync(string path, params (string Name, string Value)[] headers)
    {
        var response = await batch.Api.Viewer.SendAsync("GET", path, null, headers);
        Assert.Equal(ParquetFile.MediaType, response.Content.Headers.ContentType?.MediaType);
        Assert.EndsWith(
            "-ledger.parquet",
            response.Content.Headers.ContentDisposition?.FileName?.Trim('"'),
            StringComparison.Ordinal
        );
        return new MemoryStream(await response.Content.ReadAsByteArrayAsync(QueryApi.Cancellation));
    }

    private static string Described(DataField field) =>
        $"{field.Name}:"
        + field switch
        {
            DecimalDataField number => string.Create(
                CultureInfo.InvariantCulture,
                $"{number.Precision},{number.Scale}"
            ),
            DateTimeDataField { IsAdjustedToUTC: true } => "UTC",
            _ => field.ClrType == typeof(ReadOnlyMemory<char>) ? "text" : field.ClrType.Name,
        }
        + (field.IsNullable ? "?" : "");

    private static string Row(JsonElement item) =>
        string.Join(
            " | ",
            new[]
            {
                "seq",
                "tradeId",
                "symbol",
                "timeframe",
                "strategy",
                "side",
                "entryTime",
                "exitTime",
                "entryPrice",
                "exitPrice",
                "changePercentage",
                "pnl",
                "fee",
                "availableCapital",
                "peakCapital",
                "drawdown",
                "drawdownPercentage",
                "tags",
                "note",
            }.Select(name =>
                $"{name}="
                + (
                    !item.TryGetProperty(name, out var value) ? ""
                    : value.ValueKind == JsonValueKind.Array
                        ? string.Join(", ", value.EnumerateArray().Select(one => one.GetString()))
                    : value.ValueKind == JsonValueKind.String ? value.GetString()
                    : value.ValueKind == JsonValueKind.Null ? ""
                    : value.GetRawText()
                )
            )
        );

    /// <summary>Every row, in the words of <see cref="Row"/>.</summary>
    private static async Task<List<string>> ReadAsync(Stream file)
    {
        await using var reader = await ParquetReader.CreateAsync(file, cancellationToken: QueryApi.Cancellation);
        var rows = new List<string>();
        for (var i = 0; i < reader.RowGroupCount; i++)
        {
            using var group = reader.OpenRowGroupReader(i);
            var columns = new List<(string Name, string?[] Cells)>();
            foreach (var field in reader.Schema.DataFields)
                columns.Add((field.Name, await ReadAsync(group, field)));
            rows.AddRange(
                Enumerable
                    .Range(0, (int)group.RowCount)
                    .Select(row => string.Join(" | ", columns.Select(column => $"{column.Name}={column.Cells[row]}")))
            );
        }

        return rows;
    }

    private static async Task<string?[]> ReadAsync(ParquetRowGroupReader group, DataField field)
    {
        var count = (int)group.RowCount;
        switch (field)
        {
            case DecimalDataField:
                var numbers = new decimal?[count];
                await group.ReadAsync<decimal>(field, numbers, cancellationToken: QueryApi.Cancellation);
                return Array.ConvertAll(numbers, number => number is { } one ? JsonFormats.Plain(one) : null);
            case DateTimeDataField:
                var times = new DateTime[count];
                await group.ReadAsync<DateTime>(field, times, cancellationToken: QueryApi.Cancellation);
                return Array.ConvertAll(times, time => (string?)JsonFormats.Iso(time));
            case { ClrType: var type } when type == typeof(long):
                var integers = new long[count];
                await group.ReadAsync<long>(field, integers, cancellationToken: QueryApi.Cancellation);
                return Array.ConvertAll(integers, one => (string?)one.ToString(CultureInfo.InvariantCulture));
            default:
                var texts = new ReadOnlyMemory<char>?[count];
                await group.ReadAsync<ReadOnlyMemory<char>>(field, texts, cancellationToken: QueryApi.Cancellation);
                return Array.ConvertAll(texts, text => text?.ToString());
        }
    }
}
