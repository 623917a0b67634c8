using PnlPipeline.Domain.Accounts;
using PnlPipeline.Domain.Alerts;

namespace PnlPipeline.Domain.Statistics;

/// <summary>A trade that counts in a batch and has not exited.</summary>
/// <param name="EntryTime">Unix milliseconds.</param>
public sealed record OpenTrade(AlertId TradeId, LedgerStream Stream, bool IsShort, long EntryTime);

/// <summary>What is open in a batch beside its ledger, and how much of the capital each trade takes.</summary>
/// <param name="AllocationPercentage">Of the batch.</param>
/// <param name="Trades">By entry time, then id.</param>
public sealed record OpenTrades(FixedPoint AllocationPercentage, IReadOnlyList<OpenTrade> Trades)
{
    public static readonly OpenTrades None = new(FixedPoint.Of(100), []);

    /// <summary>How many more are open than <see cref="Trades"/> has: of a span of time, those it shuts out.</summary>
    public int Others { get; init; }

    /// <summary>Another one wherever another trade is open, for an <c>ETag</c>.</summary>
    public string Version
    {
        get
        {
            // FNV-1a: the same on every machine.
            var hash = 14_695_981_039_346_656_037ul;
            Span<byte> id = stackalloc byte[AlertId.Length];
            foreach (var trade in Trades)
            {
                trade.TradeId.CopyTo(id);
                foreach (var part in id)
                    hash = (hash ^ part) * 1_099_511_628_211;
            }

            return $"{Trades.Count}-{hash:x}";
        }
    }

    /// <summary>Whether the same are open, with the same allocation.</summary>
    public bool IsSameAs(OpenTrades other) =>
        AllocationPercentage == other.AllocationPercentage && Trades.SequenceEqual(other.Trades);

    /// <summary>How many of them a filter selects; its times do not ask.</summary>
    public int Count(LedgerFilter filter) => Others + Trades.Count(trade => IsSelected(trade, filter));

    /// <summary>Whether a filter selects it among ledger rows: it exits after now.</summary>
    public static bool IsSelectedByTime(OpenTrade trade, LedgerFilter filter) =>
        filter.To is null && IsSelected(trade, filter);

    /// <summary>The same whatever the filter's times.</summary>
    public static bool IsSelected(OpenTrade trade, LedgerFilter filter) =>
        filter.Selects(trade.Stream) && filter.SelectsSide(trade.IsShort) && filter.SelectsTrade(trade.TradeId);
}
