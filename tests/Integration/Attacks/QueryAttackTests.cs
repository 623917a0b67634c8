using System.Net;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.DataProtection;
using PnlPipeline.Query.Api.Access;
using PnlPipeline.Tests.Integration.Query;
using PnlPipeline.Tests.Unit.Alerts;

namespace PnlPipeline.Tests.Integration.Attacks;

/// <summary>What may be sent to the query API, and what must not come of it.</summary>
public sealed class QueryAttackTests(QueryApi api) : IClassFixture<QueryApi>
{
    private static readonly string[] HeadersOfAll =
    [
        "X-Content-Type-Options",
        "X-Frame-Options",
        "Referrer-Policy",
        "Content-Security-Policy",
        "Cache-Control",
    ];

    public static TheoryData<string, string> Hostile =>
        new()
        {
            { """{"name":"N","symbols":["BTC"],"capital":NaN}""", "body" },
            { """{"name":"N","symbols":["BTC"],"capital":1e308}""", "capital" },
            { """{"name":"N","symbols":["BTC"],"capital":-1e308}""", "capital" },
            { """{"name":"N","symbols":["BTC"],"capital":1e999999999}""", "capital" },
            { """{"name":"N","symbols":["BTC"],"capital":1234567890123456789012345678901234567890}""", "capital" },
            { """{"name":"N","symbols":["BTC"],"capital":0.1234567890123456789012345678901234567890}""", "capital" },
            { """{"name":"N","symbols":["BTC"],"capital":1,"capital":2}""", "capital" },
            { """{"name":"\ud800","symbols":["BTC"]}""", "name" },
            { """{"name":"N","symbols":["\udfff"]}""", "symbols" },
            { """{"name":"N","symbols":["'; DROP TABLE batches; --"]}""", "symbols" },
            { """{"name":"N","symbols":{"$ne":null}}""", "symbols" },
            { """{"name":"N","symbols":[[[[[[[[[["BTC"]]]]]]]]]]}""", "body" },
            { """{"name":{"__proto__":1},"symbols":["BTC"]}""", "name" },
            { """{"name":"N","symbols":["BTC"],"\ud800":1}""", "body" },
            { "[]", "body" },
            { "", "body" },
            { "\0", "body" },
        };

    [Theory]
    [MemberData(nameof(Hostile))]
    public async Task A_hostile_batch_is_refused_by_the_name_of_its_field(string body, string fields)
    {
        var before = await CountAsync();
        Assert.Equal(fields, await (await api.Admin.SendAsync("POST", "/api/v1/batches", body)).ProblemAsync(400));
        Assert.Equal(before, await CountAsync());
    }

    [Theory]
    [InlineData("<script>alert(1)</script>")]
    [InlineData("Robert'); DROP TABLE batches;--")]
    [InlineData("{{7*7}} ${7*7} %n%n ../../etc/passwd")]
    [InlineData("\u202Egnirts\u200B 😀")]
    public async Task Markup_and_SQL_in_a_name_are_text(string name)
    {
        var body = System.Text.Json.JsonSerializer.Serialize(new { name, symbols = new[] { "X'\"<B>&AMP;" } });
        var created = await api.Admin.SendAsync("POST", "/api/v1/batches", body);
        if (created.StatusCode == HttpStatusCode.BadRequest)
        {
            // Characters that nobody sees are refused; none may be taken for another.
            Assert.Equal("name", await created.ProblemAsync(400));
            return;
        }

        var batch = await created.JsonAsync(201);
        Assert.Equal(name, batch.GetProperty("name").GetString());
        var read = await api.Viewer.GetJsonAsync($"/api/v1/batches/{batch.GetProperty("id").GetInt64()}");
        Assert.Equal(name, read.GetProperty("name").GetString());
        Assert.Equal("X'\"<B>&AMP;", read.GetProperty("symbols")[0].GetString());
    }

