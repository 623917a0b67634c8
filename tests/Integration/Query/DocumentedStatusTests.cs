using System.Text.Json;
using PnlPipeline.Tests.Integration.Servers;

namespace PnlPipeline.Tests.Integration.Query;

/// <summary>
/// Walks every operation that <c>/openapi/v1.json</c> documents and sees each of its statuses happen. A documented
/// status that nobody provokes fails, and so does an answer whose status is not documented. A new route needs a case
/// where what is tried of itself (no key, a viewer's key, an absent id, a parameter that is wrong, a database that is
/// away or is not ours) is not enough: see <see cref="Calls"/> and <see cref="Provoked"/>.
/// </summary>
public sealed class DocumentedStatusTests(LedgerAndChartTests.Batch batch) : IClassFixture<LedgerAndChartTests.Batch>
{
    private const string AbsentNumber = "4000000000";
    private const string AbsentId = "ffffffffffffffffffffffffffffffff";
    private const string ImportedLine =
        """{"symbol":"IMPORTED","side":"entry","timeframe":"60","type":"bullish","price":43250.5,"timestamp":"2026-11-22T06:28:00+0000"}""";

    private const string ListOfTrades = """
        Trade #,Type,Date and time,Signal,Price USD
        1,Entry long,2026-01-01 08:00,Long,100
        1,Exit long,2026-01-01 10:00,Short,110
        """;

    private const string CheckedMessage =
        """{"body":"{\"symbol\":\"BTC\",\"side\":\"buy\",\"price\":1,\"timestamp\":\"2026-01-01T09:00:00Z\"}"}""";

    private const string OneTrial = """{"grid":{"capital":[1]}}""";

    private const string NewChannel = """{"name":"Chat","type":"slack","url":"https://hooks.example.com/x"}""";

    private const string NewInboxItem = """
        INSERT INTO inbox_items (kind, cause, since, found_at) VALUES ('failed', @cause, UTC_TIMESTAMP(3), UTC_TIMESTAMP(3));
        SELECT LAST_INSERT_ID()
        """;

    private const string Stale = "\"999\"";

    private static readonly (string Name, string Value)[] NoIngest =
    [
        ("Webhook__Url", "http://127.0.0.1:1"),
        ("Webhook__Token", "a-token-of-the-walk-through-the-api"),
    ];

    private static int _names;

    private readonly Dictionary<string, HashSet<int>> _documented = [];
    private readonly Dictionary<string, HashSet<int>> _seen = [];
    private readonly List<string> _undocumented = [];

    /// <summary>A request that a key with the right to it sends.</summary>
    private sealed record Call(string Path, string? Body = null, params (string Name, string Value)[] Headers);

    /// <summary>An operation as the document has it.</summary>
    private sealed record Operation(string Id, string Method, string Path, JsonElement Described)
    {
        public bool HasBody => Described.TryGetProperty("requestBody", out _);

        public string HeadersOf(int status) =>
            Described.GetProperty("responses").GetProperty($"{status}").TryGetProperty("headers", out var headers)
                ? string.Join(
                    ' ',
                    headers.EnumerateObject().Select(header => header.Name).Order(StringComparer.Ordinal)
                )
                : "";

        public bool Takes(string parameter) =>
            Described.TryGetProperty("parameters", out var parameters)
            && parameters.EnumerateArray().Any(taken => taken.GetProperty("name").GetString() == parameter);
    }

