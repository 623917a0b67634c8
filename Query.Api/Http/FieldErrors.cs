namespace PnlPipeline.Query.Api.Http;

/// <summary>What is wrong with a request, by field, in the order in which it was found.</summary>
public sealed class FieldErrors
{
    private readonly Dictionary<string, List<string>> _messages = new(StringComparer.Ordinal);

    public bool Any => _messages.Count > 0;

    public void Add(string field, string message)
    {
        if (!_messages.TryGetValue(field, out var messages))
            _messages[field] = messages = [];
        messages.Add(message);
    }

    public IReadOnlyDictionary<string, string[]> ToDictionary() =>
        _messages.ToDictionary(field => field.Key, field => field.Value.ToArray(), StringComparer.Ordinal);
}
