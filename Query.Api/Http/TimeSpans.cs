using PnlPipeline.Domain.Alerts;

namespace PnlPipeline.Query.Api.Http;

/// <summary>The span of time from <c>from</c> to before <c>to</c>; either may be absent.</summary>
public static class TimeSpans
{
    public static void Check(DateTime? from, DateTime? to, FieldErrors errors)
    {
        if (from > to)
            errors.Add("to", "Is before from. Send from ≤ to.");
    }
}
