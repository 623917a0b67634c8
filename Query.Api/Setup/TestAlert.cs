using System.Text.Json;
using PnlPipeline.Query.Api.Http;

namespace PnlPipeline.Query.Api.Setup;

/// <summary>An alert whose only purpose is to be seen arriving. Pure.</summary>
public static class TestAlert
{
    /// <summary>No market has it, so no batch counts it unless somebody asks for it.</summary>
    public const string Symbol = "PNLTEST";

    public const string Timeframe = "1";

    /// <summary>The body, as TradingView would send it: what opens a trade, or closes the one that is open.</summary>
    public static string Body(bool closes, DateTime nowUtc) =>
        JsonSerializer.Serialize(
            new
            {
                symbol = Symbol,
                side = closes ? "exit" : "entry",
                timeframe = Timeframe,
                type = "bullish",
                price = closes ? 101 : 100,
                closeonflip = true,
                timestamp = JsonFormats.Iso(nowUtc),
            },
            JsonFormats.Options
        );
}
