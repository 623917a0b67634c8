using System.Globalization;

namespace PnlPipeline.Player;

/// <summary>
/// A plausible year of alerts, the same on every run of a calendar year: a few symbols on a few timeframes, each a seeded random walk with two moving averages
/// that flip the position where they cross; and, sprinkled over it, the mistakes that happen.
/// </summary>
internal static class DemoHistory
{
    private sealed record Script(string Symbol, string Timeframe, TimeSpan Bar, double Price, double Volatility, double Drift, int Decimals);

    private static readonly Script[] Scripts =
    [
        new("BTCUSDT", "60", TimeSpan.FromHours(1), 64_000, 0.0055, 0.00004, 1),
        new("BTCUSDT", "240", TimeSpan.FromHours(4), 64_000, 0.011, 0.00016, 1),
        new("ETHUSDT", "60", TimeSpan.FromHours(1), 3_100, 0.0068, 0.00002, 2),
        new("SOLUSDT", "240", TimeSpan.FromHours(4), 145, 0.016, 0.0002, 3),
        new("EURUSD", "60", TimeSpan.FromHours(1), 1.0825, 0.0009, 0, 5),
        new("AAPL", "1D", TimeSpan.FromDays(1), 189, 0.017, 0.0006, 2),
    ];

    /// <summary>Bodies in the order in which they are sent, which is not always the order of their timestamps.</summary>
    /// <param name="year">The calendar year that the history fills.</param>
    public static IReadOnlyList<string> Bodies(int year)
    {
        var alerts = Scripts
            .SelectMany((script, index) => Alerts(script, year, new Random(20_260_101 + index)))
            .OrderBy(alert => alert.Time)
            .ThenBy(alert => alert.Symbol, StringComparer.Ordinal)
            .ToList();
        return WithMistakes(alerts, new Random(7));
    }

    private sealed record Alert(string Symbol, string Timeframe, DateTime Time, string Side, string Type, string Price)
    {
        public string Body => string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"symbol":"{{Symbol}}","side":"{{Side}}","timeframe":"{{Timeframe}}","type":"{{Type}}","price":{{Price}},"closeonflip":true,"timestamp":"{{Time:yyyy-MM-ddTHH:mm:ss}}+0000"}""");
    }

    private static IEnumerable<Alert> Alerts(Script script, int year, Random random)
    {
        // Long and slow enough that a year has some dozens of flips on a daily chart and some hundreds on an hourly one.
        const double fastWeight = 2.0 / 13;
        const double slowWeight = 2.0 / 27;
        var price = script.Price;
        double fast = price, slow = price;
        string? position = null;
        var end = new DateTime(year + 1, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        for (var time = new DateTime(year, 1, 1, 0, 0, 0, DateTimeKind.Utc) + script.Bar; time < end; time += script.Bar)
        {
            // The sum of twelve uniform numbers is near enough to a normal one.
            var shock = Enumerable.Range(0, 12).Sum(_ => random.NextDouble()) - 6;
            price *= Math.Exp(script.Drift + (script.Volatility * shock));
            fast += fastWeight * (price - fast);
            slow += slowWeight * (price - slow);
            var wanted = fast > slow ? "bullish" : "bearish";
            if (wanted == position)
                continue;

            var printed = price.ToString("F" + script.Decimals, CultureInfo.InvariantCulture);
            if (position is not null)
                yield return new Alert(script.Symbol, script.Timeframe, time, "exit", position, printed);
            yield return new Alert(script.Symbol, script.Timeframe, time, "entry", wanted, printed);
            position = wanted;
        }
    }

    private static List<string> WithMistakes(List<Alert> alerts, Random random)
    {
        var bodies = new List<string>();
        Alert? late = null;
        foreach (var alert in alerts)
        {
            switch (random.Next(400))
            {
                case 0: // Resent after an answer that never arrived.
                    bodies.Add(alert.Body);
                    bodies.Add(alert.Body);
                    break;
                case 1: // Lost on the way: its trade closes by the flip, or its exit finds nothing open.
                    break;
                case 2: // Pine's na.
                    bodies.Add((alert with { Price = "NaN" }).Body);
                    bodies.Add(alert.Body);
                    break;
                case 3: // A script that says the same again on the next bar.
                    bodies.Add(alert.Body);
                    bodies.Add((alert with { Time = alert.Time.AddMinutes(5) }).Body);
                    break;
                case 4: // A message edited by hand.
                    bodies.Add((alert with { Side = "etnry", Type = "up" }).Body);
                    bodies.Add(alert.Body);
                    break;
                case 5 when late is null: // Overtaken by others; arrives a while later.
                    late = alert;
                    break;
                default:
                    bodies.Add(alert.Body);
                    break;
            }

            if (late is not null && alert.Time > late.Time.AddDays(3))
            {
                bodies.Add(late.Body);
                late = null;
            }
        }

        return bodies;
    }
}
