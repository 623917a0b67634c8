using System.Text.Json.Nodes;
using Dapper;
using PnlPipeline.Tests.Integration.Servers;

namespace PnlPipeline.Tests.Integration.Database;

/// <summary>
/// What the server itself says that it was sent in a database, and what it looked at for it. It counts for all
/// databases in one place, where other tests look at the same time: what came since is a difference of two looks, and
/// nobody resets it.
/// </summary>
/// <param name="tables">Of statements that name one of these.</param>
internal sealed class StatementLog(TestDatabase database, params string[] tables)
{
    public sealed record Statement(string Text, string Sample, long Executions, long RowsExamined, long RowsSorted)
    {
        public long RowsAnExecution => RowsExamined / Math.Max(1, Executions);
    }

    /// <summary>All so far.</summary>
    public async Task<List<Statement>> ReadAsync()
    {
        await using var connection = await database.OpenAsync();
        return (
            await connection.QueryAsync<Statement>(
                $"""
                SELECT DIGEST_TEXT AS Text, CAST(QUERY_SAMPLE_TEXT AS CHAR) AS Sample, CAST(COUNT_STAR AS SIGNED) AS Executions,
                       CAST(SUM_ROWS_EXAMINED AS SIGNED) AS RowsExamined, CAST(SUM_SORT_ROWS AS SIGNED) AS RowsSorted
                FROM performance_schema.events_statements_summary_by_digest
                WHERE SCHEMA_NAME = DATABASE() AND ({string.Join(
                    " OR ",
                    tables.Select(table => $"DIGEST_TEXT LIKE '%`{table}`%'")
                )})
                """
            )
        ).AsList();
    }

    /// <summary>
    /// Those sent since an earlier look. The server counts a statement after it has answered it: this returns
    /// when two looks in a row see the same, which is at least one.
    /// </summary>
    public async Task<List<Statement>> SinceAsync(List<Statement> before)
    {
        List<Statement> last = [],
            counted = [];
        await Eventually.BecomesAsync(async () =>
        {
            (last, counted) = (counted, await CountedSinceAsync(before));
            return counted.Count > 0 && counted.SequenceEqual(last);
        });
        return counted;
    }

    private async Task<List<Statement>> CountedSinceAsync(List<Statement> before) =>
        [
            .. (await ReadAsync())
                .Select(statement =>
                    before.Find(earlier => earlier.Text == statement.Text) is { } earlier
                        ? statement with
                        {
                            Executions = statement.Executions - earlier.Executions,
                            RowsExamined = statement.RowsExamined - earlier.RowsExamined,
                            RowsSorted = statement.RowsSorted - earlier.RowsSorted,
                        }
                        : statement
                )
                .Where(statement => statement.Executions > 0),
        ];

    /// <summary>
    /// The samples that can be asked again: the server keeps the beginning of each, and a statement with an id in it is
    /// no text.
    /// </summary>
    public static IEnumerable<string> WholeSelects(IEnumerable<Statement> statements) =>
        statements
            .Select(statement => statement.Sample)
            .Where(sample =>
                sample.StartsWith("SELECT", StringComparison.Ordinal)
                && !sample.EndsWith("...", StringComparison.Ordinal)
                && !sample.Contains("_binary", StringComparison.Ordinal)
            );

    /// <summary>
    /// The tables, by name, that the server would read for a statement in one of these ways: <c>ALL</c> of the table,
    /// or all of an <c>index</c>.
    /// </summary>
    public async Task<List<string>> ReadThusAsync(string select, params string[] ways)
    {
        await using var connection = await database.OpenAsync();
        var plan = JsonNode.Parse(
            await connection.ExecuteScalarAsync<string>(
                "SET @@explain_json_format_version = 1; EXPLAIN FORMAT=JSON " + select
            ) ?? "{}"
        );
        return
        [
            .. Tables(plan)
                .Where(table => ways.Contains((string?)table["access_type"]))
                .Select(table => (string?)table["table_name"] ?? ""),
        ];

        static IEnumerable<JsonObject> Tables(JsonNode? node) =>
            node switch
            {
                JsonObject part => part.SelectMany(member =>
                    member.Key == "table" && member.Value is JsonObject table
                        ? [table, .. Tables(table)]
                        : Tables(member.Value)
                ),
                JsonArray parts => parts.SelectMany(Tables),
                _ => [],
            };
    }
}
