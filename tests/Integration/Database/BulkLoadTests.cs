using System.Globalization;
using Dapper;
using PnlPipeline.Database;
using PnlPipeline.Tests.Integration.Servers;

namespace PnlPipeline.Tests.Integration.Database;

public sealed class BulkLoadTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    [Fact]
    public async Task Every_byte_and_every_digit_arrives_as_it_was()
    {
        await using var connection = await database.OpenAsync();
        await connection.ExecuteAsync("CREATE TABLE bulk (id BIGINT PRIMARY KEY, bytes BINARY(16), word VARCHAR(20), money DECIMAL(38, 8), time DATETIME(3))");
        var time = new DateTime(2026, 11, 22, 6, 28, 0, 7, DateTimeKind.Utc);
        var money = decimal.Parse("-999999999999999999.99999999", CultureInfo.InvariantCulture);
        using var load = new BulkLoad("bulk", "id", "bytes", "word", "money", "time");
        for (var i = 0; i < 256; i++)
        {
            var bytes = Enumerable.Repeat((byte)i, 16).ToArray();
            load.Value(i - 128L).Value(bytes).Value(i % 2 == 0 ? "tab\tline\n" : @"back\slash é").Value(money + i).Value(time.AddMilliseconds(i)).EndRow();
        }

        await load.ExecuteAsync(connection, TestContext.Current.CancellationToken);

        var rows = (await connection.QueryAsync<(long Id, byte[] Bytes, string Word, decimal Money, DateTime Time)>("SELECT * FROM bulk ORDER BY id")).ToList();
        Assert.Equal(256, rows.Count);
        for (var i = 0; i < 256; i++)
        {
            Assert.Equal(i - 128, rows[i].Id);
            Assert.Equal(Enumerable.Repeat((byte)i, 16), rows[i].Bytes);
            Assert.Equal(i % 2 == 0 ? "tab\tline\n" : @"back\slash é", rows[i].Word);
            Assert.Equal(money + i, rows[i].Money);
            Assert.Equal(time.AddMilliseconds(i), rows[i].Time);
        }
    }

    [Theory]
    [InlineData(1, 1, "of a row that is there already")]
    [InlineData(1, 300, "of a value that does not fit")]
    public async Task What_an_insert_would_refuse_is_an_error_here_too(long first, long second, string because)
    {
        await using var connection = await database.OpenAsync();
        await connection.ExecuteAsync("DROP TEMPORARY TABLE IF EXISTS narrow; CREATE TEMPORARY TABLE narrow (id TINYINT PRIMARY KEY)");
        using var load = new BulkLoad("narrow", "id");
        load.Value(first).EndRow();
        load.Value(second).EndRow();
        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(() => load.ExecuteAsync(connection, TestContext.Current.CancellationToken));
        Assert.True(refusal.Message.Contains("narrow", StringComparison.Ordinal), because);
    }
}
