using System.Globalization;
using PnlPipeline.Contracts;
using PnlPipeline.Domain.Accounts;
using PnlPipeline.Domain.Alerts;
using PnlPipeline.Domain.Notifications;

namespace PnlPipeline.Tests.Unit.Notifications;

/// <summary>When a rule fires, when a delivery is tried again, when a day is over.</summary>
public sealed class RuleTests
{
    private static readonly DateTime Start = new(2026, 3, 1, 12, 0, 0, DateTimeKind.Utc);
    private static readonly LedgerSettings Settings = new(1_000, 100, 0);

    [Theory]
    // Over, flapping about the limit, back to nine tenths, over again.
    [InlineData("5 10 9.5 10 11 9.1 10", "1")]
    [InlineData("5 10 9 10", "1 3")]
    [InlineData("10", "0")]
    [InlineData("9.99 9.99", "")]
    public void A_rule_fires_once_a_crossing(string values, string fires)
    {
        var (isOver, fired) = (false, new List<int>());
        foreach (var (i, value) in values.Split(' ').Index())
        {
            (isOver, var fires_) = Crossing.Step(isOver, double.Parse(value, CultureInfo.InvariantCulture), 10);
            if (fires_)
                fired.Add(i);
        }

        Assert.Equal(fires, string.Join(' ', fired));
    }

    [Theory]
    // Changes in percent, each of all capital, a trade every six hours from noon: two on the first day, then four.
    [InlineData("drawdown", "-5 -6 +1 -1", 10, "2")]
    [InlineData("drawdown", "-11 +30 -11", 10, "1")]
    [InlineData("dailyLoss", "-3 -3 -3 -1 -1 -2", 5, "2")]
    [InlineData("dailyLoss", "-4 +3 -4 -1 -1 -1", 5, "5")]
    [InlineData("ruin", "-5 -100 +10", 0, "2")]
    [InlineData("drawdown", "+5 +5", 10, "")]
    public void Rows_that_are_added_fire_the_first_that_crosses(string kind, string changes, int limit, string seq)
    {
        var state = Crossing.Begin(kind, LedgerState.Start(Settings), limit);
        var (_, fired) = Crossing.Go(
            kind,
            limit,
            TimeZoneInfo.Utc,
            state,
            LedgerState.Start(Settings),
            Rows(changes),
            Start
        );
        Assert.Equal(seq, $"{fired?.Seq}");
    }

    [Fact]
    public void What_is_over_already_is_no_crossing_and_what_is_history_fires_nothing()
    {
        var rows = Rows("-20 -1 +1").ToList();
        var begun = Crossing.Begin(RuleKinds.Drawdown, rows[0].State, 10);
        Assert.True(begun.IsOver);
        Assert.Null(
            Crossing.Go(RuleKinds.Drawdown, 10, TimeZoneInfo.Utc, begun, rows[0].State, rows[1..], Start).Fired
        );
        var (state, fired) = Crossing.Go(
            RuleKinds.Drawdown,
            10,
            TimeZoneInfo.Utc,
            default,
            LedgerState.Start(Settings),
            rows,
            Start.AddDays(30)
        );
        Assert.Null(fired);
        Assert.True(state.IsOver);
    }

    [Fact]
    public void A_delivery_is_tried_again_with_longer_pauses_as_the_channel_asks_and_given_up_after_a_day()
    {
        var pauses = Enumerable
            .Range(1, 12)
            .Select(attempts => (int)(Retries.Next(attempts, Start, Start, null)!.Value - Start).TotalSeconds);
        Assert.Equal([5, 10, 20, 40, 80, 160, 320, 640, 1_280, 2_560, 3_600, 3_600], pauses);
        Assert.Equal(Start.AddSeconds(90), Retries.Next(1, Start, Start, TimeSpan.FromSeconds(90)));
        Assert.Equal(Start.AddSeconds(5), Retries.Next(1, Start, Start, TimeSpan.FromSeconds(-9)));
        Assert.Equal(Start.AddDays(1), Retries.Next(1, Start, Start, TimeSpan.FromDays(9)));
        Assert.Equal(Start.AddDays(1), Retries.Next(30, Start, Start.AddHours(23.5), null));
        Assert.Null(Retries.Next(30, Start, Start.AddDays(1), null));
    }

    [Theory]
    [InlineData("2026-01-10T17:00:00Z", "18:00", "2026-01-10T17:00:00Z", "2026-01-10")]
    [InlineData("2026-01-10T16:59:59Z", "18:00", "2026-01-09T17:00:00Z", "2026-01-09")]
    [InlineData("2026-07-10T16:00:00Z", "18:00", "2026-07-10T16:00:00Z", "2026-07-10")]
    // The clock is put forward from 2 to 3 on March 29: half past two never comes.
    [InlineData("2026-03-29T01:00:00Z", "02:30", "2026-03-29T01:00:00Z", "2026-03-29")]
    [InlineData("2026-03-29T00:59:00Z", "02:30", "2026-03-28T01:30:00Z", "2026-03-28")]
    // It is put back from 3 to 2 on October 25: half past two comes twice, and is told of once.
    [InlineData("2026-10-25T00:30:00Z", "02:30", "2026-10-25T00:30:00Z", "2026-10-25")]
    [InlineData("2026-10-25T01:30:00Z", "02:30", "2026-10-25T00:30:00Z", "2026-10-25")]
    [InlineData("2026-01-10T23:30:00Z", "00:15", "2026-01-10T23:15:00Z", "2026-01-11")]
    public void A_summary_is_due_once_a_local_day(string now, string time, string due, string date)
    {
        var last = DailySchedule.Last(
            Utc(now),
            TimeOnly.Parse(time, CultureInfo.InvariantCulture),
            TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin")
        );
        Assert.Equal((Utc(due), DateOnly.Parse(date, CultureInfo.InvariantCulture)), last);
    }

    private static DateTime Utc(string text) =>
        DateTime.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal);

    private static IEnumerable<LedgerRow> Rows(string changes)
    {
        var state = LedgerState.Start(Settings);
        foreach (var (i, change) in changes.Split(' ').Index())
        {
            var exit = Start.AddHours(6 * i);
            var row = CapitalLedger.Next(
                Settings,
                state,
                new CountedTrade(
                    AlertId.Parse($"{i:x32}"),
                    1,
                    Direction.Long,
                    exit.AddMinutes(-1),
                    exit,
                    100,
                    100,
                    decimal.Parse(change, CultureInfo.InvariantCulture)
                )
            );
            state = row.State;
            yield return row;
        }
    }
}
