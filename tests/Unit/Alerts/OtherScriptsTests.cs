using System.Text;
using PnlPipeline.Contracts;
using PnlPipeline.Domain.Alerts;

namespace PnlPipeline.Tests.Unit.Alerts;

/// <summary>
/// Messages that were not written for us: other names, placeholders, nested objects, a position instead of words.
/// </summary>
public sealed class OtherScriptsTests
{
    private static readonly DateTime Now = new(2026, 11, 22, 6, 28, 1, DateTimeKind.Utc);

    /// <summary>Messages as other tools' documents give them, filled in as TradingView fills them in.</summary>
    [Theory]
    // The most copied template of all.
    [InlineData(
        """
            {"passphrase":"x","time":"2026-11-22T06:28:00Z","exchange":"BINANCE","ticker":"BTCUSDT","bar":{"time":"2026-11-22T05:00:00Z","open":43000,
             "high":43300,"low":42950,"close":43250.4,"volume":12.5},"strategy":{"position_size":1,"order_action":"buy","order_contracts":1,
             "order_price":43250.5,"order_id":"Long","market_position":"long","market_position_size":1,"prev_market_position":"flat",
             "prev_market_position_size":0}}
            """,
        "BTCUSDT|-|Entry|Long|43250.5|28|"
    )]
    // The same, closing.
    [InlineData(
        """
            {"time":"2026-11-22T06:28:00Z","ticker":"BTCUSDT","bar":{"close":1},"strategy":{"order_action":"sell","order_price":43250.5,
             "order_id":"Close entry(s) order Long","market_position":"flat"}}
            """,
        "BTCUSDT|-|Exit||43250.5|28|"
    )]
    // Nested twice.
    [InlineData(
        """{"ticker":"BTCUSDT","interval":"60","timenow":"2026-11-22T06:28:00Z","strategy":{"order":{"action":"buy","price":"43250.5"},"bot":"S"}}""",
        "BTCUSDT|60|Entry|Long|43250.5|28|S"
    )]
    // Flat messages of bots.
    [InlineData(
        """{"symbol":"BTCUSDT","action":"sell","market_position":"short","price":"43250.5","interval":"1h","timenow":"2026-11-22T06:28:00Z"}""",
        "BTCUSDT|60|Entry|Short|43250.5|28|"
    )]
    [InlineData(
        """{"bot":"Grid","pair":"btcusdt","signal":"close long","close":43250.5,"time":"2026-11-22T06:28:00Z","tf":"4h","qty":NaN}""",
        "BTCUSDT|240|Exit|Long|43250.5|28|Grid"
    )]
    [InlineData(
        """{"Instrument":"BTCUSDT","Direction":"Buy To Open","Order Price":43250.5,"Time":"2026-11-22T06:28:00Z","Strategy-Name":" Breakout 4h "}""",
        "BTCUSDT|-|Entry|Long|43250.5|28|Breakout 4h"
    )]
    [InlineData(
        """{"ticker":"BTCUSDT","action":"buy","sentiment":"long","quantity":"1","price":"43250.5","time":"2026-11-22T06:28:00Z","extras":[NaN,-Infinity,{"x":Infinity}]}""",
        "BTCUSDT|-|Entry|Long|43250.5|28|"
    )]
    public void Messages_of_other_tools_are_read_as_they_were_meant(string body, string expected)
    {
        var alert = Accepted(body);

        var action = $"{alert.Action}|{alert.Direction}";
        Assert.Equal(
            expected,
            $"{alert.Symbol}|{alert.Timeframe}|{action}|{alert.Price}|{alert.Timestamp.Minute}|{alert.Strategy}"
        );
    }

