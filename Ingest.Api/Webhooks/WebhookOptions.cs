using System.ComponentModel.DataAnnotations;

namespace PnlPipeline.Ingest.Api.Webhooks;

/// <summary>Who may send alerts, and how fast: the section <c>Webhooks</c>.</summary>
public sealed class WebhookOptions
{
    public const string Section = "Webhooks";

    public const int TokenLengthMin = 16;

    /// <summary>
    /// The tokens that the URL may end in, each at least 16 characters. Several let one be replaced: add the new one,
    /// change the alerts, take the old one out.
    /// </summary>
    public IReadOnlyList<string> Tokens { get; init; } = [];

    /// <summary>
    /// Alerts a second from one address, in the long run; past it the answer is 429. The default is above what a
    /// machine can take from one source.
    /// </summary>
    [Range(1, 1_000_000)]
    public int AlertsPerSecondMax { get; init; } = 50_000;

    /// <summary>Alerts from one address at once, before the rate counts.</summary>
    [Range(1, 1_000_000)]
    public int BurstMax { get; init; } = 50_000;

    /// <summary>What is wrong with the tokens and which variable to set, or nothing.</summary>
    internal static string? Check(IReadOnlyList<string> tokens)
    {
        if (tokens.Count == 0)
        {
            return $"There is no webhook token. Set {Section}__{nameof(Tokens)}__0 to at least {TokenLengthMin} "
                + $"characters that nobody can "
                + "guess, for example from: openssl rand -hex 24";
        }

        for (var index = 0; index < tokens.Count; index++)
        {
            if (tokens[index].Length < TokenLengthMin)
            {
                return $"The webhook token {Section}__{nameof(Tokens)}__{index} has {tokens[index].Length} "
                    + $"characters. Set it to at least "
                    + $"{TokenLengthMin} that nobody can guess, for example from: openssl rand -hex 24";
            }
        }

        return null;
    }
}
