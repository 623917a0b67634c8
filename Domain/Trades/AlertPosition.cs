using PnlPipeline.Contracts;
using PnlPipeline.Domain.Alerts;

namespace PnlPipeline.Domain.Trades;

/// <summary>
/// Where an alert stands in its stream: by timestamp, then exits before entries, then by id. Exits come first within
/// one instant because a flip sends an exit and an entry with the same timestamp, and they may arrive in either order.
/// </summary>
/// <param name="Timestamp">UTC, whole milliseconds.</param>
/// <param name="Precedence">0 for an exit or a close by hand, 1 for an entry and for a recorded trade, whose place is
/// its entry.</param>
public readonly record struct AlertPosition(DateTime Timestamp, byte Precedence, AlertId AlertId)
    : IComparable<AlertPosition>
{
    public static AlertPosition Of(DateTime timestamp, AlertAction action, AlertId alertId) =>
        new(timestamp, action is AlertAction.Entry or AlertAction.Recorded ? (byte)1 : (byte)0, alertId);

    public int CompareTo(AlertPosition other)
    {
        var timestamp = Timestamp.CompareTo(other.Timestamp);
        if (timestamp != 0)
            return timestamp;
        var precedence = Precedence.CompareTo(other.Precedence);
        return precedence != 0 ? precedence : AlertId.CompareTo(other.AlertId);
    }

    public static bool operator <(AlertPosition left, AlertPosition right) => left.CompareTo(right) < 0;

    public static bool operator >(AlertPosition left, AlertPosition right) => left.CompareTo(right) > 0;

    public static bool operator <=(AlertPosition left, AlertPosition right) => left.CompareTo(right) <= 0;

    public static bool operator >=(AlertPosition left, AlertPosition right) => left.CompareTo(right) >= 0;
}
