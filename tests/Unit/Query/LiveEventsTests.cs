using System.Text;
using System.Text.Json;
using MassTransit.Serialization;
using Microsoft.Extensions.Options;
using PnlPipeline.Contracts;
using PnlPipeline.Hosting;
using PnlPipeline.Query.Api.Events;

namespace PnlPipeline.Tests.Unit.Query;

public sealed class EventRingTests
{
    [Fact]
    public void Who_has_a_place_gets_what_comes_behind_it_once()
    {
        var ring = new EventRing(10);
        var place = ring.Next;
        Add(ring, 1, 2);
        Assert.Equal([1L, 2L], Take(ring, ref place));
        Assert.Equal([], Take(ring, ref place));
        Add(ring, 3);
        Assert.Equal([3L], Take(ring, ref place));
    }

    [Fact]
    public void The_oldest_make_room_and_who_stood_among_them_is_told()
    {
        var ring = new EventRing(3);
        var place = ring.Next;
        Add(ring, 1, 2, 3, 4);
        Assert.False(ring.Take(ref place, ring.Next, int.MaxValue, []));
        place++;
        Assert.Equal([2L, 3L, 4L], Take(ring, ref place));
    }

    [Theory]
    [InlineData("1-1-7", null)]
    [InlineData("2-1-7", 2L)]
    [InlineData("4-1-7", 4L)]
    [InlineData("5-1-7", null)]
    [InlineData("3-2-7", null)]
    [InlineData("3-1-8", null)]
    public void A_place_is_found_by_an_id_that_is_still_there_and_by_no_other(string id, long? place)
    {
        var ring = new EventRing(3);
        Add(ring, 1, 2, 3, 4);
        Assert.True(LiveEventId.TryParse(id, out var parsed));
        Assert.Equal(place, ring.FindPlaceAfter(parsed));
    }

    [Fact]
    public void Of_one_subject_only_the_latest_is_taken_and_every_id_remains_a_place()
    {
        var ring = new EventRing(10);
        var place = ring.Next;
        Add(ring, "a", 1);
        Add(ring, "b", 2);
        Assert.Equal([1L, 2L], Take(ring, ref place));
        Add(ring, "a", 3);
        Add(ring, "a", 4);
        Assert.Equal([4L], Take(ring, ref place));
        place = ring.FindPlaceAfter(new LiveEventId(1, 1, 7))!.Value;
        Assert.Equal([2L, 4L], Take(ring, ref place));
    }

    [Fact]
    public void As_much_is_taken_as_was_asked_for_and_the_rest_next_time()
    {
        var ring = new EventRing(10);
        var place = ring.Next;
        Add(ring, 1, 2, 3);
        var taken = new List<LiveEvent>();
        Assert.True(ring.Take(ref place, ring.Next, 2, taken));
        Assert.Equal(2, taken.Count);
        Assert.Equal([3L], Take(ring, ref place));
    }

    [Fact]
    public void A_ring_that_was_cleared_has_no_place_for_anyone()
    {
        var ring = new EventRing(10);
        Add(ring, "a", 1);
        var place = ring.Next - 1;
        ring.Clear();
        Assert.Null(ring.Last);
        Assert.False(ring.Take(ref place, ring.Next, int.MaxValue, []));
        place = ring.Next;
        Add(ring, "a", 1);
        Assert.Equal([1L], Take(ring, ref place));
    }

    [Theory]
    [InlineData("")]
    [InlineData("1-2")]
    [InlineData("1-2-3-4")]
    [InlineData("-1-2-3")]
    [InlineData("1-2-x")]
    [InlineData("99999999999999999999-1-1")]
    public void What_is_no_id_is_none(string text) => Assert.False(LiveEventId.TryParse(text, out _));

    private static void Add(EventRing ring, params long[] offsets) =>
        Array.ForEach(offsets, offset => Add(ring, null, offset));

