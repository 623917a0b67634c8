using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Dapper;
using PnlPipeline.Database;
using PnlPipeline.Query.Api.Http;

namespace PnlPipeline.Query.Api.Imports;

/// <summary>This room's SQL for its readers: imports, newest first, and their lines in error, in the order of the file.</summary>
public sealed class ImportStore(MySqlDatabase database)
{
    private const char CursorKind = 'i';
    private const char ErrorCursorKind = 'e';

    /// <summary>So many errors are shown with an import itself.</summary>
    private const int ErrorsShown = 20;

    private const string Columns =
        """
        import_id, state, format, file_name, symbol, timeframe, time_zone, created_at, finished_at, failure, bytes, position, lines_read, accepted,
        duplicates, rejected, skipped
        """;

    public static string? ReadCursor(QueryReader query) => ReadCursor(query, CursorKind);

    public static string? ReadErrorCursor(QueryReader query) => ReadCursor(query, ErrorCursorKind);

    public async Task<ImportDetail?> FindAsync(long importId, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        var row = await connection.QuerySingleOrDefaultAsync<ImportRow>(
            $"SELECT {Columns} FROM imports WHERE import_id = @importId", new { importId });
        return row?.ToDetail(await ErrorsAsync(importId, null, ErrorsShown, cancellationToken));
    }

    public async Task<Page<Import>> ListAsync(string? before, int limit, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        var rows = await connection.QueryAsync<ImportRow>(
            $"SELECT {Columns} FROM imports {(before is null ? "" : "WHERE import_id < @before")} ORDER BY import_id DESC LIMIT @count",
            new { before, count = limit + 1 });
        return Page.Of([.. rows.Select(row => row.ToImport())], limit, import => Cursor.Write(CursorKind, import.Id));
    }

    /// <returns>A page; <c>null</c> where there is no such import.</returns>
    public async Task<Page<LineInError>?> ListErrorsAsync(long importId, string? after, int limit, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        if (await connection.ExecuteScalarAsync<long?>("SELECT import_id FROM imports WHERE import_id = @importId", new { importId }) is null)
            return null;
        return Page.Of(
            await ErrorsAsync(importId, after, limit + 1, cancellationToken), limit, line => Cursor.Write(ErrorCursorKind, line.Line));
    }

    /// <summary>Every line in error that is kept, page by page.</summary>
    public async IAsyncEnumerable<LineInError> StreamErrorsAsync(long importId, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        string? after = null;
        while (true)
        {
            var page = await ErrorsAsync(importId, after, Page.MaxLimit, cancellationToken);
            foreach (var line in page)
                yield return line;
            if (page.Count < Page.MaxLimit)
                yield break;
            after = $"{page[^1].Line}";
        }
    }

    private async Task<IReadOnlyList<LineInError>> ErrorsAsync(long importId, string? after, int count, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        var rows = await connection.QueryAsync<(long Line, byte[] Text, string Errors)>(
            $"""
            SELECT line, text, errors FROM import_errors
             WHERE import_id = @importId {(after is null ? "" : "AND line > @after")}
             ORDER BY line LIMIT @count
            """,
            new { importId, after, count });
        return
        [
            .. rows.Select(row => new LineInError(
                row.Line, Encoding.UTF8.GetString(row.Text), JsonSerializer.Deserialize<Dictionary<string, string[]>>(row.Errors)!)),
        ];
    }

    private static string? ReadCursor(QueryReader query, char kind) =>
        query.Position(kind, parts => parts is [{ Length: > 0 and <= 19 } id] && id.All(char.IsAsciiDigit) ? id : null);
}
