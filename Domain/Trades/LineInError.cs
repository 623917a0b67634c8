namespace PnlPipeline.Domain.Trades;

/// <summary>A line that could not be taken.</summary>
/// <param name="Line">Its number in the file, from 1.</param>
/// <param name="Text">How it begins; what is not UTF-8 shows as U+FFFD.</param>
/// <param name="Errors">Field → messages, as the webhook would have answered them; of the line as a whole under
/// <c>body</c>.</param>
public sealed record LineInError(long Line, string Text, IReadOnlyDictionary<string, string[]> Errors);
