namespace PnlPipeline.Query.Api.Dashboard;

/// <summary>Where the page is: the section <c>Dashboard</c>.</summary>
public sealed class DashboardOptions
{
    public const string Section = "Dashboard";

    /// <summary>
    /// The folder of the page's build; absent: <c>dashboard</c> beside the program. Where there is none, the API runs
    /// without a page.
    /// </summary>
    public string Directory { get; init; } = Path.Combine(AppContext.BaseDirectory, "dashboard");
}
