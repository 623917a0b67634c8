using Dapper;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using PnlPipeline.Database;
using PnlPipeline.Tests.Integration.Servers;

namespace PnlPipeline.Tests.Integration.Database;

/// <summary>
/// EF Core's model against the schema that the numbered SQL made: neither says a thing that the other does not.
/// </summary>
public sealed class ControlPlaneModelTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    // What MySQL calls a column that is read as the type on the left without losing anything.
    private static readonly Dictionary<Type, string[]> Fitting = new()
    {
        [typeof(long)] = ["bigint unsigned", "int unsigned"],
        [typeof(string)] = ["varchar", "char", "text", "mediumtext", "longtext", "json", "enum"],
        [typeof(byte[])] = ["binary", "varbinary", "blob", "mediumblob", "longblob"],
        [typeof(DateTime)] = ["datetime(3)"],
        [typeof(DateOnly)] = ["date"],
        [typeof(decimal)] = ["decimal"],
        [typeof(bool)] = ["tinyint(1)"],
    };

    private sealed record Column(string Name, string Type, bool IsNullable, bool NeedsValue);

    [Fact]
    public async Task Every_mapped_column_is_there_with_a_type_that_fits()
    {
        await using var db = await OpenAsync();
        var wrong = new List<string>();
        foreach (var entity in db.Model.GetEntityTypes())
        {
            var columns = await ColumnsAsync(entity.GetTableName()!);
            foreach (var property in entity.GetProperties())
            {
                var name = $"{entity.GetTableName()}.{property.GetColumnName()}";
                if (columns.Find(column => column.Name == property.GetColumnName()) is not { } column)
                    wrong.Add($"{name} is not there");
                else if (!Fits(property, column.Type))
                    wrong.Add($"{name} is {column.Type}, mapped as {property.GetColumnType()}");
                else if (property.IsNullable != column.IsNullable)
                    wrong.Add($"{name} is {(column.IsNullable ? "" : "not ")}nullable");
            }
        }

        Assert.Empty(wrong);
    }

    [Fact]
    public async Task A_row_that_is_added_has_all_that_the_table_asks_for()
    {
        await using var db = await OpenAsync();
        foreach (
            var entity in new[]
            {
                typeof(BatchRecord),
                typeof(BatchSymbolRecord),
                typeof(BatchTimeframeRecord),
                typeof(BatchStrategyRecord),
                typeof(AuditRecord),
                typeof(ShareRecord),
            }
        )
        {
            var mapped = db.Model.FindEntityType(entity)!;
            var columns = await ColumnsAsync(mapped.GetTableName()!);
            Assert.Empty(
                columns
                    .Where(column => column.NeedsValue)
                    .Select(column => column.Name)
                    .Except(mapped.GetProperties().Select(property => property.GetColumnName()))
            );
        }
    }

    [Fact]
    public async Task The_key_is_the_table_s_own()
    {
        await using var db = await OpenAsync();
        await using var connection = await database.OpenAsync();
        foreach (var entity in db.Model.GetEntityTypes())
        {
            var key = await connection.QueryAsync<string>(
                """
                SELECT column_name FROM information_schema.key_column_usage
                 WHERE table_schema = DATABASE() AND table_name = @table AND constraint_name = 'PRIMARY'
                 ORDER BY ordinal_position
                """,
                new { table = entity.GetTableName() }
            );
            Assert.Equal(key, entity.FindPrimaryKey()!.Properties.Select(property => property.GetColumnName()));
        }
    }

    private static bool Fits(IProperty property, string columnType)
    {
        var read = property.GetTypeMapping().Converter?.ProviderClrType ?? property.ClrType;
        var (family, mapped) = (columnType.Split('(')[0], property.GetColumnType());
        return Fitting[Nullable.GetUnderlyingType(read) ?? read].Any(type => type == family || type == columnType)
            && (family is not ("decimal" or "binary") || mapped == columnType);
    }

    private Task<PnlDb> OpenAsync() =>
        PnlDb.OpenAsync(new MySqlDatabase(database.Url), TestContext.Current.CancellationToken);

    private async Task<List<Column>> ColumnsAsync(string table)
    {
        await using var connection = await database.OpenAsync();
        var columns = await connection.QueryAsync<(
            string Name,
            string Type,
            string IsNullable,
            string? Default,
            string Extra
        )>(
            """
            SELECT column_name, column_type, is_nullable, column_default, extra FROM information_schema.columns
             WHERE table_schema = DATABASE() AND table_name = @table
            """,
            new { table }
        );
        return
        [
            .. columns.Select(column => new Column(
                column.Name,
                column.Type,
                column.IsNullable == "YES",
                NeedsValue: column is { IsNullable: "NO", Default: null, Extra: "" }
            )),
        ];
    }
}
