using System.Net;
using System.Threading.RateLimiting;
using PnlPipeline.Hosting;

namespace PnlPipeline.Query.Api.Access;

/// <summary>
/// Slows down whoever guesses keys: ten failures a minute from one address, then none is looked at for a while.
/// </summary>
public sealed class SignInLimiter : IDisposable
{
    /// <summary>How long to wait once it is too many.</summary>
    public const int WindowSeconds = 60;

    private const int FailuresPerWindow = 10;

    private readonly PartitionedRateLimiter<IPAddress> _failures = PartitionedRateLimiter.Create<IPAddress, IPAddress>(
        address =>
            RateLimitPartition.GetFixedWindowLimiter(
                Networks.SourceOf(address),
                _ => new FixedWindowRateLimiterOptions
                {
                    PermitLimit = FailuresPerWindow,
                    Window = TimeSpan.FromSeconds(WindowSeconds),
                }
            )
    );

    public bool Allows(IPAddress? address)
    {
        using var lease = _failures.AttemptAcquire(address ?? IPAddress.None, permitCount: 0);
        return lease.IsAcquired;
    }

    public void CountFailure(IPAddress? address) => _failures.AttemptAcquire(address ?? IPAddress.None).Dispose();

    public void Dispose() => _failures.Dispose();
}