    [Fact]
    public async Task Thousands_of_mutated_bodies_are_taken_or_refused_and_none_is_a_fault()
    {
        var random = new Random(7);
        var id = (
            await (
                await api.Admin.SendAsync("POST", "/api/v1/batches", """{"name":"Fuzzed","symbols":["BTC"]}""")
            ).JsonAsync(201)
        )
            .GetProperty("id")
            .GetInt64();
        var calls = Enumerable
            .Range(0, 2_000)
            .Select(round =>
                round % 3 == 0
                    ? (Method: "POST", Path: "/api/v1/batches", Body: HostileAlerts.Mutated(random))
                    : (
                        Method: "PATCH",
                        Path: $"/api/v1/batches/{id}",
                        Body: HostileAlerts.Mutate(
                            random,
                            Encoding.UTF8.GetBytes(
                                """{"name":"F","symbols":["BTC","ETH"],"timeframes":["60"],"startTime":"2025-01-01T00:00:00Z","capital":1000.5,"feePercentage":0.1}"""
                            )
                        )
                    )
            )
            .ToList();
        await Parallel.ForEachAsync(
            calls,
            new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = QueryApi.Cancellation },
            async (call, _) =>
            {
                using var request = new HttpRequestMessage(new HttpMethod(call.Method), call.Path)
                {
                    Content = new ByteArrayContent(call.Body),
                };
                using var response = await api.Admin.SendAsync(request, QueryApi.Cancellation);
                Assert.True(
                    (int)response.StatusCode is 200 or 201 or 400 or 409,
                    $"{response.StatusCode} for {call.Method} {Convert.ToHexString(call.Body)}"
                );
            }
        );
    }

    [Fact]
    public async Task Thousands_of_mutated_addresses_are_answered_and_none_is_a_fault()
    {
        var random = new Random(8);
        string[] parameters =
        [
            "from",
            "to",
            "symbol",
            "timeframe",
            "side",
            "tz",
            "by",
            "mode",
            "points",
            "bins",
            "of",
            "limit",
            "cursor",
            "order",
            "format",
            "state",
            "outcome",
            "batch",
        ];
        string[] values =
        [
            "",
            "-1",
            "0",
            "1",
            "1e9",
            "99999999999999999999",
            "NaN",
            "2025-01-01T00:00:00Z",
            "9999-12-31",
            "Europe/Berlin",
            "../etc/passwd",
            "'",
            "%00",
            "%ud800",
            "trade",
            "day",
            "month",
            "absolute",
            "csv",
            "asc",
            "<b>",
            "🚀",
            "A.B.C",
            "MTI3LjA",
            "\\",
            "true",
        ];
        var paths = AccessTests
            .Everything.Where(call => call.Method == "GET")
            .Select(call => call.Path.Split('?')[0])
            .ToArray();
        var addresses = Enumerable
            .Range(0, 2_000)
            .Select(_ =>
                random.GetItems(paths, 1)[0]
                + "?"
                + string.Join(
                    '&',
                    Enumerable
                        .Range(0, random.Next(1, 5))
                        .Select(_ =>
                            $"{random.GetItems(parameters, 1)[0]}={Uri.EscapeDataString(random.GetItems(values, 1)[0])}"
                        )
                )
            )
            .ToList();
        await Parallel.ForEachAsync(
            addresses,
            new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = QueryApi.Cancellation },
            async (address, _) =>
            {
                using var response = await api.Viewer.GetAsync(
                    new Uri(address, UriKind.Relative),
                    HttpCompletionOption.ResponseHeadersRead,
                    QueryApi.Cancellation
                );
                Assert.True((int)response.StatusCode is 200 or 400 or 404, $"{response.StatusCode} for {address}");
            }
        );
    }

    [Theory]
    [InlineData("charts/capital?points=20001", "points")]
    [InlineData("charts/capital?points=99999999999", "points")]
    [InlineData("charts/drawdown?points=-1", "points")]
    [InlineData("charts/distribution?bins=1000000", "bins")]
    [InlineData("ledger?limit=1001", "limit")]
    [InlineData("ledger?limit=0", "limit")]
    [InlineData("trades?limit=1e3", "limit")]
    [InlineData("ledger?from=0000-00-00", "from")]
    [InlineData("ledger?from=2025-01-02T00:00:00Z&to=2025-01-01T00:00:00Z", "to")]
    public async Task What_has_no_bound_is_given_one(string address, string field)
    {
        var id = await AnyAsync();
        Assert.Equal(
            field,
            await (await api.Viewer.SendAsync("GET", $"/api/v1/batches/{id}/{address}")).ProblemAsync(400)
        );
    }

    [Fact]
    public async Task A_filter_names_so_many_and_no_more()
    {
        var id = await AnyAsync();
        string Symbols(int count) => string.Join('&', Enumerable.Range(0, count).Select(number => $"symbol=S{number}"));
        Assert.Equal(
            200,
            (int)(await api.Viewer.SendAsync("GET", $"/api/v1/batches/{id}/ledger?{Symbols(500)}")).StatusCode
        );
        Assert.Equal(
            "symbol",
            await (await api.Viewer.SendAsync("GET", $"/api/v1/batches/{id}/ledger?{Symbols(501)}")).ProblemAsync(400)
        );
        // Before that, the server has a bound on what it reads of an address.
        Assert.Equal(
            414,
            (int)(await api.Viewer.SendAsync("GET", $"/api/v1/batches/{id}/ledger?{Symbols(2_000)}")).StatusCode
        );
    }

    [Fact]
    public async Task A_body_of_ten_megabytes_or_without_end_or_of_a_byte_a_second_is_cut_off()
    {
        using var large = new HttpRequestMessage(HttpMethod.Post, "/api/v1/batches")
        {
            Content = new ByteArrayContent(new byte[10_000_000]),
        };
        large.Headers.ExpectContinue = true;
        await (await api.Admin.SendAsync(large, QueryApi.Cancellation)).ProblemAsync(413);

        string Post(string header) =>
            $"POST /api/v1/batches HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {QueryApi.AdminKey}\r\n{header}\r\n\r\n";
        var chunk = Encoding.ASCII.GetBytes("4000\r\n" + new string(' ', 0x4000) + "\r\n");
        var endless = await Source.DripAsync(
            api.Address.Port,
            Post("Transfer-Encoding: chunked"),
            chunk,
            TimeSpan.FromMilliseconds(1)
        );
        Assert.StartsWith("HTTP/1.1 413", endless, StringComparison.Ordinal);
        var slow = await Source.DripAsync(
            api.Address.Port,
            Post("Content-Length: 200"),
            "{"u8.ToArray(),
            TimeSpan.FromSeconds(1)
        );
        Assert.StartsWith("HTTP/1.1 408", slow, StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_change_by_a_session_comes_from_another_site()
    {
        var cookie = await SignInAsync(QueryApi.AdminKey);
        var id = await AnyAsync();
        var before = await api.Stage.ScalarAsync<string>(
            "SELECT GROUP_CONCAT(name, ' ', revision ORDER BY batch_id) FROM batches"
        );
        foreach (var (method, path) in AccessTests.Everything.Where(call => call.Method != "GET"))
        {
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
                // As a form of another site sends it.
                var address = path.Replace("/1", $"/{id}", StringComparison.Ordinal);
                var answer = await api.Nobody.SendAsync(
                    method,
                    address,
                    """{"name":"Taken"}""",
                    ("Cookie", cookie),
                    header,
                    ("Content-Type", "application/x-www-form-urlencoded")
                );
                await answer.ProblemAsync(403);
            }
        }

        Assert.Equal(
            before,
            await api.Stage.ScalarAsync<string>(
                "SELECT GROUP_CONCAT(name, ' ', revision ORDER BY batch_id) FROM batches"
            )
        );
    }

    [Fact]
    public async Task A_cookie_past_its_time_is_refused_and_one_made_without_the_keys_as_well()
    {
        await SignInAsync(QueryApi.ViewerKey);
        var keys = DataProtectionProvider.Create(
            new DirectoryInfo(api.SessionKeys),
            protection => protection.SetApplicationName("PnlPipeline.Query")
        );
        var now = DateTimeOffset.UtcNow;

        // What is made here with the real keys is good, or the rest would say nothing.
        Assert.Equal(200, await AskAsync(Cookie(keys, QueryApi.AdminKey, now.AddMinutes(-1), now.AddMinutes(10))));
        await RefusedAsync(Cookie(keys, QueryApi.AdminKey, now.AddDays(-8), now.AddSeconds(-1)));
        await RefusedAsync(Cookie(keys, "a-key-that-nobody-was-given-1", now.AddMinutes(-1), now.AddMinutes(10)));
        await RefusedAsync(
            Cookie(new EphemeralDataProtectionProvider(), QueryApi.AdminKey, now.AddMinutes(-1), now.AddMinutes(10))
        );

        async Task RefusedAsync(string cookie) =>
            await (await api.Nobody.SendAsync("GET", "/api/v1/session", null, ("Cookie", cookie))).ProblemAsync(401);
        async Task<int> AskAsync(string cookie) =>
            (int)(await api.Nobody.SendAsync("GET", "/api/v1/session", null, ("Cookie", cookie))).StatusCode;
    }

    [Fact]
    public async Task Every_answer_of_the_api_tells_browsers_to_make_nothing_of_it()
    {
        foreach (
            var (client, method, path, status) in ((HttpClient, string, string, int)[])
                [
                    (api.Viewer, "GET", "/api/v1/batches", 200),
                    (api.Nobody, "GET", "/api/v1/batches", 401),
                    (api.Viewer, "DELETE", "/api/v1/batches/1", 403),
                    (api.Viewer, "GET", "/api/v1/nowhere", 404),
                    (api.Viewer, "PUT", "/api/v1/session", 405),
                    (api.Admin, "POST", "/api/v1/batches", 400),
                ]
        )
        {
            using var answer = await client.SendAsync(method, path);
            Assert.Equal(status, (int)answer.StatusCode);
            Assert.All(
                HeadersOfAll,
                header => Assert.True(answer.Headers.Contains(header), $"{status} {path} has no {header}")
            );
            Assert.False(answer.Headers.Contains("Server"));
        }
    }

    [Fact]
    public async Task Ten_thousand_open_connections_are_capped_by_source_and_another_source_is_served()
    {
        var sockets = new System.Collections.Concurrent.ConcurrentBag<System.Net.Sockets.Socket>();
        try
        {
            await Parallel.ForEachAsync(
                Enumerable.Range(0, 10_000),
                new ParallelOptions { MaxDegreeOfParallelism = 64, CancellationToken = QueryApi.Cancellation },
                async (_, _) => sockets.Add(await Source.ConnectAsync(Source.Second, api.Address.Port))
            );
            using var other = Source.ClientFrom(Source.First, api.Address);
            Assert.Equal(
                HttpStatusCode.OK,
                (await other.GetAsync(new Uri("/health/live", UriKind.Relative), QueryApi.Cancellation)).StatusCode
            );
        }
        finally
        {
            foreach (var socket in sockets)
                socket.Dispose();
        }
    }

    private static string Cookie(
        IDataProtectionProvider keys,
        string key,
        DateTimeOffset issued,
        DateTimeOffset expires
    )
    {
        var format = new TicketDataFormat(
            keys.CreateProtector(
                "Microsoft.AspNetCore.Authentication.Cookies.CookieAuthenticationMiddleware",
                SessionCookie.Scheme,
                "v2"
            )
        );
        var who = new ClaimsPrincipal(
            new ClaimsIdentity(
                [
                    new Claim(
                        ClaimTypes.NameIdentifier,
                        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)))
                    ),
                    new Claim(ClaimTypes.Role, AccessPolicies.Admin),
                ],
                SessionCookie.Scheme
            )
        );
        var ticket = new AuthenticationTicket(
            who,
            new AuthenticationProperties { IssuedUtc = issued, ExpiresUtc = expires },
            SessionCookie.Scheme
        );
        return $"{SessionCookie.Name}={format.Protect(ticket)}";
    }

    private async Task<string> SignInAsync(string key)
    {
        var response = await api.Nobody.SendAsync("POST", "/api/v1/session", $$"""{"key":"{{key}}"}""");
        await response.JsonAsync(200);
        return response.Headers.GetValues("Set-Cookie").Single().Split(';')[0];
    }

    private async Task<long> AnyAsync() =>
        (
            await (
                await api.Admin.SendAsync(
                    "POST",
                    "/api/v1/batches",
                    $$"""{"name":"{{Guid.NewGuid()}}","symbols":["BTC"]}"""
                )
            ).JsonAsync(201)
        )
            .GetProperty("id")
            .GetInt64();

    private Task<long> CountAsync() => api.Stage.ScalarAsync<long>("SELECT COUNT(*) FROM batches");
}

