using PnlPipeline.Contracts;
using PnlPipeline.Domain.Alerts;
using PnlPipeline.Domain.Trades;
using Alert = PnlPipeline.Tests.Unit.Pairing.Alert;

namespace PnlPipeline.Tests.Unit.Corrections;

public sealed class CorrectionRulesTests
{
    private static readonly OpenTrade Open = new(Alert.Id(1), Direction.Long, 100, Alert.Start);

    [Theory]
    [InlineData(null, true, CorrectionOutcome.Missing)]
    [InlineData(null, false, CorrectionOutcome.Missing)]
    [InlineData("1: exit - 100 @ 1", true, CorrectionOutcome.Applied)]
    [InlineData("1: exit - 100 @ 1", false, CorrectionOutcome.Unchanged)]
    [InlineData("1: exit - 100 @ 1 voided", true, CorrectionOutcome.Unchanged)]
    [InlineData("1: exit - 100 @ 1 voided", false, CorrectionOutcome.Applied)]
    public void An_alert_is_voided_once_and_restored_once(string? row, bool voided, CorrectionOutcome outcome)
    {
        var stored = row is null ? null : new StoredAlert(Alert.Row(row), new AlertOutcome(Outcome.Unmatched));
        Assert.Equal(outcome, CorrectionRules.Correct(stored, voided));
    }

    [Theory]
    [InlineData(1, true, false, CorrectionOutcome.Applied)]
    [InlineData(1, true, true, CorrectionOutcome.Taken)]
    [InlineData(2, true, false, CorrectionOutcome.Closed)]
    [InlineData(2, true, true, CorrectionOutcome.Closed)]
    [InlineData(2, false, false, CorrectionOutcome.Missing)]
    public void A_trade_is_closed_by_hand_where_it_is_the_one_open(
        int trade,
        bool exists,
        bool isTaken,
        CorrectionOutcome outcome
    )
    {
        Assert.Equal(
            outcome,
            CorrectionRules.Close(Open, Alert.Id(trade), Alert.Start.AddMilliseconds(1), exists, isTaken)
        );
        if (trade == 2)
            Assert.Equal(
                outcome,
                CorrectionRules.Close(null, Alert.Id(trade), Alert.Start.AddMilliseconds(1), exists, isTaken)
            );
    }

    [Fact]
    public void A_close_that_is_not_after_the_entry_is_a_bug_of_whoever_asks() =>
        Assert.Throws<NoCorrectionException>(() =>
            CorrectionRules.Close(Open, Alert.Id(1), Alert.Start, exists: true, isTaken: false)
        );

    private static readonly Author By = new("admin", "5f0c0a9d");
    private static readonly CorrectAlert Void = new(Guid.NewGuid(), Alert.Id(1).ToString(), true, By);
    private static readonly CloseTrade Close = new(
        Guid.NewGuid(),
        Alert.Id(1).ToString(),
        100,
        Alert.Start,
        Alert.Start,
        By
    );

    public static TheoryData<string, CorrectAlert> Corrections =>
        new()
        {
            { "", Void },
            { "no id", Void with { CorrectionId = Guid.Empty } },
            { "no alert", Void with { AlertId = null! } },
            { "no alert", Void with { AlertId = "nonsense" } },
            { "no author", Void with { By = null! } },
            { "no author", Void with { By = new Author("", "5f0c0a9d") } },
            { "no author", Void with { By = new Author("admin", null!) } },
            { "no author", Void with { By = new Author("admin", new string('a', 17)) } },
            { "no author", Void with { By = new Author("admin", "<script>") } },
        };

    public static TheoryData<string, CloseTrade> Closes =>
        new()
        {
            { "", Close },
            { "no alert or trade", Close with { TradeId = "1" } },
            { "above 0", Close with { Price = 0 } },
            { "10^15", Close with { Price = 1_000_000_000_000_000m } },
            { "12 decimals", Close with { Price = 1.0000000000001m } },
            { "time", Close with { Time = Alert.Start.AddTicks(1) } },
            { "requestedAt", Close with { RequestedAt = default } },
        };

    [Theory]
    [MemberData(nameof(Corrections), DisableDiscoveryEnumeration = true)]
    public void What_is_no_correction_is_refused_by_its_fault(string fault, CorrectAlert correction) =>
        IsRefused(fault, () => CorrectionCheck.ThrowIfInvalid(correction));

    [Theory]
    [MemberData(nameof(Closes), DisableDiscoveryEnumeration = true)]
    public void What_is_no_close_is_refused_by_its_fault(string fault, CloseTrade close) =>
        IsRefused(fault, () => CorrectionCheck.ThrowIfInvalid(close));

    private static void IsRefused(string fault, Action check)
    {
        if (fault.Length == 0)
            check();
        else
            Assert.Contains(fault, Assert.Throws<NoCorrectionException>(check).Message, StringComparison.Ordinal);
    }
}
