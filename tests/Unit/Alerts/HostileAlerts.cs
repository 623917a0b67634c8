using System.Text;

namespace PnlPipeline.Tests.Unit.Alerts;

/// <summary>Bodies that nobody would write, without end: alerts with mistakes in them, and bytes of chance.</summary>
internal static class HostileAlerts
{
    private static readonly string[] Seeds =
    [
        """{"symbol":"BTCUSDT","side":"entry","timeframe":"60","type":"bullish","price":43250.5,"closeonflip":true,"timestamp":"2026-11-22T06:28:00+0000"}""",
        """{"symbol":"EURUSD","side":"exit","timeframe":"1h","type":"bearish","price":"1.37E0","closeonflip":"false","timestamp":1795328880}""",
        """{"symbol":"A","side":"long","timeframe":5,"price":NaN,"timestamp":"2026-11-22T06:28:00.123456789Z","note":"\ud83d\ude80\ud800"}""",
        """{"s\u0079mbol":"binance:x.p","type":"sell","side":"bullish","timeframe":"D","price":0.0000000000015,"timestamp":"1795328880123","x":[[{"a":{}}]]}""",
        """{"ticker":"бта\u0306","bar":{"close":1.5,"time":"2026-11-22T06:28:00Z","x":NaN},"strategy":{"order_action":"buy","market_position":"long"},"bot":"S"}""",
        """{"Order Price":"5","signal":"Close entry(s) order Long","pair":"A","order":{"bar":{"timenow":1795328880}},"strategy":" Grid 🚀 ","v":{{volume}}}""",
    ];

    /// <summary>What mistakes are made of: pieces that mean something to one rule or another.</summary>
    private static readonly string[] Pieces =
    [
        "\"",
        "\\",
        "\\u",
        "\\ud800",
        "\\udc00",
        "{",
        "}",
        "[",
        "]",
        ":",
        ",",
        " ",
        "\n",
        "\0",
        "NaN",
        "null",
        "true",
        "-",
        "+",
        ".",
        "e",
        "E9",
        "e-400",
        "e400",
        "0",
        "9",
        "00000",
        "99999999999999999999",
        "5",
        "Z",
        "+1400",
        "T24",
        "|",
        "é",
        "😀",
        "price",
        "\"price\":",
        "symbol",
        "\"PRICE\":NaN,",
        "entry",
        "exit",
        "long",
        "short",
        "\uFEFF",
        "1e15",
        "0.0000000000005",
        "//",
        "[[[[[[[[",
        "\"order\":{",
        "\"strategy\":",
        "_",
        "-Infinity",
        "{{ticker}}",
        "{{",
        "}}",
        "flat",
        "\"marketPosition\":\"flat\",",
        "buy to cover",
        "\u0301",
        "null,",
    ];

    /// <summary>An alert with up to three changes of chance in it; with none, it is a good one or nearly so.</summary>
    public static byte[] Mutated(Random random) =>
        Mutate(random, Encoding.UTF8.GetBytes(Seeds[random.Next(Seeds.Length)]));

    /// <summary>Bytes of chance.</summary>
    public static byte[] Random(Random random, int bytesMax)
    {
        var body = new byte[random.Next(0, bytesMax + 1)];
        random.NextBytes(body);
        return body;
    }

    /// <summary>Up to three changes of chance.</summary>
    public static byte[] Mutate(Random random, byte[] body)
    {
        for (var changes = random.Next(0, 4); changes > 0 && body.Length > 0; changes--)
        {
            var at = random.Next(body.Length);
            var length = random.Next(0, Math.Min(6, body.Length - at + 1));
            byte[] piece = random.Next(4) switch
            {
                0 => [(byte)random.Next(256)],
                1 => [],
                2 => body[at..(at + length)],
                _ => Encoding.UTF8.GetBytes(Pieces[random.Next(Pieces.Length)]),
            };
            body =
            [
                .. body[..at],
                .. piece,
                .. random.Next(2) == 0 ? piece : [],
                .. body[Math.Min(body.Length, at + random.Next(length + 1))..],
            ];
        }

        return body;
    }
}