/// <summary>What the query API believes of the proxies in front of it.</summary>
public sealed class QueryBehindProxyTests(QueryApi api) : IClassFixture<QueryApi>
{
    [Fact]
    public async Task A_guesser_is_one_source_whatever_he_forges_and_behind_a_known_proxy_each_is_his_own()
    {
        await api.StartAsync(("Proxies__Known__0", "127.0.0.9"));
        using var guesser = Source.ClientFrom(Source.Second, api.Address);
        using var proxy = Source.ClientFrom(Source.Proxy, api.Address);
        for (var round = 0; round < 10; round++)
            await GuessAsync(guesser, $"198.51.100.{round}", 401);
        await GuessAsync(guesser, "198.51.100.77", 429);

        for (var round = 0; round < 10; round++)
            await GuessAsync(proxy, "203.0.113.5", 401);
        await GuessAsync(proxy, "203.0.113.5", 429);
        await GuessAsync(proxy, "203.0.113.6", 401);

        static async Task GuessAsync(HttpClient client, string forwardedFor, int status) =>
            await (
                await client.SendAsync(
                    "POST",
                    "/api/v1/session",
                    """{"key":"a-guess-of-a-key-1234"}""",
                    ("X-Forwarded-For", forwardedFor)
                )
            ).ProblemAsync(status);
    }

