using PnlPipeline.Database;
using PnlPipeline.Tests.EndToEnd.System;

namespace PnlPipeline.Tests.Faults;

/// <summary>The database past the pipeline: a session of somebody who looks into it, changes rows by hand, or holds them.</summary>
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

    public static async Task<long> ScalarAsync(this PipelineSystem system, string query) =>
        long.Parse(Assert.Single(await system.ListAsync(query)), System.Globalization.CultureInfo.InvariantCulture);

    public static async Task ExecuteAsync(this PipelineSystem system, string statement)
    {
        await using var session = await system.HoldAsync();
        Assert.NotEqual(0, await session.ExecuteAsync(statement));
        await session.CommitAsync();
    }

    /// <summary>A transaction of the test's own.</summary>
    public static async Task<HeldRows> HoldAsync(this PipelineSystem system)
    {
        var connection = await new MySqlDatabase(system.Database).OpenAsync(CancellationToken.None);
        return new HeldRows(connection, await connection.BeginTransactionAsync());
    }

    /// <summary>Returns when a worker waits for a row that somebody holds.</summary>
    public static Task SomebodyWaitsAsync(this PipelineSystem system) => Eventually.TrueAsync(
        async () => await system.ScalarAsync("SELECT COUNT(*) FROM performance_schema.data_lock_waits") > 0,
        TimeSpan.FromSeconds(60),
        () => "nobody came to wait for the row");
}
