using System.Text.Json;
using PnlPipeline.Domain.Alerts;
using PnlPipeline.Query.Api.Corrections;
using PnlPipeline.Query.Api.Http;

namespace PnlPipeline.Tests.Unit.Corrections;

public sealed class CloseFormTests
{
    private static readonly DateTime Entry = new(2026, 11, 22, 5, 0, 0, DateTimeKind.Utc);
    private static readonly DateTime Now = new(2026, 11, 22, 6, 28, 0, 250, DateTimeKind.Utc);

    [Theory]
    [InlineData("""{"price":43250.5}""", "43250.5 2026-11-22T06:28:00.250Z")]
    [InlineData("""{"price":43250.5,"time":null}""", "43250.5 2026-11-22T06:28:00.250Z")]
    [InlineData("""{"time":"2026-11-22T05:00:00.001Z","price":"1e-12"}""", "0.000000000001 2026-11-22T05:00:00.001Z")]
    [InlineData("""{"price":1.0000000000005,"time":"2026-11-22T07:28:00+0100"}""", "1 2026-11-22T06:28:00Z")]
    [InlineData("""{"price":999999999999999.5,"time":1795329600}""", "999999999999999.5 2026-11-22T06:40:00Z")]
    [InlineData("""{"price":1,"time":"2026-11-23T06:28:00.250Z"}""", "1 2026-11-23T06:28:00.250Z")]
    public void A_close_is_read_by_the_rules_of_an_alert(string body, string close)
    {
        var errors = new FieldErrors();
        var form = CloseForm.Read(JsonDocument.Parse(body).RootElement, Entry, Now, errors);
        Assert.Empty(errors.ToDictionary());
        Assert.Equal(close, $"{JsonFormats.Plain(form.Price)} {JsonFormats.Iso(form.Time!.Value)}");
    }

    [Theory]
    [InlineData("{}", "price: Is missing.")]
    [InlineData("""{"price":null}""", "price: Is missing.")]
    [InlineData("""{"price":true}""", "price: Is not a number.")]
    [InlineData("""{"price":""}""", "price: Is not a number.")]
    [InlineData("""{"price":"\ud800"}""", "price: Is not a number.")]
    [InlineData("""{"price":"NaN"}""", "price: Is NaN, which is what Pine prints for na")]
    [InlineData("""{"price":0}""", "price: Is not above 0.")]
    [InlineData("""{"price":1e15}""", "price: Is not below 10^15.")]
    [InlineData("""{"price":1,"price":2}""", "price: Stands twice.")]
    [InlineData("""{"price":1,"time":"2026-11-22T05:00:00Z"}""", "time: Is not after the entry, 2026-11-22T05:00:00Z.")]
    [InlineData(
        """{"price":1,"time":"2026-11-22T06:00:00+0100"}""",
        "time: Is not after the entry, 2026-11-22T05:00:00Z."
    )]
    [InlineData("""{"price":1,"time":"2026-11-23T06:28:00.251Z"}""", "time: Is more than 24 hours ahead of the clock.")]
    [InlineData("""{"price":1,"time":"yesterday"}""", "time: Is not a time in a form that is known.")]
    [InlineData("""{"price":1,"time":""}""", "time: Is empty.")]
    [InlineData("""{"price":1,"time":1.5}""", "time: Is not a whole number.")]
    [InlineData("""{"price":1,"time":true}""", "time: Is not a time in a form that is known.")]
    [InlineData("""{"price":1,"time":"\ud800"}""", "time: Is not a time in a form that is known.")]
    [InlineData("""{"price":1,"tiem":"2026-11-22T06:00:00Z"}""", "tiem: Is nothing that a close has.")]
    public void What_is_wrong_is_said_by_field_and_with_what_to_do(string body, string message)
    {
        var errors = new FieldErrors();
        CloseForm.Read(JsonDocument.Parse(body).RootElement, Entry, Now, errors);
        var (field, messages) = Assert.Single(errors.ToDictionary());
        Assert.StartsWith(message, $"{field}: {Assert.Single(messages)}", StringComparison.Ordinal);
    }

    [Fact]
    public void Every_field_s_errors_are_said_at_once()
    {
        var errors = new FieldErrors();
        CloseForm.Read(JsonDocument.Parse("""{"price":-1,"time":7,"reason":"x"}""").RootElement, Entry, Now, errors);
        Assert.Equal(["price", "reason", "time"], errors.ToDictionary().Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_trade_entered_ahead_of_the_clock_does_not_close_now()
    {
        var errors = new FieldErrors();
        CloseForm.Read(JsonDocument.Parse("""{"price":1}""").RootElement, Now.AddMinutes(1), Now, errors);
        Assert.StartsWith("Is not after the entry", errors.ToDictionary()["time"].Single(), StringComparison.Ordinal);
    }
}
