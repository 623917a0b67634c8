using System.Text.Json;
using PnlPipeline.Domain.Alerts;
using PnlPipeline.Query.Api.Batches;
using PnlPipeline.Query.Api.Http;

namespace PnlPipeline.Tests.Unit.Query;

public sealed class BatchFormTests
{
    private static readonly BatchSettings Held = new(
        "Old",
        ["BTC"],
        ["60"],
        [],
        new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc),
        5m,
        6m,
        7m
    );

    public static TheoryData<string, string> Edits =>
        new()
        {
            { "{}", "Old | BTC | 60 | 2026-01-01T00:00:00Z | 5 | 6 | 7" },
            { """{"name":"  New  "}""", "New | BTC | 60 | 2026-01-01T00:00:00Z | 5 | 6 | 7" },
            {
                """{"symbols":["eth"," btc ","ETH","Aapl"]}""",
                "Old | AAPL,BTC,ETH | 60 | 2026-01-01T00:00:00Z | 5 | 6 | 7"
            },
            { """{"timeframes":["1h","1D","60"]}""", "Old | BTC | 1D,60 | 2026-01-01T00:00:00Z | 5 | 6 | 7" },
            { """{"timeframes":[]}""", "Old | BTC |  | 2026-01-01T00:00:00Z | 5 | 6 | 7" },
            {
                """{"startTime":"2026-11-22T07:28:00.5+0100"}""",
                "Old | BTC | 60 | 2026-11-22T06:28:00.500Z | 5 | 6 | 7"
            },
            { """{"startTime":1767225600}""", "Old | BTC | 60 | 2026-01-01T00:00:00Z | 5 | 6 | 7" },
            {
                """{"capital":1e12,"allocationPercentage":0.00000001,"feePercentage":10.0}""",
                "Old | BTC | 60 | 2026-01-01T00:00:00Z | 1000000000000 | 0.00000001 | 10"
            },
            { """{"feePercentage":0}""", "Old | BTC | 60 | 2026-01-01T00:00:00Z | 5 | 6 | 0" },
            // Null goes back to the default.
            {
                """{"timeframes":null,"startTime":null,"capital":null,"allocationPercentage":null,"feePercentage":null}""",
                "Old | BTC |  |  | 100000 | 100 | 0"
            },
        };

    [Theory]
    [MemberData(nameof(Edits))]
    public void What_is_absent_stays_and_null_goes_back_to_the_default(string body, string settings)
    {
        var errors = new FieldErrors();
        var edit = BatchForm.Read(JsonDocument.Parse(body).RootElement, errors);
        Assert.Empty(errors.ToDictionary());
        Assert.Equal(settings, Text(edit.Apply(Held)));
    }

    public static TheoryData<string, string> Errors =>
        new()
        {
            { """{"name":null}""", "name" },
            { """{"name":""}""", "name" },
            { """{"name":"   "}""", "name" },
            { """{"name":7}""", "name" },
            { """{"name":"\ud800"}""", "name" },
            { """{"symbols":null}""", "symbols" },
            { """{"symbols":[]}""", "symbols" },
            { """{"symbols":"BTC"}""", "symbols" },
            { """{"symbols":["BTC",7]}""", "symbols" },
            { """{"symbols":["BTC",""]}""", "symbols" },
            { """{"symbols":["B|C"]}""", "symbols" },
            { """{"symbols":["\udc00"]}""", "symbols" },
            { """{"timeframes":"60"}""", "timeframes" },
            { """{"timeframes":["0"]}""", "timeframes" },
            { """{"strategies":"S"}""", "strategies" },
            { """{"strategies":["A|B"]}""", "strategies" },
            { """{"symbols":[".."]}""", "symbols" },
            { """{"startTime":"yesterday"}""", "startTime" },
            { """{"startTime":true}""", "startTime" },
            { """{"startTime":"2026-11-22"}""", "startTime" },
            { """{"capital":0}""", "capital" },
            { """{"capital":-1}""", "capital" },
            { """{"capital":1000000000000.00000001}""", "capital" },
            { """{"capital":0.000000001}""", "capital" },
            { """{"capital":1e999999999999999999999}""", "capital" },
            { """{"capital":"100"}""", "capital" },
            { """{"allocationPercentage":0}""", "allocationPercentage" },
            { """{"allocationPercentage":100.00000001}""", "allocationPercentage" },
            { """{"feePercentage":-0.1}""", "feePercentage" },
            { """{"feePercentage":10.00000001}""", "feePercentage" },
            { """{"captial":1}""", "captial" },
            { """{"Name":"x"}""", "Name" },
            { """{"name":"a","name":"b"}""", "name" },
            { """{"\ud800":1}""", "body" },
            // All of them at once.
            { """{"name":"","symbols":[],"capital":0,"nonsense":1}""", "name symbols capital nonsense" },
        };

    [Theory]
    [MemberData(nameof(Errors))]
    public void Everything_wrong_is_told_by_field(string body, string fields)
    {
        var errors = new FieldErrors();
        BatchForm.Read(JsonDocument.Parse(body).RootElement, errors);
        Assert.Equal(fields.Split(' ').Order(), errors.ToDictionary().Keys.Order());
    }

    [Fact]
    public void A_new_batch_has_a_name_and_symbols()
    {
        var errors = new FieldErrors();
        BatchForm.ReadNew(JsonDocument.Parse("{}").RootElement, errors);
        Assert.Equal(["name", "symbols"], errors.ToDictionary().Keys);
    }

    [Theory]
    [InlineData(100, true)]
    [InlineData(101, false)]
    public void A_name_is_counted_in_characters_not_in_halves_of_them(int count, bool fits)
    {
        var body = JsonSerializer.Serialize(new { name = string.Concat(Enumerable.Repeat("💰", count)) });
        var errors = new FieldErrors();
        BatchForm.Read(JsonDocument.Parse(body).RootElement, errors);
        Assert.Equal(!fits, errors.Any);
    }

    [Theory]
    [InlineData(500, true)]
    [InlineData(501, false)]
    public void Symbols_are_counted_once_each(int count, bool fits)
    {
        var symbols = Enumerable.Range(0, count).Select(i => $"S{i}").Append("s0").ToArray();
        var errors = new FieldErrors();
        BatchForm.Read(JsonDocument.Parse(JsonSerializer.Serialize(new { symbols })).RootElement, errors);
        Assert.Equal(!fits, errors.Any);
    }

    [Theory]
    [InlineData("""{"name":"New"}""", true)]
    [InlineData("""{"symbols":["btc"],"capital":5.0}""", true)]
    [InlineData("""{"symbols":["BTC","ETH"]}""", false)]
    [InlineData("""{"timeframes":null}""", false)]
    [InlineData("""{"startTime":null}""", false)]
    [InlineData("""{"capital":5.00000001}""", false)]
    [InlineData("""{"allocationPercentage":5}""", false)]
    [InlineData("""{"feePercentage":5}""", false)]
    public void Everything_but_the_name_makes_another_ledger(string body, bool same)
    {
        var edit = BatchForm.Read(JsonDocument.Parse(body).RootElement, new FieldErrors());
        Assert.Equal(same, edit.Apply(Held).CountsLike(Held));
    }

    private static string Text(BatchSettings settings) =>
        string.Join(
            " | ",
            settings.Name,
            string.Join(',', settings.Symbols),
            string.Join(',', settings.Timeframes),
            settings.StartTime is { } start ? JsonFormats.Iso(start) : "",
            JsonFormats.Plain(settings.Capital),
            JsonFormats.Plain(settings.AllocationPercentage),
            JsonFormats.Plain(settings.FeePercentage)
        );
}
