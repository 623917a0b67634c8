using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using PnlPipeline.Tests.Integration.Servers;

namespace PnlPipeline.Tests.Integration.Query;

public sealed class AccessTests(QueryApi api) : IClassFixture<QueryApi>
{
    private const string OwnPage = "same-origin";

    [Theory]
    [InlineData(null)]
    [InlineData("Bearer ")]
    [InlineData("Bearer an-admin-key-of-this-test-ru")]
    [InlineData("Bearer an-admin-key-of-this-test-runn")]
    [InlineData("Bearer AN-ADMIN-KEY-OF-THIS-TEST-RUN")]
    [InlineData("Basic YWRtaW46YWRtaW4=")]
    [InlineData("an-admin-key-of-this-test-run")]
    public async Task Nobody_reads_or_changes_without_a_key(string? authorization)
    {
        (string, string)[] headers = authorization is null ? [] : [("Authorization", authorization)];
        foreach (var (method, path) in Everything)
        {
            var response = await api.Nobody.SendAsync(method, path, method is "POST" or "PATCH" ? "{}" : null, headers);
            await response.ProblemAsync(401);
            Assert.Equal("Bearer", response.Headers.WwwAuthenticate.ToString());
        }
    }

    [Fact]
    public async Task Viewer_reads_everything()
    {
        foreach (var (_, path) in Everything.Where(call => call.Method == "GET"))
        {
            // The event stream has no end.
            using var response = await api.Viewer.GetAsync(
                path,
                HttpCompletionOption.ResponseHeadersRead,
                QueryApi.Cancellation
            );
            Assert.Contains((int)response.StatusCode, new[] { 200, 404 });
        }

        Assert.Equal("""{"role":"viewer"}""", (await api.Viewer.GetJsonAsync("/api/v1/session")).GetRawText());
    }

    [Fact]
    public async Task Viewer_cannot_create_change_or_delete_a_batch()
    {
        var id = await CreateAsync("Untouched");
        foreach (
            var (method, path) in Everything.Where(call => call.Method != "GET" && !ViewersPosts.Contains(call.Path))
        )
            await (
                await api.Viewer.SendAsync(
                    method,
                    path.Replace("/1", $"/{id}", StringComparison.Ordinal),
                    """{"name":"Touched"}"""
                )
            ).ProblemAsync(403);
        Assert.Equal(
            """Untouched 1""",
            await api.Stage.ScalarAsync<string>(
                "SELECT CONCAT(name, ' ', revision) FROM batches WHERE batch_id = @id",
                new { id }
            )
        );
    }

    [Fact]
    public async Task A_session_stands_for_its_key()
    {
        var admin = await SignInAsync(QueryApi.AdminKey, "admin");
        var viewer = await SignInAsync(QueryApi.ViewerKey, "viewer");
        Assert.Equal("""{"role":"admin"}""", await RoleAsync(admin));
        Assert.Equal("""{"role":"viewer"}""", await RoleAsync(viewer));

        const string body = """{"name":"By session","symbols":["BTC"]}""";
        await (
            await api.Nobody.SendAsync("POST", "/api/v1/batches", body, ("Cookie", viewer), ("Sec-Fetch-Site", OwnPage))
        ).ProblemAsync(403);
        await (
            await api.Nobody.SendAsync("POST", "/api/v1/batches", body, ("Cookie", admin), ("Sec-Fetch-Site", OwnPage))
        ).JsonAsync(201);
    }

