using Dapper;
using PnlPipeline.Analytics.Worker.Pairing;
using PnlPipeline.Contracts;
using PnlPipeline.Database;
using PnlPipeline.Domain.Alerts;
using PnlPipeline.Tests.Integration.Servers;

namespace PnlPipeline.Tests.Integration.Pairing;

/// <summary>Alerts that are nothing but prices, on the real MySQL, as the worker's account.</summary>
public sealed class PriceTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private readonly PairingStore _store = new(new MySqlDatabase(database.WorkerUrl));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Prices_are_stored_apart_once_and_never_paired()
    {
        AlertReceived[] prices = [Price("APART", 100.000000000001m, 2), Price("APART", 99, 1), Price("日本", 1, 1)];
        var entry = Rows.Alert("APART", AlertAction.Entry, Direction.Long, 100, 1);

        // By themselves, beside others, twice in one call, and again.
        var alone = await _store.ApplyAsync(prices[..1], Rows.Start, announceStored: false, Cancellation);
        Assert.Equal((1, 0, 0), (alone.Prices.Count, alone.Paired.Count, alone.Duplicates));
        var mixed = await _store.ApplyAsync(
            [prices[1], entry, prices[2], prices[1], prices[0]],
            Rows.Start,
            announceStored: true,
            Cancellation
        );
        Assert.Equal((4, 1, 0), (mixed.Prices.Count, mixed.Paired.Count, mixed.Duplicates));
        var again = await _store.ApplyAsync([.. prices, entry], Rows.Start, announceStored: true, Cancellation);
        Assert.Equal((3, 0, 1), (again.Prices.Count, again.Paired.Count, again.Duplicates));

        await using var connection = await database.OpenAsync();
        Assert.Equal(
            ["APART 99.000000000000 1", "APART 100.000000000001 2", "日本 1.000000000000 1"],
            await connection.QueryAsync<string>(
                "SELECT CONCAT_WS(' ', symbol, price, TIMESTAMPDIFF(SECOND, @Start, timestamp)) FROM prices "
                    + "WHERE symbol IN ('APART', '日本') ORDER BY symbol, timestamp",
                new { Rows.Start }
            )
        );
        var (alerts, trades) = await Rows.StoredAsync(database, ["APART", "日本"]);
        Assert.Equal((1, 1), (alerts.Count, trades.Count));
        Assert.Equal(
            0,
            await connection.ExecuteScalarAsync<int>(
                "SELECT COUNT(*) FROM streams WHERE symbol = '日本' OR timeframe = '-'"
            )
        );
    }

    [Fact]
    public async Task Two_replicas_that_store_the_same_prices_do_not_stand_in_each_other_s_way()
    {
        var prices = Enumerable.Range(0, 500).Select(i => Price($"SAME{i % 7}", 100 + i, i)).ToList();
        var other = new PairingStore(new MySqlDatabase(database.WorkerUrl));
        await Task.WhenAll(
            Enumerable
                .Range(0, 8)
                .Select(i =>
                    MySqlDatabase.RetryWhileTransientAsync(
                        cancellationToken =>
                            (i % 2 == 0 ? _store : other).ApplyAsync(
                                [.. prices.OrderBy(_ => Random.Shared.Next())],
                                Rows.Start,
                                announceStored: false,
                                cancellationToken
                            ),
                        (_, _) => { },
                        Cancellation
                    )
                )
        );
        await using var connection = await database.OpenAsync();
        Assert.Equal(
            500,
            await connection.ExecuteScalarAsync<int>("SELECT COUNT(*) FROM prices WHERE symbol LIKE 'SAME%'")
        );
    }

    private static AlertReceived Price(string symbol, decimal price, double second) =>
        Rows.Alert(symbol, "-", AlertAction.Price, null, price, Rows.Start.AddSeconds(second), null, "{}") with
        {
            Side = "price",
        };
}
