using PnlPipeline.Query.Api.Http;
using PnlPipeline.Query.Api.OpenApi;

namespace PnlPipeline.Query.Api.TradeLists;

/// <summary>What a list of trades does not carry, and whoever sends it has to say.</summary>
public sealed record ListContext(string Symbol, string Timeframe, TimeZoneInfo Zone)
{
    public static readonly QueryParameter SymbolParameter = new("symbol", "Of a list of trades: its symbol.", "BTCUSDT");

    public static readonly QueryParameter TimeframeParameter = new("timeframe", "Of a list of trades: its timeframe; `1h` means `60` as it does in an alert.", "60");

    public static readonly QueryParameter ZoneParameter = new(
        "tz",
        "Of a list of trades: the time zone of the chart it was exported from, a name of the IANA database; its dates carry none. There is no default, for a wrong "
            + "one would go unnoticed.",
        "Europe/Berlin");

    /// <returns><c>null</c> where one of the three is missing or wrong, with errors.</returns>
    public static ListContext? Read(QueryReader query)
    {
        Require(query, "symbol", "the symbol, for example symbol=BTCUSDT");
        Require(query, "timeframe", "the timeframe, for example timeframe=60");
        Require(query, "tz", "the time zone of the chart, for example tz=Europe/Berlin or tz=UTC");
        var (symbols, timeframes, zone) = (query.Symbols(), query.Timeframes(), query.Zone());
        return query.Errors.Any ? null : new ListContext(symbols[0], timeframes[0], zone);
    }

    private static void Require(QueryReader query, string name, string what)
    {
        var hadErrors = query.Errors.ToDictionary().ContainsKey(name);
        if (query.Single(name) is null && !hadErrors && !query.Errors.ToDictionary().ContainsKey(name))
            query.Errors.Add(name, $"Is missing. A list of trades does not carry it: send {what}.");
    }
}
