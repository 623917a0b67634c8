using System.Text.Json;

namespace PnlPipeline.Tests.Integration.Query;

/// <summary>Tags and notes: written by admins, kept by the trade's id, and a filter of everything.</summary>
public sealed class NoteTests(LedgerAndChartTests.Batch batch) : IClassFixture<LedgerAndChartTests.Batch>
{
    private string TradeOf(int seq) => $"/api/v1/trades/{batch.Trades[seq - 1].Id}";

    [Fact]
    public async Task What_is_written_down_of_trades_is_in_lists_filters_breakdowns_csv_and_the_audit_trail()
    {
        await WriteAsync(
            1,
            """{"tags":["Breakout"," FOMO ","breakout"],"note":"=cmd|' /C calc'!A1\r\n<b>bold</b>  "}"""
        );
        await WriteAsync(2, """{"tags":["fomo"]}""");
        await WriteAsync(4, """{"note":"Only a note."}""");
        // The same again: nothing is changed, so nothing is written.
        var same = await WriteAsync(1, """{"tags":["fomo","breakout"]}""");
        Assert.Equal("""["breakout","fomo"]""", same.GetProperty("tags").GetRawText());
        Assert.Equal("=cmd|' /C calc'!A1\n<b>bold</b>", same.GetProperty("note").GetString());

        Assert.Equal(
            """[{"tag":"breakout","trades":1},{"tag":"fomo","trades":2}]""",
            (await GetAsync("/api/v1/tags")).GetProperty("items").GetRawText()
        );
        foreach (
            var path in new[]
            {
                "/api/v1/trades?tag=Fomo",
                $"{batch.Path}/trades?tag=fomo",
                $"{batch.Path}/ledger?tag=fomo",
            }
        )
        {
            Assert.Equal(
                new[] { 1, 2 }.Select(seq => batch.Trades[seq - 1].Id.ToString()).Order(),
                (await GetAsync(path)).Items("tradeId").Order()
            );
        }

        Assert.Equal(2, await CountAsync("ledger?sort=pnl&tag=fomo&tag=breakout"));
        Assert.Equal(1, await CountAsync("ledger?tag=breakout&side=long"));
        Assert.Equal(1, await CountAsync("trades?state=closed&sort=holding&tag=breakout"));
        Assert.Equal(0, await CountAsync("trades?state=open&tag=fomo"));

        // 10,000 and −27,500 of the whole.
        var statistics = await GetAsync($"{batch.Path}/statistics?tag=fomo");
        Assert.Equal(
            (2, -17500m, 0),
            (
                statistics.GetProperty("trades").GetInt32(),
                statistics.GetProperty("netProfit").GetDecimal(),
                statistics.GetProperty("openTrades").GetInt32()
            )
        );
        Assert.Equal(
            ["", "breakout", "fomo"],
            (await GetAsync($"{batch.Path}/breakdown?by=tag"))
                .GetProperty("groups")
                .EnumerateArray()
                .Select(group => group.GetProperty("key").GetString())
        );
        Assert.Equal(
            [3, 1, 2],
            (await GetAsync($"{batch.Path}/breakdown?by=tag"))
                .GetProperty("groups")
                .EnumerateArray()
                .Select(group => group.GetProperty("trades").GetInt32())
        );

        var csv = await batch.Api.Viewer.GetStringAsync($"{batch.Path}/ledger?format=csv", QueryApi.Cancellation);
        Assert.Contains(",\"breakout, fomo\",\"'=cmd|' /C calc'!A1\n<b>bold</b>\"\r\n", csv, StringComparison.Ordinal);
        Assert.Contains(",Only a note.\r\n", csv, StringComparison.Ordinal);

        var audit = await batch.Api.Admin.GetJsonAsync($"/api/v1/audit?subject=trades/{batch.Trades[0].Id}");
        Assert.Equal(["trade.note"], audit.Items("action"));
        Assert.Equal(
            "=cmd|' /C calc'!A1\n<b>bold</b>",
            audit.GetProperty("items")[0].GetProperty("detail").GetProperty("note").GetString()
        );

        // What the client has is another once a tag is, and only then.
        var path2 = $"{batch.Path}/statistics?tag=late";
        var tag = (await batch.Api.Viewer.SendAsync("GET", path2)).Headers.ETag!.ToString();
        Assert.Equal(304, await StatusAsync(path2, tag));
        await WriteAsync(3, """{"tags":["late"]}""");
        Assert.Equal(200, await StatusAsync(path2, tag));
        await WriteAsync(3, """{"tags":[],"note":""}""");
        Assert.False((await GetAsync(TradeOf(3))).TryGetProperty("tags", out _));
        await WriteAsync(1, """{"tags":null,"note":null}""");
        await WriteAsync(2, """{"tags":[]}""");
        Assert.Equal("[]", (await GetAsync("/api/v1/tags")).GetProperty("items").GetRawText());
    }

