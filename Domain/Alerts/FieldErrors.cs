namespace PnlPipeline.Domain.Alerts;

/// <summary>
/// What is wrong with what was sent, by field, in the order in which it was found; little is allocated until something
/// is.
/// </summary>
public sealed class FieldErrors
{
    private Dictionary<string, List<string>>? _messages;

    public bool Any => _messages is not null;

    /// <summary>Whether something is wrong with this field.</summary>
    public bool Has(string field) => _messages?.ContainsKey(field) == true;

    /// <summary>Notes a message, once.</summary>
    public void Add(string field, string message)
    {
        _messages ??= new(StringComparer.Ordinal);
        if (!_messages.TryGetValue(field, out var ofField))
            _messages.Add(field, ofField = []);
        if (!ofField.Contains(message, StringComparer.Ordinal))
            ofField.Add(message);
    }

    public Dictionary<string, string[]> ToDictionary() =>
        _messages?.ToDictionary(field => field.Key, field => field.Value.ToArray(), StringComparer.Ordinal) ?? [];
}
