using System.Buffers;
using PnlPipeline.Contracts;

namespace PnlPipeline.Ingest.Api.Delivery.Spool;

/// <summary>Records of the spool as messages.</summary>
internal static class SpoolMessages
{
    /// <summary>
    /// How many of the records go together in the next message: alerts that follow each other, and refused bodies one
    /// by one.
    /// </summary>
    public static int NextCount(IReadOnlyList<SpoolRecord> records, int from, int alertsMax, int bytesMax)
    {
        if (records[from].Entry.Kind != SpoolKind.Alert)
            return 1;
        var count = 0;
        for (var bytes = 0; from + count < records.Count && count < alertsMax && bytes < bytesMax; count++)
        {
            var entry = records[from + count].Entry;
            if (entry.Kind != SpoolKind.Alert)
                break;
            bytes += entry.Json.Length;
        }

        return count;
    }

    /// <summary>One message of these records, all alerts or one refused body.</summary>
    public static (Address Address, Guid MessageId, ReadOnlyMemory<byte> Body) Write(
        IReadOnlyList<SpoolEntry> entries,
        DateTime sentAt
    )
    {
        var messageId = Guid.CreateVersion7();
        var body = new ArrayBufferWriter<byte>(512 + entries.Sum(entry => entry.Json.Length + 1));
        using var json = Envelope.NewWriter(body);
        if (entries[0].Kind == SpoolKind.Alert)
        {
            Envelope.WriteAlerts(json, messageId, sentAt, entries.Select(entry => entry.Json));
            return (Address.Of<AlertsReceived>(), messageId, body.WrittenMemory);
        }

        Envelope.WriteRejection(json, messageId, sentAt, entries[0].Json);
        return (Address.Of<AlertRejected>(), messageId, body.WrittenMemory);
    }
}