    [Theory]
    [InlineData("symbol", "ticker", "pair", "instrument")]
    [InlineData("side", "action", "order_action", "signal")]
    [InlineData("type", "direction")]
    [InlineData("timeframe", "interval", "tf")]
    [InlineData("price", "order_price", "close")]
    [InlineData("timestamp", "timenow", "time")]
    [InlineData("marketPosition")]
    [InlineData("strategy", "strategy_name", "bot")]
    public void Of_the_names_of_one_property_the_one_further_left_counts(params string[] names)
    {
        for (var i = 0; i < names.Length; i++)
        {
            // By itself, in other spellings, and in an object; whatever stands further right is passed over, faulty as
            // it may be.
            Assert.Equal("good", Read(names[0], $"\"{names[i]}\":good"));
            Assert.Equal("good", Read(names[0], $"\"{names[i].ToUpperInvariant()}\":good"));
            Assert.Equal("good", Read(names[0], $"\"{string.Join("_- ", names[i].Select(c => c.ToString()))}\":good"));
            Assert.Equal("good", Read(names[0], $"\"order\":{{\"{names[i]}\":good}}"));
            Assert.Equal("good", Read(names[0], $"\"{names[i]}\":good,\"bar\":{{\"{names[i]}\":bad}}"));
            Assert.Equal("good", Read(names[0], $"\"bar\":{{\"{names[i]}\":bad}},\"{names[i]}\":good"));
            Assert.Equal("good", Read(names[0], $"\"{names[i]}\":null,\"bar\":{{\"{names[i]}\":good}}"));
            for (var j = i + 1; j < names.Length; j++)
            {
                Assert.Equal("good", Read(names[0], $"\"{names[i]}\":good,\"{names[j]}\":bad"));
                Assert.Equal("good", Read(names[0], $"\"{names[j]}\":bad,\"{names[i]}\":good"));
                Assert.Equal("good", Read(names[0], $"\"{names[i]}\":null,\"{names[j]}\":good"));
                Assert.Equal("good", Read(names[0], $"\"{names[j]}\":bad,\"strategy\":{{\"{names[i]}\":good}}"));
                Assert.Equal("bad", Read(names[0], $"\"{names[j]}\":good,\"{names[i]}\":bad"));
            }
        }
    }

    [Fact]
    public void Of_two_objects_the_first_that_has_the_property_counts() =>
        Assert.Equal(
            "good",
            Read("price", "\"bar\":{\"price\":null},\"order\":{\"price\":good},\"strategy\":{\"price\":bad}")
        );

    [Theory]
    [InlineData("\"order\":{\"price\":1,\"Price\":2}", "price")]
    [InlineData("\"strategy\":{\"order_price\":1,\"orderPrice\":2}", "price")]
    [InlineData("\"order\":{\"x\":1,\"x\":2},\"price\":1", "")] // nobody asks for it
    [InlineData("\"other\":{\"price\":1}", "price")] // not opened
    [InlineData("\"order\":[{\"price\":1}]", "price")]
    [InlineData("\"strategy\":[1],\"price\":1", "strategy")]
    [InlineData("\"strategy\":true,\"price\":1", "strategy")]
    [InlineData("\"strategy\":5,\"price\":1", "strategy")]
    [InlineData("\"bot\":{\"price\":1},\"price\":1", "strategy")]
    [InlineData("\"strategy\":{},\"bot\":\"B\",\"price\":1", "")]
    [InlineData("\"strategy\":\"A|B\",\"price\":1", "strategy")]
    [InlineData("\"strategy\":\"A\\nB\",\"price\":1", "strategy")]
    [InlineData("\"strategy\":\"\\ud800\",\"price\":1", "strategy")]
    [InlineData("\"strategy\":\" \\t\",\"price\":1", "")]
    [InlineData("\"strategy\":\"\",\"price\":1", "")]
    [InlineData("\"marketPosition\":\"up\",\"price\":1", "marketposition")]
    [InlineData("\"marketPosition\":\" long\",\"price\":1", "marketposition")]
    [InlineData("\"marketPosition\":1,\"price\":1", "marketposition")]
    [InlineData("\"marketPosition\":\"\",\"price\":1", "")]
    [InlineData("\"marketPosition\":null,\"price\":1", "")]
    public void What_an_object_or_a_new_property_holds_has_rules_as_well(string properties, string fields)
    {
        var body = $$"""{"symbol":"A","side":"buy","timestamp":"2026-11-22T06:28:00Z",{{properties}}}""";

        Assert.Equal(fields, Fields(body));
    }

