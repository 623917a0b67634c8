namespace PnlPipeline.Alerts;

/// <summary>What is wrong with a body, by field; nothing is allocated until something is.</summary>
internal struct FieldErrors
{
    private Dictionary<string, List<string>>? _messages;

    public readonly bool Any => _messages is not null;

    /// <summary>Notes a message, once.</summary>
    public void Add(string field, string message)
    {
        _messages ??= new(StringComparer.Ordinal);
        if (!_messages.TryGetValue(field, out var ofField))
            _messages.Add(field, ofField = []);
        if (!ofField.Contains(message, StringComparer.Ordinal))
            ofField.Add(message);
    }

    public readonly Dictionary<string, string[]> ToDictionary() =>
        _messages?.ToDictionary(field => field.Key, field => field.Value.ToArray(), StringComparer.Ordinal) ?? [];
}
