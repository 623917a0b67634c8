using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using PnlPipeline.Contracts;
using PnlPipeline.Domain.Alerts;

namespace PnlPipeline.Tests.Unit.Alerts;

public sealed class AlertIdTests
{
    // Worked out with another implementation: printf %s "$text" | sha256sum | cut -c1-32
    [Theory]
    // BTCUSDT|60|entry|long|43250.5|1795328880000
    [InlineData(
        "BTCUSDT",
        "60",
        AlertAction.Entry,
        Direction.Long,
        "43250.5",
        1795328880000,
        "90ae24dd04e57752cae9a8415611280f"
    )]
    // BTCUSDT|60|exit|short|8999.99|1525194000000
    [InlineData(
        "BTCUSDT",
        "60",
        AlertAction.Exit,
        Direction.Short,
        "8999.99",
        1525194000000,
        "92d3bd848e056b92f51cf14550cbbfd1"
    )]
    // BINANCE:BTCUSDT|1D|exit||100|946684800000
    [InlineData(
        "BINANCE:BTCUSDT",
        "1D",
        AlertAction.Exit,
        null,
        "100.00",
        946684800000,
        "40555324daa4c4407332b653c887647b"
    )]
    // A|1M|entry|short|0.000000000001|1700000000123
    [InlineData(
        "A",
        "1M",
        AlertAction.Entry,
        Direction.Short,
        "0.000000000001",
        1700000000123,
        "31781860c3f142816feb3715af87aa9d"
    )]
    // A|60|entry|long|999999999999999.999999999999|946684800000
    [InlineData(
        "A",
        "60",
        AlertAction.Entry,
        Direction.Long,
        "999999999999999.999999999999",
        946684800000,
        "94de2ca151e9c8476e5ba00d169de0d7"
    )]
    public void An_id_is_the_hash_of_the_six_fields(
        string symbol,
        string timeframe,
        AlertAction action,
        Direction? direction,
        string price,
        long milliseconds,
        string expected
    )
    {
        var id = AlertId.Of(
            symbol,
            timeframe,
            action,
            direction,
            decimal.Parse(price, CultureInfo.InvariantCulture),
            DateTime.UnixEpoch.AddMilliseconds(milliseconds)
        );

        Assert.Equal(expected, id.ToString());
        Assert.Equal(id, AlertId.Parse(expected));
    }

    [Theory]
    // BTCUSDT|60|entry|long|43250.5|1795328880000|Breakout 4h
    [InlineData(
        "BTCUSDT",
        "60",
        AlertAction.Entry,
        Direction.Long,
        "43250.5",
        1795328880000,
        "Breakout 4h",
        "1555216801e9ebe061932605f264be23"
    )]
    // СБЕР|-|exit||100|946684800000
    [InlineData("СБЕР", "-", AlertAction.Exit, null, "100", 946684800000, null, "dc54d6bbfbd6eee49cac9d9ed1e662da")]
    public void A_strategy_follows_where_there_is_one(
        string symbol,
        string timeframe,
        AlertAction action,
        Direction? direction,
        string price,
        long milliseconds,
        string? strategy,
        string expected
    )
    {
        var id = AlertId.Of(
            symbol,
            timeframe,
            action,
            direction,
            decimal.Parse(price, CultureInfo.InvariantCulture),
            DateTime.UnixEpoch.AddMilliseconds(milliseconds),
            strategy
        );

        Assert.Equal(expected, id.ToString());
    }

