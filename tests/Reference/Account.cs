using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace PnlPipeline.Tests.Reference;

/// <summary>An alert as the rules see it.</summary>
public sealed record ReferenceAlert(
    string Id,
    string Symbol,
    string Timeframe,
    string Action,
    string? Direction,
    decimal Price,
    DateTime Time
)
{
    /// <summary>Of a close by hand: the trade it is meant for.</summary>
    public string? Target { get; init; }

    /// <summary>
    /// Reads the plain bodies of an indicator: side <c>entry</c> or <c>exit</c>, type <c>bullish</c> or <c>bearish</c>,
    /// canonical symbol and timeframe.
    /// </summary>
    public static ReferenceAlert Read(string body)
    {
        using var json = JsonDocument.Parse(body);
        var root = json.RootElement;
        var time = DateTimeOffset.Parse(
            root.GetProperty("timestamp").GetString()!.Replace("+0000", "+00:00", StringComparison.Ordinal),
            CultureInfo.InvariantCulture
        );
        return Create(
            root.GetProperty("symbol").GetString()!,
            root.GetProperty("timeframe").GetString()!,
            root.GetProperty("side").GetString()!,
            root.GetProperty("type").GetString() switch
            {
                "bullish" => "long",
                "bearish" => "short",
                _ => null,
            },
            root.GetProperty("price").GetDecimal(),
            time.UtcDateTime
        );
    }

    public static ReferenceAlert Create(
        string symbol,
        string timeframe,
        string action,
        string? direction,
        decimal price,
        DateTime time
    )
    {
        var milliseconds = (long)(time - DateTime.UnixEpoch).TotalMilliseconds;
        var digits = price.ToString("0.############", CultureInfo.InvariantCulture);
        var text = string.Create(
            CultureInfo.InvariantCulture,
            $"{symbol}|{timeframe}|{action}|{direction}|{digits}|{milliseconds}"
        );
        return new ReferenceAlert(
            Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text))[..16]),
            symbol,
            timeframe,
            action,
            direction,
            price,
            time
        );
    }
}

/// <summary>A trade, open where <see cref="ExitTime"/> is null.</summary>
public sealed record ReferenceTrade(
    string Id,
    string Symbol,
    string Timeframe,
    string Side,
    decimal EntryPrice,
    DateTime EntryTime
)
{
    public decimal? ExitPrice { get; init; }

    public DateTime? ExitTime { get; init; }

    public string? ExitReason { get; init; }

    public decimal? ChangePercentage { get; init; }
}

/// <summary>What a batch counts and with what.</summary>
public sealed record ReferenceBatch(
    IReadOnlyCollection<string> Symbols,
    IReadOnlyCollection<string>? Timeframes = null,
    DateTime? StartTime = null,
    decimal Capital = 100_000m,
    decimal AllocationPercentage = 100m,
    decimal FeePercentage = 0m
);

/// <summary>One row of a ledger.</summary>
public sealed record ReferenceRow(
    int Seq,
    string TradeId,
    decimal ChangePercentage,
    decimal Pnl,
    decimal Fee,
    decimal AvailableCapital,
    decimal PeakCapital,
    decimal Drawdown,
    decimal DrawdownPercentage
);

/// <summary>
/// The whole account worked out from nothing but the alerts, all at once and in memory: what every run of the pipeline,
/// in whatever order and however often, must come to.
/// </summary>
public static class Account
{
    private const decimal ChangeLimit = 1_000_000_000_000_000m;
    private const decimal CapitalLimit = 1_000_000_000_000_000_000m;