    /// <summary>
    /// The call that succeeds, of operations that need more than what their path says; each time it is made anew.
    /// </summary>
    private Dictionary<string, Func<Task<Call>>> Calls =>
        new()
        {
            ["postSession"] = () => Is(new Call("/api/v1/session", $$"""{"key":"{{QueryApi.ViewerKey}}"}""")),
            ["postBatches"] = () => Is(new Call("/api/v1/batches", $$"""{"name":"{{NewName()}}","symbols":["BTC"]}""")),
            ["patchBatch"] = async () => new Call(await NewBatchAsync(), $$"""{"name":"{{NewName()}}"}"""),
            ["deleteBatch"] = async () => new Call(await NewBatchAsync()),
            ["putBatchSymbol"] = async () => new Call(await NewBatchAsync() + "/symbols/SOL"),
            ["deleteBatchSymbol"] = async () => new Call(await NewBatchAsync() + "/symbols/ETH"),
            ["postImports"] = () => Is(new Call("/api/v1/imports", ImportedLine)),
            ["getImport"] = async () => new Call($"/api/v1/imports/{await NewImportAsync()}"),
            ["getImportErrors"] = async () => new Call($"/api/v1/imports/{await NewImportAsync()}/errors"),
            ["postReconciliations"] = () =>
                Is(new Call("/api/v1/reconciliations?symbol=BTC&timeframe=60&tz=UTC", ListOfTrades)),
            ["postBatchWhatIf"] = () => Is(new Call($"{batch.Path}/what-if", "{}")),
            ["postBatchSweeps"] = () => Is(new Call($"{batch.Path}/sweeps", OneTrial)),
            ["getBatchSweep"] = async () => new Call(await NewSweepAsync()),
            ["deleteBatchSweep"] = async () => new Call(await NewSweepAsync()),
            ["getCompare"] = () => Is(new Call($"/api/v1/compare?batch={batch.Id}")),
            ["postBatchShares"] = async () => new Call(await NewBatchAsync() + "/shares", "{}"),
            ["getBatchConfidence"] = async () => new Call(await NewPathsAsync()),
            ["deleteBatchConfidence"] = async () => new Call(await NewPathsAsync()),
            ["putTradeNote"] = () =>
                Is(new Call($"/api/v1/trades/{batch.Trades[0].Id}/note", """{"note":"Walked."}""")),
            ["putBatchDayNote"] = () => Is(new Call($"{batch.Path}/day-notes/2026-01-01", """{"note":"Walked."}""")),
            ["deleteBatchShare"] = async () => new Call(await NewShareAsync()),
            ["postInboxDismiss"] = async () =>
                new Call(
                    $"/api/v1/inbox/{await batch.Api.Stage.ScalarAsync<long>(NewInboxItem, new { cause = NewName() })}/dismiss"
                ),
            ["postInboxDismissals"] = () => Is(new Call("/api/v1/inbox/dismissals?upTo=1")),
            ["postNotificationsChannels"] = () => Is(new Call("/api/v1/notifications/channels", NewChannel)),
            ["patchNotificationsChannel"] = async () =>
                new Call(await NewAsync("notifications/channels", NewChannel), """{"name":"Other"}"""),
            ["deleteNotificationsChannel"] = async () => new Call(await NewAsync("notifications/channels", NewChannel)),
            ["postNotificationsChannelTest"] = async () =>
                new Call(await NewAsync("notifications/channels", NewChannel) + "/test"),
            ["postNotificationsRules"] = async () => new Call("/api/v1/notifications/rules", await NewRuleAsync()),
            ["patchNotificationsRule"] = async () =>
                new Call(await NewAsync("notifications/rules", await NewRuleAsync()), """{"enabled":false}"""),
            ["deleteNotificationsRule"] = async () =>
                new Call(await NewAsync("notifications/rules", await NewRuleAsync())),
            ["postWebhookCheck"] = () => Is(new Call("/api/v1/webhook/check", CheckedMessage)),
        };

