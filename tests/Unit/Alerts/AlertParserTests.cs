using System.Text;
using PnlPipeline.Contracts;
using PnlPipeline.Domain.Alerts;

namespace PnlPipeline.Tests.Unit.Alerts;

public sealed class AlertParserTests
{
    private static readonly DateTime Now = new(2026, 11, 22, 6, 28, 1, DateTimeKind.Utc);

    /// <summary>The body that the rules give as their example.</summary>
    private const string Example =
        """{"symbol":"BTCUSDT","side":"entry","timeframe":"60","type":"bullish","price":43250.5,"closeonflip":true,"timestamp":"2026-11-22T06:28:00+0000"}""";

    [Fact]
    public void The_example_is_an_alert()
    {
        var alert = Accepted(Example);

        Assert.Equal("90ae24dd04e57752cae9a8415611280f", alert.AlertId);
        Assert.Equal(("BTCUSDT", "60"), (alert.Symbol, alert.Timeframe));
        Assert.Equal((AlertAction.Entry, Direction.Long), (alert.Action, alert.Direction));
        Assert.Equal(("entry", "bullish"), (alert.Side, alert.Type));
        Assert.Equal((43250.5m, true), (alert.Price, alert.CloseOnFlip));
        Assert.Equal(new DateTime(2026, 11, 22, 6, 28, 0, DateTimeKind.Utc), alert.Timestamp);
        Assert.Equal(Now, alert.ReceivedAt);
        Assert.Equal(Example, Encoding.UTF8.GetString(alert.Payload));
        Assert.Null(alert.TargetTradeId);
    }

    /// <summary>Lines of real streams, with ids worked out by another implementation.</summary>
    [Theory]
    [InlineData(
        """{"symbol":"BTCUSDT","side":"entry","timeframe":"60","type":"bearish","price":8896.63,"closeonflip":true,"timestamp":"2018-05-01T13:00:00+0000"}""",
        "969abcfebd367f7238a2170f364ffbf7"
    )]
    [InlineData(
        """{"symbol":"AAPL","side":"exit","timeframe":"1D","type":"bearish","price":106.44,"closeonflip":true,"timestamp":"2000-01-19T21:00:00+0000"}""",
        "799ac7f003a609afa20305399200e961"
    )]
    [InlineData(
        """{"symbol":"EURUSD","side":"entry","timeframe":"60","type":"bearish","price":1.322285,"closeonflip":true,"timestamp":"2007-01-03T12:00:00+0000"}""",
        "574bed5cb978352c7ebec7b5a6308f6f"
    )]
    public void Real_alerts_have_the_ids_they_always_had(string body, string id) =>
        Assert.Equal(id, Accepted(body).AlertId);

    [Theory]
    [InlineData(
        """{"SYMBOL":"BTCUSDT","Side":"entry","tImEfRaMe":"60","TYPE":"bullish","Price":43250.5,"CloseOnFlip":true,"TimeStamp":"2026-11-22T06:28:00+0000"}"""
    )]
    [InlineData(
        """{"timestamp":"2026-11-22T06:28:00Z","price":"43250.50","type":"buy","timeframe":60,"side":"enter","symbol":" btcusdt "}"""
    )]
    [InlineData(
        """{"symbol":"BTCUSDT","timeframe":"1h","type":"long","price":" 4.32505e4 ","closeonflip":null,"timestamp":1795328880}"""
    )]
    [InlineData(
        """{"symbol":"BTCUSDT","timeframe":"h","side":null,"type":"long","price":43250.5000,"closeonflip":"FALSE","timestamp":"1795328880000"}"""
    )]
    [InlineData(
        """{"symbol":"BTCUSDT","timeframe":"060","side":"long","type":"","price":43250.5,"timestamp":1.79532888e12}"""
    )]
    [InlineData(
        "\r\n {\"symbol\":\"BTCUSDT\",\"timeframe\":\"60\",\"side\":\"long\",\"price\":43250.5,\"timestamp\":1795328880000.00}\n"
    )]
    [InlineData(
        """{"\u0073ymbol":"\u0042TCUSDT","\u0054imeframe":"6\u0030","s\u0069de":"\u006cong","price":"4325\u0030.5","timestamp":"2026-11-22\u005406:28:00Z"}"""
    )]
    [InlineData(
        """{"symbol":"BTCUSDT","timeframe":"60","side":"long","price":43250.5,"timestamp":1795328880,"comment":{"price":1,"symbol":["x",{"symbol":2}]},"Žluť":1,"žluť2":"\ud800"}"""
    )]
    public void The_same_alert_may_be_written_in_many_ways(string body) =>
        Assert.Equal("90ae24dd04e57752cae9a8415611280f", Accepted(body).AlertId);

