using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using PnlPipeline.Domain.Trades.Files;

namespace PnlPipeline.Query.Api.Http;

/// <summary>
/// How a CSV file is written: RFC 4180, UTF-8, ISO times, plain digits, and no cell that a spreadsheet would run.
/// </summary>
public static class Csv
{
    private const string MediaType = "text/csv";

    private static readonly SearchValues<char> NeedsQuotes = SearchValues.Create(",\"\r\n");

    /// <summary>Whether the request asks for CSV: <c>format=csv</c>, or <c>Accept: text/csv</c> and not JSON.</summary>
    public static bool IsWanted(HttpRequest request, DownloadParameters parameters) =>
        parameters.IsWanted(request, "csv", MediaType);

    /// <summary>A cell as it stands in the file.</summary>
    /// <param name="value">Text, a time, a number or nothing.</param>
    public static string Cell(object? value) =>
        value switch
        {
            null => "",
            string text => Text(text),
            DateTime utc => JsonFormats.Iso(utc),
            decimal number => JsonFormats.Plain(number),
            _ => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "",
        };

    /// <summary>Writes a line.</summary>
    public static void WriteLine(IBufferWriter<byte> target, IReadOnlyList<object?> cells)
    {
        for (var i = 0; i < cells.Count; i++)
        {
            if (i > 0)
                Encoding.UTF8.GetBytes(",", target);
            Encoding.UTF8.GetBytes(Cell(cells[i]), target);
        }

        Encoding.UTF8.GetBytes("\r\n", target);
    }

    private static string Text(string text)
    {
        var safe = Cells.WithApostrophe(text);
        return safe.AsSpan().ContainsAny(NeedsQuotes)
            ? $"\"{safe.Replace("\"", "\"\"", StringComparison.Ordinal)}\""
            : safe;
    }
}

/// <summary>Rows under their columns' names.</summary>
public sealed record CsvTable(IReadOnlyList<string> Columns, IEnumerable<object?[]> Rows)
{
    /// <summary>
    /// A single row of an answer's own properties; those of an object in it are <c>object.property</c>.
    /// </summary>
    public static CsvTable OfOne<T>(T answer)
    {
        var cells = Flatten("", JsonSerializer.SerializeToElement(answer, JsonFormats.Options)).ToList();
        return new CsvTable(
            cells.ConvertAll(cell => cell.Name),
            [
                [.. cells.Select(cell => cell.Value)],
            ]
        );
    }

    private static IEnumerable<(string Name, object? Value)> Flatten(string prefix, JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.Object => value
                .EnumerateObject()
                .SelectMany(property =>
                    Flatten(prefix.Length == 0 ? property.Name : $"{prefix}.{property.Name}", property.Value)
                ),
            JsonValueKind.String => [(prefix, value.GetString())],
            JsonValueKind.Null => [(prefix, null)],
            // Every digit as it stands; it is no text that a spreadsheet could run.
            _ => [(prefix, new CsvNumber(value.GetRawText()))],
        };
}

/// <summary>A number or truth value in its digits.</summary>
internal readonly record struct CsvNumber(string Text)
{
    public override string ToString() => Text;
}

/// <summary>A CSV download, sent while it is read.</summary>
/// <param name="fileName">What a browser calls it.</param>
public sealed class CsvResult(string fileName, IReadOnlyList<string> columns, IAsyncEnumerable<object?[]> rows)
    : IResult
{
    private const int FlushAtBytes = 64 * 1024;

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        var body = response.BodyWriter;
        Csv.WriteLine(body, columns);
        // Until the first flush an answer may still become a problem.
        await foreach (var row in rows.WithCancellation(httpContext.RequestAborted))
        {
            Csv.WriteLine(body, row);
            if (body.UnflushedBytes < FlushAtBytes)
                continue;
            SetHeaders(response);
            await body.FlushAsync(httpContext.RequestAborted);
        }

        SetHeaders(response);
        await body.FlushAsync(httpContext.RequestAborted);
    }

    private void SetHeaders(HttpResponse response)
    {
        if (response.HasStarted)
            return;
        response.ContentType = "text/csv; charset=utf-8; header=present";
        response.Headers.ContentDisposition = $"attachment; filename=\"{fileName}\"";
    }
}
