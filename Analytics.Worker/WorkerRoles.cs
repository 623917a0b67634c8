namespace PnlPipeline.Analytics.Worker;

/// <summary>
/// What this process works on: <c>Worker:Roles</c>, all of it where nothing is said, so that each can be scaled apart.
/// </summary>
public sealed record WorkerRoles(bool Pairing, bool Ledgers, bool Notifications)
{
    /// <exception cref="InvalidOperationException">A role that there is not.</exception>
    public static WorkerRoles Read(IConfiguration configuration)
    {
        var names = configuration.GetSection("Worker:Roles").Get<string[]>() ?? [];
        if (names.Length == 0)
            return new WorkerRoles(Pairing: true, Ledgers: true, Notifications: true);
        return Array.Find(names, name => name is not ("pairing" or "ledgers" or "notifications")) is { } unknown
            ? throw new InvalidOperationException(
                $"Worker:Roles names '{unknown}'; there are pairing, ledgers and notifications."
            )
            : new WorkerRoles(
                names.Contains("pairing", StringComparer.Ordinal),
                names.Contains("ledgers", StringComparer.Ordinal),
                names.Contains("notifications", StringComparer.Ordinal)
            );
    }
}
