using PnlPipeline.Domain.Accounts;
using PnlPipeline.Domain.Alerts;

namespace PnlPipeline.Domain.Statistics;

/// <summary>Which of a batch's trades a what-if counts.</summary>
/// <param name="StartTime">Unix milliseconds: entries at or after it.</param>
/// <param name="Filter">By symbol, timeframe, strategy and side; its times do not ask.</param>
/// <param name="Excluded">The ids of those that it leaves out.</param>
public sealed record TradeChoice(long? StartTime, LedgerFilter Filter, IReadOnlySet<AlertId> Excluded)
{
    public static readonly TradeChoice All = new(null, LedgerFilter.None, new HashSet<AlertId>());

    /// <summary>
    /// What all that a batch shows is narrowed to, as for its other answers: what does not pass is not there.
    /// </summary>
    public LedgerFilter Within { get; init; } = LedgerFilter.None;

    public bool IsAll => Within.IsAll && StartTime is null && Filter.IsAll && Excluded.Count == 0;

    public bool Takes(LedgerStream stream, bool isShort, long entryTime, AlertId tradeId) =>
        !(entryTime < StartTime)
        && Filter.Selects(stream)
        && Filter.SelectsSide(isShort)
        && !Excluded.Contains(tradeId);
}

/// <summary>A what-if account as a ledger, which has every series and statistic that a batch's has.</summary>
/// <param name="Open">What is open beside its rows: what was skipped is not.</param>
/// <param name="Exposure">Where it does not follow from the rows: other sizing than the ledger's.</param>
public sealed record WhatIfAccount(LedgerColumns Ledger, OpenTrades Open, SizedResult Result, ExposureFigures? Exposure)
{
    /// <summary>After the last row.</summary>
    public FixedPoint AvailableCapital(FixedPoint capital) =>
        Result.Count == 0 ? capital : Result.Equity[Result.Count - 1];

    public BatchStatistics Statistics(Selection rows, ZoneCalendar calendar, int annualization) =>
        SelectionStatistics.Of(rows, calendar, annualization, Open, Exposure);
}

/// <summary>
/// What a batch would have been under other settings: its trades are chosen once, and folded as often as there are
/// settings to try. Nothing is written; what columns it shares with the ledger it leaves as they are.
/// </summary>
public sealed class WhatIf
{
    private const int RowsInPart = 1 << 16;
    private const int MostChanges = 16;

    private readonly LedgerColumns _trades;
    private readonly OpenTrades _open;
    private readonly List<UnclosedTrade> _unclosed;
    private readonly Lock _known = new();

    // By the percentage that a fill costs: a grid that varies anything else has one, and one that varies it goes
    // through them in turn.
    private readonly Dictionary<decimal, AmountColumn> _changes = [];

    private WhatIf(LedgerColumns trades, OpenTrades open)
    {
        (_trades, _open) = (trades, open);
        _unclosed = [.. open.Trades.Select(trade => new UnclosedTrade(trade.EntryTime, trade.TradeId))];
    }

    /// <summary>
    /// Whether the ledger has the prices of its trades: one of an earlier version has none until it is built again.
    /// </summary>
    public static bool HasPrices(LedgerColumns ledger) => ledger.Count == 0 || ledger.EntryPrice[0] != FixedPoint.Zero;

    /// <param name="fill">The percentage that the ledger's own changes are net of, where that is known: then they need
    /// not be worked out.</param>
    public static WhatIf Of(LedgerColumns ledger, OpenTrades open, TradeChoice choice, decimal? fill = null)
    {
        if (choice.IsAll)
        {
            var all = new WhatIf(ledger, open);
            if (fill is { } known)
                all._changes.Add(known, ledger.ChangePercentage);
            return all;
        }

        using var within = Selection.Of(ledger, choice.Within);
        var rows = new List<int>(within.Count);
        for (var i = 0; i < within.Count; i++)
        {
            var row = within.Row(i);
            if (
                choice.Takes(
                    ledger.Streams[ledger.Stream[row]],
                    ledger.IsShort[row],
                    ledger.EntryTime[row],
                    ledger.TradeId[row]
                )
            )
                rows.Add(row);
        }

        // What a span of time shuts out takes no room in it; it is open all the same.
        var counted = open
            .Trades.Where(trade =>
                OpenTrades.IsSelected(trade, choice.Within)
                && choice.Takes(trade.Stream, trade.IsShort, trade.EntryTime, trade.TradeId)
            )
            .ToLookup(trade => OpenTrades.IsSelectedByTime(trade, choice.Within));
        var counting = Gather(ledger, [.. rows], withPrices: true, withOrder: true);
        return new WhatIf(
            choice.StartTime is { } start ? StartedAt(counting, start) : counting,
            open with
            {
                Trades = [.. counted[true]],
                Others = counted[false].Count(),
            }
        );
    }

    /// <summary>What an account made of this left out.</summary>
    /// <returns>Its entry in Unix milliseconds.</returns>
    public (LedgerStream Stream, bool IsShort, long EntryTime) Find(SkippedTrade skipped)
    {
        if (skipped.Place is >= 0 and var row)
            return (_trades.Streams[_trades.Stream[row]], _trades.IsShort[row], _trades.EntryTime[row]);
        var open = _open.Trades[~skipped.Place];
        return (open.Stream, open.IsShort, open.EntryTime);
    }

