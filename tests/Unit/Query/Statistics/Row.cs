using System.Globalization;
using PnlPipeline.Contracts;
using PnlPipeline.Domain.Accounts;
using PnlPipeline.Domain.Alerts;
using PnlPipeline.Domain.Statistics;

namespace PnlPipeline.Tests.Unit.Query.Statistics;

/// <summary>A row of a ledger, as a trader would note it down.</summary>
/// <param name="Available">The capital after it.</param>
/// <param name="Strategy">Empty for none.</param>
public sealed record Row(
    string Symbol,
    string Timeframe,
    string Side,
    DateTime Entry,
    DateTime Exit,
    decimal Change,
    decimal Pnl,
    decimal Available,
    string Strategy = "",
    decimal Fee = 0
)
{
    /// <summary>Of a trade entered at 100.</summary>
    public decimal ExitPrice { get; init; } = 100;

    /// <summary>Before fees, in percent.</summary>
    public decimal Gross => Side == "short" ? 100 - ExitPrice : ExitPrice - 100;

    // No two rows of a test are told apart by less.
    public AlertId Id =>
        AlertId.Of(
            Symbol,
            Timeframe,
            AlertAction.Entry,
            Direction.Long,
            1 + Math.Abs(Change) + (Exit == DateTime.MaxValue ? 0 : (decimal)(Exit - Entry).TotalSeconds),
            Entry,
            Strategy
        );

    public OpenTrade ToOpenTrade() => new(Id, Stream, Side == "short", Rows.Milliseconds(Entry));

    public LedgerStream Stream => new(Symbol, Timeframe, Strategy: Strategy.Length == 0 ? null : Strategy);
}

/// <summary>Ledgers for the tests.</summary>
internal static class Rows
{
    public static DateTime Time(string text) =>
        DateTime.Parse(
            text,
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal
        );

    public static ZoneCalendar Calendar(string zone) => ZoneCalendar.Of(TimeZoneInfo.FindSystemTimeZoneById(zone));

    /// <summary>Rows of one stream: entry, exit, change, pnl.</summary>
    public static List<Row> Of(
        decimal capital,
        params (string Entry, string Exit, decimal Change, decimal Pnl)[] rows
    ) =>
        [
            .. rows.Select(row => new Row(
                "BTC",
                "60",
                "long",
                Time(row.Entry),
                Time(row.Exit),
                row.Change,
                row.Pnl,
                capital += row.Pnl
            )),
        ];

    /// <summary>Rows of one a day, from 2026-01-01 on, each entered an hour before its exit at noon.</summary>
    public static List<Row> Daily(decimal capital, params decimal[] pnl) =>
        Of(
            capital,
            [
                .. pnl.Select(
                    (value, day) =>
                        (
                            $"{Time("2026-01-01T11:00").AddDays(day):s}",
                            $"{Time("2026-01-01T12:00").AddDays(day):s}",
                            Math.Round(value / 10, 8),
                            value
                        )
                ),
            ]
        );

    public static LedgerColumns Columns(this IReadOnlyList<Row> rows)
    {
        var streams = rows.Select(row => row.Stream).Distinct().ToList();
        return new LedgerColumns(
            1,
            [.. rows.Select(row => Milliseconds(row.Exit))],
            [.. rows.Select(row => Milliseconds(row.Entry))],
            [.. rows.Select(row => streams.IndexOf(row.Stream))],
            [.. rows.Select(row => row.Side == "short")],
            AmountColumn.Of([.. rows.Select(row => FixedPoint.Of(row.Change))]),
            AmountColumn.Of([.. rows.Select(row => FixedPoint.Of(row.Pnl))]),
            AmountColumn.Of([.. rows.Select(row => FixedPoint.Of(row.Available))]),
            AmountColumn.Of([.. rows.Select(row => FixedPoint.Of(row.Fee))]),
            AmountColumn.Of([.. rows.Select(_ => new FixedPoint(FixedPoint.PriceUnits(100)))]),
            AmountColumn.Of([.. rows.Select(row => new FixedPoint(FixedPoint.PriceUnits(row.ExitPrice)))]),
            [.. rows.Select(row => row.Id)],
            streams
        );
    }

    public static Selection Selected(this IReadOnlyList<Row> rows, LedgerFilter? filter = null) =>
        Selection.Of(rows.Columns(), filter ?? LedgerFilter.None);

    public static long Milliseconds(DateTime time) => (long)(time - DateTime.UnixEpoch).TotalMilliseconds;
}
