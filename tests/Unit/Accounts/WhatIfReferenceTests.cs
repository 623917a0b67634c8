using System.Globalization;
using PnlPipeline.Contracts;
using PnlPipeline.Domain.Accounts;
using PnlPipeline.Domain.Alerts;
using PnlPipeline.Domain.Statistics;
using PnlPipeline.Tests.Reference;
using PlainAccount = PnlPipeline.Tests.Reference.WhatIf;
using WhatIf = PnlPipeline.Domain.Statistics.WhatIf;

namespace PnlPipeline.Tests.Unit.Accounts;

/// <summary>
/// Random histories against the plain account: overlaps, equal instants, limits, ruin, fees, slippage, for every
/// sizing.
/// </summary>
public sealed class WhatIfReferenceTests
{
    private const int Histories = 250;

    private static readonly string[] Sizings = ["sequential", "percentOfEquity", "fixedAmount", "fixedRisk", "kelly"];

    [Theory]
    [InlineData("sequential")]
    [InlineData("percentOfEquity")]
    [InlineData("fixedAmount")]
    [InlineData("fixedRisk")]
    [InlineData("kelly")]
    public void Every_account_is_the_plain_one_to_the_last_digit(string sizing)
    {
        for (var seed = 1; seed <= Histories; seed++)
        {
            var history = History.Random(seed);
            var settings = Settings(new Random(seed), sizing);
            var expected = PlainAccount.Keep(settings, history.Trades);
            var account = WhatIf.Of(history.Ledger(100_000m), history.Open, TradeChoice.All).Account(Convert(settings));
            Assert.True(
                Text(expected) == Text(account),
                $"Seed {seed}, {settings}:\n{Text(expected)}\n{Text(account)}"
            );

            // What the columns say is what the statistics are made of.
            using var rows = Selection.Of(account.Ledger, LedgerFilter.None);
            var statistics = account.Statistics(rows, Query.Statistics.Rows.Calendar("UTC"), 365);
            Assert.Equal(
                (account.Result.Count, expected.Rows.Sum(row => row.Fee)),
                (statistics.Trades, decimal.Parse($"{statistics.FeesPaid}", CultureInfo.InvariantCulture))
            );
            if (expected.Rows.Count == 0)
                continue;
            Assert.Equal(
                1,
                (1e-9 + MaxExposure(settings, history, expected)) / (1e-9 + statistics.MaxExposure!.Value),
                1e-9
            );
            Assert.Equal(TimeOver(history, expected), statistics.TimeOverExposed ?? 0, 1e-9);
        }
    }

    // Three at once, all of the equity each, from 00:30 on; at 01:00 the first one loses all there is, and the others
    // go on, one of them until 02:00: over for half an hour of two.
    [Theory]
    [InlineData("percentOfEquity")]
    [InlineData("fixedAmount")]
    [InlineData("fixedRisk")]
    [InlineData("kelly")]
    public void Once_there_is_nothing_left_nothing_is_over_it(string sizing)
    {
        var lost = new ReferenceTrade(new string('a', 32), "BTC", "60", "short", 100, History.Start)
        {
            ExitPrice = 200,
            ExitTime = History.Start.AddMinutes(60),
            ExitReason = "exit",
            ChangePercentage = -100,
        };
        var history = new History([
            lost,
            lost with
            {
                Id = new string('b', 32),
                EntryTime = History.Start.AddMinutes(30),
                ExitTime = History.Start.AddMinutes(120),
            },
            lost with
            {
                Id = new string('c', 32),
                EntryTime = History.Start.AddMinutes(30),
                ExitTime = null,
            },
        ]);
        var settings = new ReferenceSettings(1_000, 100, 0, 0, sizing, Amount: 1_000, RiskPercentage: 1, Lookback: 5);
        var account = WhatIf.Of(history.Ledger(1_000), history.Open, TradeChoice.All).Account(Convert(settings));
        using var rows = Selection.Of(account.Ledger, LedgerFilter.None);
        var statistics = account.Statistics(rows, Query.Statistics.Rows.Calendar("UTC"), 365);
        Assert.Equal(
            (300, 0.25, 0.25),
            (
                statistics.MaxExposure,
                statistics.TimeOverExposed,
                TimeOver(history, PlainAccount.Keep(settings, history.Trades))
            )
        );
    }

