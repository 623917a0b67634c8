using System.Globalization;

namespace PnlPipeline.Tests.Faults;

/// <summary>How long harm is done: minutes in all unless the environment asks for more.</summary>
internal static class OnRequest
{
    /// <summary>How often each service is killed: <c>PNL_FAULT_ROUNDS</c>.</summary>
    public static int Rounds { get; } = Read("PNL_FAULT_ROUNDS", 2);

    /// <summary>How long a server is away at least: <c>PNL_FAULT_SECONDS</c>.</summary>
    public static TimeSpan Absence { get; } = TimeSpan.FromSeconds(Read("PNL_FAULT_SECONDS", 0));

    /// <summary>
    /// Whether the number of partitions is changed on the running system: <c>PNL_FAULT_PARTITIONS</c>.
    /// </summary>
    public static bool Partitions { get; } = Read("PNL_FAULT_PARTITIONS", 0) > 0;

    private static int Read(string name, int otherwise) =>
        int.TryParse(
            Environment.GetEnvironmentVariable(name),
            NumberStyles.None,
            CultureInfo.InvariantCulture,
            out var value
        )
            ? value
            : otherwise;
}
