using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using PnlPipeline.Hosting;
using PnlPipeline.Tests.Integration.Servers;
using static PnlPipeline.Tests.Integration.Ingest.WebhookTests;

namespace PnlPipeline.Tests.Integration.Ingest;

/// <summary>
/// Ingest with a spool, while the broker is away, silent, or comes and goes, and while ingest itself is killed. The
/// check behind them all: what was answered with 202 is on the queue, in the order of the answers, and nothing else is.
/// </summary>
[Collection(nameof(BrokerTests))]
public sealed class SpoolTests(TestBroker broker) : IAsyncLifetime
{
    /// <summary>TradingView gives up after three seconds; the promise is two.</summary>
    private static readonly TimeSpan Promised = TimeSpan.FromSeconds(2);

    private readonly string _directory = Directory.CreateTempSubdirectory("pnl-spool").FullName;
    private readonly BrokerLine _line = new(TestBroker.Url);

    public async ValueTask InitializeAsync() => await broker.DeleteQueuesAsync();

    public async ValueTask DisposeAsync()
    {
        await _line.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task While_the_broker_is_away_alerts_are_accepted_and_delivered_in_order_when_it_is_back()
    {
        await using var ingest = await StartAsync();
        await IsReadyAsync(ingest);
        await _line.DownAsync();

        var accepted = await AcceptOneByOneAsync(ingest, from: 1, count: 200);
        var health = await Eventually.GetAsync(
            () => ingest.GetAsync("/health/ready"),
            answer => Status(answer, "rabbitmq") == "not ready"
        );
        Assert.Equal(HttpStatusCode.OK, health.Status);
        Assert.Equal("ready", health.Body.GetProperty("status").GetString());
        Assert.Contains(
            "200 alerts",
            health.Body.GetProperty("dependencies").GetProperty("spool").GetProperty("detail").GetString()!,
            StringComparison.Ordinal
        );

        _line.Up();
        await DeliversAsync(accepted);
        await Eventually.BecomesAsync(() => Task.FromResult(Segments().Length == 0));
        Assert.Equal(
            "Empty.",
            (await ingest.GetAsync("/health/ready"))
                .Body.GetProperty("dependencies")
                .GetProperty("spool")
                .GetProperty("detail")
                .GetString()
        );
        accepted.AddRange(await AcceptOneByOneAsync(ingest, from: 1_000, count: 1));
        await DeliversAsync(accepted[^1..]);
    }

    [Fact]
    public async Task While_the_broker_is_silent_alerts_are_accepted_within_two_seconds_and_none_is_lost()
    {
        await using var ingest = await StartAsync();
        await IsReadyAsync(ingest);
        _line.Hold();

        var answers = await Task.WhenAll(Enumerable.Range(1, 200).Select(price => ingest.PostAsync(Priced(price))));
        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.Accepted, answer.Status));
        Assert.All(answers, answer => Assert.True(answer.Elapsed < Promised, $"{answer.Elapsed}"));
        var after = await AcceptOneByOneAsync(ingest, from: 1_000, count: 20);

