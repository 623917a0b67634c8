using System.Net;
using System.Threading.RateLimiting;
using Microsoft.Extensions.Options;
using PnlPipeline.Hosting;

namespace PnlPipeline.Ingest.Api.Webhooks;

/// <summary>
/// A token bucket for each address that sends, so that one that floods does not stand in the others' way.
/// </summary>
internal sealed class SourceRateLimit : IDisposable
{
    private const int RefillsPerSecond = 10;

    private readonly PartitionedRateLimiter<IPAddress> _bySource;

    public SourceRateLimit(IOptions<WebhookOptions> options)
    {
        // A refill adds at least one: rates below the number of refills have fewer of them.
        var perSecond = options.Value.AlertsPerSecondMax;
        var refills = Math.Min(RefillsPerSecond, perSecond);
        var bucket = new TokenBucketRateLimiterOptions
        {
            TokenLimit = options.Value.BurstMax,
            TokensPerPeriod = perSecond / refills,
            ReplenishmentPeriod = TimeSpan.FromSeconds(1) / refills,
            QueueLimit = 0,
        };
        _bySource = PartitionedRateLimiter.Create<IPAddress, IPAddress>(source =>
            RateLimitPartition.GetTokenBucketLimiter(source, _ => bucket)
        );
    }

    /// <summary>Whether one more alert from this address is within its rate.</summary>
    public bool Admits(IPAddress? source)
    {
        using var lease = _bySource.AttemptAcquire(Networks.SourceOf(source));
        return lease.IsAcquired;
    }

    public void Dispose() => _bySource.Dispose();
}
