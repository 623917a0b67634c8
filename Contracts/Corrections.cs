namespace PnlPipeline.Contracts;

/// <summary>Whose deed it was, as the audit trail names it.</summary>
/// <param name="Role">Of the key that came with the request.</param>
/// <param name="Key">The key's fingerprint: a few hex digits that tell keys apart and open nothing.</param>
public sealed record Author(string Role, string Key);