    public WhatIfAccount Account(AccountSettings settings)
    {
        var changes = Changes(settings.FillPercentage);
        // Found once, and taken along by the columns that are made of these.
        var order = _trades.EntryOrder();
        var result = SizedAccount.Of(
            new SizedTrades(
                _trades.Count,
                _trades.EntryTime,
                _trades.ExitTime,
                _trades.EntryPrice,
                _trades.ExitPrice,
                _trades.TradeId,
                order,
                changes
            ),
            _unclosed,
            settings
        );
        // By other sizing than the ledger's the exposure is known, and nobody asks for the order of entries; nor ever
        // for prices.
        var ledger = (
            result.Rows is { } rows
                ? Gather(_trades, rows, withPrices: false, withOrder: result.MaxExposure is null)
                : _trades
        ) with
        {
            ChangePercentage = result.Rows is { } kept ? Gather(changes, kept) : changes,
            Pnl = result.Pnl,
            Fee = result.Fee,
            AvailableCapital = result.Equity,
            Count = result.Count,
        };
        return new WhatIfAccount(
            ledger.Anew(),
            new OpenTrades(
                FixedPoint.Of(settings.AllocationPercentage),
                [.. _open.Trades.Where((_, i) => result.Open[i])]
            )
            {
                Others = _open.Others,
            },
            result,
            ExposureOf(ledger, result)
        );
    }

    private static ExposureFigures? ExposureOf(LedgerColumns ledger, SizedResult result)
    {
        if (result.MaxExposure is not { } max)
            return null;
        using var rows = Selection.Of(ledger, LedgerFilter.None);
        if (rows.Count == 0)
            return default(ExposureFigures);
        var total = TimeInMarket.Of(rows).Total;
        return new ExposureFigures(max, total == 0 ? null : Ratio.Of(result.OverExposed ?? 0, total));
    }

    private AmountColumn Changes(decimal fill)
    {
        lock (_known)
        {
            if (_changes.TryGetValue(fill, out var known))
                return known;
            if (_changes.Count == MostChanges)
                _changes.Clear();
            return _changes[fill] = ChangesOf(_trades, FixedPoint.Of(fill));
        }
    }

    private static AmountColumn ChangesOf(LedgerColumns trades, FixedPoint fill)
    {
        var narrow = new long[trades.Count];
        var isNarrow = true;
        Parallel.For(
            0,
            (trades.Count + RowsInPart - 1) / RowsInPart,
            part =>
            {
                for (var row = part * RowsInPart; row < Math.Min(trades.Count, (part + 1) * RowsInPart); row++)
                {
                    var change = ChangeOf(trades, row, fill).Units;
                    narrow[row] = (long)change;
                    if (change != narrow[row])
                        isNarrow = false;
                }
            }
        );
        if (isNarrow)
            return AmountColumn.OfInt64s(narrow);
        var column = AmountColumn.WithRoom(trades.Count, null, 0);
        for (var row = 0; row < trades.Count; row++)
            column = column.Put(row, ChangeOf(trades, row, fill));
        return column;
    }

    private static FixedPoint ChangeOf(LedgerColumns trades, int row, FixedPoint fill) =>
        NetChange.Of(trades.EntryPrice[row].Units, trades.ExitPrice[row].Units, trades.IsShort[row], fill);

    // Some of the rows as a ledger of their own, without what a what-if makes anew.
    private static LedgerColumns Gather(LedgerColumns from, int[] rows, bool withPrices, bool withOrder)
    {
        return new LedgerColumns(
            from.Generation,
            Array.ConvertAll(rows, row => from.ExitTime[row]),
            Array.ConvertAll(rows, row => from.EntryTime[row]),
            Array.ConvertAll(rows, row => from.Stream[row]),
            Array.ConvertAll(rows, row => from.IsShort[row]),
            AmountColumn.Of(),
            AmountColumn.Of(),
            AmountColumn.Of(),
            AmountColumn.Of(),
            withPrices ? Gather(from.EntryPrice, rows) : AmountColumn.Of(),
            withPrices ? Gather(from.ExitPrice, rows) : AmountColumn.Of(),
            Array.ConvertAll(rows, row => from.TradeId[row]),
            from.Streams
        )
        {
            Version = from.Version,
            EarlierEntryOrder = withOrder ? EntryOrderOf(from, rows) : null,
        };
    }

    // Series by period begin with it, whenever the batch's own do.
    private static LedgerColumns StartedAt(LedgerColumns ledger, long start) =>
        ledger with
        {
            Version = ledger.Version with { StartTime = UnixTime.FromUnixMilliseconds(start) },
        };

    private static int[] EntryOrderOf(LedgerColumns from, int[] rows)
    {
        var places = new int[from.Count];
        Array.Fill(places, -1);
        for (var i = 0; i < rows.Length; i++)
            places[rows[i]] = i;
        var (order, count) = (new int[rows.Length], 0);
        foreach (var row in from.EntryOrder())
        {
            if (places[row] >= 0)
                order[count++] = places[row];
        }

        return order;
    }

    private static AmountColumn Gather(AmountColumn from, int[] rows)
    {
        var column = AmountColumn.WithRoom(rows.Length, null, 0);
        for (var i = 0; i < rows.Length; i++)
            column = column.Put(i, from[rows[i]]);
        return column;
    }
}