    [Fact]
    public async Task The_cookie_is_for_this_page_alone()
    {
        var response = await api.Nobody.SendAsync("POST", "/api/v1/session", $$"""{"key":"{{QueryApi.ViewerKey}}"}""");
        var cookie = Assert.Single(response.Headers.GetValues("Set-Cookie"));
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=strict", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(QueryApi.ViewerKey, cookie, StringComparison.Ordinal);
        Assert.DoesNotContain("secure", cookie, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Another_site_changes_nothing_by_session()
    {
        var cookie = await SignInAsync(QueryApi.AdminKey, "admin");
        var id = await CreateAsync("Wanted");
        foreach (
            var header in new[]
            {
                ("Sec-Fetch-Site", "cross-site"),
                ("Sec-Fetch-Site", "same-site"),
                ("Origin", "https://evil.example"),
                ("Origin", "null"),
            }
        )
        {
            await (
                await api.Nobody.SendAsync("DELETE", $"/api/v1/batches/{id}", null, ("Cookie", cookie), header)
            ).ProblemAsync(403);
            await (
                await api.Nobody.SendAsync("POST", "/api/v1/session", $$"""{"key":"{{QueryApi.ViewerKey}}"}""", header)
            ).ProblemAsync(403);
        }

        Assert.Equal(200, (int)(await api.Viewer.SendAsync("GET", $"/api/v1/batches/{id}")).StatusCode);
        var own = api.Address.GetLeftPart(UriPartial.Authority);
        Assert.Equal(
            204,
            (int)
                (
                    await api.Nobody.SendAsync(
                        "DELETE",
                        $"/api/v1/batches/{id}",
                        null,
                        ("Cookie", cookie),
                        ("Origin", own)
                    )
                ).StatusCode
        );
    }

    [Fact]
    public async Task A_cookie_that_was_tampered_with_is_refused()
    {
        var cookie = await SignInAsync(QueryApi.ViewerKey, "viewer");
        var middle = cookie.Length / 2;
        var tampered = cookie[..middle] + (cookie[middle] == 'A' ? 'B' : 'A') + cookie[(middle + 1)..];
        foreach (var bad in new[] { tampered, cookie[..middle], cookie.Split('=')[0] + "=nonsense" })
            await (await api.Nobody.SendAsync("GET", "/api/v1/session", null, ("Cookie", bad))).ProblemAsync(401);
    }

    [Fact]
    public async Task Signing_out_takes_the_cookie_back()
    {
        var cookie = await SignInAsync(QueryApi.ViewerKey, "viewer");
        var response = await api.Nobody.SendAsync("DELETE", "/api/v1/session", null, ("Cookie", cookie));
        Assert.Equal(204, (int)response.StatusCode);
        Assert.Contains(
            "expires=Thu, 01 Jan 1970",
            Assert.Single(response.Headers.GetValues("Set-Cookie")),
            StringComparison.OrdinalIgnoreCase
        );
        Assert.Equal(204, (int)(await api.Nobody.SendAsync("DELETE", "/api/v1/session")).StatusCode);
    }

    [Theory]
    [InlineData("nonsense", "body")]
    [InlineData("{}", "key")]
    [InlineData("""{"key":7}""", "key")]
    [InlineData("""{"key":"\ud800"}""", "key")]
    public async Task A_sign_in_without_a_key_is_refused(string body, string fields)
    {
        Assert.Equal(fields, await (await api.Nobody.SendAsync("POST", "/api/v1/session", body)).ProblemAsync(400));
    }

    [Theory]
    [InlineData("GET", "/", 404)]
    [InlineData("GET", "/api/v1/nonsense", 404)]
    [InlineData("GET", "/api/v2/batches", 404)]
    [InlineData("POST", "/api/v1/alerts", 405)]
    [InlineData("DELETE", "/api/v1/batches", 405)]
    [InlineData("PUT", "/api/v1/session", 405)]
    [InlineData("NONSENSE", "/api/v1/batches", 405)]
    public async Task What_is_not_there_is_a_problem_too(string method, string path, int status)
    {
        foreach (var accept in new[] { "*/*", "text/html", "text/csv" })
            await (await api.Admin.SendAsync(method, path, null, ("Accept", accept))).ProblemAsync(status);
    }

    [Fact]
    public async Task Answers_are_kept_by_nobody_and_taken_for_nothing_else()
    {
        var response = await api.Viewer.SendAsync("GET", "/api/v1/batches");
        Assert.Equal("no-store", response.Headers.CacheControl?.ToString());
        Assert.Equal("nosniff", string.Join(' ', response.Headers.GetValues("X-Content-Type-Options")));
        Assert.False(response.Headers.Contains("Server"));
    }

    [Theory]
    [InlineData("br")]
    [InlineData("gzip")]
    public async Task Answers_are_compressed_where_that_is_wanted(string encoding)
    {
        var response = await api.Viewer.SendAsync("GET", "/api/v1/batches", null, ("Accept-Encoding", encoding));
        Assert.Equal([encoding], response.Content.Headers.ContentEncoding);
    }

    [Fact]
    public async Task A_target_that_is_no_address_is_refused()
    {
        // Past every client library: what a stranger may send.
        foreach (
            var target in new[]
            {
                "/api/v1/batches/%",
                "/api/v1/batches/%00",
                "/api/v1/batches/999999/symbols/%ff",
                "/api/v1/batches/..%2f..",
                "/%zz",
            }
        )
        {
            using var socket = new TcpClient(api.Address.Host, api.Address.Port);
            await using var stream = socket.GetStream();
            await stream.WriteAsync(
                Encoding.ASCII.GetBytes(
                    $"PUT {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 0\r\nAuthorization: "
                        + $"Bearer {QueryApi.AdminKey}\r\n\r\n"
                ),
                QueryApi.Cancellation
            );
            using var reader = new StreamReader(stream);
            var answer = await reader.ReadToEndAsync(QueryApi.Cancellation);
            Assert.Matches("^HTTP/1.1 (400|404|405) ", answer);
        }
    }

    // Nothing is changed by them: a file is compared with what there is, a message read, an account thought through.
    private static readonly string[] ViewersPosts =
    [
        "/api/v1/reconciliations",
        "/api/v1/webhook/check",
        "/api/v1/batches/1/what-if",
        "/api/v1/batches/1/sweeps",
        "/api/v1/batches/1/sweeps/1",
        "/api/v1/batches/1/confidence/1",
    ];

    internal static readonly (string Method, string Path)[] Everything =
    [
        ("GET", "/api/v1/session"),
        ("GET", "/api/v1/batches"),
        ("POST", "/api/v1/batches"),
        ("GET", "/api/v1/batches/1"),
        ("PATCH", "/api/v1/batches/1"),
        ("DELETE", "/api/v1/batches/1"),
        ("PUT", "/api/v1/batches/1/symbols/BTC"),
        ("DELETE", "/api/v1/batches/1/symbols/BTC"),
        ("GET", "/api/v1/batches/1/ledger"),
        ("GET", "/api/v1/batches/1/trades"),
        ("GET", "/api/v1/batches/1/charts/capital"),
        ("GET", "/api/v1/batches/1/charts/trades"),
        ("GET", "/api/v1/batches/1/charts/drawdown"),
        ("GET", "/api/v1/trades"),
        ("GET", "/api/v1/trades/1"),
        ("GET", "/api/v1/alerts"),
        ("GET", "/api/v1/alerts/1"),
        ("GET", "/api/v1/alerts/rejected"),
        ("GET", "/api/v1/parked-messages"),
        ("GET", "/api/v1/symbols"),
        ("GET", "/api/v1/batches/1/statistics"),
        ("GET", "/api/v1/batches/1/breakdown?by=side"),
        ("GET", "/api/v1/batches/1/charts/returns"),
        ("GET", "/api/v1/batches/1/charts/distribution"),
        ("GET", "/api/v1/compare?batch=1"),
        ("GET", "/api/v1/batches/1/drawdowns"),
        ("GET", "/api/v1/batches/1/charts/rolling"),
        ("GET", "/api/v1/batches/1/charts/benchmark"),
        ("GET", "/api/v1/batches/1/charts/exposure"),
        ("GET", "/api/v1/batches/1/charts/confidence"),
        ("GET", "/api/v1/batches/1/confidence/1"),
        ("DELETE", "/api/v1/batches/1/confidence/1"),
        ("GET", "/api/v1/tags"),
        ("GET", "/api/v1/batches/1/day-notes"),
        ("PUT", "/api/v1/batches/1/day-notes/2026-01-01"),
        ("PUT", "/api/v1/trades/1/note"),
        ("POST", "/api/v1/batches/1/what-if"),
        ("POST", "/api/v1/batches/1/sweeps"),
        ("GET", "/api/v1/batches/1/sweeps/1"),
        ("DELETE", "/api/v1/batches/1/sweeps/1"),
        ("GET", "/api/v1/stream"),
        ("GET", "/api/v1/health/books"),
        ("POST", "/api/v1/imports"),
        ("GET", "/api/v1/imports"),
        ("GET", "/api/v1/imports/1"),
        ("GET", "/api/v1/imports/1/errors"),
        ("POST", "/api/v1/reconciliations"),
        ("GET", "/api/v1/audit"),
        ("POST", "/api/v1/alerts/1/void"),
        ("POST", "/api/v1/alerts/1/restore"),
        ("POST", "/api/v1/trades/1/close"),
        ("GET", "/api/v1/webhook"),
        ("POST", "/api/v1/webhook/test"),
        ("POST", "/api/v1/webhook/check"),
        ("GET", "/api/v1/batches/1/report.html"),
        ("GET", "/api/v1/batches/1/shares"),
        ("POST", "/api/v1/batches/1/shares"),
        ("DELETE", "/api/v1/batches/1/shares/1"),
        ("GET", "/api/v1/inbox"),
        ("POST", "/api/v1/inbox/1/dismiss"),
        ("POST", "/api/v1/inbox/dismissals?upTo=1"),
        ("GET", "/api/v1/notifications/channels"),
        ("POST", "/api/v1/notifications/channels"),
        ("PATCH", "/api/v1/notifications/channels/1"),
        ("DELETE", "/api/v1/notifications/channels/1"),
        ("POST", "/api/v1/notifications/channels/1/test"),
        ("GET", "/api/v1/notifications/rules"),
        ("POST", "/api/v1/notifications/rules"),
        ("PATCH", "/api/v1/notifications/rules/1"),
        ("DELETE", "/api/v1/notifications/rules/1"),
        ("GET", "/api/v1/notifications/deliveries"),
    ];

    private async Task<string> RoleAsync(string cookie) =>
        (
            await (await api.Nobody.SendAsync("GET", "/api/v1/session", null, ("Cookie", cookie))).JsonAsync(200)
        ).GetRawText();

    private async Task<string> SignInAsync(string key, string role)
    {
        var response = await api.Nobody.SendAsync(
            "POST",
            "/api/v1/session",
            $$"""{"key":"{{key}}"}""",
            ("Sec-Fetch-Site", OwnPage)
        );
        Assert.Equal($$"""{"role":"{{role}}"}""", (await response.JsonAsync(200)).GetRawText());
        return response.Headers.GetValues("Set-Cookie").Single().Split(';')[0];
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

public sealed class AccessAcrossRestartsTests(QueryApi api) : IClassFixture<QueryApi>
{
    [Fact]
    public async Task A_session_outlives_a_restart_but_not_its_key()
    {
        await api.StartAsync();
        var response = await api.Nobody.SendAsync("POST", "/api/v1/session", $$"""{"key":"{{QueryApi.ViewerKey}}"}""");
        var cookie = ("Cookie", response.Headers.GetValues("Set-Cookie").Single().Split(';')[0]);
        await api.StartAsync();
        Assert.Equal(200, (int)(await api.Nobody.SendAsync("GET", "/api/v1/session", null, cookie)).StatusCode);
        await api.StartAsync(("Access__ViewerKeys__0", "another-viewer-key-of-this-run"));
        await (await api.Nobody.SendAsync("GET", "/api/v1/session", null, cookie)).ProblemAsync(401);
    }

    [Theory]
    [InlineData("700", false)]
    [InlineData("750", true)]
    [InlineData("701", true)]
    public async Task Keys_of_sessions_that_others_can_read_are_warned_of(string mode, bool isWarnedOf)
    {
        if (OperatingSystem.IsWindows())
            return;
        File.SetUnixFileMode(api.SessionKeys, (UnixFileMode)Convert.ToInt32(mode, 8));
        // So that one is made anew, which is when the framework warns.
        foreach (var key in Directory.GetFiles(api.SessionKeys))
            File.Delete(key);
        try
        {
            await api.StartAsync();
            Assert.NotEmpty(Directory.GetFiles(api.SessionKeys));
            await Eventually.BecomesAsync(() =>
                Task.FromResult(api.Log.Contains("Application started", StringComparison.Ordinal))
            );
            Assert.Equal(isWarnedOf, api.Log.Contains($"chmod 700 {api.SessionKeys}", StringComparison.Ordinal));
            Assert.DoesNotContain("XML encryptor", api.Log, StringComparison.Ordinal);
        }
        finally
        {
            File.SetUnixFileMode(api.SessionKeys, (UnixFileMode)Convert.ToInt32("700", 8));
        }
    }

    [Fact]
    public async Task After_ten_wrong_keys_even_the_right_one_has_to_wait()
    {
        await api.StartAsync();
        for (var i = 0; i < 10; i++)
            await (await api.Nobody.SendAsync("POST", "/api/v1/session", """{"key":"a-guess"}""")).ProblemAsync(401);
        var response = await api.Nobody.SendAsync("POST", "/api/v1/session", $$"""{"key":"{{QueryApi.ViewerKey}}"}""");
        await response.ProblemAsync(429);
        Assert.Equal(60, response.Headers.RetryAfter?.Delta?.TotalSeconds);
        // Keys are not sessions: who has one is not held up.
        Assert.Equal(200, (int)(await api.Viewer.SendAsync("GET", "/api/v1/session")).StatusCode);
    }

    [Theory]
    [InlineData("Access__AdminKeys__0", "", "Access:AdminKeys")]
    [InlineData("Access__AdminKeys__0", "short", "Access:AdminKeys:0")]
    [InlineData("Access__ViewerKeys__0", "short", "Access:ViewerKeys:0")]
    public async Task Keys_that_could_be_guessed_are_refused_at_the_start(string name, string value, string said)
    {
        var (exitCode, output) = await api.RunToItsEndAsync((name, value));
        Assert.NotEqual(0, exitCode);
        Assert.Contains(said, output, StringComparison.Ordinal);
        Assert.DoesNotContain(QueryApi.ViewerKey, output, StringComparison.Ordinal);
    }
}

public sealed class DatabaseAwayTests(QueryApi api) : IClassFixture<QueryApi>
{
    [Fact]
    public async Task While_the_database_is_away_the_answer_says_so_and_tells_no_secret()
    {
        await api.StartAsync(("ConnectionStrings__MySql", "mysql://somebody:a-secret@127.0.0.1:1/nowhere"));
        var response = await api.Viewer.SendAsync("GET", "/api/v1/batches");
        var problem = await response.JsonAsync((int)HttpStatusCode.ServiceUnavailable);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        var traceId = problem.GetProperty("traceId").GetString()!;
        await Eventually.BecomesAsync(() => Task.FromResult(api.Log.Contains(traceId, StringComparison.Ordinal)));
        foreach (var secret in new[] { "a-secret", "somebody", "127.0.0.1" })
            Assert.DoesNotContain(secret, problem.GetRawText(), StringComparison.Ordinal);
        Assert.DoesNotContain("a-secret", api.Log, StringComparison.Ordinal);
        Assert.Equal(503, (int)(await api.Nobody.SendAsync("GET", "/health/ready")).StatusCode);
        Assert.Equal(200, (int)(await api.Nobody.SendAsync("GET", "/health/live")).StatusCode);
    }
}

public sealed class ApiDocumentTests(QueryApi api) : IClassFixture<QueryApi>
{
    // A session is made of keys and cookies alone, the events of what comes over the bus, the webhook's address of
    // configuration; sweeps are in memory.
    private static readonly string[] WithoutDatabase =
    [
        "/api/v1/batches/{id}/confidence/{job}",
        "/api/v1/session",
        "/api/v1/stream",
        "/api/v1/webhook",
        "/api/v1/batches/{id}/sweeps/{sweep}",
    ];

    [Fact]
    public async Task The_document_is_complete()
    {
        var document = await api.Nobody.GetJsonAsync("/openapi/v1.json");
        var missing = new List<string>();
        var operations = document
            .GetProperty("paths")
            .EnumerateObject()
            .SelectMany(path =>
                path.Value.EnumerateObject()
                    .Select(operation => (Name: $"{operation.Name} {path.Name}", operation.Value))
            )
            .ToList();
        foreach (var (name, operation) in operations)
        {
            Wants(name, operation, "summary", "description", "tags");
            foreach (var parameter in Array(operation, "parameters"))
                Wants($"{name} {parameter.GetProperty("name")}", parameter, "description", "schema", "example");
            foreach (
                var body in operation.TryGetProperty("requestBody", out var requestBody)
                    ? requestBody.GetProperty("content").EnumerateObject()
                    : default
            )
                Wants($"{name} body", body.Value, "schema", "example");
            foreach (var response in operation.GetProperty("responses").EnumerateObject())
            {
                Wants($"{name} {response.Name}", response.Value, "description");
                if (response.Name is not ("204" or "304"))
                    Wants($"{name} {response.Name}", response.Value, "content");
                foreach (
                    var content in response.Value.TryGetProperty("content", out var contents)
                        ? contents.EnumerateObject()
                        : default
                )
                    Wants($"{name} {response.Name}", content.Value, "schema", "example");
            }

            var statuses = operation
                .GetProperty("responses")
                .EnumerateObject()
                .Select(response => response.Name)
                .ToHashSet();
            foreach (var status in new[] { "401", "500", "503" })
            {
                if (!statuses.Contains(status) && !WithoutDatabase.Contains(name.Split(' ')[1]))
                    missing.Add($"{name} {status}");
            }
        }

        Assert.Empty(missing);
        Assert.Equal(AccessTests.Everything.Length + 2, operations.Count);

        void Wants(string where, JsonElement element, params string[] properties) =>
            missing.AddRange(
                properties
                    .Where(property => !element.TryGetProperty(property, out var value) || value.ToString().Length == 0)
                    .Select(property => $"{where}: {property}")
            );

        static IEnumerable<JsonElement> Array(JsonElement element, string property) =>
            element.TryGetProperty(property, out var array) ? array.EnumerateArray() : [];
    }

    [Fact]
    public async Task A_typed_client_can_be_made_of_it()
    {
        var document = await api.Nobody.GetJsonAsync("/openapi/v1.json");
        var vague = new List<string>();
        var names = new List<string>();
        foreach (var path in document.GetProperty("paths").EnumerateObject())
        {
            foreach (var operation in path.Value.EnumerateObject())
            {
                names.Add(operation.Value.GetProperty("operationId").GetString()!);
                if (operation.Value.TryGetProperty("requestBody", out var body))
                    Look(
                        $"{names[^1]} body",
                        body.GetProperty("content").EnumerateObject().First().Value.GetProperty("schema")
                    );
            }
        }

        foreach (var schema in document.GetProperty("components").GetProperty("schemas").EnumerateObject())
            Look(schema.Name, schema.Value);

        Assert.Empty(vague);
        Assert.Equal(names.Count, names.Distinct().Count());
        Assert.Equal(
            "getBatchChartsCapital",
            document
                .GetProperty("paths")
                .GetProperty("/api/v1/batches/{id}/charts/capital")
                .GetProperty("get")
                .GetProperty("operationId")
                .GetString()
        );
        var schemas = document.GetProperty("components").GetProperty("schemas");
        // Everything of an answer is always there, but for what is left out where there is nothing to say.
        Assert.Equal(["seq", "start"], Optional(schemas.GetProperty("SeriesAnswer")));
        Assert.Equal(["errors", "traceId", "type"], Optional(schemas.GetProperty("Problem")));
        Assert.Empty(Optional(schemas.GetProperty("BatchStatistics")));
        var create = document
            .GetProperty("paths")
            .GetProperty("/api/v1/batches")
            .GetProperty("post")
            .GetProperty("requestBody")
            .GetProperty("content");
        Assert.Equal(
            ["name", "symbols"],
            create
                .GetProperty("application/json")
                .GetProperty("schema")
                .GetProperty("required")
                .EnumerateArray()
                .Select(name => name.GetString())
        );
        Assert.Equal(
            ["long", "short"],
            schemas
                .GetProperty("Trade")
                .GetProperty("properties")
                .GetProperty("side")
                .GetProperty("enum")
                .EnumerateArray()
                .Select(word => word.GetString())
        );

        // A number is a number and nothing besides, and what there is a list of is said.
        void Look(string where, JsonElement schema)
        {
            if (schema.TryGetProperty("$ref", out _))
                return;
            if (schema.TryGetProperty("oneOf", out var either))
            {
                foreach (
                    var one in either
                        .EnumerateArray()
                        .Where(one => !one.TryGetProperty("type", out var only) || only.ToString() != "null")
                )
                    Look(where, one);
                return;
            }

            var types = schema.TryGetProperty("type", out var type) ? Types(type) : [];
            // A key, or a list of two.
            var expected = where switch
            {
                "GroupKeys" => 3,
                "GroupKeys[]" => 2,
                _ => 1,
            };
            if (types.Count(name => name != "null") != expected)
                vague.Add($"{where}: {string.Join('|', types)}");
            if (types.Contains("array"))
                Look($"{where}[]", schema.TryGetProperty("items", out var items) ? items : EmptySchema);
            foreach (
                var property in schema.TryGetProperty("properties", out var properties)
                    ? properties.EnumerateObject()
                    : default
            )
                Look($"{where}.{property.Name}", property.Value);
        }

        static List<string> Types(JsonElement type) =>
            type.ValueKind == JsonValueKind.Array
                ? [.. type.EnumerateArray().Select(name => name.GetString()!)]
                : [type.GetString()!];

        static IEnumerable<string> Optional(JsonElement schema) =>
            schema
                .GetProperty("properties")
                .EnumerateObject()
                .Select(property => property.Name)
                .Except(schema.GetProperty("required").EnumerateArray().Select(name => name.GetString()!))
                .Order(StringComparer.Ordinal);
    }

    private static readonly JsonElement EmptySchema = JsonDocument.Parse("{}").RootElement;
}