    /// <summary>What provokes a status of an operation, where it takes a request of its own.</summary>
    private Dictionary<(string Operation, int Status), Func<Task<Call>>> Provoked =>
        new()
        {
            [("postBatches", 409)] = () => Is(new Call("/api/v1/batches", """{"name":"five","symbols":["BTC"]}""")),
            [("patchBatch", 409)] = async () => new Call(await NewBatchAsync(), """{"name":"FIVE"}"""),
            [("patchBatch", 400)] = async () => new Call(await NewBatchAsync(), """{"capital":-1}"""),
            [("deleteBatch", 400)] = async () => new Call(await NewBatchAsync(), null, ("If-Match", "none of ours")),
            [("putBatchSymbol", 400)] = async () => new Call(await NewBatchAsync() + "/symbols/%20"),
            [("deleteBatchSymbol", 400)] = async () => new Call(await NewBatchAsync("BTC") + "/symbols/BTC"),
            [("postTradeClose", 409)] = () =>
                Is(
                    new Call(
                        $"/api/v1/trades/{batch.Trades[0].Id}/close",
                        """{"price":1,"time":"2026-01-01T09:00:00Z"}"""
                    )
                ),
            // No webhook is configured until the databases are away.
            [("postWebhookTest", 409)] = () => Is(new Call("/api/v1/webhook/test")),
            [("postBatchShares", 409)] = async () =>
            {
                var first = await NewShareAsync();
                var path = first[..first.LastIndexOf('/')];
                for (var i = 1; i < 100; i++)
                    await (await batch.Api.Admin.SendAsync("POST", path, "{}")).JsonAsync(201);
                return new Call(path, "{}");
            },
            [("patchNotificationsChannel", 400)] = async () =>
                new Call(await NewAsync("notifications/channels", NewChannel), """{"type":"slack"}"""),
            [("patchNotificationsRule", 400)] = async () =>
                new Call(await NewAsync("notifications/rules", await NewRuleAsync()), """{"timeZone":"Nowhere"}"""),
            [("postNotificationsChannels", 409)] = async () =>
            {
                await batch.Api.Stage.ExecuteAsync(
                    """
                    INSERT INTO notification_channels (name, type, target, settings, created_at)
                    WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 50)
                    SELECT 'many', 'slack', 'x', '{}', '2026-01-01' FROM n
                    """
                );
                return new Call("/api/v1/notifications/channels", NewChannel);
            },
            [("postNotificationsRules", 409)] = async () =>
            {
                await batch.Api.Stage.ExecuteAsync("DELETE FROM notification_channels WHERE name = 'many'");
                var rule = await NewRuleAsync();
                await batch.Api.Stage.ExecuteAsync(
                    """
                    INSERT INTO notification_rules (channel_id, kind, enabled, created_at)
                    WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500)
                    SELECT (SELECT MAX(channel_id) FROM notification_channels), 'silence', FALSE, '2026-01-01' FROM n
                    """
                );
                return new Call("/api/v1/notifications/rules", rule);
            },
            [("postImports", 200)] = () => Is(new Call("/api/v1/imports?dryRun=true", ImportedLine)),
            [("getBatchChartsConfidence", 202)] = async () => new Call(await ManyPathsAsync()),
            [("getCompare", 400)] = () => Is(new Call("/api/v1/compare")),
            [("getCompare", 404)] = () => Is(new Call($"/api/v1/compare?batch={AbsentNumber}")),
        };

    [Fact]
    public async Task Every_documented_status_happens_and_no_other()
    {
        var operations = await ReadAsync();
        foreach (var operation in operations)
        {
            if (!IsSeenElsewhere(operation.Id, 200))
                await SucceedAsync(operation);
            await RefuseAsync(operation);
        }

        await MisspellAsync(operations);
        await SignInTooOftenAsync(operations);
        await ListenTooManyAsync(operations);
        await TestWithoutIngestAsync(operations);
        await SendFilesAsync(operations);
        // A database that answers, and has none of our tables: a fault of ours as far as the caller can tell.
        await AllAsync(
            operations,
            TestDatabase.ConnectionString(batch.Api.Database.Url with { Database = "information_schema" })
        );
        await AllAsync(operations, "mysql://somebody:something@127.0.0.1:1/nowhere");

        Assert.Empty(
            _undocumented
                .Distinct()
                .Concat(
                    _documented.SelectMany(one =>
                        one.Value.Except(_seen[one.Key])
                            .Where(status => !IsSeenElsewhere(one.Key, status))
                            .Select(status => $"{one.Key} {status} was not provoked: see {nameof(Provoked)}")
                    )
                )
        );
    }

    // There with a worker and ingest behind the API, which are not here.
    private static bool IsSeenElsewhere(string operation, int status) =>
        status == DocumentedSuccessTests.Success && DocumentedSuccessTests.Operations.Contains(operation);

