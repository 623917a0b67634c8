namespace PnlPipeline.Tests.Browser;

/// <summary>
/// Every page of the dashboard, and every view of one that is a page of its own: what is said of all pages is looked at
/// in these, by the tests and by <c>./bench</c>.
/// </summary>
public static class Addresses
{
    /// <summary>In place of ID stands a batch, in place of SYMBOL one of its symbols.</summary>
    public static readonly IReadOnlyList<(string Name, string Path)> Pages =
    [
        ("overview", "/"),
        ("weighted", "/?show=weighted&suggest=equalRisk"),
        ("side-by-side", "/?show=figures"),
        ("batches", "/batches"),
        ("new-batch", "/batches?new=yes"),
        ("batch", "/batches/ID"),
        ("statistics", "/batches/ID?view=statistics"),
        ("closed-trades", "/batches/ID?view=ledger"),
        ("all-trades", "/batches/ID?view=trades"),
        ("calendar", "/batches/ID?view=calendar"),
        ("what-if", "/batches/ID?view=what-if&sizing=percentOfEquity&maxExposurePercentage=100"),
        ("try-many", "/batches/ID?view=what-if&try=many&y=maxOpenTrades"),
        ("monte-carlo", "/batches/ID?view=what-if&try=paths&goal=150000&drawdownLimit=20"),
        ("symbols", "/symbols"),
        ("symbol", "/symbols/SYMBOL"),
        ("alerts", "/alerts"),
        ("audit", "/alerts/audit"),
        ("issues", "/issues"),
        ("rejected", "/issues/rejected"),
        ("imports", "/imports"),
        ("reconciliation", "/reconciliation"),
        ("set-up", "/set-up"),
    ];

    public static string Fill(string path, long batch, string symbol) =>
        path.Replace("ID", $"{batch}", StringComparison.Ordinal).Replace("SYMBOL", symbol, StringComparison.Ordinal);
}
