using System.Globalization;

namespace PnlPipeline.Domain.Inbox;

/// <summary>What the finder stored of an item, with what its cause says now.</summary>
/// <param name="Detail">What only the finder knows.</param>
/// <param name="Price">Of the alert it comes of.</param>
/// <param name="RepairedAt">Of the finding it comes of.</param>
public sealed record InboxFacts(
    string Kind,
    string Cause,
    DateTime Since,
    string? Symbol,
    string? Timeframe,
    string? Strategy,
    string? BatchName,
    string? Direction,
    decimal? Price,
    string? Detail,
    DateTime? RepairedAt
);

/// <summary>Says of an item what happened, what it means and what to do, in a trader's words. Pure.</summary>
public static class InboxWording
{
    public static IReadOnlyList<string> Kinds { get; } =
    ["unmatched", "repeated", "rejected", "failed", "inactive", "check", "late", "undelivered"];

    public static (string What, string Meaning, string Action) Of(InboxFacts facts) =>
        facts.Kind switch
        {
            "unmatched" => (
                $"{facts.Symbol}: an exit{At(facts.Price)} closed no trade.",
                "The alert should close a trade, but none was open at that time. Nothing happened and no money moved.",
                "Check whether the entry before it was rejected, never sent, or excluded. If the entry arrives late or "
                    + "is included again, the exit is matched automatically."
            ),
            "repeated" => (
                $"{facts.Symbol}: another {facts.Direction} entry came while a {facts.Direction} trade"
                    + $"{At(facts.Price)} was open.",
                "A trade in the same direction was already open, so this changed nothing. Scripts that fire on every "
                    + "bar do this all the time.",
                "Usually nothing. If you expected a second trade, the exit of the first one is missing: see what came "
                    + "between the two entries."
            ),
            "rejected" => (
                facts.Detail is { } error ? $"An alert was rejected. {error}" : "An alert was rejected.",
                "The webhook could not read it as an alert. It made no trade. TradingView does not show you this and "
                    + "does not send it again.",
                "Correct the script or the alert’s message as the error says; Set-up has a script that works. You can "
                    + "import the lost signal as a file of alerts."
            ),
            "failed" => (
                $"A message could not be processed. {facts.Detail}",
                "A message inside the system failed even after retries. It was set aside so that the rest continues.",
                "Tell the person who runs the system: something else wrote to the queue, or there is a bug worth "
                    + "reporting."
            ),
            "inactive" => (
                $"{Stream(facts)} has sent no alert since {facts.Since:yyyy-MM-dd HH:mm} UTC"
                    + (Allowed(facts.Detail) is { } usual ? $"; {usual} are usual." : "."),
                "It has been silent for more than twice its longest usual pause or, where it has sent few alerts, for "
                    + "more than 200 bars.",
                "Check in TradingView that the alert is still active (alerts expire, and stop after firing too often) "
                    + "and that its webhook URL is the one shown in Set-up. A trade that is still open may have to be "
                    + "closed manually."
            ),
            "check" => (
                $"{facts.BatchName ?? Stream(facts)}: {facts.Detail}",
                "Trades and results are recalculated from the alerts in the background and compared with what is "
                    + "stored. Here they differed.",
                facts.RepairedAt is null
                    ? "If it stays, tell the person who runs the system, with this line."
                    : "Nothing: it was repaired."
            ),
            "late" => (
                $"{Stream(facts)}: alerts do not arrive when they say. {facts.Detail}",
                "Trades are made by the time in the alert, so they look right, but nobody could have traded them then.",
                "Check that the script sends the time of its signal ({{timenow}}) in UTC, and whether TradingView "
                    + "delivers late."
            ),
            "undelivered" => (
                $"A notification could not be delivered for a day. {facts.Detail}",
                "It was tried again and again, and given up.",
                "Send a test by the channel in Set-up, and correct its address or key."
            ),
            _ => throw new ArgumentOutOfRangeException(nameof(facts), facts.Kind, "No such kind."),
        };

    private static string Stream(InboxFacts facts) =>
        string.Join(' ', ((string?[])[facts.Symbol, facts.Timeframe, facts.Strategy]).OfType<string>());

    private static string At(decimal? price) =>
        price is { } known ? string.Create(CultureInfo.InvariantCulture, $" at {known:0.############}") : "";

    private static string? Allowed(string? seconds)
    {
        if (!long.TryParse(seconds, NumberStyles.None, CultureInfo.InvariantCulture, out var allowed))
            return null;
        var hours = allowed / 3_600d;
        return hours < 48
            ? string.Create(CultureInfo.InvariantCulture, $"{hours:0} hours")
            : string.Create(CultureInfo.InvariantCulture, $"{hours / 24:0} days");
    }
}
