using PnlPipeline.Alerts;
using PnlPipeline.Query.Api.Calendar;

namespace PnlPipeline.Query.Api.Http;

/// <summary>
/// Reads a request's query parameters and gathers everything that is wrong with them. An empty value counts as absent; a parameter that the request's route
/// does not take is wrong whatever its value.
/// </summary>
public sealed class QueryReader(IQueryCollection query)
{
    /// <summary>As many as a batch has symbols.</summary>
    private const int ValuesMax = 500;

    public FieldErrors Errors { get; } = new();

    public static QueryReader Of(HttpRequest request)
    {
        var query = new QueryReader(request.Query);
        UnknownParameters.Find(request, query.Errors);
        return query;
    }

    /// <summary>A parameter that may stand once.</summary>
    public string? Single(string name)
    {
        var values = Many(name);
        if (values.Count <= 1)
            return values is [var value] ? value : null;

        Errors.Add(name, "Stands several times. Send it once.");
        return null;
    }

    /// <summary>A parameter that may stand several times, as it was sent.</summary>
    public IReadOnlyList<string> Many(string name)
    {
        string[] values = [.. query[name].OfType<string>().Where(value => value.Length > 0)];
        if (values.Length <= ValuesMax)
            return values;

        Errors.Add(name, $"Stands {values.Length} times. Send it at most {ValuesMax} times.");
        return [];
    }

    /// <summary>One of the words, the first of them unless told otherwise.</summary>
    public string Word(string name, params ReadOnlySpan<string> words)
    {
        var value = Single(name);
        if (value is null || words.Contains(value))
            return value ?? words[0];

        Errors.Add(name, NotOneOf(value, words));
        return words[0];
    }

    /// <summary>One of the words, or <c>null</c>.</summary>
    public string? WordOrNone(string name, params ReadOnlySpan<string> words)
    {
        var value = Single(name);
        if (value is null || words.Contains(value))
            return value;

        Errors.Add(name, NotOneOf(value, words));
        return null;
    }

    /// <summary>Any of the words, each as often as it likes.</summary>
    public IReadOnlyList<string> Words(string name, params ReadOnlySpan<string> words)
    {
        var values = Many(name);
        foreach (var value in values)
        {
            if (!words.Contains(value))
                Errors.Add(name, NotOneOf(value, words));
        }

        return values;
    }

    /// <summary>A whole number within bounds.</summary>
    public int? Whole(string name, int min, int max)
    {
        var text = Single(name);
        if (text is null)
            return null;
        if (int.TryParse(text, System.Globalization.NumberStyles.None, null, out var value) && value >= min && value <= max)
            return value;

        Errors.Add(name, $"Is not a whole number from {min} to {max}. Send one, for example {name}={Math.Min(max, 1000)}.");
        return null;
    }

    /// <summary>Ids, each as often as it likes and taken once, in the order of the request. What has no digits is no id; what is too long is the id of nothing.</summary>
    public IReadOnlyList<string> Ids(string name, int max)
    {
        var ids = new List<string>();
        foreach (var text in Many(name))
        {
            if (!text.All(char.IsAsciiDigit))
                Errors.Add(name, $"'{text}' is no id. Send a whole number.");
            else if (text[..^1].TrimStart('0') + text[^1] is var id && !ids.Contains(id))
                ids.Add(id);
        }

        if (ids.Count > max)
            Errors.Add(name, $"Stands for {ids.Count} different ids. Send at most {max}.");
        return ids;
    }

    /// <summary>The span of time from <c>from</c> to before <c>to</c>, UTC; either may be absent.</summary>
    public (DateTime? From, DateTime? To) Span()
    {
        var span = (From: Time("from"), To: Time("to"));
        if (span.From > span.To)
            Errors.Add("to", "Is before from. Send from ≤ to.");
        return span;
    }

    public IReadOnlyList<string> Symbols()
    {
        var symbols = new List<string>();
        foreach (var text in Many("symbol"))
        {
            if (Symbol.TryParse(text, out var symbol, out var error))
                symbols.Add(symbol);
            else
                Errors.Add("symbol", error);
        }

        return symbols;
    }

    public IReadOnlyList<string> Timeframes()
    {
        var timeframes = new List<string>();
        foreach (var text in Many("timeframe"))
        {
            if (Timeframe.TryParse(text, out var timeframe, out var error))
                timeframes.Add(timeframe);
            else
                Errors.Add("timeframe", error);
        }

        return timeframes;
    }

    /// <summary>The time zone of <c>tz</c>, UTC where it is absent.</summary>
    public TimeZoneInfo Zone()
    {
        var name = Single("tz");
        if (name is null)
            return TimeZoneInfo.Utc;
        if (TimeZones.TryFind(name, out var zone))
            return zone;

        Errors.Add("tz", $"There is no time zone '{name}'. Send a name of the IANA database, for example tz=Europe/Berlin.");
        return TimeZoneInfo.Utc;
    }

    /// <summary>The position a list goes on from; its parts are those it was made of.</summary>
    /// <param name="kind">The list's own letter.</param>
    public T? Position<T>(char kind, Func<string[], T?> read)
        where T : class
    {
        var text = Single("cursor");
        if (text is null)
            return null;
        if (Cursor.TryRead(text, kind) is { } parts && read(parts) is { } position)
            return position;

        Errors.Add("cursor", "Is not a cursor of this list. Send the cursor of the page before as it was, or none for the first page.");
        return null;
    }

    public int Limit() => Whole("limit", 1, Page.MaxLimit) ?? Page.DefaultLimit;

    private DateTime? Time(string name)
    {
        var text = Single(name);
        if (text is null)
            return null;

        // The + of an offset means a space in a query string, unless it is escaped; hardly anyone does.
        if (Timestamp.TryParse(text.Replace(' ', '+'), out var utc, out var error))
            return utc;
        Errors.Add(name, error);
        return null;
    }

    private static string NotOneOf(string value, ReadOnlySpan<string> words) =>
        $"'{value}' is not known. Send one of {string.Join(", ", words!)}.";
}
