using System.Diagnostics;
using System.IO.Compression;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.ResponseCompression;
using PnlPipeline.Database;
using PnlPipeline.Domain.Alerts;
using PnlPipeline.Hosting;

namespace PnlPipeline.Query.Api.Http;

/// <summary>
/// What all answers have in common: formats, compression, headers, and errors that are problems whoever makes them.
/// </summary>
public static partial class Answers
{
    public static WebApplicationBuilder AddAnswers(this WebApplicationBuilder builder)
    {
        // What is wrong with a request, gathered while it is read.
        builder.Services.AddScoped<FieldErrors>();
        builder.Services.ConfigureHttpJsonOptions(options => JsonFormats.Configure(options.SerializerOptions));
        builder.Services.AddResponseCompression(options =>
        {
            // Safe over TLS: no answer holds a secret beside what a stranger could have put there.
            options.EnableForHttps = true;
            options.MimeTypes = ["application/json", "application/problem+json", "text/csv"];
        });
        builder.Services.Configure<BrotliCompressionProviderOptions>(options =>
            options.Level = CompressionLevel.Fastest
        );
        builder.Services.Configure<GzipCompressionProviderOptions>(options => options.Level = CompressionLevel.Fastest);
        builder.WebHost.ConfigureKestrel(options =>
        {
            options.Limits.MaxRequestBodySize = RequestBody.MaxBytes;
        });
        return builder;
    }

    public static WebApplication UseAnswers(this WebApplication app)
    {
        app.UseResponseCompression();
        app.Use(
            (http, next) =>
            {
                SetHeaders(http);
                return next(http);
            }
        );
        app.UseExceptionHandler(
            new ExceptionHandlerOptions
            {
                ExceptionHandler = http => AnswerFaultAsync(http, app.Logger),
                // It is logged there, once, with the trace id of the answer.
                SuppressDiagnosticsCallback = _ => true,
            }
        );
        app.RefuseDotSegments();
        app.UseStatusCodePages(context =>
            Problems.WriteAsync(context.HttpContext, Problems.ForStatus(context.HttpContext.Response.StatusCode))
        );
        return app;
    }

    private static void SetHeaders(HttpContext http)
    {
        if (http.Request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase))
            SecurityHeaders.SetForData(http);
        else
            SecurityHeaders.Set(http);
    }

    private static Task AnswerFaultAsync(HttpContext http, ILogger logger)
    {
        // Whatever was to be answered is gone, with its headers.
        SetHeaders(http);
        var fault = http.Features.GetRequiredFeature<IExceptionHandlerFeature>().Error;
        if (fault is BadHttpRequestException refused)
            return Problems.WriteAsync(http, Problems.ForStatus(refused.StatusCode));

        var traceId = Activity.Current?.TraceId.ToString() ?? http.TraceIdentifier;
        // Only where the database is at the bottom of it: anything else that times out is a fault of ours.
        if (MySqlDatabase.IsOfDatabase(fault) && MySqlDatabase.IsTransient(fault))
        {
            LogDatabaseAway(logger, traceId, http.Request.Method, http.Request.Path, fault.GetType().Name);
            http.Response.Headers.RetryAfter = "1";
            return Problems.WriteAsync(http, Problems.ForStatus(StatusCodes.Status503ServiceUnavailable), traceId);
        }

        LogFault(logger, fault, traceId, http.Request.Method, http.Request.Path);
        return Problems.WriteAsync(http, Problems.ForStatus(StatusCodes.Status500InternalServerError), traceId);
    }

    [LoggerMessage(LogLevel.Warning, "The database did not answer {TraceId} {Method} {Path}: {Fault}")]
    private static partial void LogDatabaseAway(
        ILogger logger,
        string traceId,
        string method,
        string path,
        string fault
    );

    [LoggerMessage(LogLevel.Error, "Unexpected fault in {TraceId} {Method} {Path}")]
    private static partial void LogFault(ILogger logger, Exception fault, string traceId, string method, string path);
}
