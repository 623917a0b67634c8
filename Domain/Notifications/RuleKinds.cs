namespace PnlPipeline.Domain.Notifications;

/// <summary>What a rule can tell of, in the words of table and API.</summary>
public static class RuleKinds
{
    public const string TradeOpened = "tradeOpened";
    public const string TradeClosed = "tradeClosed";
    public const string Drawdown = "drawdown";
    public const string DailyLoss = "dailyLoss";
    public const string Exposure = "exposure";
    public const string Ruin = "ruin";
    public const string Silence = "silence";
    public const string RejectedAlert = "rejectedAlert";
    public const string UnmatchedExit = "unmatchedExit";
    public const string Integrity = "integrity";
    public const string DailySummary = "dailySummary";

    public static IReadOnlyList<string> All { get; } =
    [
        TradeOpened,
        TradeClosed,
        Drawdown,
        DailyLoss,
        Exposure,
        Ruin,
        Silence,
        RejectedAlert,
        UnmatchedExit,
        Integrity,
        DailySummary,
    ];

    /// <summary>Whether the rule has a limit in percent.</summary>
    public static bool HasLimit(string kind) => kind is Drawdown or DailyLoss or Exposure;

    /// <summary>Whether the rule is of one batch, always.</summary>
    public static bool NeedsBatch(string kind) => HasLimit(kind) || kind == Ruin;

    /// <summary>Whether the rule may be of one batch.</summary>
    public static bool TakesBatch(string kind) =>
        NeedsBatch(kind) || kind is TradeOpened or TradeClosed or DailySummary;

    /// <summary>Whether the rule goes by the days of a time zone.</summary>
    public static bool HasZone(string kind) => kind is DailyLoss or DailySummary;

    /// <summary>The rule that tells of a kind of the inbox; <c>null</c>: none does.</summary>
    public static string? OfInbox(string kind) =>
        kind switch
        {
            "inactive" => Silence,
            "rejected" => RejectedAlert,
            "unmatched" => UnmatchedExit,
            "check" => Integrity,
            _ => null,
        };
}
