using PnlPipeline.Query.Api.Http;

namespace PnlPipeline.Query.Api.OpenApi;

/// <summary>A query parameter as the API's description shows it.</summary>
/// <param name="Words">Where it is one of these.</param>
/// <param name="Repeats">May stand several times.</param>
/// <param name="Min">Where it is a whole number: the least.</param>
/// <param name="Default">What it is where it is absent.</param>
public sealed record QueryParameter(
    string Name,
    string Description,
    string Example,
    IReadOnlyList<string>? Words = null,
    bool Repeats = false,
    int? Min = null,
    int? Max = null,
    string? Default = null,
    bool IsRequired = false);

/// <summary>A header of the request as the API's description shows it.</summary>
public sealed record RequestHeader(string Name, string Description, string Example);

/// <summary>A part of a path as the API's description shows it.</summary>
public sealed record PathParameter(string Name, string Description, string Example);

/// <summary>Parameters that several routes take.</summary>
public static class Parameter
{
    private const string TimeForms =
        " ISO 8601 with Z or an offset (`2026-11-22T06:28:00Z`, `…+01:00`), or Unix time in whole seconds or milliseconds; not before 2000.";

    public static readonly QueryParameter Symbol = new(
        "symbol", "Only these symbols; in any letter case. May stand several times.", "BTCUSDT", Repeats: true);

    public static readonly QueryParameter Timeframe = new(
        "timeframe", "Only these timeframes; `1h` means `60` as it does in an alert. May stand several times.", "60", Repeats: true);

    public static readonly QueryParameter Side = new(
        "side", "Only trades of this side. May stand several times.", "long", Words: ["long", "short"], Repeats: true);

    public static readonly QueryParameter Zone = new(
        "tz", "The time zone whose hours, days, weeks (from Monday) and months count: a name of the IANA database.", "Europe/Berlin", Default: "UTC");

    public static readonly QueryParameter Annualization = Choice(
        "annualization", "How many days make a year, for figures made of daily returns.", "365", "365", "252");

    public static readonly QueryParameter Limit = new(
        "limit", "How many items at most.", "100", Min: 1, Max: Page.MaxLimit, Default: "100");

    public static readonly QueryParameter Cursor = new(
        "cursor", "The `cursor` of the page before; absent for the first page.", "dHwxNzYzNzkyODgwMDAwfDE");

    public static readonly QueryParameter Format = new(
        "format", "`csv` downloads the whole selection, as `Accept: text/csv` does; pages and `points` then do not count.", "csv",
        Words: ["json", "csv"], Default: "json");

    public static readonly RequestHeader IfMatch = new(
        "If-Match", "The `ETag` of the batch as it was read: nothing is changed where it has moved on. Without it, whatever it is now is changed.", "\"7\"");

    public static readonly RequestHeader IfNoneMatch = new(
        "If-None-Match", "The `ETag` of an answer that is kept: `304` where there is no other.", "W/\"0f3b2f25.1.4.12\"");

    public static readonly RequestHeader LastEventId = new("Last-Event-ID", "The `id` of the last event that was had.", "1807-1-1763792881224");

    public static readonly PathParameter BatchId = new("id", "The batch's id.", "1");

    public static QueryParameter From(string description) => new("from", description + TimeForms, "2026-11-01T00:00:00Z");

    public static QueryParameter To(string description) => new("to", description + TimeForms, "2026-12-01T00:00:00Z");

    public static QueryParameter Choice(string name, string description, string defaultWord, params IReadOnlyList<string> words) =>
        new(name, description, defaultWord, Words: words, Default: defaultWord);
}