    [Fact]
    public void A_byte_order_mark_is_skipped_once_and_kept_in_the_payload()
    {
        byte[] marked = [0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(Example)];

        var parsed = AlertParser.Parse(marked, Now);
        Assert.True(parsed.IsAlert);
        Assert.Equal(marked, parsed.Alert.Payload);
        Assert.Equal(["body"], AlertParser.Parse([0xEF, 0xBB, 0xBF, .. marked], Now).Errors.Keys);
    }

    [Fact]
    public void A_body_may_nest_as_deep_as_it_is_long()
    {
        var nested = Example[..^1] + ",\"x\":" + new string('[', 8000) + new string(']', 8000) + "}";

        Assert.Equal("90ae24dd04e57752cae9a8415611280f", Accepted(nested).AlertId);
        Assert.Equal(["body"], Refused(new string('[', 16384)).Keys);
        Assert.Equal(["body"], Refused(new string('[', 8192) + new string(']', 8192)).Keys);
    }

    [Theory]
    // symbol
    [InlineData("symbol", "", "symbol")]
    [InlineData("symbol", "null", "symbol")]
    [InlineData("symbol", "\"\"", "symbol")]
    [InlineData("symbol", "1", "symbol")]
    [InlineData("symbol", "true", "symbol")]
    [InlineData("symbol", "[\"BTC\"]", "symbol")]
    [InlineData("symbol", "{\"symbol\":\"BTC\"}", "symbol")]
    [InlineData("symbol", "\"A|B\"", "symbol")]
    [InlineData("symbol", "\"\\ud800\"", "symbol")]
    [InlineData("symbol", "\"\\udc00\\ud800\"", "symbol")]
    // side and type
    [InlineData("side", "1", "side")]
    [InlineData("side", "{}", "side")]
    [InlineData("side", "true", "side")]
    [InlineData("side", "\"entry\\ud800\"", "side")]
    [InlineData("side", "\"exit entry\"", "side")]
    [InlineData("side", "\"{{strategy.order.action}}\"", "side")]
    [InlineData("type", "[]", "type")]
    [InlineData("type", "false", "type")]
    [InlineData("type", "\"bullish \\udc00\"", "type")]
    [InlineData("type", "", "side")]
    [InlineData("type", "\"exit\"", "side")]
    // timeframe
    [InlineData("timeframe", "\" \"", "timeframe")]
    [InlineData("timeframe", "0", "timeframe")]
    [InlineData("timeframe", "60.0", "timeframe")]
    [InlineData("timeframe", "6e1", "timeframe")]
    [InlineData("timeframe", "-60", "timeframe")]
    [InlineData("timeframe", "true", "timeframe")]
    [InlineData("timeframe", "12345678901234567", "timeframe")]
    // price
    [InlineData("price", "", "price")]
    [InlineData("price", "null", "price")]
    [InlineData("price", "true", "price")]
    [InlineData("price", "[1]", "price")]
    [InlineData("price", "0", "price")]
    [InlineData("price", "-1", "price")]
    [InlineData("price", "1e308", "price")]
    [InlineData("price", "\"1,5\"", "price")]
    [InlineData("price", "\"\\ud8001\"", "price")]
    // closeonflip
    [InlineData("closeonflip", "1", "closeonflip")]
    [InlineData("closeonflip", "\"yes\"", "closeonflip")]
    [InlineData("closeonflip", "\"\"", "closeonflip")]
    [InlineData("closeonflip", "\" true\"", "closeonflip")]
    [InlineData("closeonflip", "{}", "closeonflip")]
    // timestamp
    [InlineData("timestamp", "", "timestamp")]
    [InlineData("timestamp", "null", "timestamp")]
    [InlineData("timestamp", "true", "timestamp")]
    [InlineData("timestamp", "{}", "timestamp")]
    [InlineData("timestamp", "1795328880.5", "timestamp")]
    [InlineData("timestamp", "170000000.5", "timestamp")]
    [InlineData("timestamp", "1e-400", "timestamp")]
    [InlineData("timestamp", "1e400", "timestamp")]
    [InlineData("timestamp", "-1795328880", "timestamp")]
    [InlineData("timestamp", "-0", "timestamp")]
    [InlineData("timestamp", "0", "timestamp")]
    [InlineData("timestamp", "1e99999999999999999999", "timestamp")]
    [InlineData("timestamp", "\"1.7e9\"", "timestamp")]
    [InlineData("timestamp", "\"\"", "timestamp")]
    [InlineData("timestamp", "\"2026-11-22T06:28:00\\ud800\"", "timestamp")]
    [InlineData("timestamp", "\"1999-12-31T23:59:59Z\"", "timestamp")]
    public void A_bad_value_is_an_error_of_its_field_alone(string property, string json, string field) =>
        Assert.Equal([field], Refused(With(property, json)).Keys);

