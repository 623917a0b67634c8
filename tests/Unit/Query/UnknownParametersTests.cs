using PnlPipeline.Domain.Alerts;
using PnlPipeline.Query.Api.Http;

namespace PnlPipeline.Tests.Unit.Query;

public sealed class UnknownParametersTests
{
    private static readonly string[] Known = ["symbol", "timeframe", "from", "to", "tz", "points"];

    public static TheoryData<string, string?> EditDistance =>
        new()
        {
            // The name that was sent, what was meant: null where nothing is near enough.
            { "symbl", "symbol" },
            { "symbols", "symbol" },
            { "smybol", "symbol" },
            { "Symbo", "symbol" },
            { "timefarme", "timeframe" },
            { "form", "from" },
            { "point", "points" },
            { "t", null },
            { "tzz", null },
            { "zone", null },
            { "", null },
            { new string('s', 8000), null },
        };

    [Theory]
    [MemberData(nameof(EditDistance))]
    public void A_name_that_is_not_taken_is_told_with_the_one_that_was_meant_and_all_there_are(
        string name,
        string? meant
    )
    {
        var errors = new FieldErrors();
        UnknownParameters.Find([name], Known, errors);
        var message = Assert.Single(errors.ToDictionary()[name]);
        Assert.Equal(meant is not null, message.Contains("Did you mean", StringComparison.Ordinal));
        if (meant is not null)
            Assert.Contains($"Did you mean {meant}?", message, StringComparison.Ordinal);
        Assert.EndsWith("It takes symbol, timeframe, from, to, tz, points.", message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_taken_is_taken_in_any_letter_case()
    {
        var errors = new FieldErrors();
        UnknownParameters.Find([.. Known, "SYMBOL", "Tz"], Known, errors);
        Assert.False(errors.Any);
    }

    [Fact]
    public void Where_none_is_taken_it_says_so()
    {
        var errors = new FieldErrors();
        UnknownParameters.Find(["symbol"], [], errors);
        Assert.Equal(
            ["Is no parameter of this call, which takes none. Leave it out."],
            errors.ToDictionary()["symbol"]
        );
    }

    [Fact]
    public void Of_thousands_some_are_named()
    {
        var errors = new FieldErrors();
        UnknownParameters.Find(Enumerable.Range(0, 4000).Select(number => $"x{number}"), Known, errors);
        Assert.Equal(20, errors.ToDictionary().Count);
    }
}