    [Theory]
    // BTCUSDT|60|recorded|long|43250.5|1795328880000|43300|1795332480000|1
    [InlineData(
        "43250.50",
        1795328880000,
        "43300",
        1795332480000,
        1,
        Direction.Long,
        null,
        "5a41fbe892d6c42b5e0da6eb0f7e7702"
    )]
    // BTCUSDT|60|recorded|short|100|1795328880000|0.000000000001|1795328880123|12|Стратегия 🚀
    [InlineData(
        "100",
        1795328880000,
        "0.000000000001",
        1795328880123,
        12,
        Direction.Short,
        "Стратегия 🚀",
        "8724abad5c0f259a9039250fb74640d7"
    )]
    public void A_recorded_trade_has_the_id_of_its_entry_and_its_exit(
        string entryPrice,
        long entryTime,
        string exitPrice,
        long exitTime,
        int number,
        Direction side,
        string? strategy,
        string expected
    )
    {
        var (price, time) = (
            decimal.Parse(entryPrice, CultureInfo.InvariantCulture),
            DateTime.UnixEpoch.AddMilliseconds(entryTime)
        );
        var exit = new RecordedExit(
            decimal.Parse(exitPrice, CultureInfo.InvariantCulture),
            DateTime.UnixEpoch.AddMilliseconds(exitTime),
            number
        );
        var alert = new AlertReceived(
            "",
            "BTCUSDT",
            "60",
            AlertAction.Recorded,
            side,
            null,
            null,
            price,
            null,
            time,
            time,
            [],
            null,
            strategy,
            exit
        );

        Assert.Equal(
            expected,
            AlertId.OfRecorded("BTCUSDT", "60", strategy, side, price, time, exit.Price, exit.Time, number).ToString()
        );
        Assert.Equal(expected, AlertId.Of(alert).ToString());
    }

    [Fact]
    public void The_longest_text_of_all_has_an_id()
    {
        var last = new DateTime(9999, 12, 31, 23, 59, 59, 999, DateTimeKind.Utc);
        const decimal highest = 999999999999999.999999999999m;
        var strategy = string.Concat(Enumerable.Repeat("\U0001F680", 64));

        Assert.Equal(
            "96fee7176a350d67f04c41c43f1605e1",
            AlertId
                .OfRecorded(
                    new string('A', 64),
                    new string('B', 16),
                    strategy,
                    Direction.Short,
                    highest,
                    last,
                    highest,
                    last,
                    int.MaxValue
                )
                .ToString()
        );
    }

    [Fact]
    public void A_price_stands_in_plain_digits_without_trailing_zeros_whatever_its_scale()
    {
        var random = new Random(20261122);
        var time = DateTime.UnixEpoch.AddMilliseconds(1795328880000);
        for (var round = 0; round < 20_000; round++)
        {
            // Up to 27 digits of which 12 are decimals: all a price can have.
            var digits = random.Next(1, 28);
            var units =
                new BigInteger(1 + (random.NextDouble() * Math.Pow(10, Math.Min(digits, 15))))
                    * BigInteger.Pow(10, Math.Max(0, digits - 15))
                + random.Next(10);
            var scale = random.Next(0, 13);
            if (units / BigInteger.Pow(10, scale) >= BigInteger.Pow(10, 15))
                continue;

            var price = (decimal)units / (decimal)BigInteger.Pow(10, scale);
            var text = units.ToString(CultureInfo.InvariantCulture).PadLeft(scale + 1, '0');
            text = scale == 0 ? text : $"{text[..^scale]}.{text[^scale..]}".TrimEnd('0').TrimEnd('.');
            var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"X|1|exit||{text}|1795328880000"));

            Assert.Equal(
                Convert.ToHexStringLower(hash.AsSpan(0, 16)),
                AlertId.Of("X", "1", AlertAction.Exit, null, price, time).ToString()
            );
        }
    }

    [Fact]
    public void Ids_are_compared_as_unsigned_bytes_from_the_first()
    {
        string[] ordered =
        [
            "00000000000000000000000000000000",
            "0000000000000000000000000000007f",
            "00000000000000000000000000000080",
            "000000000000000000000000000000ff",
            "7f00000000000000ffffffffffffffff",
            "8000000000000000000000000000000f",
            "ff000000000000000000000000000000",
        ];

        Assert.Equal(ordered, ordered.Reverse().Select(AlertId.Parse).Order().Select(id => id.ToString()));
        Assert.Equal(ordered, ordered.Reverse().Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("90ae24dd04e57752cae9a8415611280")]
    [InlineData("90ae24dd04e57752cae9a8415611280f0")]
    [InlineData("90ae24dd04e57752cae9a8415611280g")]
    public void Only_32_hex_digits_are_an_id(string? text) => Assert.False(AlertId.TryParse(text, out _));
}
