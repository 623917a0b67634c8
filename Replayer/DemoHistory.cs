using System.Globalization;

namespace PnlPipeline.Replayer;

/// <summary>
/// A plausible year of alerts that ends now: a few symbols on a few timeframes, each a seeded walk with two moving
/// averages that reverse the position where they cross; and, sprinkled over it, the mistakes that happen. Whenever it
/// is played it is the same series, up to that moment: playing it again adds what has happened since.
/// </summary>
internal static class DemoHistory
{
    /// <param name="Volatility">Of a bar, as a fraction of the price.</param>
    /// <param name="Bars">The bars that scripts watch, in hours, each a multiple of the market's own.</param>
    private sealed record Market(
        string Symbol,
        int BarHours,
        double Price,
        double Volatility,
        int Decimals,
        (int Hours, string Timeframe)[] Bars,
        bool RestsAtWeekends
    );

    private static readonly Market[] Markets =
    [
        new("BTCUSDT", 1, 64_000, 0.0055, 1, [(1, "60"), (4, "240")], false),
        new("ETHUSDT", 1, 3_100, 0.0068, 2, [(1, "60")], false),
        new("SOLUSDT", 1, 145, 0.008, 3, [(4, "240")], false),
        new("EURUSD", 1, 1.0825, 0.0009, 5, [(1, "60")], true),
        new("AAPL", 24, 189, 0.017, 2, [(24, "1D")], true),
    ];

    // Always from the same instant, so that a price does not depend on when the demo is played.
    private static readonly DateTime Epoch = new(2024, 1, 1, 0, 0, 0, DateTimeKind.Utc);
    private static readonly TimeSpan Shown = TimeSpan.FromDays(365);
    private static readonly TimeSpan Overtaken = TimeSpan.FromDays(3);

    /// <summary>
    /// Bodies in the order in which they are sent, which is not always the order of their timestamps.
    /// </summary>
    public static IReadOnlyList<string> Bodies(DateTime now) =>
        [
            .. Markets
                .SelectMany((market, index) => Alerts(market, now, new Walk((uint)(10_000 + index))))
                .SelectMany(WithMistakes)
                .Where(sent => sent.At <= now)
                .OrderBy(sent => sent.At)
                .ThenBy(sent => sent.Body, StringComparer.Ordinal)
                .Select(sent => sent.Body),
        ];

    private sealed record Alert(string Symbol, string Timeframe, DateTime Time, string Side, string Type, string Price)
    {
        public string Body =>
            string.Create(
                CultureInfo.InvariantCulture,
                $$"""{"symbol":"{{Symbol}}","side":"{{Side}}","timeframe":"{{Timeframe}}","type":"{{Type}}","price":{{Price}},"closeonflip":true,"timestamp":"{{Time:yyyy-MM-ddTHH:mm:ss}}+0000"}"""
            );
    }

    private static IEnumerable<Alert> Alerts(Market market, DateTime now, Walk random)
    {
        var (price, trend) = (market.Price, 0.0);
        var scripts = market.Bars.Select(bar => new Script(bar.Hours, bar.Timeframe, price)).ToList();
        for (var time = Epoch.AddHours(market.BarHours); time <= now; time = time.AddHours(market.BarHours))
        {
            if (market.RestsAtWeekends && time.AddTicks(-1).DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday)
                continue;

            // Now and then the wind changes, for some eighty bars; and a price far from where it began is drawn back a
            // little.
            if (random.Next() < 1.0 / 80)
                trend = ((random.Next() * 2) - 1) * 0.1;
            price *= Math.Exp(
                (market.Volatility * (random.NextNormal() + trend)) - (0.0001 * Math.Log(price / market.Price))
            );
            foreach (var script in scripts.Where(script => (time - Epoch).TotalHours % script.Hours == 0))
            {
                var (before, position) = script.Watch(price);
                if (position == before || time < now - Shown)
                    continue;

                var printed = price.ToString("F" + market.Decimals, CultureInfo.InvariantCulture);
                if (script.IsShown)
                    yield return new Alert(market.Symbol, script.Timeframe, time, "exit", before!, printed);
                script.IsShown = true;
                yield return new Alert(market.Symbol, script.Timeframe, time, "entry", position, printed);
            }
        }
    }

    // What becomes of an alert depends on nothing but the alert, so that it is the same at every playing.
    private static IEnumerable<(DateTime At, string Body)> WithMistakes(Alert alert)
    {
        yield return (
            (Lot(alert) % 400) switch
            {
                5 => alert.Time + Overtaken, // Arrives days after others.
                // Lost on the way: its trade closes by the reversal, or its exit finds nothing open.
                1 => DateTime.MaxValue,
                _ => alert.Time,
            },
            alert.Body
        );
        switch (Lot(alert) % 400)
        {
            case 0: // Resent after an answer that never arrived.
                yield return (alert.Time, alert.Body);
                break;
            case 2: // Pine's na.
                yield return (alert.Time, (alert with { Price = "NaN" }).Body);
                break;
            case 3: // A script that says the same again a little later.
                yield return (alert.Time.AddMinutes(5), (alert with { Time = alert.Time.AddMinutes(5) }).Body);
                break;
            case 4: // A message edited by hand.
                yield return (alert.Time, (alert with { Side = "etnry", Type = "up" }).Body);
                break;
        }
    }

    // FNV-1a: string.GetHashCode is another in every process.
    private static uint Lot(Alert alert) =>
        alert.Body.Aggregate(2_166_136_261u, (hash, letter) => (hash ^ letter) * 16_777_619u);

    /// <summary>
    /// Two moving averages that cross; slow enough for some dozens of trades a year on a daily chart and some hundreds
    /// on an hourly one.
    /// </summary>
    private sealed class Script(int hours, string timeframe, double price)
    {
        private const double FastWeight = 2.0 / 13;
        private const double SlowWeight = 2.0 / 27;

        private double _fast = price;
        private double _slow = price;
        private string? _position;

        public int Hours => hours;

        public string Timeframe => timeframe;

        /// <summary>Whether it has sent an entry, which an exit can close.</summary>
        public bool IsShown { get; set; }

        public (string? Before, string Position) Watch(double at)
        {
            _fast += FastWeight * (at - _fast);
            _slow += SlowWeight * (at - _slow);
            var before = _position;
            _position = _fast > _slow ? "bullish" : "bearish";
            return (before, _position);
        }
    }

    /// <summary>
    /// Mulberry32: small, and the same on every platform and version, which <see cref="Random"/> does not promise.
    /// </summary>
    private sealed class Walk(uint seed)
    {
        private uint _state = seed;

        /// <summary>From 0 up to, not including, 1.</summary>
        public double Next()
        {
            _state += 0x6D2B79F5;
            var mixed = (_state ^ (_state >> 15)) * (_state | 1);
            mixed ^= mixed + ((mixed ^ (mixed >> 7)) * (mixed | 61));
            return (mixed ^ (mixed >> 14)) / 4_294_967_296.0;
        }

        /// <summary>The sum of twelve uniform numbers is near enough to a normal one.</summary>
        public double NextNormal()
        {
            var sum = -6.0;
            for (var i = 0; i < 12; i++)
                sum += Next();
            return sum;
        }
    }
}
