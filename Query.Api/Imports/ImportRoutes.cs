using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;
using PnlPipeline.Domain.Alerts;
using PnlPipeline.Domain.Trades;
using PnlPipeline.Domain.Trades.Files;
using PnlPipeline.Query.Api.Access;
using PnlPipeline.Query.Api.Http;

namespace PnlPipeline.Query.Api.Imports;

/// <summary>History brought in through the same pipeline as live alerts.</summary>
public static class ImportRoutes
{
    private const int FileNameCharactersMax = 255;

    private const string Fields = """
        "id":1,"state":"running","format":"trades","fileName":"List of Trades.csv","symbol":"BTCUSDT","timeframe":"60","strategy":null,"timeZone":"Europe/Berlin","overlap":"skip",
        "createdAt":"2026-11-22T06:28:00.125Z","finishedAt":null,"failure":null,"bytes":48213,"progress":0.42,"lines":310,"accepted":307,
        "duplicates":12,"merged":0,"rejected":1,"skipped":1
        """;

    private const string Errors =
        """[{"line":17,"text":"9,Exit long,2024-03-30 02:30,Close,65000","errors":{"timestamp":["Is before the entry of trade 9, on line 18."]}}]""";

    private const string PreviewExample = """
        {"format":"trades","questions":{},"columns":[{"name":"Trade #","holds":"number"},{"name":"Type","holds":"type"},{"name":"Date and time","holds":"time"},
         {"name":"Signal","holds":"signal"},{"name":"Price USD","holds":"price"}],"sample":[["1","Entry long","2024-01-15 09:00","Long","42000"]],"decimal":".","dateOrder":null,
         "lines":2,"accepted":2,"merged":0,"skipped":0,"rejected":0,"rows":[{"symbol":"BTCUSDT","timeframe":"60","strategy":null,"action":"recorded","direction":"long",
         "price":42000,"timestamp":"2024-01-15T08:00:00Z","exitPrice":42840,"exitTime":"2024-01-16T09:00:00Z"}],"errors":[]}
        """;

    private static readonly PathParameter Id = new("id", "The import's id.", "1");

    private static readonly Dictionary<string, string> Files = new(StringComparer.Ordinal)
    {
        ["text/csv"] =
            "symbol,side,timeframe,type,price,timestamp\r\nBTCUSDT,entry,60,bullish,43250.5,2026-11-22T06:28:00+0000\r\n",
        ["application/x-ndjson"] =
            """{"symbol":"BTCUSDT","side":"entry","timeframe":"60","type":"bullish","price":43250.5,"timestamp":"2026-11-22T06:28:00+0000"}""",
        ["multipart/form-data"] = "A form with a file in it, as a browser sends it.",
    };

    /// <summary>Adds what runs imports, from the section <see cref="ImportOptions.Section"/>.</summary>
    public static WebApplicationBuilder AddImports(this WebApplicationBuilder builder)
    {
        builder
            .Services.AddOptions<ImportOptions>()
            .BindConfiguration(ImportOptions.Section)
            .ValidateDataAnnotations()
            .ValidateOnStart();
        builder
            .Services.AddSingleton<ImportStore>()
            .AddSingleton<UploadStore>()
            .AddSingleton<Upload>()
            .AddSingleton<ProgressStore>()
            .AddSingleton<DeliveredTrades>()
            .AddSingleton<OverlapStore>()
            .AddSingleton<Preview>()
            .AddHostedService<ImportRunner>();
        return builder;
    }

    public static RouteGroupBuilder MapImports(this RouteGroupBuilder api)
    {
        var imports = api.MapGroup("/imports").WithTags("Imports");
        imports
            .MapPost("/", CreateAsync)
            .RequireAuthorization(AccessPolicies.Admin)
            .Described(
                "Import alerts or trades",
                "Brings history in through the same queue and by the same rules as live alerts. The body is the file "
                    + "itself: alerts as CSV, NDJSON (a line may be a webhook's body), a JSON array or TradingView's "
                    + "log of alerts; or TradingView's *List of trades* as CSV, TSV or XLSX (at most 100 MB), in any "
                    + "of its header versions and languages. It is answered once the file is stored; it then runs by "
                    + "itself, through restarts, and rows in error are reported by number while the good ones go in. "
                    + "The same file can be sent again: what is stored is stored once. With `dryRun=true` nothing is "
                    + "stored, and the answer says what would come in."
            )
            .TakesFile(
                "The file, in UTF-8 or UTF-16. What the content type says does not count, but for a form, of which "
                    + "the first file is taken.",
                Files
            )
            .Answers(
                StatusCodes.Status202Accepted,
                "The import, stored and about to run; `Location` is its address.",
                $$"""{ {{Fields}}, "errors":{{Errors}} }"""
            )
            .AnswersWith(StatusCodes.Status202Accepted, HeaderNames.Location, "The import's address.")
            .Answers(
                StatusCodes.Status200OK,
                "With `dryRun=true`: what would come in, or `questions` that the file leaves open.",
                PreviewExample
            )
            .Refuses(
                StatusCodes.Status400BadRequest,
                "A file that cannot be read, or leaves something open that a parameter of that name would answer "
                    + "(`decimal`, `dateOrder`, `columns`, `symbol`, `timeframe`, `tz`), "
                    + "or parameters that are wrong."
            )
            .Refuses(StatusCodes.Status413PayloadTooLarge, "The file is larger than this installation takes.")
            .Refuses(StatusCodes.Status415UnsupportedMediaType, "The file is compressed.");
        imports
            .MapGet("/", ListAsync)
            .Described("Imports", "Every import with its progress, newest first.")
            .Answers(
                StatusCodes.Status200OK,
                "A page of imports; `cursor` is `null` at the end.",
                $$"""{"items":[{ {{Fields}} }],"cursor":null}"""
            )
            .Refuses(StatusCodes.Status400BadRequest, "Parameters that are wrong.");
        imports
            .MapGet("/{id}", ShowAsync)
            .Described(
                "One import",
                "Its progress, and its first lines in error. Everything counted is stored: where `state` is `done`, "
                    + "every alert of the file is in the log. Trades and ledgers follow as they do for live alerts."
            )
            .Takes(Id)
            .Answers(StatusCodes.Status200OK, "The import.", $$"""{ {{Fields}}, "errors":{{Errors}} }""")
            .Refuses(StatusCodes.Status404NotFound, "There is no such import.");
        imports
            .MapGet("/{id}/errors", ErrorsAsync)
            .Described(
                "Lines in error",
                "The lines of a file that could not be taken, in its order, with the errors of each; the first 10,000 "
                    + "unless configured otherwise."
            )
            .Takes(Id)
            .Answers(
                StatusCodes.Status200OK,
                "A page of lines; `cursor` is `null` at the end.",
                $$"""{"items":{{Errors}},"cursor":null}"""
            )
            .AlsoAnswersCsv(
                "line,field,error,text\r\n17,timestamp,\"Is before the entry of trade 9, on line 18.\",\"9,Exit "
                    + "long,2024-03-30 02:30,Close,65000\"\r\n"
            )
            .Refuses(StatusCodes.Status400BadRequest, "Parameters that are wrong.")
            .Refuses(StatusCodes.Status404NotFound, "There is no such import.");
        return api.MapReconciliation();
    }

