using PnlPipeline.Domain.Statistics;

namespace PnlPipeline.Tests.Unit.Query.Statistics;

/// <summary>
/// Ledgers as they may be: ties, breakeven, idle weeks, many at one instant, a part put in, ruin, the cap; and filters
/// of every kind over them. The same for the same seed.
/// </summary>
internal static class RandomLedgers
{
    /// <summary>Where capital stops.</summary>
    public const decimal Cap = 1_000_000_000_000_000_000m;

    private static readonly string[] Symbols = ["BTC", "ETH", "SOL"];
    private static readonly string[] Timeframes = ["60", "240"];

    // Zones, and times around which something happens to their calendars: a leap day, clocks put forward and back, back
    // over midnight, a date that never was.
    public static TheoryData<string, string> Places =>
        new()
        {
            { "UTC", "2024-02-20" },
            { "Europe/Berlin", "2026-03-20" },
            { "Europe/Berlin", "2026-10-15" },
            { "America/New_York", "2023-12-28" },
            { "America/Sao_Paulo", "2018-02-16" },
            { "America/Sao_Paulo", "2018-10-30" },
            { "Pacific/Apia", "2011-12-25" },
            { "Australia/Lord_Howe", "2024-03-30" },
            { "Asia/Kathmandu", "2025-12-20" },
        };

    public static List<Row> Ledger(Random random, DateTime start)
    {
        // One in five is near the cap, and gets there with the first good trades.
        var capital = random.Next(5) == 0 ? Cap - random.Next(0, 1_000_000_000) - 0.00000001m : 1000m;
        var allocation = random.Next(3) == 0 ? random.Next(1, 100) : 100;
        var exit = start;
        var rows = new List<Row>();
        // Hours, days or weeks between exits.
        var pace = random.Next(3) switch
        {
            0 => 20,
            1 => 600,
            _ => 4000,
        };
        var count = random.Next(5) == 0 ? random.Next(0, 3) : random.Next(3, 70);
        var ruin = random.Next(4) == 0 ? random.Next(0, 60) : -1;
        for (var i = 0; i < count; i++)
        {
            exit = exit.AddMinutes(random.Next(4) == 0 ? 0 : random.Next(1, pace));
            var change = random.Next(6) switch
            {
                0 => 0m,
                1 => 5m,
                2 => -5m,
                3 => random.Next(-20, 20),
                _ => random.Next(-1_000_000, 1_000_000) / 100_000m,
            };
            // Never more than there is, and never past the cap: rows add up.
            var pnl =
                i == ruin
                    ? -capital
                    : Math.Clamp(
                        Math.Round(capital * allocation / 100 * change / 100, random.Next(2) == 0 ? 8 : 0),
                        -capital,
                        Cap - capital
                    );
            capital += pnl;
            // Of one instant, in the order of their entries.
            var entry = exit.AddMinutes(-random.Next(0, pace * 2));
            if (rows.Count > 0 && rows[^1].Exit == exit && rows[^1].Entry > entry)
                entry = rows[^1].Entry;
            rows.Add(
                new Row(
                    Symbols[random.Next(Symbols.Length)],
                    Timeframes[random.Next(Timeframes.Length)],
                    random.Next(2) == 0 ? "long" : "short",
                    entry,
                    exit,
                    change,
                    pnl,
                    capital,
                    rows.Count % 3 == 0 ? "" : "Breakout",
                    rows.Count % 4 == 0 ? 0 : Math.Round(Math.Abs(pnl) / 7, 8)
                )
                {
                    ExitPrice = 100 + Math.Round(Math.Clamp(change, -90, 1000), 4),
                }
            );
        }

        return rows;
    }

    /// <summary>What happens in it.</summary>
    public static IEnumerable<string> Kinds(List<Row> rows)
    {
        if (rows.Count <= 1)
            yield return rows.Count == 0 ? "empty" : "one row";
        if (rows.FindIndex(row => row.Available == 0) is >= 0 and var ruined)
            yield return rows.Skip(ruined + 1).Any(row => row.Change != 0)
                ? "ruined, and traded on"
                : "ruined at the end";
        if (
            rows.FindIndex(row => row.Available == Cap) is >= 0 and var capped
            && rows.Skip(capped + 1).Any(row => row.Pnl < 0)
        )
            yield return "capped, and lost later";
        if (rows.Exists(row => row.Available == Cap && row.Pnl == 0 && row.Change > 0))
            yield return "a gain past the cap";
    }

    public static (LedgerFilter Filter, Func<Row, bool> Selects) Filter(Random random, List<Row> rows)
    {
        DateTime? from = rows.Count > 0 && random.Next(3) == 0 ? rows[random.Next(rows.Count)].Exit : null;
        DateTime? to =
            rows.Count > 0 && random.Next(3) == 0
                ? rows[random.Next(rows.Count)].Exit.AddMilliseconds(random.Next(2))
                : null;
        string[] symbols = random.Next(3) == 0 ? [.. Symbols.Where(_ => random.Next(2) == 0)] : [];
        string[] timeframes = random.Next(4) == 0 ? [Timeframes[random.Next(2)]] : [];
        // Without chance, so that the ledgers stay those that they are.
        string[] strategies = (rows.Count % 4) switch
        {
            1 => [""],
            2 => ["Breakout"],
            _ => [],
        };
        string[] sides = random.Next(4) == 0 ? [random.Next(2) == 0 ? "long" : "short"] : [];
        return (
            new LedgerFilter(
                from is { } f ? Rows.Milliseconds(f) : null,
                to is { } t ? Rows.Milliseconds(t) : null,
                symbols,
                timeframes,
                sides
            )
            {
                Strategies = strategies,
            },
            row =>
                !(row.Exit < from)
                && !(row.Exit >= to)
                && (symbols.Length == 0 || symbols.Contains(row.Symbol))
                && (timeframes.Length == 0 || timeframes.Contains(row.Timeframe))
                && (strategies.Length == 0 || strategies.Contains(row.Strategy))
                && (sides.Length == 0 || sides.Contains(row.Side))
        );
    }
}
