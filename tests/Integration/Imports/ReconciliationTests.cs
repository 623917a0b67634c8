using System.Text;
using System.Text.Json;
using PnlPipeline.Tests.Integration.Query;

namespace PnlPipeline.Tests.Integration.Imports;

public sealed class ReconciliationTests(ReconciliationTests.Delivered delivered)
    : IClassFixture<ReconciliationTests.Delivered>
{
    private const string Stream = "?symbol=RECON&timeframe=1h&tz=America/New_York";

    // In New York: five hours behind. The bar opens an hour before the alert of its close.
    private const string List = """
        Trade #,Type,Date and time,Signal,Price USD
        4,Exit long,2026-01-10 00:00,Open,150
        4,Entry long,2026-01-04 05:00,Long,140
        3,Exit short,2026-01-03 09:00,Long,131
        3,Entry short,2026-01-03 05:00,Short,130
        2,Exit long,2026-01-02 09:00,Long,121
        2,Entry long,2026-01-02 05:00,Long,120
        1,Exit long,2026-01-01 09:00,Long,111
        1,Entry long,2026-01-01 05:00,Long,110
        x,Entry,2026-01-01 05:00,Long,110
        """;

    /// <summary>
    /// Trades whose alerts came two seconds after their time; the third did not come, and one nobody listed did.
    /// </summary>
    public sealed class Delivered : IAsyncLifetime
    {
        public QueryApi Api { get; } = new();

        public async ValueTask InitializeAsync()
        {
            await Api.InitializeAsync();
            await Api.Stage.TradesAsync(
                new StagedTrade("RECON", "60", "long", "2026-01-01T11:00:00", 110m, "2026-01-01T15:00:00", 111m),
                new StagedTrade("RECON", "60", "long", "2026-01-02T11:00:00", 120.5m, "2026-01-02T15:20:00", 121m),
                new StagedTrade("RECON", "60", "short", "2026-01-03T20:00:00", 130m, "2026-01-03T21:00:00", 131m),
                new StagedTrade("RECON", "60", "long", "2026-01-04T11:00:00", 140m)
            );
            await Api.Stage.ExecuteAsync("UPDATE alerts SET received_at = timestamp + INTERVAL 2 SECOND");
            await Api.Stage.ExecuteAsync(
                "UPDATE alerts SET received_at = timestamp + INTERVAL 5 MINUTE WHERE timestamp = '2026-01-04 11:00'"
            );
        }

        public ValueTask DisposeAsync() => Api.DisposeAsync();
    }

    private HttpClient Viewer => delivered.Api.Viewer;

    [Fact]
    public async Task A_viewer_sees_what_was_delivered_what_is_missing_extra_late_and_at_another_price()
    {
        var answer = await (await Viewer.SendAsync("POST", "/api/v1/reconciliations" + Stream, List)).JsonAsync(200);
        Assert.Equal(
            """{"listed":4,"delivered":4,"matched":3,"exact":1,"missing":1,"ignored":0,"unmatched":0,"voided":0,"extra":1,"late":2,"priceDiffers":1,"exitMissing":0,"exitExtra":0}""",
            answer.GetProperty("summary").GetRawText()
        );
        Assert.Equal(
            ("RECON", "60", 3600, 2, 300, 1, 5),
            (
                answer.GetProperty("symbol").GetString(),
                answer.GetProperty("timeframe").GetString(),
                answer.GetProperty("offsetSeconds").GetDouble(),
                answer.GetProperty("delays").GetProperty("p50").GetDouble(),
                answer.GetProperty("delays").GetProperty("max").GetDouble(),
                answer.GetProperty("rejected").GetInt32(),
                answer.GetProperty("total").GetInt32()
            )
        );
        Assert.Equal(
            [
                "matched 1 []",
                """late 2 ["exitTime","entryPrice"]""",
                "missing 3 []",
                "extra null []",
                """late 4 ["entryReceivedLate"]""",
            ],
            Rows(answer)
        );
        var second = answer.GetProperty("rows")[1];
        Assert.Equal(
            (0, 1200, 0.5m, 0m),
            (
                second.GetProperty("entryTimeDifference").GetDouble(),
                second.GetProperty("exitTimeDifference").GetDouble(),
                second.GetProperty("entryPriceDifference").GetDecimal(),
                second.GetProperty("exitPriceDifference").GetDecimal()
            )
        );
        Assert.Equal("2026-01-01T11:00:00Z", answer.GetProperty("firstAlert").GetString());
        // Nothing is changed.
        Assert.Equal(0, await delivered.Api.Stage.ScalarAsync<long>("SELECT COUNT(*) FROM imports"));
    }

    [Fact]
    public async Task Tolerances_spans_and_kinds_can_be_chosen()
    {
        var loose = await (
            await Viewer.SendAsync(
                "POST",
                $"/api/v1/reconciliations{Stream}&timeToleranceSeconds=1200&priceTolerancePercentage=1&delayToleranceSeconds=300&offsetSeconds=3600",
                List
            )
        ).JsonAsync(200);
        Assert.Equal(["matched 1 []", "matched 2 []", "missing 3 []", "extra null []", "matched 4 []"], Rows(loose));
        var some = await (
            await Viewer.SendAsync(
                "POST",
                $"/api/v1/reconciliations{Stream}&show=missing&show=late&from=2026-01-02T00:00:00Z&to=2026-01-04T00:00:00Z&limit=1",
                List
            )
        ).JsonAsync(200);
        Assert.Equal(["""late 2 ["exitTime","entryPrice"]"""], Rows(some));
        Assert.Equal(2, some.GetProperty("total").GetInt32());
        var unmoved = await (
            await Viewer.SendAsync("POST", $"/api/v1/reconciliations{Stream}&offsetSeconds=0&show=exact", List)
        ).JsonAsync(200);
        Assert.Empty(Rows(unmoved));
        var unknown = await (
            await Viewer.SendAsync("POST", "/api/v1/reconciliations?symbol=NONE&timeframe=1&tz=UTC", List)
        ).JsonAsync(200);
        Assert.Equal(
            (4, 4, JsonValueKind.Null),
            (
                unknown.GetProperty("summary").GetProperty("listed").GetInt32(),
                unknown.GetProperty("summary").GetProperty("missing").GetInt32(),
                unknown.GetProperty("firstAlert").ValueKind
            )
        );
    }

    [Fact]
    public async Task All_of_it_is_a_download()
    {
        using var form = new MultipartFormDataContent
        {
            { new StringContent(List, Encoding.UTF8), "file", "list.csv" },
        };
        using var response = await Viewer.PostAsync(
            $"/api/v1/reconciliations{Stream}&format=csv&limit=1",
            form,
            QueryApi.Cancellation
        );
        Assert.Equal("text/csv", response.Content.Headers.ContentType?.MediaType);
        var lines = (await response.Content.ReadAsStringAsync(QueryApi.Cancellation)).TrimEnd().Split("\r\n");
        Assert.Equal(6, lines.Length);
        Assert.StartsWith(
            "state,remarks,side,number,tradeId,alertId,listedEntryTime,",
            lines[0],
            StringComparison.Ordinal
        );
        Assert.StartsWith("late,exitTime entryPrice,long,2,", lines[2], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "x", "columns")]
    [InlineData("", "Trade #,Type,Date/Time,Price\n1,Entry long,2024-01-01,1\n", "symbol timeframe tz")]
    [InlineData(Stream, "", "body")]
    [InlineData(Stream, "symbol,timeframe,price,timestamp\n", "columns")]
    [InlineData(
        Stream
            + "&offsetSeconds=soon&timeToleranceSeconds=-1&priceTolerancePercentage=x&delayToleranceSeconds=1.5&show=all&limit=0&from=x&format=y",
        List,
        "delayToleranceSeconds format from limit offsetSeconds priceTolerancePercentage show timeToleranceSeconds"
    )]
    public async Task What_is_wrong_is_told_by_field(string query, string list, string fields) =>
        Assert.Equal(
            fields,
            await (await Viewer.SendAsync("POST", "/api/v1/reconciliations" + query, list)).ProblemAsync(400)
        );

    [Fact]
    public async Task A_list_that_is_too_large_is_refused()
    {
        await (
            await Viewer.SendAsync("POST", "/api/v1/reconciliations" + Stream, new string('x', 17 * 1024 * 1024))
        ).ProblemAsync(413);
    }

    [Theory]
    [InlineData("999999M")]
    [InlineData("999999D")]
    [InlineData("RENKO")]
    [InlineData("1S")]
    public async Task Whatever_the_timeframe_the_calendar_is_not_left(string timeframe)
    {
        const string list = "Trade #,Type,Date/Time,Price\n1,Entry long,2000-01-01,1\n1,Exit long,9998-12-31,1\n";
        await (
            await Viewer.SendAsync(
                "POST",
                $"/api/v1/reconciliations?symbol=RECON&timeframe={timeframe}&tz=Asia/Tokyo&offsetSeconds=-2678400",
                list
            )
        ).JsonAsync(200);
    }

    private static List<string> Rows(JsonElement answer) =>
        [
            .. answer
                .GetProperty("rows")
                .EnumerateArray()
                .Select(row =>
                    $"{row.GetProperty("state").GetString()} {row.GetProperty("number").GetRawText()} "
                    + $"{row.GetProperty("remarks").GetRawText()}"
                ),
        ];
}
