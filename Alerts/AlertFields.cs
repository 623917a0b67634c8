using System.Text;
using System.Text.Json;
using PnlPipeline.Contracts;

namespace PnlPipeline.Alerts;

/// <summary>The properties that have a meaning; each its own bit.</summary>
[Flags]
internal enum AlertField
{
    None = 0,
    Symbol = 1,
    Side = 2,
    Timeframe = 4,
    Type = 8,
    Price = 16,
    CloseOnFlip = 32,
    Timestamp = 64,
}

/// <summary>What has been read of a body so far: the rule of each property, and the errors.</summary>
internal struct AlertFields(DateTime nowUtc)
{
    public const string WhatToSend =
        "Send one object such as {\"symbol\":\"BTCUSDT\",\"side\":\"entry\",\"timeframe\":\"60\",\"type\":\"bullish\","
        + "\"price\":43250.5,\"timestamp\":\"2026-11-22T06:28:00+0000\"}.";

    private const int MaxWords = 64;
    private const int MaxFieldName = 11;

    // Longer texts than these are refused or rare; they are decoded on the heap.
    private const int Scratch = 128;

    private AlertField _seen;
    private AlertField _null;
    private HashSet<string>? _seenUnknown;
    private bool _priceIsNaN;
    private bool _wordsAreUnknown;

    private string _symbol = "";
    private string _timeframe = "";
    private string? _side;
    private string? _type;
    private decimal _price;
    private bool? _closeOnFlip;
    private DateTime _timestamp;

    /// <summary>Not read-only: adding an error changes it.</summary>
    public FieldErrors Errors = default;

    /// <summary>The body was read to its end: what has not been seen is not there.</summary>
    public bool IsComplete { get; set; }

    /// <summary>Which property the reader stands on; one that stands twice, in whatever letter case, is noted.</summary>
    public AlertField Recognise(ref Utf8JsonReader reader, out bool isFirst)
    {
        var field = reader.ValueIsEscaped ? AlertField.None : Known(reader.ValueSpan);
        if (field == AlertField.None)
        {
            var name = JsonText.Decode(reader.ValueSpan, reader.ValueIsEscaped, stackalloc char[Scratch]).ToString().ToLowerInvariant();
            field = reader.ValueIsEscaped && name.Length <= MaxFieldName ? Known(Encoding.UTF8.GetBytes(name)) : AlertField.None;
            if (field == AlertField.None)
            {
                _seenUnknown ??= new(StringComparer.Ordinal);
                isFirst = _seenUnknown.Add(name);
                if (!isFirst)
                    NoteDuplicate(JsonText.WellFormed(name));
                return field;
            }
        }

        isFirst = (_seen & field) == AlertField.None;
        _seen |= field;
        if (!isFirst)
            NoteDuplicate(Name(field));
        return field;
    }

    /// <summary>Reads the value that the reader stands on; objects and arrays are left to the caller to skip.</summary>
    public void Take(AlertField field, ref Utf8JsonReader reader)
    {
        var token = reader.TokenType;
        ReadOnlySpan<char> text = field != AlertField.None && token is JsonTokenType.String or JsonTokenType.Number
            ? JsonText.Decode(reader.ValueSpan, reader.ValueIsEscaped, stackalloc char[Scratch])
            : [];
        switch (field)
        {
            case AlertField.Symbol:
                TakeSymbol(token, text);
                break;
            case AlertField.Side:
                _side = TakeWords(field, token, text);
                break;
            case AlertField.Timeframe:
                TakeTimeframe(token, text);
                break;
            case AlertField.Type:
                _type = TakeWords(field, token, text);
                break;
            case AlertField.Price:
                TakePrice(token, text);
                break;
            case AlertField.CloseOnFlip:
                TakeCloseOnFlip(token, text);
                break;
            case AlertField.Timestamp:
                TakeTimestamp(token, text);
                break;
        }
    }

    public void NotePriceIsNaN()
    {
        _priceIsNaN = true;
        Errors.Add(Name(AlertField.Price), Price.NaN);
    }

    /// <summary>The alert, where nothing is wrong with it; what is missing, and what the words mean, is judged here.</summary>
    /// <param name="payload">The body as it arrived.</param>
    public AlertReceived? ToAlert(ReadOnlySpan<byte> payload)
    {
        if (!IsComplete)
            return null;

        NoteMissing(AlertField.Symbol, "Send the symbol, for example BTCUSDT.");
        NoteMissing(AlertField.Timeframe, "Send Pine's timeframe.period, for example 60 or 1D.");
        NoteMissing(AlertField.Price, "Send the price that was traded at, for example 43250.5.");
        NoteMissing(AlertField.Timestamp, Timestamp.WhatToDo);

        var action = default(AlertAction);
        Direction? direction = null;
        if (!_wordsAreUnknown && !AlertVocabulary.TryRead(_side, _type, out action, out direction, out var error))
            Errors.Add(Name(AlertField.Side), error);
        if (Errors.Any)
            return null;

        return new AlertReceived(
            AlertId.Of(_symbol, _timeframe, action, direction, _price, _timestamp).ToString(),
            _symbol,
            _timeframe,
            action,
            direction,
            _side,
            _type,
            _price,
            _closeOnFlip,
            _timestamp,
            new DateTime(nowUtc.Ticks - (nowUtc.Ticks % TimeSpan.TicksPerMillisecond), DateTimeKind.Utc),
            payload.ToArray());
    }

