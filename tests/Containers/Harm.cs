using System.Text.Json;
using PnlPipeline.Tests.EndToEnd.System;
using PnlPipeline.Tests.Faults;
using PnlPipeline.Tests.Reference;

namespace PnlPipeline.Tests.Containers;

/// <summary>
/// Containers that die or are stopped: who comes back, who says so meanwhile, and that nothing is lost.
/// </summary>
public sealed class Harm : ContainerTests
{
    // Three checks in a row, ten seconds apart, each of which may take five.
    private static readonly TimeSpan ToldWithin = TimeSpan.FromSeconds(60);

    private readonly Trader _trader;

    public Harm(ComposeSystem system) => _trader = new Trader(system);

    [Theory]
    [InlineData("ingest")]
    [InlineData("pairing")]
    [InlineData("ledgers")]
    [InlineData("query")]
    [InlineData("mysql")]
    [InlineData("rabbitmq")]
    public async Task A_container_that_is_killed_comes_back_by_itself(string service)
    {
        var symbol = Trader.NewSymbol("KILL");
        var batch = await _trader.CreateBatchAsync(new { name = symbol, symbols = (string[])[symbol] });
        await using var flow = new AlertFlow(_trader, [symbol]);
        await flow.FlowsOnAsync(1);

        await KillAsync(service);

        await Eventually.TrueAsync(
            async () => (await ComposeSystem.ContainersAsync(service))[0].GetProperty("RestartCount").GetInt32() > 0,
            ToldWithin,
            () => $"{service} is not started again"
        );
        await ComposeSystem.AllHealthyAsync();
        await flow.FlowsOnAsync(1);
        await flow.EndAsync();
        await _trader.AlertsAndTradesAreRightAsync();
        await _trader.LedgerIsRightAsync(batch, new ReferenceBatch([symbol]));
    }

    [Theory]
    [InlineData("mysql", "mysql")]
    [InlineData("rabbitmq", "rabbitmq")]
    public async Task While_a_server_is_down_health_names_it_and_alerts_are_accepted(string server, string dependency)
    {
        var symbol = Trader.NewSymbol("DOWN");
        var batch = await _trader.CreateBatchAsync(new { name = symbol, symbols = (string[])[symbol] });
        await using var flow = new AlertFlow(_trader, [symbol]);
        await flow.FlowsOnAsync(1);

        await ComposeSystem.ComposeAsync("stop", server);

        foreach (var service in (string[])["pairing", "ledgers", "query"])
        {
            var container = default(JsonElement);
            await Eventually.TrueAsync(
                async () =>
                    ComposeSystem.Health(container = (await ComposeSystem.ContainersAsync(service))[0]) == "unhealthy",
                ToldWithin,
                () => $"{service} says {ComposeSystem.Health(container)}"
            );
            Assert.Contains(
                $"\"{dependency}\":{{\"status\":\"not ready\"",
                LastCheck(container),
                StringComparison.Ordinal
            );
        }

        // It needs no database, and has its spool for the broker's absence.
        Assert.Equal("healthy", ComposeSystem.Health((await ComposeSystem.ContainersAsync("ingest"))[0]));
        await flow.FlowsOnAsync(1);

        await ComposeSystem.ComposeAsync("start", server);
        await ComposeSystem.AllHealthyAsync();
        await flow.EndAsync();
        await _trader.AlertsAndTradesAreRightAsync();
        await _trader.LedgerIsRightAsync(batch, new ReferenceBatch([symbol]));
    }

    private static string LastCheck(JsonElement container) =>
        container
            .GetProperty("State")
            .GetProperty("Health")
            .GetProperty("Log")
            .EnumerateArray()
            .Last()
            .GetProperty("Output")
            .GetString()!;

    // By a signal from outside: one that is killed by the engine was stopped on purpose, and stays so.
    private static async Task KillAsync(string service)
    {
        var container = (await ComposeSystem.ContainersAsync(service))[0];
        await Docker.RunAsync(
            "run",
            "--rm",
            "--pid",
            "host",
            "--privileged",
            "--user",
            "root",
            "--entrypoint",
            "bash",
            "pnlpipeline-worker:test",
            "-c",
            $"kill -KILL {container.GetProperty("State").GetProperty("Pid").GetInt32()}"
        );
    }
}