    [Theory]
    [InlineData("side", "\"\"", Direction.Long)]
    [InlineData("side", "null", Direction.Long)]
    [InlineData("closeonflip", "\"TRUE\"", Direction.Long)]
    [InlineData("closeonflip", "false", Direction.Long)]
    [InlineData("timeframe", "00060", Direction.Long)]
    [InlineData("type", "\"sell\"", Direction.Short)]
    [InlineData("timestamp", "9466848e2", Direction.Long)]
    [InlineData("timestamp", "946684800000000000000000000000000000000e-27", Direction.Long)]
    public void A_good_value_is_good(string property, string json, Direction direction)
    {
        // JSON has no leading zeros: the number of a timeframe with them is a body's error, not this one's.
        if (json == "00060")
            Assert.Equal(["body"], Refused(With(property, json)).Keys);
        else
            Assert.Equal(direction, Accepted(With(property, json)).Direction);
    }

    [Fact]
    public void A_body_gets_all_of_its_errors_at_once()
    {
        var errors = Refused(
            """{"symbol":"","side":5,"timeframe":0,"type":"up","price":"NaN","closeonflip":"maybe","timestamp":"soon","Note":1,"note":2}"""
        );

        Assert.Equal(
            ["closeonflip", "note", "price", "side", "symbol", "timeframe", "timestamp"],
            errors.Keys.Order(StringComparer.Ordinal)
        );
        Assert.Equal(["price", "side", "symbol", "timestamp"], Refused("{}").Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Words_are_not_judged_where_one_of_the_fields_is_no_text()
    {
        Assert.Equal(["type"], Refused(With("type", "5")).Keys);
        Assert.Single(Refused(With("side", "5"))["side"]);
        // Too long is still text: both are wrong with it.
        Assert.Equal(2, Refused(With("side", $"\"exit entry {new string('x', 60)}\""))["side"].Length);
    }

    [Theory]
    [InlineData(64, true)]
    [InlineData(65, false)]
    public void Side_and_type_have_at_most_64_characters(int length, bool isAlert)
    {
        // A rocket is one character, though two of UTF-16 and twelve as it is escaped.
        var text = "\"" + string.Concat(Enumerable.Repeat("\\ud83d\\ude80", length - 4)) + "long\"";

        Assert.Equal(isAlert, AlertParser.Parse(Encoding.UTF8.GetBytes(With("type", text)), Now).IsAlert);
        Assert.Equal(isAlert, AlertParser.Parse(Encoding.UTF8.GetBytes(With("side", text)), Now).IsAlert);
    }

    [Theory]
    [InlineData("NaN")]
    [InlineData("\"NaN\"")]
    [InlineData("\" nan \"")]
    public void NaN_is_an_error_of_the_price_by_name(string json)
    {
        var errors = Refused(With("price", json));

        Assert.Equal(["price"], errors.Keys);
        var message = Assert.Single(errors["price"]);
        Assert.Contains("NaN", message, StringComparison.Ordinal);
        Assert.Contains("na", message.Replace("NaN", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"price":NaN}""", "price side symbol timestamp")]
    [InlineData(
        """{ "PRICE" : NaN , "symbol":"A|B","side":"long","timeframe":"1","timestamp":"2026-11-22T06:28:00Z"}""",
        "price symbol"
    )]
    [InlineData(
        """{"pric\u0065":NaN,"symbol":"A","side":"long","timeframe":"1","timestamp":"2026-11-22T06:28:00Z"}""",
        "price"
    )]
    [InlineData(
        """{"price":NaN,"price":NaN,"symbol":"A","side":"long","timeframe":"1","timestamp":"2026-11-22T06:28:00Z"}""",
        "price"
    )]
    [InlineData(
        """{"price":1,"Price":NaN,"symbol":"A","side":"long","timeframe":"1","timestamp":"2026-11-22T06:28:00Z"}""",
        "price"
    )]
    [InlineData("""{"price":NaN,"symbol":"A","side":"long","timeframe":"1","timestamp":NaN}""", "price timestamp")]
    [InlineData("""{"price":NaN,"symbol":""", "body price")]
    [InlineData("""{"price":NaNa,"symbol":"A"}""", "body")]
    [InlineData("""{"x":{"price":NaN}}""", "price side symbol timestamp")]
    [InlineData("""{"x":NaN}""", "price side symbol timestamp")]
    [InlineData("""{"order":{"price":NaN},"symbol":"A","side":"long","timestamp":"2026-11-22T06:28:00Z"}""", "price")]
    [InlineData(
        """{"order_price":NaN,"close":1,"symbol":"A","side":"long","timestamp":"2026-11-22T06:28:00Z"}""",
        "price"
    )]
    [InlineData("""{"price":Infinity,"symbol":"A","side":"long","timestamp":"2026-11-22T06:28:00Z"}""", "price")]
    [InlineData("""{"price":-Infinity,"symbol":"A","side":"long","timestamp":"2026-11-22T06:28:00Z"}""", "price")]
    [InlineData("NaN", "body")]
    [InlineData("""{"price":1NaN,"symbol":"A"}""", "body")]
    [InlineData("""{NaN:1}""", "body")]
    [InlineData("""{"price":NaN""", "body price")]
    [InlineData(
        """{"symbol":"NaN","side":"long","timeframe":"NaN","price":1,"timestamp":"2026-11-22T06:28:00Z"}""",
        ""
    )]
    public void A_bare_NaN_does_not_hide_the_other_errors(string body, string fields)
    {
        var errors = AlertParser.Parse(Encoding.UTF8.GetBytes(body), Now).Errors;

        Assert.Equal(fields, string.Join(' ', errors.Keys.Order(StringComparer.Ordinal)));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("not json")]
    [InlineData("null")]
    [InlineData("5")]
    [InlineData("\"text\"")]
    [InlineData("[]")]
    [InlineData("[{}]")]
    [InlineData("[1,")]
    [InlineData("{")]
    [InlineData("""{"symbol":"BTC""")]
    [InlineData("""{'symbol':'BTC'}""")]
    [InlineData("""{"symbol":"BTC",}""")]
    [InlineData("""{"x":1 /* note */}""")]
    [InlineData("""{"x":"\x"}""")]
    [InlineData("""{"x":"\u12G4"}""")]
    [InlineData("{\"x\":\"a\nb\"}")]
    [InlineData("{{alert_message}}")]
    [InlineData("{}{}")]
    public void What_is_not_JSON_or_no_object_is_an_error_of_the_body(string body) =>
        Assert.Equal(["body"], Refused(body).Keys);

    [Theory]
    [InlineData("x")]
    [InlineData("{}")]
    [InlineData(",")]
    [InlineData("\u0000")]
    public void Nothing_may_follow_the_object(string more) => Assert.Equal(["body"], Refused(Example + more).Keys);

    [Theory]
    [InlineData("symbol", "SYMBOL", "symbol")]
    [InlineData("price", "pric\\u0065", "price")]
    [InlineData("note", "Note", "note")]
    [InlineData("no\\u0074e", "NOTE", "note")]
    [InlineData("sym_bol", "Symbol", "symbol")]
    [InlineData("s-y m_b-o l", "SYMBOL", "symbol")]
    [InlineData("order_price", "orderPrice", "price")]
    [InlineData("order_price", "orderPrice ", "price")]
    [InlineData("market_position", "Market Position", "marketposition")]
    [InlineData("strategy_name", "strategyName", "strategy")]
    [InlineData("Take_Profit", "take_profit", "take_profit")]
    [InlineData("takeProfit", "TAKE-PROFIT", "take-profit")]
    [InlineData("order", "Order", "order")]
    [InlineData("Žluť", "žluŤ", "žluť")]
    [InlineData("", "", "")]
    [InlineData("body", "Body", "body")]
    [InlineData("\\ud800", "\\uD800", "\uFFFD")]
    public void A_property_that_stands_twice_is_an_error_of_that_property(string first, string second, string field)
    {
        var body = Example
            .Replace("\"symbol\":\"BTCUSDT\",", "", StringComparison.Ordinal)
            .Replace("\"price\":43250.5,", "", StringComparison.Ordinal);
        var rest = field switch
        {
            "symbol" => "\"price\":1",
            "price" => "\"symbol\":\"A\"",
            _ => "\"price\":1,\"symbol\":\"A\"",
        };
        var value = field switch
        {
            "symbol" => "\"A\"",
            "marketposition" => "\"long\"",
            "strategy" => "\"S\"",
            _ => "1",
        };
        body = $"{body[..^1]},{rest},\"{first}\":{value},\"{second}\":{value}}}";

        Assert.Equal([field], Refused(body).Keys);
    }

    [Fact]
    public void Of_a_property_that_stands_twice_the_first_is_judged()
    {
        Assert.Single(Refused(Example[..^1] + ",\"PRICE\":\"x\"}")["price"]);
        Assert.Equal(
            2,
            Refused(Example.Replace("43250.5", "0", StringComparison.Ordinal)[..^1] + ",\"PRICE\":1}")["price"].Length
        );
    }

    [Fact]
    public void Different_properties_are_not_taken_for_duplicates()
    {
        var body =
            Example[..^1]
            + ""","symbol.":1,"\u0000symbol":2,"symbo":3,"\ud800":4,"\udc00":5,"nested":{"symbol":1,"symbol":2}}""";

        Assert.True(AlertParser.Parse(Encoding.UTF8.GetBytes(body), Now).IsAlert);
    }

    [Theory]
    [InlineData("symbol", "body symbol")]
    [InlineData("note", "body")]
    public void Invalid_UTF8_is_an_error_of_the_body_and_hides_no_other(string property, string fields)
    {
        byte[] invalid =
        [
            .. Encoding.UTF8.GetBytes($"{{\"{property}\":\"A"),
            0xFF,
            0xC0,
            0x80,
            0xED,
            0xA0,
            0x80,
            .. "\","u8,
        ];
        var rest =
            property == "symbol" ? Example.Replace("\"symbol\":\"BTCUSDT\",", "", StringComparison.Ordinal) : Example;
        byte[] body = [.. invalid, .. Encoding.UTF8.GetBytes(rest[1..])];

        Assert.Equal(fields, string.Join(' ', AlertParser.Parse(body, Now).Errors.Keys.Order(StringComparer.Ordinal)));
    }

    [Theory]
    [InlineData("2026-11-23T06:28:01Z", true)]
    [InlineData("2026-11-23T06:28:01.001Z", false)]
    [InlineData("2026-11-23T08:28:01+0200", true)]
    public void A_timestamp_is_at_most_24_hours_ahead_of_the_clock(string text, bool isAlert) =>
        Assert.Equal(isAlert, AlertParser.Parse(Encoding.UTF8.GetBytes(With("timestamp", $"\"{text}\"")), Now).IsAlert);

    [Fact]
    public void Side_and_type_are_kept_as_they_came()
    {
        var body =
            """{"symbol":"A","timeframe":"1","side":" Buy \ud83d\ude80 ","price":1,"timestamp":"2026-11-22T06:28:00Z"}""";

        var alert = Accepted(body);
        Assert.Equal(" Buy \U0001F680 ", alert.Side);
        Assert.Null(alert.Type);
        Assert.Null(alert.CloseOnFlip);
        Assert.Equal("", Accepted(body.Replace("\"side\"", "\"type\":\"\",\"side\"", StringComparison.Ordinal)).Type);
    }

    [Fact]
    public void The_clock_is_cut_to_the_millisecond()
    {
        var alert = AlertParser.Parse(Encoding.UTF8.GetBytes(Example), Now.AddTicks(12_345)).Alert;

        Assert.Equal(Now.AddMilliseconds(1), alert?.ReceivedAt);
    }

    /// <summary>The example with another value for one property, or without it.</summary>
    private static string With(string property, string json)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["symbol"] = "\"BTCUSDT\"",
            ["side"] = "\"entry\"",
            ["timeframe"] = "\"60\"",
            ["type"] = "\"bullish\"",
            ["price"] = "43250.5",
            ["timestamp"] = "\"2026-11-22T06:28:00Z\"",
            [property] = json,
        };
        if (property == "type" && json == "\"sell\"")
            values["side"] = "\"\"";
        return "{"
            + string.Join(
                ',',
                values.Where(value => value.Value.Length > 0).Select(value => $"\"{value.Key}\":{value.Value}")
            )
            + "}";
    }

    private static AlertReceived Accepted(string body)
    {
        var parsed = AlertParser.Parse(Encoding.UTF8.GetBytes(body), Now);
        Assert.True(parsed.IsAlert, string.Join("; ", parsed.Errors.Select(error => $"{error.Key}: {error.Value[0]}")));
        Assert.Empty(parsed.Errors);
        return parsed.Alert;
    }

    private static IReadOnlyDictionary<string, string[]> Refused(string body)
    {
        var parsed = AlertParser.Parse(Encoding.UTF8.GetBytes(body), Now);
        Assert.False(parsed.IsAlert);
        Assert.All(parsed.Errors, error => Assert.NotEmpty(error.Value));
        return parsed.Errors;
    }
}
