using System.Text;

namespace PnlPipeline.Query.Api.Http;

/// <summary>What a generated client calls an operation, made of its method and its address.</summary>
public static class OperationName
{
    private const string Prefix = "api/v1/";

    /// <summary>
    /// <c>GET api/v1/batches/{id}/charts/capital</c> is <c>getBatchChartsCapital</c>: what a parameter picks one of is
    /// named in the singular.
    /// </summary>
    public static string Of(string method, string path)
    {
        var name = new StringBuilder(method.ToLowerInvariant());
        var parts = path.Trim('/')[(path.Trim('/').StartsWith(Prefix, StringComparison.Ordinal) ? Prefix.Length : 0)..]
            .Split('/');
        for (var i = 0; i < parts.Length; i++)
        {
            if (parts[i].StartsWith('{'))
                continue;
            var picksOne = i + 1 < parts.Length && parts[i + 1].StartsWith('{');
            foreach (var word in (picksOne ? Singular(parts[i]) : parts[i]).Split('-', '.'))
                name.Append(char.ToUpperInvariant(word[0])).Append(word, 1, word.Length - 1);
        }

        return name.ToString();
    }

    private static string Singular(string noun) =>
        noun.EndsWith("ches", StringComparison.Ordinal) ? noun[..^2]
        : noun.EndsWith('s') ? noun[..^1]
        : noun;
}
