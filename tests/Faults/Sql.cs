using System.Data.Common;
using PnlPipeline.Database;
using PnlPipeline.Tests.EndToEnd.System;

namespace PnlPipeline.Tests.Faults;

/// <summary>The database past the pipeline: a session of somebody who looks into it.</summary>
public static class Sql
{
    public static async Task<IReadOnlyList<string>> ListAsync(this PipelineSystem system, string query)
    {
        await using var connection = await new MySqlDatabase(system.Database).OpenAsync(CancellationToken.None);
        await using var command = connection.CreateCommand();
        command.CommandText = query;
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<string>();
        while (await reader.ReadAsync())
            rows.Add(string.Join(' ', Enumerable.Range(0, reader.FieldCount).Select(i => $"{reader.GetValue(i)}")));
        return rows;
    }

    /// <summary>Changes rows by hand; how many.</summary>
    public static async Task<int> ExecuteAsync(this PipelineSystem system, string statement)
    {
        await using var connection = await new MySqlDatabase(system.Database).OpenAsync(CancellationToken.None);
        return await connection.RunAsync(statement);
    }

    /// <summary>In a session that is open.</summary>
    public static async Task<int> RunAsync(this DbConnection connection, string statement)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = statement;
        return await command.ExecuteNonQueryAsync();
    }

    public static async Task<long> ScalarAsync(this PipelineSystem system, string query) =>
        long.Parse(Assert.Single(await system.ListAsync(query)), System.Globalization.CultureInfo.InvariantCulture);
}