    private async Task<List<Operation>> ReadAsync()
    {
        var document = await batch.Api.Nobody.GetJsonAsync("/openapi/v1.json");
        var operations = document
            .GetProperty("paths")
            .EnumerateObject()
            .SelectMany(path =>
                path.Value.EnumerateObject()
                    .Select(operation => new Operation(
                        operation.Value.GetProperty("operationId").GetString()!,
                        operation.Name.ToUpperInvariant(),
                        path.Name,
                        operation.Value
                    ))
            )
            .ToList();
        foreach (var operation in operations)
        {
            _documented[operation.Id] =
            [
                .. operation
                    .Described.GetProperty("responses")
                    .EnumerateObject()
                    .Select(response => int.Parse(response.Name, null)),
            ];
            _seen[operation.Id] = [];
        }

        return operations;
    }

    private async Task SucceedAsync(Operation operation)
    {
        var call = await CallAsync(operation);
        var (status, tag) = await AskAsync(operation, batch.Api.Admin, call);
        Assert.True(status < 300, $"{operation.Id} answered {status}: it needs a call of its own in {nameof(Calls)}.");
        if (Documents(operation, 304))
            await AskAsync(
                operation,
                batch.Api.Admin,
                call with
                {
                    Headers = [.. call.Headers, ("If-None-Match", tag!)],
                }
            );
    }

    private async Task RefuseAsync(Operation operation)
    {
        foreach (var (key, make) in Provoked.Where(one => one.Key.Operation == operation.Id))
            await AskAsync(operation, batch.Api.Admin, await make());
        await AskAsync(
            operation,
            batch.Api.Nobody,
            operation.Id == "postSession"
                ? new Call(operation.Path, """{"key":"a-guess"}""")
                : await CallAsync(operation)
        );
        await AskAsync(operation, batch.Api.Viewer, await CallAsync(operation));
        // Only a session, which a browser sends of itself, has to come from the same site.
        await AskAsync(
            operation,
            batch.Api.Nobody,
            await CallAsync(operation) with
            {
                Headers = [("Sec-Fetch-Site", "cross-site")],
            }
        );
        if (operation.HasBody)
        {
            await AskAsync(operation, batch.Api.Admin, await CallAsync(operation) with { Body = "[]" });
            await AskAsync(
                operation,
                batch.Api.Admin,
                await CallAsync(operation) with
                {
                    Body = new string(' ', (256 * 1024) + 1),
                }
            );
        }

        foreach (
            var wrong in new[] { "from=yesterday", "limit=0", "tz=Nowhere", "state=ajar", "format=xml" }.Where(wrong =>
                operation.Takes(wrong.Split('=')[0])
            )
        )
            await AskAsync(operation, batch.Api.Admin, With(await CallAsync(operation), wrong));
        if (operation.Path.Contains("{id}", StringComparison.Ordinal))
            await AskAsync(
                operation,
                batch.Api.Admin,
                await CallAsync(operation) with
                {
                    Path = Fill(operation.Path, AbsentNumber, AbsentId, AbsentId),
                }
            );
        if (Documents(operation, 412))
        {
            await AskAsync(
                operation,
                batch.Api.Admin,
                await CallAsync(operation) with
                {
                    Headers = [("If-Match", Stale)],
                }
            );
            await AskAsync(
                operation,
                batch.Api.Admin,
                await CallAsync(operation) with
                {
                    Headers = [("If-Match", "none of ours")],
                }
            );
        }
    }

    // No route passes over a parameter that it does not take: a slip would be answered with more than was asked for.
    private async Task MisspellAsync(List<Operation> operations)
    {
        foreach (var operation in operations)
        {
            var call = With(await CallAsync(operation), "symbl=BTC");
            var (status, _) = await AskAsync(operation, batch.Api.Admin, call);
            Assert.True(
                status == 400,
                $"{operation.Id} answered {status} to {call.Path}: is its group under RefuseWrongParameters?"
            );
        }
    }

    private async Task SignInTooOftenAsync(List<Operation> operations)
    {
        var signIn = operations.Single(operation => operation.Id == "postSession");
        for (var i = 0; i < 11; i++)
            await AskAsync(signIn, batch.Api.Nobody, new Call(signIn.Path, """{"key":"a-guess"}"""));
    }