    private static async Task<Results<Accepted<ImportDetail>, Ok<ImportPreview>, ProblemHttpResult>> CreateAsync(
        ImportParameters parameters,
        FieldErrors errors,
        HttpContext http,
        Upload upload,
        Preview preview,
        ImportStore store,
        IOptions<ImportOptions> options,
        CancellationToken cancellationToken
    )
    {
        // Before the file, which may be large, is read.
        if (errors.Any)
            return Problems.BadRequest(errors);
        if (FileUpload.Refusal(http.Request, options.Value.BytesMax) is { } refusal)
            return refusal;

        try
        {
            var (file, ownName) = await FileUpload.OpenAsync(http.Request, errors, cancellationToken);
            if (file is null)
                return Problems.BadRequest(errors);
            if (parameters.DryRun == "true")
            {
                return await preview.ReadAsync(file, parameters, errors, cancellationToken) is { } seen
                    ? TypedResults.Ok(seen)
                    : Problems.BadRequest(errors);
            }

            var by = AuditTrail.AuthorOf(http.User);
            if (
                await upload.TakeAsync(
                    by,
                    file,
                    Shorten(parameters.FileName ?? ownName),
                    parameters,
                    errors,
                    cancellationToken
                )
                is not { } importId
            )
                return Problems.BadRequest(errors);
            return await store.FindAsync(importId, cancellationToken) is { } import
                ? TypedResults.Accepted($"/api/v1/imports/{import.Id}", import)
                : NotFound();
        }
        catch (FileTooLargeException fault)
        {
            return FileUpload.TooLarge(fault.BytesMax);
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
            return Problems.BadRequest(
                "body",
                "Is a form that cannot be read to its end. Send the file itself as the body."
            );
        }
    }

    private static async Task<Ok<Page<Import>>> ListAsync(
        ImportListParameters parameters,
        ImportStore store,
        CancellationToken cancellationToken
    ) => TypedResults.Ok(await store.ListAsync(parameters.Page.Cursor, parameters.Page.Limit, cancellationToken));

    private static async Task<Results<Ok<ImportDetail>, ProblemHttpResult>> ShowAsync(
        string id,
        ImportStore store,
        CancellationToken cancellationToken
    ) =>
        TryParseId(id, out var importId) && await store.FindAsync(importId, cancellationToken) is { } import
            ? TypedResults.Ok(import)
            : NotFound();

    private static async Task<Results<Ok<Page<LineInError>>, CsvResult, ProblemHttpResult>> ErrorsAsync(
        string id,
        ImportErrorParameters parameters,
        HttpRequest request,
        ImportStore store,
        CancellationToken cancellationToken
    )
    {
        var (after, limit) = (parameters.Page.Cursor, parameters.Page.Limit);
        if (
            !TryParseId(id, out var importId)
            || await store.ListErrorsAsync(importId, after, limit, cancellationToken) is not { } page
        )
            return NotFound();
        return Csv.IsWanted(request, parameters.Download)
            ? new CsvResult(
                $"import-{importId}-errors.csv",
                ["line", "field", "error", "text"],
                store.StreamErrorsAsync(importId, cancellationToken).SelectMany(Cells)
            )
            : TypedResults.Ok(page);
    }

    // A row for each error.
    private static IEnumerable<object?[]> Cells(LineInError line) =>
        line.Errors.SelectMany(field =>
            field.Value.Select(message => new object?[] { line.Line, field.Key, message, line.Text })
        );

    private static bool TryParseId(string text, out long id) =>
        long.TryParse(text, System.Globalization.NumberStyles.None, null, out id);

    private static ProblemHttpResult NotFound() => Problems.NotFound("The import", "/api/v1/imports");

    // What a browser calls a file may be anything.
    private static string? Shorten(string? name)
    {
        var readable = name is null
            ? ""
            : string.Concat(name.EnumerateRunes().Where(rune => !System.Text.Rune.IsControl(rune))).Trim();
        if (readable.Length == 0)
            return null;
        return readable.Length <= FileNameCharactersMax
            ? readable
            : readable[..(FileNameCharactersMax - 1)].TrimEnd('\uD800') + "…";
    }
}
