using PnlPipeline.Domain.Accounts;
using PnlPipeline.Domain.Statistics;
using PnlPipeline.Tests.Unit.Query.Statistics;

namespace PnlPipeline.Tests.Unit.Accounts;

public sealed class WhatIfSeriesTests
{
    // Two that are open at once, and one by itself.
    private static readonly List<Row> Ledger = Rows.Of(
        1_000,
        ("2026-01-20T01:00", "2026-01-20T03:00", 1, 10),
        ("2026-01-20T02:00", "2026-01-20T04:00", 1, 10.1m),
        ("2026-01-22T01:00", "2026-01-22T02:00", 1, 10.201m)
    );

    // The batch's start, the what-if's, the time asked for; and the day its series begin with.
    [Theory]
    [InlineData(null, null, null, "2026-01-20")]
    [InlineData("2025-12-30", null, null, "2025-12-30")]
    [InlineData(null, "2026-01-01", null, "2026-01-01")]
    [InlineData("2025-01-01", "2026-01-01", null, "2026-01-01")]
    [InlineData("2025-01-01", "2026-01-01T13:45:00.001", null, "2026-01-01")]
    [InlineData("2025-01-01", "2026-01-20T02:00", null, "2026-01-20")]
    [InlineData("2025-01-01", "2026-01-01", "2026-01-19", "2026-01-19")]
    public void They_begin_with_its_own_start(string? batch, string? start, string? from, string first)
    {
        var columns = Ledger.Columns();
        var ledger = columns with { Version = columns.Version with { StartTime = TimeOf(batch) } };
        var trades = WhatIf.Of(ledger, OpenTrades.None, TradeChoice.All with { StartTime = MillisecondsOf(start) });
        foreach (var sizing in Enum.GetValues<Sizing>())
        {
            // With all of the trades, and without the one that is skipped.
            foreach (var most in new int?[] { null, 1 })
            {
                var account = trades.Account(new AccountSettings(1_000, 100, 0, sizing, 10, 1, 1, 1, null, most));
                using var rows = Selection.Of(account.Ledger, LedgerFilter.None with { From = MillisecondsOf(from) });
                var days = rows.Divide(Rows.Calendar("UTC"), Period.Day, now: long.MaxValue);
                Assert.Equal(MillisecondsOf(first), days.Starts[0]);
            }
        }

        Assert.Equal(TimeOf(batch), ledger.Version.StartTime);
    }

    private static DateTime? TimeOf(string? text) => text is null ? null : Rows.Time(text);

    private static long? MillisecondsOf(string? text) => TimeOf(text)?.ToUnixMilliseconds();
}