    private async Task ListenTooManyAsync(List<Operation> operations)
    {
        var listen = operations.Single(operation => operation.Id == "getStream");
        await batch.Api.StartAsync(("Live__ListenersMax", "1"));
        using var first = await batch.Api.Viewer.GetAsync(
            listen.Path,
            HttpCompletionOption.ResponseHeadersRead,
            QueryApi.Cancellation
        );
        await AskAsync(listen, batch.Api.Viewer, new Call(listen.Path));
    }

    private async Task TestWithoutIngestAsync(List<Operation> operations)
    {
        var test = operations.Single(operation => operation.Id == "postWebhookTest");
        await batch.Api.StartAsync(NoIngest);
        await AskAsync(test, batch.Api.Admin, new Call(test.Path));
    }

    // Files that are too large, which any other body is long before, or packed.
    private async Task SendFilesAsync(List<Operation> operations)
    {
        await batch.Api.StartAsync(("Imports__BytesMax", "1024"));
        var lines = string.Join('\n', Enumerable.Repeat(ImportedLine, 20));
        foreach (
            var (id, file) in new[]
            {
                ("postImports", lines),
                ("postReconciliations", new string('x', (16 * 1024 * 1024) + 1)),
            }
        )
        {
            var operation = operations.Single(one => one.Id == id);
            var call = await CallAsync(operation);
            await AskAsync(operation, batch.Api.Admin, call with { Body = file });
            await AskAsync(operation, batch.Api.Admin, call with { Headers = [("Content-Encoding", "gzip")] });
        }
    }

    private async Task AllAsync(List<Operation> operations, string database)
    {
        // While the right one is there: what is called may have to be made first.
        var calls = new List<(Operation Operation, Call Call)>();
        await batch.Api.StartAsync();
        foreach (var operation in operations)
            calls.Add((operation, await CallAsync(operation)));
        await batch.Api.StartAsync([.. NoIngest, ("ConnectionStrings__MySql", database)]);
        // Side by side: each waits a while for the database before it says that it is away.
        await Task.WhenAll(calls.Select(one => AskAsync(one.Operation, batch.Api.Admin, one.Call)));
        await batch.Api.StartAsync();
    }

    private async Task<(int Status, string? Tag)> AskAsync(Operation operation, HttpClient client, Call call)
    {
        using var request = new HttpRequestMessage(new HttpMethod(operation.Method), call.Path);
        if (call.Body is not null)
            request.Content = new StringContent(call.Body);
        foreach (var (name, value) in call.Headers)
            _ =
                request.Headers.TryAddWithoutValidation(name, value)
                || request.Content?.Headers.TryAddWithoutValidation(name, value) == true;
        // The event stream has no end: its status is all there is to wait for.
        using var response = await client.SendAsync(
            request,
            HttpCompletionOption.ResponseHeadersRead,
            QueryApi.Cancellation
        );
        var status = (int)response.StatusCode;
        lock (_seen)
        {
            _seen[operation.Id].Add(status);
            if (!Documents(operation, status))
                _undocumented.Add(
                    $"{operation.Id} answered {status}, which is not documented: {operation.Method} {call.Path}"
                );
            else if (
                operation.HeadersOf(status) is var documented
                && HeadersIn(response) is var sent
                && documented != sent
            )
                _undocumented.Add(
                    $"{operation.Id} {status} has the headers '{sent}', documented are '{documented}': "
                        + $"{operation.Method} {call.Path}"
                );
        }

        if (status >= 400)
            await response.ProblemAsync(status);
        return (status, response.Headers.ETag?.ToString());
    }

    // Those that a program acts on.
    private static string HeadersIn(HttpResponseMessage response) =>
        string.Join(' ', new[] { "ETag", "Location", "Retry-After" }.Where(name => response.Headers.Contains(name)));

    private bool Documents(Operation operation, int status) => _documented[operation.Id].Contains(status);

    private Task<Call> CallAsync(Operation operation) =>
        Calls.TryGetValue(operation.Id, out var make)
            ? make()
            : Is(
                new Call(
                    Fill(operation.Path, $"{batch.Id}", batch.Trades[0].Id.ToString(), batch.Trades[0].Id.ToString())
                )
            );