        _line.LetGo();
        await DeliversAsync(after, together: [.. answers.Select(answer => answer.AlertId!)]);
    }

    [Fact]
    public async Task Ingest_that_starts_while_the_broker_is_away_accepts_at_once()
    {
        await _line.DownAsync();
        await using var ingest = await StartAsync();
        Assert.Equal(HttpStatusCode.OK, (await ingest.GetAsync("/health/ready")).Status);

        var accepted = await AcceptOneByOneAsync(ingest, from: 1, count: 3);
        _line.Up();
        await DeliversAsync(accepted);
    }

    [Fact]
    public async Task Killed_again_and_again_while_the_broker_is_away_it_loses_nothing_and_keeps_the_order()
    {
        await _line.DownAsync();
        var accepted = new List<string>();
        for (var round = 0; round < 4; round++)
        {
            await using var ingest = await StartAsync();
            accepted.AddRange(await AcceptOneByOneAsync(ingest, from: 1 + (round * 100), count: 30));
            ingest.Kill();
        }

        _line.Up();
        await using var last = await StartAsync();
        await DeliversAsync(accepted);
        await Eventually.BecomesAsync(() => Task.FromResult(Segments().Length == 0));
    }

    [Fact]
    public async Task Killed_under_load_while_the_broker_comes_and_goes_every_202_is_on_the_queue_and_nothing_that_was_not_sent()
    {
        var sent = new ConcurrentDictionary<string, byte>(StringComparer.Ordinal);
        var accepted = new ConcurrentBag<string>();
        var price = 0;
        for (var round = 0; round < 4; round++)
        {
            await using var ingest = await StartAsync();
            var enough = accepted.Count + 400;
            var senders = Enumerable
                .Range(0, 16)
                .Select(_ =>
                    Task.Run(async () =>
                    {
                        try
                        {
                            while (true)
                            {
                                var body = Priced(Interlocked.Increment(ref price));
                                sent.TryAdd(body, 0);
                                if (await ingest.PostAsync(body) is { Status: HttpStatusCode.Accepted } answer)
                                    accepted.Add(answer.AlertId!);
                            }
                        }
                        catch (Exception gone)
                            when (gone is HttpRequestException or TaskCanceledException or IOException)
                        {
                            // It was killed.
                        }
                    })
                )
                .ToArray();
            await Eventually.BecomesAsync(() => Task.FromResult(accepted.Count > enough));
            await _line.DownAsync();
            await Eventually.BecomesAsync(() => Task.FromResult(accepted.Count > enough + 200));
            if (round % 2 == 0)
                _line.Up();
            await Eventually.BecomesAsync(() => Task.FromResult(accepted.Count > enough + 400));
            ingest.Kill();
            await Task.WhenAll(senders);
            if (round % 2 == 1)
                _line.Up();
        }

        await using var last = await StartAsync();
        await Eventually.BecomesAsync(() => Task.FromResult(Segments().Length == 0));
        var messages = await broker.TakeAllAsync(Topology.Pairing);
        var alerts = messages.SelectMany(message => message.GetProperty("alerts").EnumerateArray()).ToList();
        Assert.Subset(
            alerts.Select(alert => alert.GetProperty("alertId").GetString()!).ToHashSet(StringComparer.Ordinal),
            accepted.ToHashSet(StringComparer.Ordinal)
        );
        Assert.All(
            alerts,
            alert =>
                Assert.Contains(
                    System.Text.Encoding.UTF8.GetString(alert.GetProperty("payload").GetBytesFromBase64()),
                    sent.Keys
                )
        );
    }

    [Fact]
    public async Task A_file_torn_in_the_middle_of_a_record_gives_every_whole_one_back()
    {
        await _line.DownAsync();
        List<string> accepted;
        await using (var ingest = await StartAsync())
        {
            accepted = await AcceptOneByOneAsync(ingest, from: 1, count: 20);
            ingest.Kill();
        }

        // As a write that a power failure broke off: its sender never got an answer.
        await using (var torn = File.OpenWrite(Segments().Single()))
            torn.SetLength(torn.Length - 10);
        await using var again = await StartAsync();
        var more = await AcceptOneByOneAsync(again, from: 100, count: 5);
        Assert.Contains("a write that was broken off", again.Output, StringComparison.Ordinal);

        _line.Up();
        await DeliversAsync([.. accepted[..^1], .. more]);
    }

    [Fact]
    public async Task Once_the_spool_is_full_the_answer_is_503_in_time_and_it_takes_alerts_again_when_it_has_been_delivered()
    {
        await using var ingest = await StartAsync(("Spool__BytesMax", "1048576"));
        await IsReadyAsync(ingest);
        await _line.DownAsync();

        var (accepted, refused) = await FillAsync(ingest);
        AssertProblem(refused, HttpStatusCode.ServiceUnavailable);
        Assert.NotNull(refused.RetryAfter);
        Assert.True(Segments().Sum(file => new FileInfo(file).Length) <= 1_048_576);
        var health = await ingest.GetAsync("/health/ready");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, health.Status);
        Assert.Contains(
            "full",
            health.Body.GetProperty("dependencies").GetProperty("spool").GetProperty("detail").GetString()!,
            StringComparison.Ordinal
        );

        _line.Up();
        await DeliversAsync([], together: accepted);
        await DeliversAsync(await AcceptOneByOneAsync(ingest, from: 900_000, count: 1));
    }

    [Fact]
    public async Task Once_the_disk_is_full_the_answer_is_503_in_time_and_what_was_accepted_is_delivered()
    {
        Assert.SkipUnless(
            Environment.IsPrivilegedProcess && OperatingSystem.IsLinux(),
            "A small disk can only be mounted by root."
        );
        await RunAsync("mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", _directory);
        try
        {
            await using var ingest = await StartAsync();
            await IsReadyAsync(ingest);
            await _line.DownAsync();

            var (accepted, refused) = await FillAsync(ingest);
            AssertProblem(refused, HttpStatusCode.ServiceUnavailable);
            Assert.Equal(HttpStatusCode.ServiceUnavailable, (await ingest.GetAsync("/health/ready")).Status);
            Assert.Contains("The spool takes no more", ingest.Output, StringComparison.Ordinal);

            _line.Up();
            await DeliversAsync([], together: accepted);
            await Eventually.BecomesAsync(() => Task.FromResult(Segments().Length == 0));

            // There is room again, and it is used.
            await _line.DownAsync();
            var more = await AcceptOneByOneAsync(ingest, from: 900_000, count: 10);
            _line.Up();
            await DeliversAsync(more);
        }
        finally
        {
            await RunAsync("umount", "--lazy", _directory);
        }
    }

    [Fact]
    public async Task Refused_bodies_go_the_same_way()
    {
        await using var ingest = await StartAsync();
        await IsReadyAsync(ingest);
        await _line.DownAsync();

        AssertProblem(await ingest.PostAsync("rubbish while the broker is away"), HttpStatusCode.BadRequest);
        var accepted = await AcceptOneByOneAsync(ingest, from: 1, count: 2);

        _line.Up();
        await DeliversAsync(accepted);
        var rejection = Assert.Single(await broker.TakeAllAsync(Topology.Rejections));
        Assert.Equal(
            "rubbish while the broker is away",
            System.Text.Encoding.UTF8.GetString(rejection.GetProperty("body").GetBytesFromBase64())
        );
        Assert.NotEmpty(rejection.GetProperty("errors").GetProperty("body").EnumerateArray());
    }

    [Fact]
    public async Task Refused_bodies_fill_half_of_the_spool_and_push_no_alert_out()
    {
        await using var ingest = await StartAsync(("Spool__BytesMax", "1048576"));
        await IsReadyAsync(ingest);
        await _line.DownAsync();
        var rubbish = new string('x', 8_000);
        for (var i = 0; i < 80; i++)
            AssertProblem(await ingest.PostAsync($"{i} {rubbish}"), HttpStatusCode.BadRequest);
        Assert.InRange(Segments().Sum(file => new FileInfo(file).Length), 400_000, 524_288);

        // At once, as many are when a bar closes: they come to be written together.
        var mixed = await Task.WhenAll(
            Enumerable.Range(0, 100).Select(i => ingest.PostAsync(i % 2 == 0 ? Priced(i + 1) : $"more {i} {rubbish}"))
        );
        Assert.All(
            mixed.Index(),
            answer =>
                Assert.Equal(
                    answer.Index % 2 == 0 ? HttpStatusCode.Accepted : HttpStatusCode.BadRequest,
                    answer.Item.Status
                )
        );
        Assert.Equal(HttpStatusCode.OK, (await ingest.GetAsync("/health/ready")).Status);
        _line.Up();
        await Eventually.BecomesAsync(() => Task.FromResult(Segments().Length == 0));
    }

    [Fact]
    public async Task The_same_alert_a_hundred_times_at_once_through_two_ingests_has_one_id_whichever_way_it_goes()
    {
        await using var spooling = await StartAsync();
        await using var direct = await IngestProcess.StartAsync(TestBroker.Url);
        await IsReadyAsync(spooling);
        await IsReadyAsync(direct);
        await _line.DownAsync();

        var answers = await Task.WhenAll(
            Enumerable.Range(0, 100).Select(turn => (turn % 2 == 0 ? spooling : direct).PostAsync(Priced(7)))
        );
        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.Accepted, answer.Status));
        var id = Assert.Single(answers.Select(answer => answer.AlertId!).Distinct(StringComparer.Ordinal));

        _line.Up();
        await Eventually.BecomesAsync(() => Task.FromResult(Segments().Length == 0));
        var delivered = await broker.TakeAlertIdsAsync();
        Assert.True(delivered.Count >= 100);
        Assert.Equal(id, Assert.Single(delivered.Distinct(StringComparer.Ordinal)));
    }

    [Fact]
    public async Task Memory_stays_bounded_while_the_broker_is_away_under_load()
    {
        await using var ingest = await StartAsync();
        await IsReadyAsync(ingest);
        await _line.DownAsync();

        var accepted = 0;
        var price = 0;
        var padding = new string(' ', 8_000);
        await Task.WhenAll(
            Enumerable
                .Range(0, 64)
                .Select(_ =>
                    Task.Run(async () =>
                    {
                        while (Interlocked.Increment(ref price) is var next && next <= 6_000)
                        {
                            if ((await ingest.PostAsync(Priced(next) + padding)).Status == HttpStatusCode.Accepted)
                                Interlocked.Increment(ref accepted);
                        }
                    })
                )
        );

        Assert.True(accepted > 5_000, $"{accepted}");
        Assert.InRange(ingest.PeakMemoryMegabytes, 1, 150);
    }

    [Fact]
    public async Task Two_processes_do_not_share_a_directory()
    {
        await using var ingest = await StartAsync();

        var (exitCode, output) = await IngestProcess.RunToEndAsync(
            _line.Url,
            ("Webhooks__Tokens__0", IngestProcess.Token),
            ("Spool__Directory", _directory)
        );
        Assert.NotEqual(0, exitCode);
        Assert.Contains("Spool__Directory", output, StringComparison.Ordinal);
    }

    private Task<IngestProcess> StartAsync(params (string Name, string Value)[] settings) =>
        IngestProcess.StartAsync(_line.Url, [("Spool__Directory", _directory), .. settings]);

    private string[] Segments() => Directory.GetFiles(_directory, "*.spool");

    private static Task IsReadyAsync(IngestProcess ingest) =>
        Eventually.BecomesAsync(async () => Status(await ingest.GetAsync("/health/ready"), "rabbitmq") == "ready");

    private static string Status(Answer health, string dependency) =>
        health.Body.GetProperty("dependencies").GetProperty(dependency).GetProperty("status").GetString()!;

    /// <summary>
    /// Each after the answer to the one before it: the order of the answers is the order of their ids.
    /// </summary>
    private static async Task<List<string>> AcceptOneByOneAsync(IngestProcess ingest, int from, int count)
    {
        var ids = new List<string>();
        for (var price = from; price < from + count; price++)
        {
            var answer = await ingest.PostAsync(Priced(price));
            Assert.Equal(HttpStatusCode.Accepted, answer.Status);
            Assert.True(answer.Elapsed < Promised, $"{answer.Elapsed}");
            ids.Add(answer.AlertId!);
        }

        return ids;
    }

    /// <summary>Sends large alerts until one is not taken.</summary>
    private static async Task<(List<string> Accepted, Answer Refused)> FillAsync(IngestProcess ingest)
    {
        var accepted = new List<string>();
        var padding = new string(' ', 15_000);
        for (var price = 1; price < 500; price++)
        {
            var answer = await ingest.PostAsync(Priced(price) + padding);
            Assert.True(answer.Elapsed < Promised, $"{answer.Elapsed}");
            if (answer.Status != HttpStatusCode.Accepted)
                return (accepted, answer);
            accepted.Add(answer.AlertId!);
        }

        throw new InvalidOperationException("It is never full.");
    }

    /// <summary>
    /// Waits until all of these are on the queue and takes them off: first those that were accepted together, in any
    /// order, then those that were accepted one by one, in theirs.
    /// </summary>
    private async Task DeliversAsync(IReadOnlyList<string> inOrder, IReadOnlyList<string>? together = null)
    {
        var taken = new List<string>();
        await Eventually.BecomesAsync(
            async () =>
            {
                // The queues are declared with the connection.
                if (await broker.CountAsync(Topology.Pairing) is null)
                    return false;
                taken.AddRange(await broker.TakeAlertIdsAsync());
                return inOrder.Concat(together ?? []).All(taken.Contains);
            },
            deadlineSeconds: 60
        );
        var firsts = taken.Distinct(StringComparer.Ordinal).ToList();
        Assert.Equal(inOrder, firsts.Where(inOrder.Contains));
        Assert.Equal(inOrder.Count + (together?.Count ?? 0), firsts.Count);
    }

    private static async Task RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        await process.WaitForExitAsync();
        Assert.Equal(0, process.ExitCode);
    }
}
