namespace PnlPipeline.Domain.Trades.Files;

/// <summary>What is wrong with one row.</summary>
/// <param name="Line">Of the file, from 1.</param>
/// <param name="Position">The byte at which the row begins.</param>
/// <param name="Length">Bytes of the row, without its end.</param>
/// <param name="Errors">Field → messages; of the row as a whole under <c>body</c>.</param>
public sealed record RowError(long Line, long Position, int Length, IReadOnlyDictionary<string, string[]> Errors);
