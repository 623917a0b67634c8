using System.Net;
using PnlPipeline.Hosting;
using PnlPipeline.Tests.Integration.Servers;
using static PnlPipeline.Tests.Integration.Ingest.WebhookTests;

namespace PnlPipeline.Tests.Integration.Ingest;

/// <summary>
/// What a sender gets, and when, while the broker is slow, silent, away or without its queue; and what is on the queue
/// afterwards.
/// </summary>
[Collection(nameof(BrokerTests))]
public sealed class BrokerFaultTests(TestBroker broker)
{
    /// <summary>TradingView gives up after three seconds; the promise is two.</summary>
    private static readonly TimeSpan Promised = TimeSpan.FromSeconds(2);

    [Fact]
    public async Task While_the_broker_is_silent_the_answer_is_503_within_two_seconds_and_no_202_is_lost()
    {
        await broker.DeleteQueuesAsync();
        await using var line = new BrokerLine(TestBroker.Url);
        await using var ingest = await IngestProcess.StartAsync(line.Url);
        await AcceptsAsync(ingest);

        line.Hold();
        var held = await Task.WhenAll(Enumerable.Range(1, 200).Select(price => ingest.PostAsync(Priced(price))));
        Assert.All(held, answer => AssertProblem(answer, HttpStatusCode.ServiceUnavailable));
        Assert.All(held, answer => Assert.True(answer.Elapsed < Promised, $"{answer.Elapsed}"));
        Assert.All(held, answer => Assert.NotNull(answer.RetryAfter));
        Assert.Equal(HttpStatusCode.OK, (await ingest.GetAsync("/health/live")).Status);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await ingest.GetAsync("/health/ready")).Status);

        line.LetGo();
        await AcceptsAsync(ingest);
        await broker.EmptyQueuesAsync();
        var resent = await Task.WhenAll(Enumerable.Range(1, 200).Select(price => ingest.PostAsync(Priced(price))));
        Assert.All(resent, answer => Assert.Equal(HttpStatusCode.Accepted, answer.Status));
        Assert.Subset(
            (await broker.TakeAlertIdsAsync()).ToHashSet(StringComparer.Ordinal),
            resent.Select(answer => answer.AlertId!).ToHashSet(StringComparer.Ordinal)
        );
    }

    [Fact]
    public async Task While_the_broker_is_away_the_answer_is_503_within_two_seconds_and_it_is_found_again()
    {
        await broker.DeleteQueuesAsync();
        await using var line = new BrokerLine(TestBroker.Url);
        await using var ingest = await IngestProcess.StartAsync(line.Url);
        await AcceptsAsync(ingest);

        await line.DownAsync();
        for (var round = 0; round < 2; round++)
        {
            var answers = await Task.WhenAll(Enumerable.Range(1, 50).Select(price => ingest.PostAsync(Priced(price))));
            Assert.All(answers, answer => AssertProblem(answer, HttpStatusCode.ServiceUnavailable));
            Assert.All(answers, answer => Assert.True(answer.Elapsed < Promised, $"{answer.Elapsed}"));
        }

        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await ingest.GetAsync("/health/ready")).Status);
        // Trouble is told once, and not with each of the hundred.
        Assert.Equal(2, ingest.Output.Split("does not confirm in time").Length);

        line.Up();
        await AcceptsAsync(ingest);
        await PrintsAsync(ingest, "The broker confirms again");
    }

    [Fact]
    public async Task Ingest_starts_while_the_broker_is_away_and_takes_alerts_once_it_is_there()
    {
        await broker.DeleteQueuesAsync();
        await using var line = new BrokerLine(TestBroker.Url, isUp: false);
        await using var ingest = await IngestProcess.StartAsync(line.Url);

        AssertProblem(await ingest.PostAsync(Priced(1)), HttpStatusCode.ServiceUnavailable);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await ingest.GetAsync("/health/ready")).Status);

        line.Up();
        await Eventually.BecomesAsync(async () => (await ingest.GetAsync("/health/ready")).Status == HttpStatusCode.OK);
        await AcceptsAsync(ingest);
    }

    [Fact]
    public async Task An_alert_that_no_queue_takes_is_not_accepted_until_the_queue_is_back()
    {
        await broker.DeleteQueuesAsync();
        await using var ingest = await IngestProcess.StartAsync(TestBroker.IngestUrl);
        await AcceptsAsync(ingest);

        await broker.DeleteQueuesAsync(declareAnew: false);
        AssertProblem(await ingest.PostAsync(Priced(1)), HttpStatusCode.ServiceUnavailable);
        await Topology.DeployAsync(
            TestBroker.WorkerUrl,
            PartitionCounts.Undivided,
            TestContext.Current.CancellationToken
        );
        await AcceptsAsync(ingest);
    }

    [Fact]
    public async Task With_more_waiting_than_there_is_room_for_the_answer_is_503_at_once()
    {
        await broker.DeleteQueuesAsync();
        await using var line = new BrokerLine(TestBroker.Url);
        await using var ingest = await IngestProcess.StartAsync(
            line.Url,
            ("Delivery__WaitingMax", "10"),
            ("Delivery__AlertsPerMessageMax", "1"),
            ("Delivery__DeadlineMs", "2500")
        );
        await AcceptsAsync(ingest);

        line.Hold();
        var answers = await Task.WhenAll(Enumerable.Range(1, 100).Select(price => ingest.PostAsync(Priced(price))));

        Assert.All(answers, answer => AssertProblem(answer, HttpStatusCode.ServiceUnavailable));
        // Ten wait and four are in flight; nobody waits behind them.
        Assert.InRange(answers.Count(answer => answer.Elapsed > Promised), 1, 14);
    }

    [Fact]
    public async Task A_refused_body_is_answered_with_its_errors_also_while_the_broker_is_silent()
    {
        await broker.DeleteQueuesAsync();
        await using var line = new BrokerLine(TestBroker.Url);
        await using var ingest = await IngestProcess.StartAsync(line.Url);
        await AcceptsAsync(ingest);

        line.Hold();
        var answer = await ingest.PostAsync("rubbish");
        AssertProblem(answer, HttpStatusCode.BadRequest);
        Assert.True(answer.Elapsed < Promised, $"{answer.Elapsed}");
        await PrintsAsync(ingest, "may not be on record");
    }

    [Fact]
    public async Task Asked_to_stop_it_answers_what_it_has_taken_in_and_every_202_is_on_the_queue()
    {
        await broker.DeleteQueuesAsync();
        await using var ingest = await IngestProcess.StartAsync(TestBroker.Url);
        await AcceptsAsync(ingest);
        await broker.EmptyQueuesAsync();

        var accepted = new System.Collections.Concurrent.ConcurrentBag<string>();
        var senders = Enumerable
            .Range(0, 16)
            .Select(sender =>
                Task.Run(async () =>
                {
                    for (var price = 1; ; price++)
                    {
                        try
                        {
                            var answer = await ingest.PostAsync(Priced((price * 100) + sender));
                            if (answer.Status == HttpStatusCode.Accepted)
                                accepted.Add(answer.AlertId!);
                        }
                        catch (Exception gone) when (gone is HttpRequestException or TaskCanceledException)
                        {
                            return;
                        }
                    }
                })
            )
            .ToArray();
        await Eventually.BecomesAsync(() => Task.FromResult(accepted.Count > 200));
        var exitCode = await ingest.StopAsync();
        await Task.WhenAll(senders);

        Assert.Equal(0, exitCode);
        Assert.Subset(
            (await broker.TakeAlertIdsAsync()).ToHashSet(StringComparer.Ordinal),
            accepted.ToHashSet(StringComparer.Ordinal)
        );
    }

    [Fact]
    public async Task One_address_past_its_rate_is_told_so_and_a_wrong_token_still_learns_nothing()
    {
        await using var ingest = await IngestProcess.StartAsync(
            TestBroker.Url,
            ("Webhooks__AlertsPerSecondMax", "1"),
            ("Webhooks__BurstMax", "3")
        );
        var answers = await Task.WhenAll(Enumerable.Range(1, 50).Select(_ => ingest.PostAsync("rubbish")));

        var limited = answers.Where(answer => answer.Status == HttpStatusCode.TooManyRequests).ToList();
        Assert.InRange(limited.Count, 40, 47);
        Assert.All(limited, answer => AssertProblem(answer, HttpStatusCode.TooManyRequests));
        Assert.All(limited, answer => Assert.NotNull(answer.RetryAfter));
        AssertProblem(await ingest.PostAsync("rubbish", "wrong"), HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData(null, "Webhooks__Tokens__0")]
    [InlineData("short", "Webhooks__Tokens__0")]
    public async Task Without_a_good_token_it_does_not_start_and_says_which_variable_to_set(
        string? token,
        string variable
    )
    {
        var (exitCode, output) = await IngestProcess.RunToEndAsync(
            TestBroker.Url,
            token is null ? [] : [("Webhooks__Tokens__0", token)]
        );

        Assert.NotEqual(0, exitCode);
        Assert.Contains(variable, output, StringComparison.Ordinal);
    }

    private static Task PrintsAsync(IngestProcess ingest, string words) =>
        Eventually.BecomesAsync(() => Task.FromResult(ingest.Output.Contains(words, StringComparison.Ordinal)));

    private static Task AcceptsAsync(IngestProcess ingest) =>
        Eventually.BecomesAsync(async () => (await ingest.PostAsync(Priced(1))).Status == HttpStatusCode.Accepted);
}