    /// <summary>Outcome of each alert by its id, and all trades.</summary>
    /// <param name="voided">The ids of those that are left out.</param>
    public static (IReadOnlyDictionary<string, string> Outcomes, IReadOnlyList<ReferenceTrade> Trades) Pair(
        IEnumerable<ReferenceAlert> alerts,
        IReadOnlyCollection<string>? voided = null
    )
    {
        var outcomes = new Dictionary<string, string>(StringComparer.Ordinal);
        var trades = new List<ReferenceTrade>();
        foreach (var stream in alerts.DistinctBy(alert => alert.Id).GroupBy(alert => (alert.Symbol, alert.Timeframe)))
        {
            ReferenceTrade? open = null;
            var ordered = stream
                .OrderBy(alert => alert.Time)
                .ThenBy(alert => alert.Action == "entry" ? 1 : 0)
                .ThenBy(alert => alert.Id, StringComparer.Ordinal);
            foreach (var alert in ordered)
            {
                if (voided?.Contains(alert.Id) == true)
                {
                    outcomes[alert.Id] = "voided";
                }
                else if (alert.Action == "manual" && open?.Id != alert.Target)
                {
                    outcomes[alert.Id] = "unmatched";
                }
                else if (alert.Action is "exit" or "manual")
                {
                    outcomes[alert.Id] = open is null ? "unmatched" : "closed";
                    if (open is not null)
                        trades.Add(Close(open, alert, alert.Action));
                    open = null;
                }
                else if (open is not null && open.Side == alert.Direction)
                {
                    outcomes[alert.Id] = "ignored";
                }
                else
                {
                    outcomes[alert.Id] = open is null ? "opened" : "flipped";
                    if (open is not null)
                        trades.Add(Close(open, alert, "flip"));
                    open = new ReferenceTrade(
                        alert.Id,
                        alert.Symbol,
                        alert.Timeframe,
                        alert.Direction!,
                        alert.Price,
                        alert.Time
                    );
                }
            }

            if (open is not null)
                trades.Add(open);
        }

        return (outcomes, trades);
    }

    /// <summary>The ledger of a batch over these trades.</summary>
    public static IReadOnlyList<ReferenceRow> Keep(ReferenceBatch batch, IEnumerable<ReferenceTrade> trades)
    {
        var rows = new List<ReferenceRow>();
        var capital = batch.Capital;
        var peak = batch.Capital;
        var counted = trades
            .Where(trade =>
                trade.ExitTime is not null
                && batch.Symbols.Contains(trade.Symbol)
                && (batch.Timeframes is null or { Count: 0 } || batch.Timeframes.Contains(trade.Timeframe))
                && (batch.StartTime is null || trade.EntryTime >= batch.StartTime)
            )
            .OrderBy(trade => trade.ExitTime)
            .ThenBy(trade => trade.EntryTime)
            .ThenBy(trade => trade.Id, StringComparer.Ordinal);
        foreach (var trade in counted)
        {
            Fraction fees =
                (Fraction)batch.FeePercentage
                * ((Fraction)trade.EntryPrice + trade.ExitPrice!.Value)
                / trade.EntryPrice;
            var change = ((Fraction)trade.ChangePercentage!.Value - fees).Rounded(ChangeLimit);
            var pnl = ((Fraction)capital * batch.AllocationPercentage / 100m * change / 100m).Rounded(CapitalLimit);
            var fee = ((Fraction)capital * batch.AllocationPercentage / 100m * fees / 100m).Rounded(CapitalLimit);
            pnl = Math.Max(pnl, -capital);
            pnl = Math.Min(pnl, CapitalLimit - capital);
            capital += pnl;
            peak = Math.Max(peak, capital);
            rows.Add(
                new ReferenceRow(
                    rows.Count + 1,
                    trade.Id,
                    change,
                    pnl,
                    fee,
                    capital,
                    peak,
                    peak - capital,
                    ((Fraction)(peak - capital) / peak * 100m).Rounded(CapitalLimit)
                )
            );
        }

        return rows;
    }

    private static ReferenceTrade Close(ReferenceTrade open, ReferenceAlert by, string reason)
    {
        Fraction difference =
            open.Side == "long" ? (Fraction)by.Price - open.EntryPrice : (Fraction)open.EntryPrice - by.Price;
        return open with
        {
            ExitPrice = by.Price,
            ExitTime = by.Time,
            ExitReason = reason,
            ChangePercentage = (difference / open.EntryPrice * 100m).Rounded(ChangeLimit),
        };
    }
}
