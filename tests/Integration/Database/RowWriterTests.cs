using System.Globalization;
using Dapper;
using PnlPipeline.Database;
using PnlPipeline.Domain.Alerts;
using PnlPipeline.Tests.Integration.Servers;

namespace PnlPipeline.Tests.Integration.Database;

public sealed class RowWriterTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private static readonly string[] Texts =
    [
        "",
        "tab\tline\n",
        @"back\slash é 🚀",
        "'; DROP TABLE rows_0; -- ",
        @"\N",
        @"\'"" \0",
        "NULL",
    ];

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Every_byte_and_every_digit_arrives_as_it_was(bool loads)
    {
        await using var connection = await database.OpenAsync();
        var table = loads ? "rows_1" : "rows_0";
        await connection.ExecuteAsync(
            $"""
            CREATE TABLE {table} (id BIGINT PRIMARY KEY, bytes BINARY(16), name VARCHAR(40), word VARCHAR(20), money DECIMAL(38, 8), time DATETIME(3),
              flag BOOLEAN, trade BINARY(16))
            """
        );
        var time = new DateTime(2026, 11, 22, 6, 28, 0, 7, DateTimeKind.Utc);
        var money = decimal.Parse("-999999999999999999.99999999", CultureInfo.InvariantCulture);
        using var rows = new RowWriter(table, ["id", "bytes", "name", "word", "money", "time", "flag", "trade"], loads);
        for (var i = 0; i < 2_500; i++)
        {
            rows.Row()
                .Value(i - 128L)
                .Value(Bytes(i))
                .Value(Texts[i % Texts.Length])
                .Word("word")
                .Value(money + i)
                .Value(time.AddMilliseconds(i))
                .Value(i % 2 == 0)
                .Value(new AlertId(Bytes(i)));
        }

        rows.Row().Value(-1_000L);
        for (var i = 0; i < 7; i++)
            rows.Value((long?)null);
        Assert.Equal(2_501, await rows.SendAsync(connection, TestContext.Current.CancellationToken));
        // What was sent is not sent again.
        Assert.Equal(0, await rows.SendAsync(connection, TestContext.Current.CancellationToken));

        var read = (
            await connection.QueryAsync<(
                long Id,
                byte[]? Bytes,
                string? Name,
                string? Word,
                decimal? Money,
                DateTime? Time,
                bool? Flag
            )>($"SELECT id, bytes, name, word, money, time, flag FROM {table} ORDER BY id")
        ).ToList();
        Assert.Equal((-1_000L, null, null, null, null, null, null), read[0]);
        for (var i = 0; i < 2_500; i++)
        {
            var row = read[i + 1];
            Assert.Equal(
                (i - 128L, Texts[i % Texts.Length], "word", money + i, time.AddMilliseconds(i), i % 2 == 0),
                (row.Id, row.Name, row.Word, row.Money, row.Time, row.Flag)
            );
            Assert.Equal(Bytes(i), row.Bytes);
        }

        Assert.Equal(
            2_500,
            await connection.ExecuteScalarAsync<long>($"SELECT COUNT(*) FROM {table} WHERE trade = bytes")
        );

        static byte[] Bytes(int i) => [.. Enumerable.Repeat((byte)i, 15), (byte)(i / 256)];
    }

    [Fact]
    public async Task Several_are_sent_in_their_order_loads_among_them()
    {
        await using var connection = await database.OpenAsync();
        await connection.ExecuteAsync("CREATE TEMPORARY TABLE several (id INT PRIMARY KEY, n INT)");
        using var first = new RowWriter("several", ["id", "n"], loads: false);
        using var second = new RowWriter("several", ["id", "n"], loads: true);
        using var third = new RowWriter(
            "INSERT INTO several VALUES ",
            " AS new ON DUPLICATE KEY UPDATE n = several.n + new.n"
        );
        first.Row().Value(1).Value(1);
        second.Row().Value(2).Value(2);
        third.Row().Value(1).Value(10).Row().Value(2).Value(20);
        await RowWriter.SendAsync([first, second, third], connection, TestContext.Current.CancellationToken);
        Assert.Equal([11, 22], await connection.QueryAsync<int>("SELECT n FROM several ORDER BY id"));
    }

    [Theory]
    [InlineData(1, 1, "of a row that is there already")]
    [InlineData(1, 300, "of a value that does not fit")]
    public async Task What_a_statement_would_refuse_is_an_error_of_a_load_too(long first, long second, string because)
    {
        await using var connection = await database.OpenAsync();
        await connection.ExecuteAsync(
            "DROP TEMPORARY TABLE IF EXISTS narrow; CREATE TEMPORARY TABLE narrow (id TINYINT PRIMARY KEY)"
        );
        using var rows = new RowWriter("narrow", ["id"], loads: true);
        rows.Row().Value(first).Row().Value(second);
        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(() =>
            rows.SendAsync(connection, TestContext.Current.CancellationToken)
        );
        Assert.True(refusal.Message.Contains("narrow", StringComparison.Ordinal), because);
    }
}