    [Fact]
    public void The_histories_are_of_every_kind()
    {
        var kinds = new HashSet<string>();
        foreach (var sizing in Sizings)
        {
            for (var seed = 1; seed <= Histories; seed++)
            {
                var history = History.Random(seed);
                var settings = Settings(new Random(seed), sizing);
                var account = PlainAccount.Keep(settings, history.Trades);
                if (account.Rows.Count > 0 && account.Rows[^1].AvailableCapital == 0)
                    kinds.Add($"{sizing} ruined");
                if (account.Rows.Any(row => row.AvailableCapital == 1_000_000_000_000_000_000m))
                    kinds.Add($"{sizing} capped");
                kinds.UnionWith(account.Skipped.Select(skip => $"{sizing} {skip.Reason}"));
                if (
                    sizing == "kelly"
                    && account.Rows.Any(row => row is { Pnl: 0, AvailableCapital: > 0, ChangePercentage: not 0 })
                )
                    kinds.Add("kelly takes nothing");
            }
        }

        Assert.Empty(
            Sizings
                .SelectMany(sizing =>
                    new[] { $"{sizing} ruined", $"{sizing} maxOpenTrades", $"{sizing} maxExposurePercentage" }
                )
                .Concat(["sequential capped", "percentOfEquity capped", "kelly takes nothing"])
                .Except(kinds)
        );
    }

    [Fact]
    public void By_the_ledger_s_own_rule_it_is_the_ledger()
    {
        for (var seed = 1; seed <= Histories; seed++)
        {
            var history = History.Random(seed);
            var settings = Settings(new Random(seed), "sequential") with
            {
                MaxExposurePercentage = null,
                MaxOpenTrades = null,
            };
            var account = WhatIf
                .Of(history.Ledger(settings.Capital), history.Open, TradeChoice.All)
                .Account(Convert(settings));
            var batch = new LedgerSettings(
                settings.Capital,
                settings.AllocationPercentage,
                settings.FeePercentage + settings.SlippagePercentage
            );
            var state = LedgerState.Start(batch);
            foreach (var (i, trade) in history.Closed.Index())
            {
                var row = CapitalLedger.Next(batch, state, Counted(trade));
                state = row.State;
                Assert.Equal(
                    (
                        FixedPoint.Of(row.ChangePercentage),
                        FixedPoint.Of(row.Pnl),
                        FixedPoint.Of(row.Fee),
                        FixedPoint.Of(state.AvailableCapital)
                    ),
                    (
                        account.Ledger.ChangePercentage[i],
                        account.Ledger.Pnl[i],
                        account.Ledger.Fee[i],
                        account.Ledger.AvailableCapital[i]
                    )
                );
            }

            Assert.Equal(
                (state.RuinedSeq is { } ruin ? history.Closed[(int)ruin - 1].Id : null, state.CappedSeq is not null),
                (account.Result.Ruined?.ToString(), account.Result.IsCapped)
            );
        }
    }

    [Fact]
    public void A_chosen_part_of_the_trades_is_an_account_of_its_own()
    {
        for (var seed = 1; seed <= Histories; seed++)
        {
            var history = History.Random(seed);
            var random = new Random(seed);
            var settings = Settings(random, Sizings[seed % Sizings.Length]);
            var excluded = history.Trades.Where(_ => random.Next(5) == 0).Select(trade => trade.Id).ToHashSet();
            var start = History.Start.AddMinutes(random.Next(200));
            var sides = random.Next(2) == 0 ? new[] { "long" } : [];
            var choice = new TradeChoice(
                Query.Statistics.Rows.Milliseconds(start),
                LedgerFilter.None with
                {
                    Symbols = ["BTC"],
                    Sides = sides,
                },
                excluded.Select(id => new AlertId(System.Convert.FromHexString(id))).ToHashSet()
            );
            var chosen = history
                .Trades.Where(trade =>
                    trade.EntryTime >= start
                    && trade.Symbol == "BTC"
                    && (sides.Length == 0 || trade.Side == "long")
                    && !excluded.Contains(trade.Id)
                )
                .ToList();
            var account = WhatIf.Of(history.Ledger(100_000m), history.Open, choice).Account(Convert(settings));
            Assert.Equal(Text(PlainAccount.Keep(settings, chosen)), Text(account));
        }
    }