    [Fact]
    public async Task Behind_TLS_the_cookie_is_secure_where_a_known_proxy_says_so()
    {
        await api.StartAsync(("Proxies__Known__0", "127.0.0.9"));
        foreach (var (from, isSecure) in new[] { (Source.Proxy, true), (Source.Second, false) })
        {
            using var client = Source.ClientFrom(from, api.Address);
            var answer = await client.SendAsync(
                "POST",
                "/api/v1/session",
                $$"""{"key":"{{QueryApi.ViewerKey}}"}""",
                ("X-Forwarded-Proto", "https")
            );
            var cookie = answer.Headers.GetValues("Set-Cookie").Single();
            Assert.Equal(isSecure, cookie.Contains("; secure", StringComparison.OrdinalIgnoreCase));
            Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
            Assert.Contains("samesite=strict", cookie, StringComparison.OrdinalIgnoreCase);
            Assert.Equal(isSecure, answer.Headers.Contains("Strict-Transport-Security"));
        }
    }

    [Fact]
    public async Task A_proxy_that_is_no_address_stops_the_start_and_is_named()
    {
        var (exitCode, output) = await api.RunToItsEndAsync(("Proxies__Known__0", "the-proxy"));
        Assert.NotEqual(0, exitCode);
        Assert.Contains("Proxies__Known__0", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_fault_carries_the_headers_too()
    {
        await api.StartAsync(("ConnectionStrings__MySql", "mysql://somebody:a-secret@127.0.0.1:1/nowhere"));
        using var answer = await api.Viewer.SendAsync("GET", "/api/v1/batches");
        Assert.Equal(503, (int)answer.StatusCode);
        foreach (var header in new[] { "X-Content-Type-Options", "X-Frame-Options", "Content-Security-Policy" })
            Assert.True(answer.Headers.Contains(header), header);
    }
}
