using System.Security.Claims;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;
using PnlPipeline.Query.Api.Http;

namespace PnlPipeline.Query.Api.Access;

public sealed class AuditParameters : RequestParameters, IParameters<AuditParameters>
{
    /// <summary>Only these deeds.</summary>
    /// <example>alert.void</example>
    [JsonPropertyName("action"), AuditAction]
    public IReadOnlyList<string> Actions { get; init; } = [];

    /// <summary>Only what was done to these, by their addresses under `/api/v1`.</summary>
    /// <example>batches/1</example>
    [JsonPropertyName("subject")]
    public IReadOnlyList<string> Subjects { get; init; } = [];

    public PageParameters<AuditStore.Position> Page { get; init; } = new();

    public DownloadParameters Download { get; init; } = new();
}

/// <summary>Reading the audit trail.</summary>
public static class AuditRoutes
{
    private const string Example = """
        {"items":[{"auditId":7,"occurredAt":"2026-11-22T07:02:11.318Z","role":"admin","key":"5f0c0a9d","action":"alert.void",
          "subject":"alerts/0f343b0931126a20f133d67c2b018a3b","detail":{"was":"opened","is":"voided"}}],"cursor":null}
        """;

    private static string[] Columns { get; } = ["auditId", "occurredAt", "role", "key", "action", "subject", "detail"];

    public static RouteGroupBuilder MapAudit(this RouteGroupBuilder api)
    {
        api.MapGet("/audit", ListAsync)
            .WithTags("Audit")
            .Described(
                "The audit trail",
                "Which key did what and when, newest first: corrections, changes of batches, uploads. Only what "
                    + "changed something is in it. `key` is the beginning of the SHA-256 of the key; a viewer sees "
                    + "`null` there, for a guess could be tried on it."
            )
            .Answers(StatusCodes.Status200OK, "A page of deeds; `cursor` is `null` at the end.", Example)
            .AlsoAnswersCsv(string.Join(',', Columns) + "\r\n")
            .Refuses(StatusCodes.Status400BadRequest, "Parameters that are wrong.");
        return api;
    }

    private static async Task<Results<Ok<Page<AuditEntry>>, CsvResult>> ListAsync(
        AuditParameters parameters,
        HttpRequest request,
        ClaimsPrincipal caller,
        AuditStore store,
        CancellationToken cancellationToken
    )
    {
        var limit = parameters.Page.Limit;
        var csv = Csv.IsWanted(request, parameters.Download);
        var wanted = new AuditQuery(
            parameters.Actions,
            parameters.Subjects,
            caller.IsInRole(AccessPolicies.Admin),
            csv ? null : parameters.Page.Cursor,
            csv ? Page.MaxLimit : limit + 1
        );
        var entries = await store.ListAsync(wanted, cancellationToken);
        return csv
            ? new CsvResult("audit.csv", Columns, store.StreamAsync(wanted, entries, cancellationToken).Select(Cells))
            : TypedResults.Ok(Page.Of(entries, limit, entry => new AuditStore.Position(entry.AuditId)));
    }

    private static object?[] Cells(AuditEntry entry) =>
        [
            entry.AuditId,
            entry.OccurredAt,
            entry.Role,
            entry.Key,
            entry.Action,
            entry.Subject,
            entry.Detail?.GetRawText(),
        ];
}