    [Fact]
    public void Over_a_filter_it_is_made_of_just_the_trades_that_pass()
    {
        var ways = new HashSet<string>();
        for (var seed = 1; seed <= 2 * Histories; seed++)
        {
            var history = History.Random(seed);
            var random = new Random(seed);
            var settings = Settings(random, Sizings[seed % Sizings.Length]);
            var tagged = history.Trades.Where(_ => random.Next(3) == 0).Select(trade => trade.Id).ToHashSet();
            if (random.Next(10) == 0)
                tagged.Clear();
            var isTagged = random.Next(3) > 0;
            DateTime? from = random.Next(3) == 0 ? History.Start.AddMinutes(random.Next(200)) : null;
            DateTime? to = random.Next(3) == 0 ? History.Start.AddMinutes(random.Next(400)) : null;
            string[] sides = random.Next(3) == 0 ? ["short"] : [];
            string[] symbols = random.Next(3) == 0 ? ["ETH"] : [];
            var choice = TradeChoice.All with
            {
                Filter = LedgerFilter.None with { Symbols = ["BTC", "ETH"] },
                Within = new LedgerFilter(
                    from is { } first ? Query.Statistics.Rows.Milliseconds(first) : null,
                    to is { } end ? Query.Statistics.Rows.Milliseconds(end) : null,
                    symbols,
                    [],
                    sides
                )
                {
                    Tags = isTagged ? ["any"] : [],
                    Tagged = isTagged
                        ? tagged.Select(id => new AlertId(System.Convert.FromHexString(id))).ToHashSet()
                        : null,
                },
            };
            var passing = history
                .Trades.Where(trade =>
                    (!isTagged || tagged.Contains(trade.Id))
                    && (symbols.Length == 0 || trade.Symbol == "ETH")
                    && (sides.Length == 0 || trade.Side == "short")
                    && (trade.ExitTime is { } exit ? !(exit < from) && !(exit >= to) : to is null)
                )
                .ToList();
            ways.Add(
                $"{isTagged} {(passing.Count == 0 ? "none" : passing.Count == history.Trades.Count ? "all" : "some")}"
            );
            var account = WhatIf.Of(history.Ledger(100_000m), history.Open, choice).Account(Convert(settings));
            Assert.Equal(Text(PlainAccount.Keep(settings, passing)), Text(account));
        }

        Assert.Empty(new[] { "False all", "False some", "True some", "True none" }.Except(ways));
    }

    [Fact]
    public void A_thousand_of_them_leave_the_ledger_as_it_is()
    {
        var history = History.Random(1);
        var ledger = history.Ledger(100_000m);
        var before = Everything(ledger);
        for (var seed = 1; seed <= 1_000; seed++)
            WhatIf
                .Of(ledger, history.Open, TradeChoice.All)
                .Account(Convert(Settings(new Random(seed), Sizings[seed % Sizings.Length])));
        Assert.Equal(before, Everything(ledger));
    }

    private static string Everything(LedgerColumns ledger) =>
        string.Join(
            '\n',
            Enumerable
                .Range(0, ledger.Count)
                .Select(row =>
                    $"{ledger.ExitTime[row]} {ledger.EntryTime[row]} {ledger.Stream[row]} {ledger.IsShort[row]} "
                    + $"{ledger.ChangePercentage[row]} {ledger.Pnl[row]} "
                    + $"{ledger.AvailableCapital[row]} {ledger.Fee[row]} {ledger.EntryPrice[row]} "
                    + $"{ledger.ExitPrice[row]} {ledger.TradeId[row]}"
                )
        );

    // Of what is told after each instant; by the sequential rule, where it is a number of trades, of the trades that
    // were not skipped.
    private static double MaxExposure(ReferenceSettings settings, History history, WhatIfReference account)
    {
        if (settings.Sizing != "sequential")
            return account.Exposure.Max(point => point.Percentage);
        var skipped = account.Skipped.Select(skip => skip.TradeId).ToHashSet();
        var entered = history.Trades.Where(trade => !skipped.Contains(trade.Id)).ToList();
        return account.Exposure.Max(point =>
                entered.Count(trade => trade.EntryTime <= point.Time && !(trade.ExitTime <= point.Time))
            ) * (double)settings.AllocationPercentage;
    }