    [Fact]
    public async Task A_note_stays_with_a_trade_that_is_derived_again()
    {
        await WriteAsync(5, """{"tags":["kept"],"note":"Kept."}""");
        // As it is while the alert that opened it is excluded.
        var ids = new { id = batch.Trades[4].Id.ToByteArray(), gone = new byte[16] };
        await batch.Api.Stage.ExecuteAsync("UPDATE trades SET trade_id = @gone WHERE trade_id = @id", ids);
        await (await batch.Api.Viewer.SendAsync("GET", TradeOf(5))).ProblemAsync(404);
        await batch.Api.Stage.ExecuteAsync("UPDATE trades SET trade_id = @id WHERE trade_id = @gone", ids);
        Assert.Equal("Kept.", (await GetAsync(TradeOf(5))).GetProperty("note").GetString());
        await WriteAsync(5, """{"tags":[],"note":""}""");
    }

    [Theory]
    [InlineData("""{}""", "note")]
    [InlineData("""{"tags":"one"}""", "tags")]
    [InlineData("""{"tags":[1]}""", "tags")]
    [InlineData("""{"tags":["a,b"]}""", "tags")]
    [InlineData("""{"tags":["  "]}""", "tags")]
    [InlineData("""{"tags":["a\nb"],"note":7,"colour":"red"}""", "colour note tags")]
    [InlineData("""{"tags":["123456789012345678901234567890123"]}""", "tags")]
    [InlineData("""{"note":"\u0000"}""", "note")]
    public async Task What_is_no_text_is_refused(string body, string fields) =>
        Assert.Equal(
            fields,
            await (await batch.Api.Admin.SendAsync("PUT", TradeOf(1) + "/note", body)).ProblemAsync(400)
        );

    [Fact]
    public async Task What_is_too_much_is_refused()
    {
        var tags = string.Join(',', Enumerable.Range(0, 21).Select(i => $"\"t{i}\""));
        Assert.Equal(
            "note tags",
            await (
                await batch.Api.Admin.SendAsync(
                    "PUT",
                    TradeOf(1) + "/note",
                    $$"""{"tags":[{{tags}}],"note":"{{new string('x', 2001)}}"}"""
                )
            ).ProblemAsync(400)
        );
        Assert.Equal(
            "tag",
            await (await batch.Api.Viewer.SendAsync("GET", batch.Path + "/ledger?tag=a,b")).ProblemAsync(400)
        );
        Assert.Equal(
            "by",
            await (await batch.Api.Viewer.SendAsync("GET", batch.Path + "/breakdown?by=tag&by=hour")).ProblemAsync(400)
        );
    }

    [Fact]
    public async Task A_day_has_a_note_in_its_batch()
    {
        var path = $"{batch.Path}/day-notes";
        foreach (
            var (day, note) in ((string, string)[])
                [("2026-01-03", "Third."), ("2026-01-01", "First."), ("2026-01-03", "Third, again.")]
        )
            await (await batch.Api.Admin.SendAsync("PUT", $"{path}/{day}", $$"""{"note":"{{note}}"}""")).JsonAsync(200);
        Assert.Equal(["First.", "Third, again."], (await GetAsync(path)).Items("note"));
        Assert.Equal(["2026-01-01", "2026-01-03"], (await GetAsync(path)).Items("day"));
        await (await batch.Api.Admin.SendAsync("PUT", $"{path}/2026-01-01", """{"note":""}""")).JsonAsync(200);
        Assert.Equal(["2026-01-03"], (await GetAsync(path)).Items("day"));
        Assert.Equal(
            ["""{"note":""}""", """{"note":"First."}"""],
            (
                await batch.Api.Admin.GetJsonAsync($"/api/v1/audit?subject=batches/{batch.Id}/day-notes/2026-01-01")
            ).Items("detail")
        );
        Assert.Equal(
            "day note",
            await (await batch.Api.Admin.SendAsync("PUT", $"{path}/tomorrow", "{}")).ProblemAsync(400)
        );
        Assert.Equal(
            "tags",
            await (
                await batch.Api.Admin.SendAsync("PUT", $"{path}/2026-01-01", """{"tags":[],"note":""}""")
            ).ProblemAsync(400)
        );
    }

    private async Task<JsonElement> WriteAsync(int seq, string body) =>
        await (await batch.Api.Admin.SendAsync("PUT", TradeOf(seq) + "/note", body)).JsonAsync(200);

    private Task<JsonElement> GetAsync(string path) => batch.Api.Viewer.GetJsonAsync(path);

    private async Task<int> CountAsync(string path) =>
        (await GetAsync($"{batch.Path}/{path}")).GetProperty("items").GetArrayLength();

    private async Task<int> StatusAsync(string path, string tag) =>
        (int)(await batch.Api.Viewer.SendAsync("GET", path, null, ("If-None-Match", tag))).StatusCode;
}