    private static void Add(EventRing ring, string? subject, long offset) =>
        ring.Add(new LiveEvent(new LiveEventId(offset, 1, 7), new byte[1], subject));

    private static List<long> Take(EventRing ring, ref long place)
    {
        var taken = new List<LiveEvent>();
        Assert.True(ring.Take(ref place, ring.Next, int.MaxValue, taken));
        return taken.ConvertAll(sent => sent.Id.Offset);
    }
}

public sealed class LiveEventsTests
{
    [Theory]
    [InlineData("")]
    [InlineData("rubbish")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"messageType":["urn:message:PnlPipeline.Contracts:Unheard"],"message":{}}""")]
    [InlineData("""{"messageType":["urn:message:PnlPipeline.Contracts:AlertsStored"],"message":null}""")]
    [InlineData("""{"messageType":["urn:message:PnlPipeline.Contracts:LedgerUpdated"],"message":"text"}""")]
    public void What_is_no_news_is_a_place_and_nothing_else(string body)
    {
        var only = Assert.Single(LiveEvents.Read(5, Encoding.UTF8.GetBytes(body)));
        Assert.True(only.Bytes.IsEmpty);
        Assert.Equal(5, only.Id.Offset);
    }

    [Fact]
    public void Of_prices_each_symbol_has_an_event()
    {
        var time = DateTime.UnixEpoch.AddSeconds(1);
        var sent = LiveEvents.Read(
            5,
            Envelopes.Of(new PricesStored([new PriceStored("BTC", 43250.50m, time), new PriceStored("ETH", 1m, time)]))
        );
        Assert.Equal(["price BTC", "price ETH"], sent.Select(one => one.Subject));
        Assert.Contains(
            "event: price\ndata: {\"symbol\":\"BTC\",\"price\":43250.5,\"time\":\"1970-01-01T00:00:01Z\"}\n",
            Encoding.UTF8.GetString(sent[0].Bytes.Span),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void An_event_is_lines_that_nothing_in_it_can_break()
    {
        var alert = new AlertStored(
            new string('a', 32),
            "X\n\ndata: y",
            "60",
            AlertAction.Exit,
            null,
            1.500m,
            DateTime.UnixEpoch,
            DateTime.UnixEpoch,
            "unmatched",
            null,
            null
        );
        var only = Assert.Single(LiveEvents.Read(5, Envelopes.Of(new AlertsStored(1, [alert]))));
        var lines = Encoding.UTF8.GetString(only.Bytes.Span).Split('\n');
        Assert.Equal(["id: 5-1-1000", "event: alert"], lines[..2]);
        Assert.StartsWith("data: {\"alertId\":\"aaaa", lines[2], StringComparison.Ordinal);
        Assert.Contains("\"price\":1.5,", lines[2], StringComparison.Ordinal);
        Assert.Equal(["", ""], lines[3..]);
    }
}

public sealed class EventHubTests : IDisposable
{
    private readonly EventHub _hub = new(
        Options.Create(new LiveOptions { BufferedEvents = 100, MinimumIntervalMs = 0 }),
        _ => { }
    );

    public void Dispose() => _hub.Dispose();

    [Fact]
    public void Nobody_joins_before_what_was_there_has_been_read()
    {
        _hub.Begin();
        Receive(1, 1);
        Assert.Null(_hub.Join(null, isPatient: true));
        Receive(2, 0, isMark: true);
        Assert.Equal("id: 2-1-1000\n\n", Text(_hub.Join(null, isPatient: true)!.Value.InitialEvent));
    }

    [Fact]
    public void A_reading_that_goes_on_repeats_nothing_and_loses_nobodys_place()
    {
        var place = Started();
        Assert.Equal(DateTimeOffset.UnixEpoch.AddSeconds(1).AddMinutes(-5), _hub.Begin());
        Assert.True(Receive(1, 1));
        Assert.True(Receive(2, 0));
        Assert.True(Receive(3, 3));
        var (_, greeting, heard) = Take(place);
        Assert.Equal(("", "3"), (greeting, heard));
    }

    [Fact]
    public void A_stream_that_was_made_anew_is_read_from_its_beginning_and_everybody_is_told()
    {
        var place = Started();
        _hub.Begin();
        Assert.True(Receive(1, 9, sentAtMs: 1_900));
        Assert.False(Receive(2, 0, sentAtMs: 2_000));
        Assert.Null(_hub.Join(null, isPatient: true));
        Assert.Equal((place, "", ""), Take(place));

        Assert.Null(_hub.Begin());
        Assert.True(Receive(0, 9, sentAtMs: 1_500));
        Assert.True(Receive(1, 0, isMark: true, sentAtMs: 2_000));
        var (next, greeting, _) = Take(place);
        Assert.Equal("id: 1-1-2000\nevent: reset\ndata: {\"reason\":\"lost\"}\n\n", greeting);
        Assert.Equal("", Take(next).Heard);
        Assert.Contains(
            "reset",
            Text(_hub.Join("2-1-1000", isPatient: false)!.Value.InitialEvent),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_stream_that_was_made_anew_and_is_shorter_is_noticed_by_the_readers_mark()
    {
        var place = Started();
        _hub.Begin();
        Assert.True(Receive(0, 9, sentAtMs: 1_900));
        Assert.False(Receive(1, 0, isMark: true, sentAtMs: 2_000));
        Assert.Equal((place, "", ""), Take(place));
        Assert.Null(_hub.Begin());
    }

    [Fact]
    public void A_stream_that_lost_what_came_in_between_tells_everybody_and_goes_on()
    {
        var place = Started();
        _hub.Begin();
        Assert.True(Receive(7, 7));
        Assert.True(Receive(8, 0, isMark: true));
        Assert.Contains("reset", Take(place).InitialEvent, StringComparison.Ordinal);
    }

    [Fact]
    public void An_event_that_another_replica_told_already_is_waited_for_a_while()
    {
        Started();
        Assert.Null(_hub.Join("3-1-1000", isPatient: true));
        Assert.Contains(
            "reset",
            Text(_hub.Join("3-1-1000", isPatient: false)!.Value.InitialEvent),
            StringComparison.Ordinal
        );
        Receive(3, 3);
        Assert.True(_hub.Join("3-1-1000", isPatient: true)!.Value.InitialEvent.IsEmpty);
    }

    private long Started()
    {
        Assert.Null(_hub.Begin());
        Receive(1, 1);
        Receive(2, 0, isMark: true);
        return _hub.Join(null, isPatient: true)!.Value.Place;
    }

    /// <param name="seq">0: nothing is told.</param>
    private bool Receive(long offset, long seq, bool isMark = false, long sentAtMs = 1_000) =>
        _hub.Receive(
            new EventMessage(
                offset,
                seq == 0
                    ? Envelopes.Of(new object(), sentAtMs)
                    : Envelopes.Of(new LedgerUpdated(seq, 1, seq), sentAtMs),
                isMark
            )
        );

    private (long Place, string InitialEvent, string Heard) Take(long place)
    {
        var taken = new List<LiveEvent>();
        var (next, greeting) = _hub.Take(place, int.MaxValue, taken);
        return (next, Text(greeting), string.Join(' ', taken.Select(sent => sent.Id.Offset)));
    }

    private static string Text(ReadOnlyMemory<byte> bytes) => Encoding.UTF8.GetString(bytes.Span);
}

internal static class Envelopes
{
    /// <summary>As the bus puts a message on the stream.</summary>
    public static byte[] Of(object message, long sentAtMs = 1_000) =>
        JsonSerializer.SerializeToUtf8Bytes(
            new
            {
                MessageType = new[] { $"urn:message:PnlPipeline.Contracts:{message.GetType().Name}" },
                SentTime = DateTime.UnixEpoch.AddMilliseconds(sentAtMs),
                Message = message,
            },
            SystemTextJsonMessageSerializer.Options
        );
}