    private static double TimeOver(History history, WhatIfReference account)
    {
        var rows = account.Rows.Select(row => history.Trades.Single(trade => trade.Id == row.TradeId)).ToList();
        var (begin, end) = (rows.Min(trade => trade.EntryTime), rows.Max(trade => trade.ExitTime!.Value));
        var over = account
            .Exposure.Zip(account.Exposure.Skip(1).Select(point => point.Time).Append(DateTime.MaxValue))
            .Where(pair => pair.First.IsOver)
            .Sum(pair => Math.Max(0, (Min(pair.Second, end) - Max(pair.First.Time, begin)).TotalMilliseconds));
        return end > begin ? over / (end - begin).TotalMilliseconds : 0;

        static DateTime Min(DateTime a, DateTime b) => a < b ? a : b;
        static DateTime Max(DateTime a, DateTime b) => a > b ? a : b;
    }

    private static string Text(WhatIfReference account) =>
        string.Join(
            '\n',
            account
                .Rows.Select(row =>
                    $"{row.TradeId} {Plain(row.ChangePercentage)} {Plain(row.Pnl)} {Plain(row.Fee)} "
                    + $"{Plain(row.AvailableCapital)}"
                )
                .Concat(account.Skipped.Select(skip => $"{skip.TradeId} {skip.Reason}"))
        );

    private static string Text(WhatIfAccount account) =>
        string.Join(
            '\n',
            Enumerable
                .Range(0, account.Ledger.Count)
                .Select(i =>
                    $"{account.Ledger.TradeId[i]} {account.Ledger.ChangePercentage[i]} {account.Ledger.Pnl[i]} "
                    + $"{account.Ledger.Fee[i]} {account.Ledger.AvailableCapital[i]}"
                )
                .Concat(
                    account.Result.Skipped.Select(skip =>
                        $"{skip.TradeId} {char.ToLowerInvariant($"{skip.Reason}"[0])}{$"{skip.Reason}"[1..]}"
                    )
                )
        );

    private static string Plain(decimal value) => FixedPoint.Of(value).ToString();

    private static AccountSettings Convert(ReferenceSettings settings) =>
        new(
            settings.Capital,
            settings.AllocationPercentage,
            settings.FeePercentage + settings.SlippagePercentage,
            Enum.Parse<Sizing>(settings.Sizing, ignoreCase: true),
            settings.Amount,
            settings.RiskPercentage,
            settings.Lookback,
            settings.Fraction,
            settings.MaxExposurePercentage,
            settings.MaxOpenTrades
        );

    private static ReferenceSettings Settings(Random random, string sizing) =>
        new(
            Pick(random, 100_000m, 0.00000001m, 1_000_000_000_000m, 12_345.67891234m),
            Pick(random, 100m, 25m, 33.33333333m, 0.00000001m, 50m),
            Pick(random, 0m, 0m, 0.1m, 10m),
            Pick(random, 0m, 0m, 0.05m, 0.00000001m),
            sizing,
            Amount: Pick(random, 10_000m, 0.00000001m, 123_456.789m, 1_000_000_000_000m),
            RiskPercentage: Pick(random, 1m, 0.5m, 12.34567891m),
            Lookback: random.Next(1, 12),
            Fraction: Pick(random, 0.5m, 1m, 0.33333333m),
            MaxExposurePercentage: random.Next(2) == 0 ? Pick(random, 100m, 50m, 250m, 99.99999999m) : null,
            MaxOpenTrades: random.Next(3) == 0 ? random.Next(1, 4) : null
        );

    private static T Pick<T>(Random random, params T[] values) => values[random.Next(values.Length)];

    private static CountedTrade Counted(ReferenceTrade trade) =>
        new(
            new AlertId(System.Convert.FromHexString(trade.Id)),
            1,
            trade.Side == "long" ? Direction.Long : Direction.Short,
            trade.EntryTime,
            trade.ExitTime!.Value,
            trade.EntryPrice,
            trade.ExitPrice!.Value,
            trade.ChangePercentage!.Value
        );
}
