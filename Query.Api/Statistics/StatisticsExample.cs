namespace PnlPipeline.Query.Api.Statistics;

internal static class StatisticsExample
{
    public const string Json = "{}";
    public const string Comparison = "{}";
}
