using System.Diagnostics;
using System.Globalization;
using PnlPipeline.Database;
using PnlPipeline.Tests.EndToEnd.System;

namespace PnlPipeline.Tests.Faults;

/// <summary>Of three servers that stand for one another one goes, and comes back, while alerts flow.</summary>
public sealed class Cluster(ClusterSystem cluster, ITestOutputHelper output) : IClassFixture<ClusterSystem>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly PipelineSystem _system = cluster.Pipeline;

    // Some 500 alerts a second, where the machine has time for them.
    private readonly UnderLoad _load = new(cluster.Pipeline, output, streams: 8);

    [Fact]
    public async Task Wherever_it_stands_in_the_URL_the_primary_is_found()
    {
        var url = _system.Database;
        IReadOnlyList<(string Host, int Port)> servers = [(url.Host, url.Port), .. url.Others];
        var found = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (host, port) in servers)
        {
            var others = servers.Where(server => server.Port != port);
            var database = new MySqlDatabase(url with { Host = host, Port = port, Others = [.. others] });
            await using var connection = await database.OpenAsync(CancellationToken.None);
            await using var command = connection.CreateCommand();
            command.CommandText = "SELECT CONCAT(IF(@@GLOBAL.super_read_only, 'secondary ', 'primary '), @@port)";
            found.Add((string)(await command.ExecuteScalarAsync())!);
        }

        Assert.StartsWith("primary ", Assert.Single(found), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("killed")]
    // It wakes while another is the primary, with transactions that it had begun.
    [InlineData("paused")]
    public async Task The_primary_of_the_databases_goes_another_takes_over_and_nothing_is_lost(string how)
    {
        await _load.DoAsync(async flow =>
        {
            var primary = await Server.PrimaryAsync(_system);
            await primary.AwayAsync(how, () => FlowsPastNewPrimaryAsync(flow));
            await primary.IsBackAsync();
        });
        _load.AnswersAreInTime();
    }

    [Fact]
    public async Task A_primary_that_hears_nothing_of_the_others_commits_nothing_and_nothing_is_lost()
    {
        await _load.DoAsync(async flow =>
        {
            // The services reach it all the while.
            var primary = await Server.PrimaryAsync(_system);
            var others = await Server.SecondariesAsync(_system);
            await Task.WhenAll(others.Select(other => other.PauseAsync()));
            try
            {
                await Eventually.TrueAsync(
                    async () => !await HasPrimaryAsync(),
                    Patience,
                    () => "it takes writes although it is alone"
                );
                await UnderLoad.FlowsOnAsync(flow);
            }
            finally
            {
                await Task.WhenAll(others.Select(other => other.ContinueAsync()));
            }

            await FlowsPastNewPrimaryAsync(flow);
            await primary.IsBackAsync();
        });
        _load.AnswersAreInTime();
    }

    [Fact]
    public async Task One_of_the_brokers_is_killed_then_when_it_is_back_another_and_nothing_is_lost()
    {
        await _load.DoAsync(async flow =>
        {
            for (var node = 0; node < 2; node++)
                await Server.BrokerNode(_system, node).AwayAsync("killed", () => UnderLoad.FlowsOnAsync(flow));
        });
        _load.AnswersAreInTime();
    }

    [Fact]
    public async Task The_primary_and_a_broker_are_killed_at_once_and_nothing_is_lost()
    {
        await _load.DoAsync(async flow =>
        {
            var primary = await Server.PrimaryAsync(_system);
            var node = Server.BrokerNode(_system, 2);
            await primary.AwayAsync("killed", () => node.AwayAsync("killed", () => FlowsPastNewPrimaryAsync(flow)));
        });
        _load.AnswersAreInTime();
    }

    private async Task FlowsPastNewPrimaryAsync(AlertFlow flow)
    {
        var clock = Stopwatch.StartNew();
        await Eventually.TrueAsync(HasPrimaryAsync, Patience, () => "no server becomes the primary");
        output.WriteLine(
            string.Create(CultureInfo.InvariantCulture, $"A new primary after {clock.Elapsed.TotalSeconds:F1} s.")
        );
        await UnderLoad.FlowsOnAsync(flow);
    }

    private async Task<bool> HasPrimaryAsync()
    {
        try
        {
            await Server.PrimaryAsync(_system);
            return true;
        }
        catch (Exception none) when (MySqlDatabase.IsTransient(none))
        {
            return false;
        }
    }
}
