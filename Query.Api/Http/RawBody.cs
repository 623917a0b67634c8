using System.Text;
using System.Text.Unicode;

namespace PnlPipeline.Query.Api.Http;

/// <summary>Bytes as they arrived, for a JSON answer.</summary>
/// <param name="Text">As UTF-8; what is none shows as U+FFFD.</param>
/// <param name="Base64">The bytes themselves, only where the text is not all of them.</param>
public sealed record RawBody(string Text, string? Base64)
{
    public static RawBody Of(byte[] bytes) =>
        new(Encoding.UTF8.GetString(bytes), Utf8.IsValid(bytes) ? null : Convert.ToBase64String(bytes));
}
