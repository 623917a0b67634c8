using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using MassTransit;
using MassTransit.RabbitMqTransport;
using MassTransit.Serialization;
using PnlPipeline.Contracts;
using PnlPipeline.Hosting;
using PnlPipeline.Ingest.Api.Delivery;
using PnlPipeline.Ingest.Api.Delivery.Spool;

namespace PnlPipeline.Tests.Unit.Ingest;

/// <summary>What is written by hand is what the bus reads: held against its own serialiser, names and all.</summary>
public sealed class EnvelopeTests
{
    private static readonly DateTime Now = new(2026, 11, 22, 6, 28, 1, 123, DateTimeKind.Utc);

    private static readonly JsonSerializerOptions WithoutNulls = new(SystemTextJsonMessageSerializer.Options)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    [Fact]
    public void Alerts_are_written_as_the_bus_writes_them()
    {
        var random = new Random(1);
        for (var round = 0; round < 500; round++)
        {
            var alerts = Enumerable.Range(0, random.Next(0, 4)).Select(_ => RandomAlert(random)).ToList();
            var written = Envelope.ToBytes(
                (json, message) => Envelope.WriteAlerts(json, Guid.NewGuid(), Now, message),
                alerts
            );

            AssertSame(new AlertsReceived(alerts), written);
        }
    }

    [Fact]
    public void Alerts_by_way_of_the_spool_make_the_same_message()
    {
        var random = new Random(2);
        var alerts = Enumerable.Range(0, 5).Select(_ => RandomAlert(random)).ToList();
        var entries = alerts
            .Select(alert => new SpoolEntry(SpoolKind.Alert, 0, Envelope.ToBytes(Envelope.WriteAlert, alert)))
            .ToList();

        var (address, _, body) = SpoolMessages.Write(entries, Now);

        Assert.Equal(new Address("PnlPipeline.Contracts:AlertsReceived", ""), address);
        AssertSame(new AlertsReceived(alerts), body.ToArray());
    }

    [Fact]
    public void Refused_bodies_are_written_as_the_bus_writes_them()
    {
        var rejection = new AlertRejected(
            "0123456789abcdef0123456789abcdef",
            Now,
            Encoding.UTF8.GetBytes("rubbish \"é\ud83d\ude80\" \0"),
            new Dictionary<string, string[]>(StringComparer.Ordinal)
            {
                ["body"] = ["Is no JSON.", "é <b>\"\ud800"],
                ["naïve\"\n"] = [],
            }
        );
        var entry = new SpoolEntry(SpoolKind.Rejection, 0, Envelope.ToBytes(Envelope.WriteRejection, rejection));

        var (address, _, body) = SpoolMessages.Write([entry], Now);

        Assert.Equal(new Address("PnlPipeline.Contracts:AlertRejected", ""), address);
        AssertSame(rejection, body.ToArray());
        // No byte of a record's mark can stand in what is kept.
        Assert.All(entry.Json.ToArray(), letter => Assert.InRange(letter, (byte)0x20, (byte)0x7E));
    }

    [Fact]
    public void Exchanges_have_the_names_that_the_bus_gives_them()
    {
        var names = new RabbitMqMessageNameFormatter();
        Assert.Equal(names.GetMessageName(typeof(AlertsReceived)), Topology.ExchangeOf<AlertsReceived>());
        Assert.Equal(names.GetMessageName(typeof(AlertRejected)), Topology.ExchangeOf<AlertRejected>());
    }

    /// <summary>
    /// The same JSON as the bus writes for the message, but that what is null is left out, in an envelope of its type.
    /// </summary>
    private static void AssertSame<T>(T message, byte[] written)
        where T : class
    {
        var expected = JsonSerializer.SerializeToElement(message, WithoutNulls);
        using var envelope = JsonDocument.Parse(written);
        Assert.True(
            JsonElement.DeepEquals(expected, envelope.RootElement.GetProperty("message")),
            $"{expected}\n{envelope.RootElement.GetProperty("message")}"
        );
        Assert.Equal(
            MessageUrn.ForTypeString<T>(),
            Assert.Single(envelope.RootElement.GetProperty("messageType").EnumerateArray()).GetString()
        );
        Assert.Equal(Now, envelope.RootElement.GetProperty("sentTime").GetDateTime());
        Assert.NotEqual(Guid.Empty, envelope.RootElement.GetProperty("messageId").GetGuid());
    }

    private static AlertReceived RandomAlert(Random random)
    {
        string[] words = ["entry", "bullish", "", "naïve \ud83d\ude80", "a\"b\\c\u0001<&>+'"];
        var payload = new byte[random.Next(0, 300)];
        random.NextBytes(payload);
        var scale = (byte)random.Next(0, 13);
        return new AlertReceived(
            Convert.ToHexStringLower(payload.AsSpan(0, Math.Min(16, payload.Length))),
            $"BINANCE:{random.Next()}<\"&>",
            random.Next(1, 1_000).ToString(CultureInfo.InvariantCulture),
            (AlertAction)random.Next(5),
            random.Next(3) is 0 ? null : (Direction)random.Next(2),
            random.Next(3) is 0 ? null : words[random.Next(words.Length)],
            random.Next(3) is 0 ? null : words[random.Next(words.Length)],
            new decimal(random.Next(), random.Next(), random.Next(100), isNegative: false, scale),
            random.Next(3) is 0 ? null : random.Next(2) == 0,
            Now.AddMilliseconds(-random.Next()),
            Now,
            payload,
            random.Next(3) is 0 ? "0123456789abcdef0123456789abcdef" : null,
            random.Next(3) is 0 ? "Стратегия \ud83d\ude80" : null,
            random.Next(3) is 0
                ? new RecordedExit(
                    new decimal(random.Next(), random.Next(), 0, isNegative: false, scale),
                    Now,
                    random.Next()
                )
                : null
        );
    }
}
