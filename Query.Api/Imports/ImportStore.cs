using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using PnlPipeline.Database;
using PnlPipeline.Domain.Trades;
using PnlPipeline.Query.Api.Http;

namespace PnlPipeline.Query.Api.Imports;

/// <summary>Imports, newest first, and their lines in error, in the order of the file.</summary>
public sealed class ImportStore(MySqlDatabase database)
{
    /// <summary>So many errors are shown with an import itself.</summary>
    private const int ErrorsShown = 20;

    /// <summary>A place in the list of imports.</summary>
    public sealed record Position(long ImportId) : IPosition<Position>
    {
        private const char Kind = 'i';

        public static Position? Read(string cursor) =>
            Cursor.TryReadNumber(cursor, Kind) is { } id ? new Position(id) : null;

        public string ToCursor() => Cursor.Write(Kind, ImportId);
    }

    /// <summary>A place in the list of an import's lines in error.</summary>
    public sealed record ErrorPosition(long Line) : IPosition<ErrorPosition>
    {
        private const char Kind = 'e';

        public static ErrorPosition? Read(string cursor) =>
            Cursor.TryReadNumber(cursor, Kind) is { } line ? new ErrorPosition(line) : null;

        public string ToCursor() => Cursor.Write(Kind, Line);
    }

    public async Task<ImportDetail?> FindAsync(long importId, CancellationToken cancellationToken)
    {
        await using var db = await PnlDb.OpenAsync(database, cancellationToken);
        var import = await db.Imports.SingleOrDefaultAsync(row => row.ImportId == importId, cancellationToken);
        return import?.ToDetail(await ErrorsAsync(db, importId, null, ErrorsShown, cancellationToken));
    }

    public async Task<Page<Import>> ListAsync(Position? after, int limit, CancellationToken cancellationToken)
    {
        await using var db = await PnlDb.OpenAsync(database, cancellationToken);
        var wanted = db.Imports.AsQueryable();
        if (after is { ImportId: var before })
            wanted = wanted.Where(row => row.ImportId < before);
        var rows = await wanted.OrderByDescending(row => row.ImportId).Take(limit + 1).ToListAsync(cancellationToken);
        return Page.Of(rows.ConvertAll(row => row.ToImport()), limit, import => new Position(import.Id));
    }

    /// <returns>A page; <c>null</c> where there is no such import.</returns>
    public async Task<Page<LineInError>?> ListErrorsAsync(
        long importId,
        ErrorPosition? after,
        int limit,
        CancellationToken cancellationToken
    )
    {
        await using var db = await PnlDb.OpenAsync(database, cancellationToken);
        return await db.Imports.AnyAsync(row => row.ImportId == importId, cancellationToken)
            ? Page.Of(
                await ErrorsAsync(db, importId, after, limit + 1, cancellationToken),
                limit,
                line => new ErrorPosition(line.Line)
            )
            : null;
    }

    /// <summary>Every line in error that is kept, page by page.</summary>
    public async IAsyncEnumerable<LineInError> StreamErrorsAsync(
        long importId,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        ErrorPosition? after = null;
        while (true)
        {
            await using var db = await PnlDb.OpenAsync(database, cancellationToken);
            var page = await ErrorsAsync(db, importId, after, Page.MaxLimit, cancellationToken);
            foreach (var line in page)
                yield return line;
            if (page.Count < Page.MaxLimit)
                yield break;
            after = new ErrorPosition(page[^1].Line);
        }
    }

    private static async Task<IReadOnlyList<LineInError>> ErrorsAsync(
        PnlDb db,
        long importId,
        ErrorPosition? after,
        int count,
        CancellationToken cancellationToken
    )
    {
        var line = after?.Line ?? 0;
        var rows = await db
            .ImportErrors.Where(row => row.ImportId == importId && row.Line > line)
            .OrderBy(row => row.Line)
            .Take(count)
            .ToListAsync(cancellationToken);
        return rows.ConvertAll(row => new LineInError(
            row.Line,
            Encoding.UTF8.GetString(row.Text),
            JsonSerializer.Deserialize<Dictionary<string, string[]>>(row.Errors)!
        ));
    }
}