    [Fact]
    public void Objects_are_opened_as_deep_as_anybody_nests_them_and_no_deeper()
    {
        string Nested(int depth) =>
            $"{{\"symbol\":\"A\",\"side\":\"buy\",\"timestamp\":1795328880,{string.Concat(Enumerable.Repeat("\"order\":{", depth))}\"price\":1"
            + new string('}', depth + 1);

        Assert.Equal("", Fields(Nested(7)));
        Assert.Equal("price", Fields(Nested(8)));
        Assert.Equal("price", Fields(Nested(1_000)));
    }

    [Theory]
    [InlineData("long", AlertAction.Entry, Direction.Long)]
    [InlineData("LONG", AlertAction.Entry, Direction.Long)]
    [InlineData("Short", AlertAction.Entry, Direction.Short)]
    [InlineData("flat", AlertAction.Exit, null)]
    public void A_market_position_outranks_the_words(string position, AlertAction action, Direction? direction)
    {
        foreach (
            var words in (string[])
                [
                    "\"side\":\"exit entry\",\"type\":\"nonsense\"",
                    "\"side\":\"sell\"",
                    "\"side\":null",
                    "\"type\":\"long short\"",
                ]
        )
        {
            var alert = Accepted(
                $$"""{"symbol":"A",{{words}},"market_position":"{{position}}","price":1,"timestamp":"2026-11-22T06:28:00Z"}"""
            );
            Assert.Equal((action, direction), (alert.Action, alert.Direction));
        }

        var stored = Accepted(
            $$"""{"symbol":"A","side":"trim","type":"Bullish Engulfing","market_position":"{{position}}","price":1,"timestamp":"2026-11-22T06:28:00Z"}"""
        );
        Assert.Equal(("trim", "Bullish Engulfing"), (stored.Side, stored.Type));
    }

    [Theory]
    [InlineData("", "-")]
    [InlineData("\"timeframe\":null,", "-")]
    [InlineData("\"timeframe\":\"\",", "-")]
    [InlineData("\"timeframe\":\"-\",", "-")]
    [InlineData("\"timeframe\":NaN,", "-")]
    [InlineData("\"timeframe\":null,\"interval\":\"4h\",", "240")]
    [InlineData("\"timeframe\":\"\",\"interval\":\"4h\",", "-")]
    public void An_alert_without_a_timeframe_has_one_like_any_other(string property, string timeframe) =>
        Assert.Equal(
            timeframe,
            Accepted(
                $$"""{"symbol":"A",{{property}}"side":"buy","price":1,"timestamp":"2026-11-22T06:28:00Z"}"""
            ).Timeframe
        );

    [Fact]
    public void A_strategy_is_part_of_the_id()
    {
        string Body(string strategy) =>
            $$"""{"symbol":"BTCUSDT","side":"entry","timeframe":"60","type":"bullish","price":43250.5,"timestamp":1795328880{{strategy}}}""";

        Assert.Equal("90ae24dd04e57752cae9a8415611280f", Accepted(Body("")).AlertId);
        Assert.Equal("90ae24dd04e57752cae9a8415611280f", Accepted(Body(""","strategy":" " """)).AlertId);
        Assert.Equal("1555216801e9ebe061932605f264be23", Accepted(Body(""","strategy":" Breakout 4h " """)).AlertId);
        Assert.Equal("4b74c79c5f1e3d0242a690ae52620a90", Accepted(Body(""","strategy":"S" """)).AlertId);
        Assert.NotEqual(Accepted(Body(""","strategy":"S" """)).AlertId, Accepted(Body(""","strategy":"s" """)).AlertId);
    }

    [Theory]
    [InlineData(64, true)]
    [InlineData(65, false)]
    public void A_strategy_has_at_most_64_characters(int length, bool isAlert)
    {
        var strategy = string.Concat(Enumerable.Repeat("\\ud83d\\ude80", length));

        Assert.Equal(
            isAlert ? "" : "strategy",
            Fields($$"""{"symbol":"A","side":"buy","price":1,"timestamp":1795328880,"strategy":" {{strategy}} "}""")
        );
    }

    /// <summary>
    /// TradingView fills placeholders in only where it knows them: what is left of one is no symbol and no word.
    /// </summary>
    [Theory]
    [InlineData("\"symbol\":\"{{ticker}}\"", "symbol", "{{ticker}}")]
    [InlineData("\"ticker\":\"{{exchange}}:{{ticker}}\"", "symbol", "{{exchange}}")]
    [InlineData("\"pair\":\"\\u007b{ticker}}\"", "symbol", "{{ticker}}")]
    [InlineData("\"action\":\"{{strategy.order.action}}\"", "side", "{{strategy.order.action}}")]
    [InlineData("\"direction\":\"buy {{strategy.order.comment}}\"", "type", "{{strategy.order.comment}}")]
    [InlineData("\"interval\":\"{{interval}}\"", "timeframe", "{{interval}}")]
    [InlineData("\"close\":\"{{close}}\"", "price", "{{close}}")]
    [InlineData("\"timenow\":\"{{timenow}}\"", "timestamp", "{{timenow}}")]
    [InlineData(
        "\"market_position\":\"{{strategy.market_position}}\"",
        "marketposition",
        "{{strategy.market_position}}"
    )]
    [InlineData("\"bot\":\"{{strategy.order.id}}\"", "strategy", "{{strategy.order.id}}")]
    [InlineData("\"closeonflip\":\"{{plot_0}}\"", "closeonflip", "{{plot_0}}")]
    [InlineData("\"strategy\":{\"order_price\":\"{{strategy.order.price}}\"}", "price", "{{strategy.order.price}}")]
    // Bare, it breaks the JSON.
    [InlineData("\"price\":{{close}}", "body", "{{close}}")]
    [InlineData("\"price\": {{ close }} ", "body", "{{ close }}")]
    [InlineData("\"volume\":{{volume}}", "body", "{{volume}}")]
    [InlineData("\"bar\":{\"close\":{{close}}}", "body", "{{close}}")]
    [InlineData("\"plot\":{{plot(\"RSI, 14\")}}", "body", "{{plot(\"RSI, 14\")}}")]
    [InlineData("\"list\":[1,{{plot_0}}]", "body", "{{plot_0}}")]
    public void A_placeholder_that_was_not_filled_in_is_an_error_by_its_name(string property, string field, string name)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["symbol"] = "\"symbol\":\"A\"",
            ["side"] = "\"side\":\"buy\"",
            ["price"] = "\"price\":1",
            ["timestamp"] = "\"timestamp\":1795328880",
        };
        values.Remove(field);
        if (property.Contains("\"price\"", StringComparison.Ordinal))
            values.Remove("price");
        var errors = Refused("{" + string.Join(',', values.Values.Append(property)) + "}");

        Assert.Equal([field], errors.Keys);
        Assert.Contains(name, Assert.Single(errors[field]), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{{strategy.order.alert_message}}", "body")]
    [InlineData("{{ticker}} buy {{close}}", "body")]
    [InlineData("""{"symbol":"{{ticker}}","price":{{close}},"timestamp":"soon"}""", "body side symbol timestamp")]
    [InlineData("""{"symbol":"A","side":{{plot_0}},"price":1,"timestamp":1795328880}""", "body")]
    [InlineData("""{"symbol":"A","side":"buy","price":{{close}},"timestamp":1795328880,}""", "body")]
    public void A_placeholder_hides_no_other_error(string body, string fields)
    {
        Assert.Equal(fields, Fields(body));
        Assert.Contains("{{", Refused(body)["body"][0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"comment\":\"{{strategy.order.comment}}\"")]
    [InlineData("\"ticker\":\"{{ticker}}\"")] // the symbol is there
    [InlineData("\"bar\":{\"close\":\"{{close}}\"}")]
    [InlineData("\"x\":{\"symbol\":\"{{ticker}}\"}")]
    public void A_placeholder_in_what_is_not_read_does_no_harm(string property) =>
        Assert.Equal("", Fields($$"""{"symbol":"A","side":"buy","price":1,"timestamp":1795328880,{{property}}}"""));

    [Theory]
    [InlineData("{{")]
    [InlineData("}}{{")]
    [InlineData("{ticker}")]
    public void Braces_alone_are_no_placeholder(string symbol) =>
        Assert.Equal("", Fields($$"""{"symbol":"{{symbol}}","side":"buy","price":1,"timestamp":1795328880}"""));

    [Fact]
    public void A_body_of_nothing_but_placeholders_names_each_and_is_read_in_no_time()
    {
        var many = string.Join(',', Enumerable.Range(0, 800).Select(i => $"\"p{i}\":{{{{plot_{i}}}}}"));

        Assert.Equal(
            800,
            Refused($$"""{"symbol":"A","side":"buy","price":1,"timestamp":1795328880,{{many}}}""")["body"].Length
        );
    }

    /// <summary>Reads a body whose one property is given, with good and bad values in it.</summary>
    [Theory]
    [InlineData("""{"symbol":"btcusdt","side":"price","price":43250.50,"timestamp":"2026-11-22T06:28:00Z"}""")]
    [InlineData(
        """{"ticker":"BTCUSDT","type":"Quote","close":"43250.5","time":1795328880,"interval":"60","strategy":"Breakout"}"""
    )]
    // Whatever is wrong with them: they are of no account.
    [InlineData(
        """{"symbol":"BTCUSDT","side":"mark","type":"price","price":43250.5,"timestamp":"2026-11-22T06:28:00Z","timeframe":"a|b","strategy":" "}"""
    )]
    public void A_price_is_of_its_symbol_alone(string body)
    {
        var alert = Accepted(body);
        Assert.Equal(
            (AlertAction.Price, null, "-", null, 43250.5m),
            (alert.Action, alert.Direction, alert.Timeframe, alert.Strategy, alert.Price)
        );
        // SHA-256 of BTCUSDT|-|price||43250.5|1795328880000.
        Assert.Equal(
            AlertId.Of("BTCUSDT", "-", AlertAction.Price, null, 43250.5m, Now.AddSeconds(-1)).ToString(),
            alert.AlertId
        );
        Assert.Equal("c3c5ec589cf6c1645765871aa4c583e8", alert.AlertId);
    }

    [Fact]
    public void The_position_after_the_order_outranks_a_word_for_a_price()
    {
        var alert = Accepted(
            """{"symbol":"BTCUSDT","side":"price","price":1,"timestamp":"2026-11-22T06:28:00Z","marketPosition":"long","interval":"60"}"""
        );
        Assert.Equal((AlertAction.Entry, "60"), (alert.Action, alert.Timeframe));
    }

    private static string Read(string field, string properties)
    {
        var (good, bad) = field switch
        {
            "symbol" => ("\"GOOD\"", "\"A B\""),
            "side" => ("\"buy\"", "\"entry exit\""),
            "type" => ("\"long\"", "\"trim\""),
            "timeframe" => ("\"7\"", "0"),
            "price" => ("77", "-1"),
            "timestamp" => ("\"2026-11-22T06:27:00Z\"", "\"soon\""),
            "marketPosition" => ("\"short\"", "\"up\""),
            _ => ("\"Good\"", "\"a|b\""),
        };
        string[] others =
        [
            "\"symbol\":\"A\"",
            "\"side\":\"\"",
            "\"type\":\"\"",
            "\"price\":1",
            "\"timestamp\":1795328880",
        ];
        var rest = others.Where(other => !other.StartsWith($"\"{field}\"", StringComparison.Ordinal)).ToList();
        if (field is not ("side" or "type" or "marketPosition"))
            rest[rest.IndexOf("\"side\":\"\"")] = "\"side\":\"buy\"";

        var body =
            "{"
            + string.Join(
                ',',
                rest.Append(
                    properties
                        .Replace("good", good, StringComparison.Ordinal)
                        .Replace("bad", bad, StringComparison.Ordinal)
                )
            )
            + "}";
        var parsed = AlertParser.Parse(Encoding.UTF8.GetBytes(body), Now);
        if (!parsed.IsAlert)
        {
            var expected = field is "type" ? "side" : field.ToLowerInvariant();
            Assert.Equal([expected], parsed.Errors.Keys);
            return "bad";
        }

        var alert = parsed.Alert;
        var isGood = field switch
        {
            "symbol" => alert.Symbol == "GOOD",
            "side" => alert.Side == "buy",
            "type" => alert.Type == "long",
            "timeframe" => alert.Timeframe == "7",
            "price" => alert.Price == 77,
            "timestamp" => alert.Timestamp.Minute == 27,
            "marketPosition" => alert.Direction == Direction.Short,
            _ => alert.Strategy == "Good",
        };
        return isGood ? "good" : "neither";
    }

    private static string Fields(string body) =>
        string.Join(
            ' ',
            AlertParser.Parse(Encoding.UTF8.GetBytes(body), Now).Errors.Keys.Order(StringComparer.Ordinal)
        );

    private static AlertReceived Accepted(string body)
    {
        var parsed = AlertParser.Parse(Encoding.UTF8.GetBytes(body), Now);
        Assert.True(parsed.IsAlert, string.Join("; ", parsed.Errors.Select(error => $"{error.Key}: {error.Value[0]}")));
        return parsed.Alert;
    }

    private static IReadOnlyDictionary<string, string[]> Refused(string body)
    {
        var parsed = AlertParser.Parse(Encoding.UTF8.GetBytes(body), Now);
        Assert.False(parsed.IsAlert);
        return parsed.Errors;
    }
}
