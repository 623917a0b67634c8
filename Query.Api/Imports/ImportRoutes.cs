using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using PnlPipeline.Query.Api.Access;
using PnlPipeline.Query.Api.Audit;
using PnlPipeline.Query.Api.Http;
using PnlPipeline.Query.Api.OpenApi;
using PnlPipeline.Query.Api.TradeLists;

namespace PnlPipeline.Query.Api.Imports;

/// <summary>History brought in through the same pipeline as live alerts.</summary>
public static class ImportRoutes
{
    private const int FileNameCharactersMax = 255;

    private const string Fields =
        """
        "id":1,"state":"running","format":"trades","fileName":"List of Trades.csv","symbol":"BTCUSDT","timeframe":"60","timeZone":"Europe/Berlin",
        "createdAt":"2026-11-22T06:28:00.125Z","finishedAt":null,"failure":null,"bytes":48213,"progress":0.42,"lines":310,"accepted":307,
        "duplicates":12,"rejected":1,"skipped":1
        """;

    private const string Errors = """[{"line":17,"text":"9,Exit long,2024-03-31 02:30,Close,65000","errors":{"timestamp":["Never was in Europe/Berlin: …"]}}]""";

    private static readonly PathParameter Id = new("id", "The import's id.", "1");

    private static readonly Dictionary<string, string> Files = new(StringComparer.Ordinal)
    {
        ["text/csv"] = "symbol,side,timeframe,type,price,timestamp\r\nBTCUSDT,entry,60,bullish,43250.5,2026-11-22T06:28:00+0000\r\n",
        ["application/x-ndjson"] =
            """{"symbol":"BTCUSDT","side":"entry","timeframe":"60","type":"bullish","price":43250.5,"timestamp":"2026-11-22T06:28:00+0000"}""",
        ["multipart/form-data"] = "A form with a file in it, as a browser sends it.",
    };

