using Microsoft.Extensions.Options;
using PnlPipeline.Database;
using PnlPipeline.Domain.Prices;
using PnlPipeline.Domain.Statistics;
using PnlPipeline.Domain.Trades;
using PnlPipeline.Query.Api.Ledgers;
using PnlPipeline.Query.Api.Prices;

namespace PnlPipeline.Query.Api.Log;

/// <summary>
/// Says of trades what prices make of them: what open ones stand at, and how far closed ones went; and what is written
/// down of them.
/// </summary>
public sealed class TradePrices(
    MySqlDatabase database,
    TradeNoteReader notes,
    IOptions<PriceOptions> options,
    TimeProvider clock
)
{
    /// <summary>
    /// So many prices are looked at for a page; where its trades have more, none of them says how far it went.
    /// </summary>
    private const int MaxPrices = 1_000_000;

    public async Task<IReadOnlyList<Trade>> AddAsync(IReadOnlyList<Trade> trades, CancellationToken cancellationToken)
    {
        if (trades.Count == 0)
            return trades;
        await using var connection = await database.OpenAsync(cancellationToken);
        var newest = await PriceReader.NewestAsync(
            connection,
            [
                .. trades
                    .Where(trade => trade.ExitTime is null)
                    .Select(trade => trade.Symbol)
                    .Distinct(StringComparer.Ordinal),
            ]
        );

        var closed = trades.Where(trade => trade.ExitTime is not null).ToList();
        var ranges = RangesOf(closed);
        var points = ranges.ConvertAll(_ => new List<PricePoint>());
        var left = MaxPrices;
        await PriceReader.ReadAsync(
            connection,
            ranges,
            (range, point) =>
            {
                points[range].Add(point);
                return --left > 0;
            },
            cancellationToken
        );
        var written = await notes.ReadAsync(trades.Select(trade => trade.TradeId), cancellationToken);
        var histories = left > 0 ? points.ConvertAll(found => new PriceHistory(found)) : null;
        return
        [
            .. trades.Select(trade =>
                Noted(
                    trade.ExitTime is null ? AtLast(trade, newest)
                        : histories is null ? trade
                        : Gone(trade, ranges, histories),
                    written
                )
            ),
        ];
    }

    private static Trade Noted(Trade trade, IReadOnlyDictionary<string, TradeNote> written) =>
        written.TryGetValue(trade.TradeId, out var note)
            ? trade with
            {
                Tags = note.Tags is [] ? null : note.Tags,
                Note = note.Note is "" ? null : note.Note,
            }
            : trade;

    private Trade AtLast(Trade trade, IReadOnlyDictionary<string, PricePoint> newest)
    {
        // Its entry is a price; a trade whose entry is voided is none any more.
        if (!newest.TryGetValue(trade.Symbol, out var last))
            return trade;
        var time = UnixTime.FromUnixMilliseconds(last.Time);
        return trade with
        {
            LastPrice = last.Price,
            LastPriceTime = time,
            UnrealisedChangePercentage = PairingRules.ChangePercentage(trade.Direction, trade.EntryPrice, last.Price),
            Stale = (clock.GetUtcNow().UtcDateTime - time).TotalSeconds > options.Value.StaleAfterSeconds,
        };
    }

    private static Trade Gone(Trade trade, List<PriceReader.SymbolRange> ranges, List<PriceHistory> histories)
    {
        var (entry, exit) = (trade.EntryTime.ToUnixMilliseconds(), trade.ExitTime!.Value.ToUnixMilliseconds());
        var range = ranges.FindIndex(one => one.Symbol == trade.Symbol && one.From <= entry && exit <= one.To);
        return
            Excursions.Of(histories[range], trade.Direction, trade.EntryPrice, entry, trade.ExitPrice!.Value, exit)
                is { } gone
            ? trade with
            {
                Mae = gone.Mae,
                Mfe = gone.Mfe,
                Prices = gone.Prices,
            }
            : trade;
    }

    // Of each symbol the times that trades were open; those that touch are one.
    private static List<PriceReader.SymbolRange> RangesOf(IEnumerable<Trade> closed)
    {
        var ranges = new List<PriceReader.SymbolRange>();
        foreach (
            var trade in closed.OrderBy(trade => trade.Symbol, StringComparer.Ordinal).ThenBy(trade => trade.EntryTime)
        )
        {
            var range = new PriceReader.SymbolRange(
                trade.Symbol,
                trade.EntryTime.ToUnixMilliseconds(),
                trade.ExitTime!.Value.ToUnixMilliseconds()
            );
            if (ranges is [.., var last] && last.Symbol == range.Symbol && range.From <= last.To)
                ranges[^1] = last with { To = Math.Max(last.To, range.To) };
            else
                ranges.Add(range);
        }

        return ranges;
    }
}
