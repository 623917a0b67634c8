using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using PnlPipeline.Domain.Accounts;
using PnlPipeline.Domain.Alerts;
using PnlPipeline.Domain.Statistics;

namespace PnlPipeline.Query.Api.Http;

/// <summary>
/// A query parameter, declared by a property once for the API's document and for reading it. Its summary and
/// <c>example</c> are the document's; its type and its
/// attributes say what may stand there: <see cref="AllowedValuesAttribute"/> the words, <see cref="RangeAttribute"/>
/// the bounds of a whole number,
/// <see cref="TextFormatAttribute"/> whatever else. A list may stand several times. <see cref="DefaultAttribute"/> is
/// what counts where it is absent.
/// </summary>
public sealed class Parameter
{
    /// <summary>As many as a batch has symbols.</summary>
    private const int ValuesMax = BatchLimits.MaxSymbols;

    private readonly ReadText _read;
    private readonly object? _absent;
    private readonly string? _missing;

    internal Parameter(PropertyInfo property, IReadOnlyList<string> path)
    {
        var schemaName =
            property.GetCustomAttribute<JsonPropertyNameAttribute>()?.Name
            ?? JsonNamingPolicy.CamelCase.ConvertName(property.Name);
        Name = schemaName;
        Path = [.. path, schemaName];
        Repeats = property.PropertyType == typeof(IReadOnlyList<string>);
        Type = Repeats ? typeof(string) : Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        Format = property.GetCustomAttribute<TextFormatAttribute>();
        Words = property.GetCustomAttribute<AllowedValuesAttribute>() is { } allowed
            ? [.. allowed.Values.OfType<string>()]
            : null;
        Range = property.GetCustomAttribute<RangeAttribute>() is { } range
            ? ((int)range.Minimum, (int)range.Maximum)
            : null;
        Default = property.GetCustomAttribute<DefaultAttribute>()?.Value;
        _missing = property.GetCustomAttribute<RequiredAttribute>()?.ErrorMessage;
        _read = Reader();
        _absent =
            Repeats ? Array.Empty<string>()
            : Default is null || MayBeNull(property) ? null
            : ReadDefault(Default);
    }

    private Parameter(Parameter other, IReadOnlyList<string> path)
    {
        (Name, Path, Repeats, Type, Format) = (other.Name, path, other.Repeats, other.Type, other.Format);
        (Words, Range, Default) = (other.Words, other.Range, other.Default);
        (_read, _absent, _missing) = (other._read, other._absent, other._missing);
    }

    private delegate bool ReadText(string text, out object? value, out string error);

    public string Name { get; }

    /// <summary>Where it stands in the JSON schema of its set: names of properties, from the outermost in.</summary>
    public IReadOnlyList<string> Path { get; }

    /// <summary>May stand several times.</summary>
    public bool Repeats { get; }

    /// <summary>What its text is read as.</summary>
    public Type Type { get; }

    public TextFormatAttribute? Format { get; }

    /// <summary>Where it is one of these.</summary>
    public IReadOnlyList<string>? Words { get; }

    /// <summary>Where it is a whole number.</summary>
    public (int Min, int Max)? Range { get; }

    public object? Default { get; }

    public bool IsRequired => _missing is not null;

    /// <summary>Whether this is a type that only parameters have: read of a text, it stands in no JSON.</summary>
    public static bool IsMadeOfText(Type type) => type == typeof(TimeZoneInfo) || Cursor.ReaderOf(type) is not null;

    /// <summary>The same one as a parameter of a set that has its set within.</summary>
    internal Parameter Within(string name) => new(this, [name, .. Path]);

    /// <summary>
    /// Its value, or what counts where it is absent or wrong. An empty text counts as absent, but for a format that
    /// takes it.
    /// </summary>
    internal object? Read(IQueryCollection query, FieldErrors errors)
    {
        string[] texts =
        [
            .. query[Name].OfType<string>().Where(text => text.Length > 0 || Format is { TakesEmpty: true }),
        ];
        if (texts.Length > ValuesMax)
            errors.Add(Name, $"Stands {texts.Length} times. Send it at most {ValuesMax} times.");
        else if (texts.Length > 1 && !Repeats)
            errors.Add(Name, "Stands several times. Send it once.");
        else if (texts.Length == 0 && IsRequired)
            errors.Add(Name, _missing!);
        else if (Repeats)
            return ReadAll(texts, errors);
        else if (texts is [var text] && ReadOne(text, errors, out var value))
            return value;
        return _absent;
    }

    private List<string> ReadAll(string[] texts, FieldErrors errors)
    {
        var values = new List<string>(texts.Length);
        foreach (var text in texts)
        {
            if (ReadOne(text, errors, out var value))
                values.Add((string)value!);
        }

        return values;
    }

    private bool ReadOne(string text, FieldErrors errors, out object? value)
    {
        if (_read(text, out value, out var error))
            return true;
        errors.Add(Name, error);
        return false;
    }

    private ReadText Reader()
    {
        if (Format is not null)
            return Format.TryRead;
        if (Words is not null)
            return TryReadWord;
        if (Range is not null)
            return TryReadWhole;
        if (Type == typeof(string))
            return TryReadString;
        if (Type == typeof(DateTime))
            return TryReadTime;
        if (Type == typeof(TimeZoneInfo))
            return TryReadZone;
        return Cursor.ReaderOf(Type) is { } read
            ? (string text, out object? value, out string error) => TryReadCursor(read, text, out value, out error)
            : throw new NotSupportedException($"The parameter {Name} has a type that no text is read as: {Type.Name}.");
    }

    private object? ReadDefault(object value) =>
        _read(Convert.ToString(value, CultureInfo.InvariantCulture)!, out var read, out var error)
            ? read
            : throw new NotSupportedException($"{Name}: {error}");

    private bool TryReadWord(string text, out object? value, out string error)
    {
        value = text;
        error = $"'{text}' is not known. Send one of {string.Join(", ", Words!)}.";
        return Words!.Contains(text, StringComparer.Ordinal);
    }

    private bool TryReadWhole(string text, out object? value, out string error)
    {
        var (min, max) = Range!.Value;
        var isRead =
            int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number >= min
            && number <= max;
        value = number;
        error = $"Is not a whole number from {min} to {max}. Send one, for example {Name}={Math.Min(max, 1000)}.";
        return isRead;
    }

    private static bool TryReadString(string text, out object? value, out string error)
    {
        (value, error) = (text, "");
        return true;
    }

    private static bool TryReadTime(string text, out object? value, out string error)
    {
        // The + of an offset means a space in a query string, unless it is escaped; hardly anyone does.
        var isRead = Timestamp.TryParse(text.Replace(' ', '+'), out var utc, out error);
        value = utc;
        return isRead;
    }

    private bool TryReadZone(string text, out object? value, out string error)
    {
        var isRead = TimeZones.TryFind(text, out var zone);
        value = zone;
        error = $"There is no time zone '{text}'. Send a name of the IANA database, for example {Name}=Europe/Berlin.";
        return isRead;
    }

    private static bool TryReadCursor(Func<string, object?> read, string text, out object? value, out string error)
    {
        value = read(text);
        error = Cursor.IsOfAnother;
        return value is not null;
    }

    private static bool MayBeNull(PropertyInfo property) =>
        new NullabilityInfoContext().Create(property).WriteState == NullabilityState.Nullable;
}