    private void TakeSymbol(JsonTokenType token, ReadOnlySpan<char> text)
    {
        if (token == JsonTokenType.Null)
            Forget(AlertField.Symbol);
        else if (token != JsonTokenType.String)
            Errors.Add(Name(AlertField.Symbol), "Is not a string. Send the symbol in quotes, for example \"BTCUSDT\".");
        else if (!Symbol.TryParse(text, out _symbol, out var error))
            Errors.Add(Name(AlertField.Symbol), error);
    }

    private void TakeTimeframe(JsonTokenType token, ReadOnlySpan<char> text)
    {
        if (token == JsonTokenType.Null)
            Forget(AlertField.Timeframe);
        else if (token != JsonTokenType.String && (token != JsonTokenType.Number || text.ContainsAnyExceptInRange('0', '9')))
            Errors.Add(Name(AlertField.Timeframe), "Is neither a string nor a whole number. Send for example \"60\", 60 or \"1D\".");
        else if (!Timeframe.TryParse(text, out _timeframe, out var error))
            Errors.Add(Name(AlertField.Timeframe), error);
    }

    private void TakePrice(JsonTokenType token, ReadOnlySpan<char> text)
    {
        if (_priceIsNaN)
            return;
        if (token == JsonTokenType.Null)
            Forget(AlertField.Price);
        else if (token is not (JsonTokenType.String or JsonTokenType.Number))
            Errors.Add(Name(AlertField.Price), "Is not a number. Send one such as 43250.5.");
        else if (!Price.TryParse(text, out _price, out var error))
            Errors.Add(Name(AlertField.Price), error);
    }

    private void TakeTimestamp(JsonTokenType token, ReadOnlySpan<char> text)
    {
        if (token == JsonTokenType.Null)
        {
            Forget(AlertField.Timestamp);
            return;
        }

        var error = Timestamp.IsNoTime;
        var isRead = token switch
        {
            JsonTokenType.String => Timestamp.TryParse(text, out _timestamp, out error),
            JsonTokenType.Number => Timestamp.TryParseNumber(text, out _timestamp, out error),
            _ => false,
        };
        if (!isRead)
            Errors.Add(Name(AlertField.Timestamp), error);
        else if (_timestamp > nowUtc + Timestamp.MaxAhead)
            Errors.Add(Name(AlertField.Timestamp), Timestamp.IsTooFarAhead);
    }

    private void TakeCloseOnFlip(JsonTokenType token, ReadOnlySpan<char> text)
    {
        if (token == JsonTokenType.True || text.Equals("true", StringComparison.OrdinalIgnoreCase))
            _closeOnFlip = true;
        else if (token == JsonTokenType.False || text.Equals("false", StringComparison.OrdinalIgnoreCase))
            _closeOnFlip = false;
        else if (token != JsonTokenType.Null)
            Errors.Add(Name(AlertField.CloseOnFlip), "Is neither true nor false. Send one of them, or leave the property out.");
    }

    private string? TakeWords(AlertField field, JsonTokenType token, ReadOnlySpan<char> text)
    {
        if (token == JsonTokenType.Null)
            return null;
        if (token != JsonTokenType.String)
        {
            _wordsAreUnknown = true;
            Errors.Add(Name(field), "Is not a string. Send words such as \"entry\" or \"bullish\" in quotes.");
            return null;
        }

        if (!JsonText.TryCount(text, out var characters))
            Errors.Add(Name(field), "Holds half a character (an escaped surrogate without its other half). Send whole characters.");
        else if (characters > MaxWords)
            Errors.Add(Name(field), $"Has {characters} characters. Send at most {MaxWords}.");
        return text.ToString();
    }

    /// <summary>Null is as good as absent.</summary>
    private void Forget(AlertField field) => _null |= field;

    private void NoteMissing(AlertField field, string whatToDo)
    {
        if ((_seen & ~_null & field) == AlertField.None)
            Errors.Add(Name(field), $"Is missing. {whatToDo}");
    }

    private void NoteDuplicate(string name) => Errors.Add(name, "Stands more than once, letter case aside. Send it once.");

    private static AlertField Known(ReadOnlySpan<byte> name) => name.Length switch
    {
        4 when Is(name, "side"u8) => AlertField.Side,
        4 when Is(name, "type"u8) => AlertField.Type,
        5 when Is(name, "price"u8) => AlertField.Price,
        6 when Is(name, "symbol"u8) => AlertField.Symbol,
        9 when Is(name, "timeframe"u8) => AlertField.Timeframe,
        9 when Is(name, "timestamp"u8) => AlertField.Timestamp,
        MaxFieldName when Is(name, "closeonflip"u8) => AlertField.CloseOnFlip,
        _ => AlertField.None,
    };

    private static bool Is(ReadOnlySpan<byte> name, ReadOnlySpan<byte> field) => Ascii.EqualsIgnoreCase(name, field);

    private static string Name(AlertField field) => field switch
    {
        AlertField.Symbol => "symbol",
        AlertField.Side => "side",
        AlertField.Timeframe => "timeframe",
        AlertField.Type => "type",
        AlertField.Price => "price",
        AlertField.CloseOnFlip => "closeonflip",
        AlertField.Timestamp => "timestamp",
        _ => throw new ArgumentOutOfRangeException(nameof(field)),
    };
}
