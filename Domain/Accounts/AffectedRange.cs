namespace PnlPipeline.Domain.Accounts;

/// <summary>
/// Where an event says that a stream changed: trades that closed from <paramref name="From"/> to <paramref name="To"/>.
/// </summary>
public readonly record struct AffectedRange(long StreamId, DateTime From, DateTime To);
