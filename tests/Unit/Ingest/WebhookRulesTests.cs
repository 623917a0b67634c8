using System.Net;
using Microsoft.Extensions.Options;
using PnlPipeline.Ingest.Api.Webhooks;

namespace PnlPipeline.Tests.Unit.Ingest;

public sealed class WebhookRulesTests
{
    [Theory]
    [InlineData("one-of-the-two-tokens", true)]
    [InlineData("the-other-of-both-tokens", true)]
    [InlineData("One-of-the-two-tokens", false)]
    [InlineData("one-of-the-two-token", false)]
    [InlineData("one-of-the-two-tokens ", false)]
    [InlineData("", false)]
    [InlineData("one-of-the-two-tokensthe-other-of-both-tokens", false)]
    public void Any_of_the_configured_tokens_will_do_and_nothing_else(string token, bool isKnown)
    {
        var tokens = new WebhookTokens(
            Options.Create(new WebhookOptions { Tokens = ["one-of-the-two-tokens", "the-other-of-both-tokens"] })
        );

        Assert.Equal(isKnown, tokens.Contains(token));
    }

    [Theory]
    [InlineData("", "Webhooks__Tokens__0")]
    [InlineData("fifteen-letters", "Webhooks__Tokens__0")]
    [InlineData("sixteen--letters", null)]
    [InlineData("sixteen--letters,short", "Webhooks__Tokens__1")]
    public void Missing_and_short_tokens_are_refused_with_the_variable_to_set(string tokens, string? variable)
    {
        var error = WebhookOptions.Check(tokens.Split(',', StringSplitOptions.RemoveEmptyEntries));

        if (variable is null)
            Assert.Null(error);
        else
            Assert.Contains(variable, error, StringComparison.Ordinal);
        Assert.DoesNotContain("fifteen-letters", error ?? "", StringComparison.Ordinal);
    }

    [Fact]
    public void One_source_past_its_rate_does_not_stand_in_anothers_way()
    {
        using var limit = new SourceRateLimit(
            Options.Create(new WebhookOptions { AlertsPerSecondMax = 1, BurstMax = 3 })
        );
        var flooding = IPAddress.Parse("52.89.214.238");

        Assert.All(Enumerable.Range(0, 3), _ => Assert.True(limit.Admits(flooding)));
        Assert.False(limit.Admits(flooding));
        Assert.True(limit.Admits(IPAddress.Parse("34.212.75.30")));
        Assert.True(limit.Admits(null));
    }
}
