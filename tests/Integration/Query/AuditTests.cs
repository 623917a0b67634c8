using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Dapper;
using PnlPipeline.Database;

namespace PnlPipeline.Tests.Integration.Query;

/// <summary>Who did what, when. Each test looks at deeds of its own, by their subject.</summary>
public sealed class AuditTests(QueryApi api) : IClassFixture<QueryApi>
{
    private static readonly string AdminFingerprint = Convert.ToHexStringLower(
        SHA256.HashData(Encoding.UTF8.GetBytes(QueryApi.AdminKey))
    )[..8];

    [Fact]
    public async Task A_batch_leaves_a_line_for_each_change_from_its_making_to_its_end()
    {
        var id = await CreateAsync("Traced");
        await (
            await api.Admin.SendAsync(
                "PATCH",
                $"/api/v1/batches/{id}",
                """{"capital":123456789012.12345678,"startTime":"2026-01-01T00:00:00Z","timeframes":["60"]}"""
            )
        ).JsonAsync(200);
        await (await api.Admin.SendAsync("PUT", $"/api/v1/batches/{id}/symbols/eth")).JsonAsync(200);
        // Nothing changes, so nothing is written.
        await (await api.Admin.SendAsync("PUT", $"/api/v1/batches/{id}/symbols/eth")).JsonAsync(200);
        await (await api.Admin.SendAsync("PATCH", $"/api/v1/batches/{id}", """{"capital":-1}""")).ProblemAsync(400);
        await (
            await api.Admin.SendAsync("PATCH", $"/api/v1/batches/{id}", """{"name":"Late"}""", ("If-Match", "\"1\""))
        ).ProblemAsync(412);
        Assert.Equal(204, (int)(await api.Admin.SendAsync("DELETE", $"/api/v1/batches/{id}")).StatusCode);
        await (await api.Admin.SendAsync("DELETE", $"/api/v1/batches/{id}")).ProblemAsync(404);

        var page = await api.Admin.GetJsonAsync($"/api/v1/audit?subject=batches/{id}");
        Assert.Equal(["batch.delete", "batch.change", "batch.change", "batch.create"], page.Items("action"));
        Assert.Equal(
            [
                """{"name":"Traced","symbols":["BTC","ETH"],"timeframes":["60"],"strategies":[],"startTime":"2026-01-01T00:00:00Z","capital":123456789012.12345678,"allocationPercentage":100,"feePercentage":0}""",
                """{"symbols":{"was":["BTC"],"is":["BTC","ETH"]}}""",
                """{"timeframes":{"was":[],"is":["60"]},"startTime":{"was":null,"is":"2026-01-01T00:00:00Z"},"capital":{"was":100000,"is":123456789012.12345678}}""",
                """{"name":"Traced","symbols":["BTC"],"timeframes":[],"strategies":[],"startTime":null,"capital":100000,"allocationPercentage":100,"feePercentage":0}""",
            ],
            page.Items("detail")
        );
        Assert.All(page.Items("role"), role => Assert.Equal("admin", role));
        Assert.All(page.Items("key"), key => Assert.Equal(AdminFingerprint, key));
        Assert.DoesNotContain(QueryApi.AdminKey, page.GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_session_s_deeds_are_its_key_s()
    {
        var signedIn = await api.Nobody.SendAsync("POST", "/api/v1/session", $$"""{"key":"{{QueryApi.AdminKey}}"}""");
        var cookie = signedIn.Headers.GetValues("Set-Cookie").Single().Split(';')[0];
        var batch = await (
            await api.Nobody.SendAsync(
                "POST",
                "/api/v1/batches",
                """{"name":"By a session","symbols":["BTC"]}""",
                ("Cookie", cookie),
                ("Sec-Fetch-Site", "same-origin")
            )
        ).JsonAsync(201);
        Assert.Equal(
            [AdminFingerprint],
            (await api.Admin.GetJsonAsync($"/api/v1/audit?subject=batches/{batch.GetProperty("id")}")).Items("key")
        );
    }

    [Fact]
    public async Task A_viewer_reads_the_trail_but_no_key()
    {
        var id = await CreateAsync("Seen");
        var entry = (await api.Viewer.GetJsonAsync($"/api/v1/audit?subject=batches/{id}")).GetProperty("items")[0];
        Assert.Equal("admin", entry.GetProperty("role").GetString());
        Assert.Equal(JsonValueKind.Null, entry.GetProperty("key").ValueKind);
        var csv = await (
            await api.Viewer.SendAsync("GET", $"/api/v1/audit?format=csv&subject=batches/{id}")
        ).Content.ReadAsStringAsync(QueryApi.Cancellation);
        Assert.DoesNotContain(AdminFingerprint, csv, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_trail_is_listed_newest_first_by_deed_and_by_subject_page_by_page_and_as_csv()
    {
        var (first, second) = (await CreateAsync("First of two"), await CreateAsync("Second of two"));
        await api.Admin.SendAsync("DELETE", $"/api/v1/batches/{first}");
        await using (var connection = await api.Database.OpenAsync())
        {
            await connection.ExecuteAsync(
                """
                INSERT INTO audit_trail (occurred_at, role, key_fingerprint, action, subject, detail)
                VALUES (UTC_TIMESTAMP(3), 'admin', 'aaaaaaaa', 'import.upload', 'imports/7', '{"lines":3}')
                """
            );
        }

        var ofBoth = $"/api/v1/audit?subject=batches/{first}&subject=batches/{second}";
        Assert.Equal(
            ["batch.delete", "batch.create", "batch.create"],
            (await api.Viewer.GetJsonAsync(ofBoth)).Items("action")
        );
        Assert.Equal(
            [$"batches/{second}", $"batches/{first}"],
            (await api.Viewer.GetJsonAsync(ofBoth + "&action=batch.create")).Items("subject")
        );
        var upload = (await api.Admin.GetJsonAsync("/api/v1/audit?action=import.upload")).GetProperty("items")[0];
        Assert.Equal("""{"lines":3}""", upload.GetProperty("detail").GetRawText());
        Assert.Equal("aaaaaaaa", upload.GetProperty("key").GetString());

        var paged = new List<string>();
        for (string? cursor = ""; cursor is not null; )
        {
            var page = await api.Viewer.GetJsonAsync($"{ofBoth}&limit=1&cursor={cursor}");
            paged.AddRange(page.Items("action"));
            cursor = page.GetProperty("cursor").GetString();
        }

        Assert.Equal(["batch.delete", "batch.create", "batch.create"], paged);
        var csv = await (
            await api.Admin.SendAsync("GET", ofBoth + "&limit=1", null, ("Accept", "text/csv"))
        ).Content.ReadAsStringAsync(QueryApi.Cancellation);
        var lines = csv.Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("auditId,occurredAt,role,key,action,subject,detail", lines[0]);
        Assert.Equal(4, lines.Length);
        Assert.Contains(
            $",admin,{AdminFingerprint},batch.delete,batches/{first},\"{{\"\"name\"\":\"\"First of two\"\"",
            lines[1],
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task What_was_written_down_can_not_be_unwritten_by_the_api_s_account()
    {
        await using var connection = await new MySqlDatabase(api.Database.QueryUrl).OpenAsync(QueryApi.Cancellation);
        foreach (
            var statement in new[]
            {
                "DELETE FROM audit_trail",
                "UPDATE audit_trail SET role = 'nobody'",
                "DELETE FROM corrections",
            }
        )
        {
            var refusal = await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() =>
                connection.ExecuteAsync(statement)
            );
            Assert.Contains("denied", refusal.Message, StringComparison.Ordinal);
        }
    }

    private async Task<long> CreateAsync(string name) =>
        (
            await (
                await api.Admin.SendAsync("POST", "/api/v1/batches", $$"""{"name":"{{name}}","symbols":["BTC"]}""")
            ).JsonAsync(201)
        )
            .GetProperty("id")
            .GetInt64();
}
