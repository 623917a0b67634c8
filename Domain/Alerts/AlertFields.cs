using System.Text;
using System.Text.Json;
using PnlPipeline.Contracts;

namespace PnlPipeline.Domain.Alerts;

/// <summary>A value as it stands in the body.</summary>
/// <param name="Rank">Of the name it stands under, lower ones first; 0 where there is no value.</param>
/// <param name="Token">String, number, true, false; an opening bracket for what is none of these; a bare NaN is
/// <c>None</c>.</param>
/// <param name="Start">Of its text in the body, without quotes.</param>
internal readonly record struct RawValue(int Rank, JsonTokenType Token, bool IsEscaped, int Start, int Length);

/// <summary>
/// What has been read of a body so far. First the values are gathered, of each property the one that counts; then each
/// is judged by the rule of its property, so that a value that does not count is no error either.
/// </summary>
/// <param name="original">The body as it came.</param>
/// <param name="masked">The same, as the reader reads it.</param>
/// <param name="values">One place for each property.</param>
/// <param name="scratch">Where the text that is judged goes if it fits: one at a time.</param>
/// <param name="seen">The names that stood in each object that is open now.</param>
internal ref struct AlertFields(
    ReadOnlySpan<byte> original,
    ReadOnlySpan<byte> masked,
    bool mayHoldPlaceholders,
    Span<RawValue> values,
    Span<uint> seen,
    Span<char> scratch,
    FieldErrors errors
)
{
    /// <summary>Objects opened one within another: more than any script nests.</summary>
    public const int OpenedMax = 8;

    /// <summary>What to do about a placeholder.</summary>
    public const string FillIn =
        "It fills placeholders in only in the message of an alert, and each only where it knows it. In Pine's alert() "
        + "write the value itself, for example syminfo.ticker, close or timenow.";

    /// <summary>Longer texts than these are refused or rare; they are decoded on the heap.</summary>
    public const int PooledBuffer = 128;

    private readonly ReadOnlySpan<byte> _original = original;
    private readonly ReadOnlySpan<byte> _masked = masked;
    private readonly Span<RawValue> _values = values;
    private readonly Span<uint> _seen = seen;
    private readonly Span<char> _scratch = scratch;
    private readonly bool _mayHoldPlaceholders = mayHoldPlaceholders;
    private HashSet<string>? _seenUnknown;
    private int _depth;
    private bool _wordsAreUnknown;

    public readonly FieldErrors Errors = errors;

    /// <summary>The body was read to its end: what has not been seen is not there.</summary>
    public bool IsComplete { get; set; }

    /// <summary>Takes the property whose name the reader stands on, or enters the object that is its value.</summary>
    public void Take(ref Utf8JsonReader reader)
    {
        var name = Find(ref reader);
        var isFirst = name is null ? IsFirstUnknown(ref reader) : IsFirst(name);
        reader.Read();
        if (name is not null && isFirst)
        {
            if (reader.TokenType == JsonTokenType.StartObject && AlertNames.Opens(name) && _depth + 1 < OpenedMax)
            {
                _seen[++_depth] = 0;
                return;
            }

            if (name.Field != AlertField.None)
                Keep(name, ref reader);
        }

        reader.Skip();
    }

    /// <summary>Leaves an object; false where it is the body itself.</summary>
    public bool Leave() => _depth-- > 0;

    /// <summary>The alert, where nothing is wrong with it.</summary>
    /// <param name="payload">The body as it arrived.</param>
    public AlertReceived? ToAlert(ReadOnlySpan<byte> payload, DateTime nowUtc)
    {
        var symbol = ReadSymbol();
        var side = ReadWords(AlertField.Side);
        var type = ReadWords(AlertField.Type);
        var price = ReadPrice();
        var timestamp = ReadTimestamp(nowUtc);
        var (action, direction) = ReadMarketPosition() is { } position ? position : ReadAction(side, type);
        // A price is of its symbol, whatever chart it was seen on.
        var (timeframe, strategy) =
            action == AlertAction.Price ? (Timeframe.None, null) : (ReadTimeframe(), ReadStrategy());
        var closeOnFlip = ReadCloseOnFlip();
        if (Errors.Any || !IsComplete)
            return null;

        return new AlertReceived(
            AlertId.Of(symbol, timeframe, action, direction, price, timestamp, strategy).ToString(),
            symbol,
            timeframe,
            action,
            direction,
            side,
            type,
            price,
            closeOnFlip,
            timestamp,
            new DateTime(nowUtc.Ticks - (nowUtc.Ticks % TimeSpan.TicksPerMillisecond), DateTimeKind.Utc),
            payload.ToArray(),
            Strategy: strategy
        );
    }

    private readonly AlertName? Find(ref Utf8JsonReader reader)
    {
        if (!reader.ValueIsEscaped)
            return AlertNames.Find(reader.ValueSpan);

        var name = JsonText.Decode(reader.ValueSpan, isEscaped: true, _scratch);
        return Ascii.IsValid(name) ? AlertNames.Find(Encoding.ASCII.GetBytes(name.ToArray())) : null;
    }

    private bool IsFirst(AlertName name)
    {
        var isFirst = (_seen[_depth] & name.Bit) == 0;
        _seen[_depth] |= name.Bit;
        if (!isFirst)
            NoteDuplicate(
                name.Field == AlertField.None ? Encoding.ASCII.GetString(name.Text) : AlertNames.Of(name.Field)
            );
        return isFirst;
    }

    // What nobody asks for may stand twice where it is nested.
    private bool IsFirstUnknown(ref Utf8JsonReader reader)
    {
        if (_depth > 0)
            return true;
        var name = JsonText.Decode(reader.ValueSpan, reader.ValueIsEscaped, _scratch).ToString();
        _seenUnknown ??= new(StringComparer.Ordinal);
        var isFirst = _seenUnknown.Add(AlertNames.Bare(name));
        if (!isFirst)
            NoteDuplicate(JsonText.WellFormed(name.ToLowerInvariant()));
        return isFirst;
    }

    private void NoteDuplicate(string name) =>
        Errors.Add(
            name,
            "Stands more than once; letter case, '_', '-' and spaces in a name do not count. Send it once."
        );

    /// <summary>
    /// Keeps the value that the reader stands on, where it is the one that counts so far. Null is as good as absent.
    /// </summary>
    private readonly void Keep(AlertName name, ref Utf8JsonReader reader)
    {
        var start = (int)reader.TokenStartIndex;
        var token = reader.TokenType;
        if (_original[start] != _masked[start])
        {
            // A bare placeholder was noted already: the property is there, and nothing more is said of it.
            var isPlaceholder = _original[start] == '{';
            if (name.Field != AlertField.Price && !isPlaceholder)
                return;
            token = isPlaceholder ? JsonTokenType.Comment : JsonTokenType.None;
        }

        var rank = 1 + (2 * name.Rank) + (_depth > 0 ? 1 : 0);
        ref var value = ref _values[(int)name.Field];
        if (token == JsonTokenType.Null || (value.Rank > 0 && value.Rank <= rank))
            return;
        value = new RawValue(
            rank,
            token,
            reader.ValueIsEscaped,
            token == JsonTokenType.String ? start + 1 : start,
            reader.ValueSpan.Length
        );
    }

    /// <summary>
    /// The text of the value, where it is a string or a number. False where there is nothing to judge: no value, or a
    /// placeholder, which is noted.
    /// </summary>
    private bool TryRead(AlertField field, out JsonTokenType token, out ReadOnlySpan<char> text)
    {
        ref readonly var value = ref _values[(int)field];
        token = value.Token;
        text = [];
        if (value.Rank == 0 || token == JsonTokenType.Comment)
            return false;
        if (token is not (JsonTokenType.String or JsonTokenType.Number))
            return true;

        text = JsonText.Decode(_masked.Slice(value.Start, value.Length), value.IsEscaped, _scratch);
        if (!_mayHoldPlaceholders && !value.IsEscaped)
            return true;
        var placeholder = BareValues.Placeholder(text);
        if (placeholder.IsEmpty)
            return true;

        var name = JsonText.WellFormed(placeholder.ToString());
        Errors.Add(AlertNames.Of(field), $"Holds the placeholder {name}, which TradingView did not fill in. {FillIn}");
        return false;
    }

    private string ReadSymbol()
    {
        const AlertField field = AlertField.Symbol;
        if (!TryRead(field, out var token, out var text))
            NoteMissing(field, "Send the symbol, for example BTCUSDT.");
        else if (token != JsonTokenType.String)
            Errors.Add(AlertNames.Of(field), "Is not a string. Send the symbol in quotes, for example \"BTCUSDT\".");
        else if (Symbol.TryParse(text, out var symbol, out var error))
            return symbol;
        else
            Errors.Add(AlertNames.Of(field), error);
        return "";
    }

    private string ReadTimeframe()
    {
        const AlertField field = AlertField.Timeframe;
        if (!TryRead(field, out var token, out var text) || (token == JsonTokenType.String && text.IsEmpty))
            return Timeframe.None;
        if (token != JsonTokenType.String && (token != JsonTokenType.Number || text.ContainsAnyExceptInRange('0', '9')))
            Errors.Add(
                AlertNames.Of(field),
                "Is neither a string nor a whole number. Send for example \"60\", 60 or \"1D\"."
            );
        else if (Timeframe.TryParse(text, out var timeframe, out var error))
            return timeframe;
        else
            Errors.Add(AlertNames.Of(field), error);
        return Timeframe.None;
    }

    private decimal ReadPrice()
    {
        const AlertField field = AlertField.Price;
        if (!TryRead(field, out var token, out var text))
            NoteMissing(field, "Send the price that was traded at, for example 43250.5.");
        else if (token == JsonTokenType.None)
            Errors.Add(
                AlertNames.Of(field),
                _original[_values[(int)field].Start] == 'N' ? Price.NaN : Price.IsNoNumber
            );
        else if (token is not (JsonTokenType.String or JsonTokenType.Number))
            Errors.Add(AlertNames.Of(field), Price.IsNoNumber);
        else if (Price.TryParse(text, out var price, out var error))
            return price;
        else
            Errors.Add(AlertNames.Of(field), error);
        return 0;
    }

    private DateTime ReadTimestamp(DateTime nowUtc)
    {
        const AlertField field = AlertField.Timestamp;
        if (!TryRead(field, out var token, out var text))
        {
            NoteMissing(field, Timestamp.WhatToDo);
            return default;
        }

        var error = Timestamp.IsNoTime;
        var timestamp = default(DateTime);
        var isRead = token switch
        {
            JsonTokenType.String => Timestamp.TryParse(text, out timestamp, out error),
            JsonTokenType.Number => Timestamp.TryParseNumber(text, out timestamp, out error),
            _ => false,
        };
        if (!isRead)
            Errors.Add(AlertNames.Of(field), error);
        else if (timestamp > nowUtc + Timestamp.MaxAhead)
            Errors.Add(AlertNames.Of(field), Timestamp.IsTooFarAhead);
        return timestamp;
    }

    private bool? ReadCloseOnFlip()
    {
        const AlertField field = AlertField.CloseOnFlip;
        if (!TryRead(field, out var token, out var text))
            return null;
        if (token == JsonTokenType.True || text.Equals("true", StringComparison.OrdinalIgnoreCase))
            return true;
        if (token != JsonTokenType.False && !text.Equals("false", StringComparison.OrdinalIgnoreCase))
            Errors.Add(AlertNames.Of(field), "Is neither true nor false. Send one of them, or leave the property out.");
        return false;
    }

    private string? ReadStrategy()
    {
        const AlertField field = AlertField.Strategy;
        if (!TryRead(field, out var token, out var text))
            return null;
        if (token != JsonTokenType.String)
            Errors.Add(
                AlertNames.Of(field),
                "Is not a string. Send the strategy's name in quotes, or leave the property out."
            );
        else if (Strategy.TryParse(text, out var strategy, out var error))
            return strategy;
        else
            Errors.Add(AlertNames.Of(field), error);
        return null;
    }

    /// <returns>What the position after the order makes of the alert; null where the body does not say.</returns>
    private (AlertAction, Direction?)? ReadMarketPosition()
    {
        const AlertField field = AlertField.MarketPosition;
        if (!TryRead(field, out var token, out var text))
        {
            _wordsAreUnknown |= _values[(int)field].Rank > 0;
            return null;
        }

        if (token == JsonTokenType.String)
        {
            if (text.IsEmpty)
                return null;
            if (text.Equals("long", StringComparison.OrdinalIgnoreCase))
                return (AlertAction.Entry, Direction.Long);
            if (text.Equals("short", StringComparison.OrdinalIgnoreCase))
                return (AlertAction.Entry, Direction.Short);
            if (text.Equals("flat", StringComparison.OrdinalIgnoreCase))
                return (AlertAction.Exit, null);
        }

        _wordsAreUnknown = true;
        Errors.Add(
            AlertNames.Of(field),
            "Is none of \"long\", \"short\" and \"flat\". Send one of them, or leave the property out."
        );
        return null;
    }

    private string? ReadWords(AlertField field)
    {
        if (!TryRead(field, out var token, out var text))
        {
            _wordsAreUnknown |= _values[(int)field].Rank > 0;
            return null;
        }

        if (token != JsonTokenType.String)
        {
            _wordsAreUnknown = true;
            Errors.Add(AlertNames.Of(field), "Is not a string. Send words such as \"entry\" or \"bullish\" in quotes.");
            return null;
        }

        if (!JsonText.TryCount(text, out var characters))
            Errors.Add(AlertNames.Of(field), JsonText.IsHalf);
        else if (characters > AlertVocabulary.MaxLength)
            Errors.Add(AlertNames.Of(field), $"Has {characters} characters. Send at most {AlertVocabulary.MaxLength}.");
        return text.ToString();
    }

    private (AlertAction Action, Direction? Direction) ReadAction(string? side, string? type)
    {
        if (!IsComplete || _wordsAreUnknown)
            return default;
        if (!AlertVocabulary.TryRead(side, type, out var action, out var direction, out var error))
            Errors.Add(AlertNames.Of(AlertField.Side), error);
        return (action, direction);
    }

    private void NoteMissing(AlertField field, string whatToDo)
    {
        if (IsComplete && _values[(int)field].Rank == 0)
            Errors.Add(AlertNames.Of(field), $"Is missing. {whatToDo}");
    }
}