    private static string Fill(string path, string batchId, string tradeId, string alertId) =>
        path.Replace("/batches/{id}", $"/batches/{batchId}", StringComparison.Ordinal)
            .Replace("/trades/{id}", $"/trades/{tradeId}", StringComparison.Ordinal)
            .Replace("/alerts/{id}", $"/alerts/{alertId}", StringComparison.Ordinal)
            .Replace("{symbol}", "BTC", StringComparison.Ordinal)
            .Replace("{share}", AbsentNumber, StringComparison.Ordinal)
            .Replace("{sweep}", AbsentId, StringComparison.Ordinal)
            .Replace("{job}", AbsentId, StringComparison.Ordinal)
            .Replace("{day}", "2026-01-01", StringComparison.Ordinal)
            .Replace("{id}", AbsentId, StringComparison.Ordinal);

    private string? _paths;

    private static Call With(Call call, string parameter) =>
        call with
        {
            Path = call.Path + (call.Path.Contains('?') ? '&' : '?') + parameter,
        };

    private static Task<Call> Is(Call call) => Task.FromResult(call);

    private static string NewName() => $"Walked {Interlocked.Increment(ref _names)}";

    private async Task<string> NewImportAsync() =>
        (await (await batch.Api.Admin.SendAsync("POST", "/api/v1/imports", ImportedLine)).JsonAsync(202))
            .GetProperty("id")
            .ToString();

    private async Task<string> NewAsync(string list, string body)
    {
        // Others fill the lists up to what they take; and of its own there are many.
        await batch.Api.Stage.ExecuteAsync(
            """
            DELETE FROM notification_rules WHERE NOT enabled;
            DELETE FROM notification_channels WHERE name = 'many';
            DELETE c FROM notification_channels c JOIN (SELECT MAX(channel_id) AS last FROM notification_channels) newest
            WHERE c.channel_id + 20 < last AND NOT EXISTS (SELECT * FROM notification_rules r WHERE r.channel_id = c.channel_id)
            """
        );
        using var made = await batch.Api.Admin.SendAsync("POST", $"/api/v1/{list}", body);
        await made.JsonAsync(201);
        return $"{made.Headers.Location}";
    }

    private async Task<string> NewRuleAsync()
    {
        var channel = (await NewAsync("notifications/channels", NewChannel)).Split('/')[^1];
        return $$"""{"kind":"silence","channelId":{{channel}}}""";
    }

    private async Task<string> NewShareAsync()
    {
        using var response = await batch.Api.Admin.SendAsync("POST", await NewBatchAsync() + "/shares", "{}");
        return response.Headers.Location!.ToString();
    }

    private async Task<string> NewSweepAsync() =>
        (await batch.Api.Admin.SendAsync("POST", $"{batch.Path}/sweeps", OneTrial)).Headers.Location!.ToString();

    // More steps than are answered at once: ten thousand paths of so many trades.
    private async Task<string> ManyPathsAsync()
    {
        var path = await NewBatchAsync();
        await batch.Api.Stage.LedgerAsync(
            long.Parse(path.Split('/')[^1], null),
            1_000m,
            [
                .. Enumerable
                    .Range(0, 5_001)
                    .Select(i => new StagedTrade(
                        "BTC",
                        "60",
                        "long",
                        $"{Stage.Time("2026-03-01").AddMinutes(2 * i):s}",
                        100m,
                        $"{Stage.Time("2026-03-01").AddMinutes((2 * i) + 1):s}",
                        100m + (i % 2)
                    )),
            ]
        );
        return $"{path}/charts/confidence?paths=10000";
    }

    // One job for all: each is fifty million steps.
    private async Task<string> NewPathsAsync() =>
        _paths ??= (await batch.Api.Viewer.SendAsync("GET", await ManyPathsAsync())).Headers.Location!.ToString();

    private async Task<string> NewBatchAsync(params string[] symbols)
    {
        var listed = string.Join(
            ',',
            (symbols.Length == 0 ? ["BTC", "ETH"] : symbols).Select(symbol => $"\"{symbol}\"")
        );
        return $"/api/v1/batches/{await batch.CreateAsync($$"""{"name":"{{NewName()}}","symbols":[{{listed}}]}""")}";
    }
}