    /// <summary>Adds what runs imports, from the section <see cref="ImportOptions.Section"/>.</summary>
    public static WebApplicationBuilder AddImports(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<ImportOptions>().BindConfiguration(ImportOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services
            .AddSingleton<ImportStore>()
            .AddSingleton<UploadStore>()
            .AddSingleton<Upload>()
            .AddSingleton<ProgressStore>()
            .AddHostedService<ImportRunner>();
        return builder;
    }

    public static RouteGroupBuilder MapImports(this RouteGroupBuilder api)
    {
        var imports = api.MapGroup("/imports").WithTags("Imports");
        imports.MapPost("/", CreateAsync).RequireAuthorization(AccessPolicies.Admin).Produces<ImportDetail>(StatusCodes.Status202Accepted)
            .Described(
                "Import alerts",
                "Brings history in through the same queue and by the same rules as live alerts. The body is the file itself: CSV or NDJSON of alerts with the webhook's "
                    + "fields (a line of NDJSON may be a webhook's body), or TradingView's *List of Trades* export. It is answered once the file is stored; it then runs "
                    + "by itself, through restarts, and lines in error are reported by number while the good ones go in. The same file can be sent again: what is "
                    + "stored is stored once.")
            .Takes(
                new QueryParameter(
                    "format", "What the file is; without it, its first line says so.", "csv", Words: ["csv", "ndjson", "trades"]),
                ListContext.SymbolParameter,
                ListContext.TimeframeParameter,
                ListContext.ZoneParameter,
                new QueryParameter(
                    "fileName", "What to call it in the list; without it, the name in `Content-Disposition`.", "List of Trades.csv"))
            .TakesFile("The file, in UTF-8. What the content type says does not count, but for a form, of which the first file is taken.", Files)
            .Answers(StatusCodes.Status202Accepted, "The import, stored and about to run; `Location` is its address.", $$"""{ {{Fields}}, "errors":{{Errors}} }""")
            .AnswersWith(StatusCodes.Status202Accepted, HeaderNames.Location, "The import's address.")
            .Refuses(StatusCodes.Status400BadRequest, "A file that is neither, columns that are missing, or parameters that are wrong or missing.")
            .Refuses(StatusCodes.Status413PayloadTooLarge, "The file is larger than this installation takes.")
            .Refuses(StatusCodes.Status415UnsupportedMediaType, "The file is compressed.");
        imports.MapGet("/", ListAsync)
            .Described("Imports", "Every import with its progress, newest first.")
            .Takes(Parameter.Limit, Parameter.Cursor)
            .Answers(StatusCodes.Status200OK, "A page of imports; `cursor` is `null` at the end.", $$"""{"items":[{ {{Fields}} }],"cursor":null}""")
            .Refuses(StatusCodes.Status400BadRequest, "Parameters that are wrong.");
        imports.MapGet("/{id}", ShowAsync)
            .Described(
                "One import",
                "Its progress, and its first lines in error. Everything counted is stored: where `state` is `done`, every alert of the file is in the log. Trades and "
                    + "ledgers follow as they do for live alerts.")
            .Takes(Id)
            .Answers(StatusCodes.Status200OK, "The import.", $$"""{ {{Fields}}, "errors":{{Errors}} }""")
            .Refuses(StatusCodes.Status404NotFound, "There is no such import.");
        imports.MapGet("/{id}/errors", ErrorsAsync)
            .Described("Lines in error", "The lines of a file that could not be taken, in its order, with the errors of each; the first 10,000 unless configured otherwise.")
            .Takes(Id, Parameter.Limit, Parameter.Cursor, Parameter.Format)
            .Answers(StatusCodes.Status200OK, "A page of lines; `cursor` is `null` at the end.", $$"""{"items":{{Errors}},"cursor":null}""")
            .AlsoAnswersCsv("line,field,error,text\r\n17,timestamp,Never was in Europe/Berlin: …,\"9,Exit long,2024-03-31 02:30,Close,65000\"\r\n")
            .Refuses(StatusCodes.Status400BadRequest, "Parameters that are wrong.")
            .Refuses(StatusCodes.Status404NotFound, "There is no such import.");
        return api;
    }

    private static async Task<IResult> CreateAsync(
        HttpContext http, Upload upload, ImportStore store, IOptions<ImportOptions> options, CancellationToken cancellationToken)
    {
        var query = QueryReader.Of(http.Request);
        var word = query.WordOrNone("format", "csv", "ndjson", "trades");
        var name = query.Single("fileName");
        if (query.Errors.Any)
            return Problems.BadRequest(query.Errors);
        if (FileUpload.Refusal(http.Request, options.Value.BytesMax) is { } refusal)
            return refusal;

        try
        {
            var (file, ownName) = await FileUpload.OpenAsync(http.Request, query.Errors, cancellationToken);
            var result = file is null ? null : await upload.TakeAsync(
                AuditTrail.AuthorOf(http.User),
                file,
                Shorten(name ?? ownName),
                word is null ? null : Enum.Parse<FileFormat>(word, ignoreCase: true),
                () => ListContext.Read(query),
                query.Errors,
                cancellationToken);
            if (result is null)
                return Problems.BadRequest(query.Errors);
            if (result.IsTooLarge)
                return FileUpload.TooLarge(options.Value.BytesMax);
            return await store.FindAsync(result.ImportId, cancellationToken) is { } import
                ? TypedResults.Accepted($"/api/v1/imports/{import.Id}", import)
                : NotFound();
        }
        catch (UploadLostException)
        {
            http.Response.Headers.RetryAfter = "1";
            return Problems.ForStatus(StatusCodes.Status503ServiceUnavailable);
        }
        catch (Exception fault) when (FileUpload.IsTooLarge(fault))
        {
            return FileUpload.TooLarge(options.Value.BytesMax);
        }
        catch (InvalidDataException)
        {
            return Problems.BadRequest("body", "Is a form that cannot be read to its end. Send the file itself as the body.");
        }
    }

    private static async Task<Results<Ok<Page<Import>>, ProblemHttpResult>> ListAsync(
        HttpRequest request, ImportStore store, CancellationToken cancellationToken)
    {
        var query = QueryReader.Of(request);
        var limit = query.Limit();
        var before = ImportStore.ReadCursor(query);
        return query.Errors.Any
            ? Problems.BadRequest(query.Errors)
            : TypedResults.Ok(await store.ListAsync(before, limit, cancellationToken));
    }

    private static async Task<Results<Ok<ImportDetail>, ProblemHttpResult>> ShowAsync(
        string id, ImportStore store, CancellationToken cancellationToken) =>
        TryParseId(id, out var importId) && await store.FindAsync(importId, cancellationToken) is { } import
            ? TypedResults.Ok(import)
            : NotFound();

    private static async Task<Results<Ok<Page<LineInError>>, CsvResult, ProblemHttpResult>> ErrorsAsync(
        string id, HttpRequest request, ImportStore store, CancellationToken cancellationToken)
    {
        var query = QueryReader.Of(request);
        var limit = query.Limit();
        var after = ImportStore.ReadErrorCursor(query);
        var csv = Csv.IsWanted(request, query);
        if (query.Errors.Any)
            return Problems.BadRequest(query.Errors);
        if (!TryParseId(id, out var importId) || await store.ListErrorsAsync(importId, after, limit, cancellationToken) is not { } page)
            return NotFound();
        return csv
            ? new CsvResult($"import-{importId}-errors.csv", ["line", "field", "error", "text"], store.StreamErrorsAsync(importId, cancellationToken).SelectMany(Cells))
            : TypedResults.Ok(page);
    }

    // A row for each error.
    private static IEnumerable<object?[]> Cells(LineInError line) =>
        line.Errors.SelectMany(field => field.Value.Select(message => new object?[] { line.Line, field.Key, message, line.Text }));

    private static bool TryParseId(string text, out long id) => long.TryParse(text, System.Globalization.NumberStyles.None, null, out id);

    private static ProblemHttpResult NotFound() => Problems.NotFound("The import", "/api/v1/imports");

    // What a browser calls a file may be anything.
    private static string? Shorten(string? name)
    {
        var readable = name is null ? "" : string.Concat(name.EnumerateRunes().Where(rune => !System.Text.Rune.IsControl(rune))).Trim();
        if (readable.Length == 0)
            return null;
        return readable.Length <= FileNameCharactersMax ? readable : readable[..(FileNameCharactersMax - 1)].TrimEnd('\uD800') + "…";
    }
}
