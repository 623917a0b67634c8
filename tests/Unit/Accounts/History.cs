using System.Numerics;
using PnlPipeline.Domain.Accounts;
using PnlPipeline.Domain.Alerts;
using PnlPipeline.Domain.Statistics;
using PnlPipeline.Tests.Reference;

namespace PnlPipeline.Tests.Unit.Accounts;

/// <summary>Trades of a batch that overlap as they like.</summary>
internal sealed record History(IReadOnlyList<ReferenceTrade> Trades)
{
    public static readonly DateTime Start = new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    /// <summary>In the order of a ledger.</summary>
    public IReadOnlyList<ReferenceTrade> Closed { get; } =
    [
        .. Trades
            .Where(trade => trade.ExitTime is not null)
            .OrderBy(trade => trade.ExitTime)
            .ThenBy(trade => trade.EntryTime)
            .ThenBy(trade => trade.Id, StringComparer.Ordinal),
    ];

    public OpenTrades Open =>
        new(
            FixedPoint.Of(100),
            [
                .. Trades
                    .Where(trade => trade.ExitTime is null)
                    .Select(trade => new OpenTrade(
                        IdOf(trade),
                        new LedgerStream(trade.Symbol, trade.Timeframe),
                        trade.Side == "short",
                        Query.Statistics.Rows.Milliseconds(trade.EntryTime)
                    ))
                    .OrderBy(trade => (trade.EntryTime, trade.TradeId)),
            ]
        );

    /// <summary>
    /// A third of them of ordinary size, others at the edges: prices far apart, ruin, the cap. Times are few, so that
    /// many are equal.
    /// </summary>
    public static History Random(int seed)
    {
        var random = new Random(seed);
        var kind = random.Next(4);
        var minutes = random.Next(2) == 0 ? 30 : 400;
        return new History([.. Enumerable.Range(0, random.Next(1, 60)).Select(_ => Trade(random, kind, minutes))]);
    }

    /// <summary>As it is kept in memory; the pnl is of another account, and no matter.</summary>
    public LedgerColumns Ledger(decimal capital)
    {
        var streams = Trades.Select(trade => new LedgerStream(trade.Symbol, trade.Timeframe)).Distinct().ToList();
        return new LedgerColumns(
            1,
            [.. Closed.Select(trade => Query.Statistics.Rows.Milliseconds(trade.ExitTime!.Value))],
            [.. Closed.Select(trade => Query.Statistics.Rows.Milliseconds(trade.EntryTime))],
            [.. Closed.Select(trade => streams.IndexOf(new LedgerStream(trade.Symbol, trade.Timeframe)))],
            [.. Closed.Select(trade => trade.Side == "short")],
            AmountColumn.Of([.. Closed.Select(trade => FixedPoint.Of(trade.ChangePercentage!.Value))]),
            AmountColumn.Of(new FixedPoint[Closed.Count]),
            AmountColumn.Of([.. Closed.Select(_ => FixedPoint.Of(capital))]),
            AmountColumn.Of(new FixedPoint[Closed.Count]),
            AmountColumn.Of([.. Closed.Select(trade => new FixedPoint(FixedPoint.PriceUnits(trade.EntryPrice)))]),
            AmountColumn.Of([.. Closed.Select(trade => new FixedPoint(FixedPoint.PriceUnits(trade.ExitPrice!.Value)))]),
            [.. Closed.Select(IdOf)],
            streams
        );
    }

    private static AlertId IdOf(ReferenceTrade trade) => new(Convert.FromHexString(trade.Id));

    private static ReferenceTrade Trade(Random random, int kind, int minutes)
    {
        var id = new byte[AlertId.Length];
        random.NextBytes(id);
        var entry = Start.AddMinutes(random.Next(minutes));
        var isLong = random.Next(2) == 0;
        var (entryPrice, exitPrice) = kind switch
        {
            0 => (Price(random), Price(random)),
            1 => (random.Next(1, 1_000_000) / 100m, random.Next(1, 1_000_000) / 100m),
            _ => random.Next(1, 1_000_000) / 100m is var price
                ? (price, Math.Round(price * (0.9m + (random.Next(2_200) / 10_000m)), 12))
                : default,
        };
        var trade = new ReferenceTrade(
            Convert.ToHexStringLower(id),
            random.Next(3) == 0 ? "ETH" : "BTC",
            "60",
            isLong ? "long" : "short",
            entryPrice,
            entry
        );
        if (random.Next(15) == 0)
            return trade;
        return trade with
        {
            ExitPrice = exitPrice,
            ExitTime = entry.AddMinutes(random.Next(6) == 0 ? 0 : random.Next(1, minutes / 3)),
            ExitReason = "exit",
            ChangePercentage = (
                (isLong ? (Fraction)exitPrice - entryPrice : (Fraction)entryPrice - exitPrice) / entryPrice * 100m
            ).Rounded(1_000_000_000_000_000m),
        };
    }

    private static decimal Price(Random random)
    {
        if (random.Next(4) == 0)
            return random.Next(2) == 0 ? 0.000000000001m : 999_999_999_999_999.999999999999m;
        BigInteger units = 0;
        for (var digits = random.Next(1, 28); digits > 0; digits--)
            units = (units * 10) + random.Next(10);
        return Math.Max(
            (decimal)BigInteger.Min(units, BigInteger.Pow(10, 27) - 1) / 1_000_000_000_000m,
            0.000000000001m
        );
    }
}
