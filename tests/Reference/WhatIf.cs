namespace PnlPipeline.Tests.Reference;

/// <summary>What a what-if account is kept with.</summary>
/// <param name="Sizing">As the API says it.</param>
public sealed record ReferenceSettings(
    decimal Capital,
    decimal AllocationPercentage,
    decimal FeePercentage,
    decimal SlippagePercentage,
    string Sizing,
    decimal Amount = 0,
    decimal RiskPercentage = 0,
    int Lookback = 1,
    decimal Fraction = 0,
    decimal? MaxExposurePercentage = null,
    int? MaxOpenTrades = null
);

/// <summary>One row of a what-if account.</summary>
public sealed record WhatIfRow(
    string TradeId,
    decimal ChangePercentage,
    decimal Pnl,
    decimal Fee,
    decimal AvailableCapital
);

/// <summary>All that became of it.</summary>
/// <param name="Skipped">Trade and reason, in the order of entries.</param>
/// <param name="Exposure">After each instant, in percent; 0, and not over 100, where the equity is 0.</param>
public sealed record WhatIfReference(
    IReadOnlyList<WhatIfRow> Rows,
    IReadOnlyList<(string TradeId, string Reason)> Skipped,
    IReadOnlyList<(DateTime Time, double Percentage, bool IsOver)> Exposure
);

/// <summary>
/// The account of a what-if as its rules read: an instant after the other, over fractions, with nothing remembered but
/// what is open.
/// </summary>
public static class WhatIf
{
    private const decimal ChangeLimit = 1_000_000_000_000_000m;
    private const decimal CapitalLimit = 1_000_000_000_000_000_000m;

    public static WhatIfReference Keep(ReferenceSettings settings, IReadOnlyCollection<ReferenceTrade> trades)
    {
        var rows = new List<WhatIfRow>();
        var skipped = new List<(string, string)>();
        var exposure = new List<(DateTime, double, bool)>();
        var open = new Dictionary<string, Fraction>(StringComparer.Ordinal);
        var equity = settings.Capital;
        foreach (
            var instant in trades
                .SelectMany(trade => new[] { trade.EntryTime, trade.ExitTime ?? trade.EntryTime })
                .Distinct()
                .Order()
        )
        {
            foreach (
                var trade in trades
                    .Where(trade =>
                        trade.ExitTime == instant && trade.EntryTime < instant && open.ContainsKey(trade.Id)
                    )
                    .OrderBy(trade => trade.EntryTime)
                    .ThenBy(trade => trade.Id, StringComparer.Ordinal)
            )
            {
                var notional = open[trade.Id];
                open.Remove(trade.Id);
                Leave(trade, notional);
            }

            foreach (
                var trade in trades
                    .Where(trade => trade.EntryTime == instant)
                    .OrderBy(trade => trade.Id, StringComparer.Ordinal)
            )
            {
                var notional = Notional(trade);
                if (trade.ExitTime == instant)
                    Leave(trade, notional);
                else if (open.Count + 1 > settings.MaxOpenTrades)
                    skipped.Add((trade.Id, "maxOpenTrades"));
                else if (settings.MaxExposurePercentage is { } limit && IsOver(limit, notional, 1))
                    skipped.Add((trade.Id, "maxExposurePercentage"));
                else
                    open.Add(trade.Id, notional);
            }

            exposure.Add((instant, equity == 0 ? 0 : (Sum() / equity * 100m).ToDouble(), IsOverWhole()));
        }

        return new WhatIfReference(rows, skipped, exposure);

        Fraction Sum() => open.Values.Aggregate((Fraction)0m, (sum, notional) => sum + notional);

        // Of an equity of 0 there is no percentage, but by the sequential rule, where it is a number of trades.
        bool IsOverWhole() => (equity > 0 || settings.Sizing == "sequential") && IsOver(100m, 0m, 0);

        // By the sequential rule a trade has no money before its exit: each that is open counts with the allocation.
        bool IsOver(decimal percentage, Fraction notional, int entering) =>
            settings.Sizing == "sequential"
                ? (open.Count + entering) * settings.AllocationPercentage > percentage
                : (Sum() + notional) * 100m > (Fraction)equity * percentage;

        Fraction Notional(ReferenceTrade trade)
        {
            var allocation = (Fraction)equity * settings.AllocationPercentage / 100m;
            switch (settings.Sizing)
            {
                case "fixedAmount":
                    return settings.Amount;
                case "fixedRisk":
                    var losses = LastChanges().Where(change => change < 0).ToList();
                    if (losses.Count == 0)
                        return allocation;
                    var meanLoss = losses.Aggregate((Fraction)0m, (sum, loss) => sum + -loss) / losses.Count;
                    var risked = (Fraction)equity * settings.RiskPercentage / 100m / (meanLoss / 100m);
                    return risked > allocation ? allocation : risked;
                case "kelly":
                    var changes = LastChanges();
                    if (changes.Count < settings.Lookback || !changes.Exists(change => change < 0))
                        return allocation;
                    var won = changes.FindAll(change => change > 0);
                    var lost = changes.FindAll(change => change < 0);
                    if (won.Count == 0)
                        return 0m;
                    var winRate = (Fraction)won.Count / changes.Count;
                    var averageWin = won.Aggregate((Fraction)0m, (sum, change) => sum + change) / won.Count;
                    var averageLoss = lost.Aggregate((Fraction)0m, (sum, change) => sum + -change) / lost.Count;
                    var kelly = winRate - (((Fraction)1m - winRate) / (averageWin / averageLoss));
                    return kelly > 0m ? (Fraction)equity * kelly * settings.Fraction : 0m;
                default:
                    return allocation;
            }
        }

        List<decimal> LastChanges() => [.. rows.TakeLast(settings.Lookback).Select(row => row.ChangePercentage)];

        void Leave(ReferenceTrade trade, Fraction notional)
        {
            // By the sequential rule: of the capital as it stands now.
            if (settings.Sizing == "sequential")
                notional = (Fraction)equity * settings.AllocationPercentage / 100m;
            Fraction rate = settings.FeePercentage + settings.SlippagePercentage;
            var fills = rate * ((Fraction)trade.EntryPrice + trade.ExitPrice!.Value) / trade.EntryPrice;
            var change = ((Fraction)trade.ChangePercentage!.Value - fills).Rounded(ChangeLimit);
            var pnl = (notional * change / 100m).Rounded(CapitalLimit);
            var fee = (notional * fills / 100m).Rounded(CapitalLimit);
            if (equity == 0)
                (pnl, fee) = (0, 0);
            pnl = Math.Min(Math.Max(pnl, -equity), CapitalLimit - equity);
            equity += pnl;
            rows.Add(new WhatIfRow(trade.Id, change, pnl, fee, equity));
        }
    }
}
