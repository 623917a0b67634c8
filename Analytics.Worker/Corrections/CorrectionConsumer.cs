using MassTransit;
using PnlPipeline.Analytics.Worker.Pairing;
using PnlPipeline.Contracts;
using PnlPipeline.Database;
using PnlPipeline.Domain.Trades;

namespace PnlPipeline.Analytics.Worker.Corrections;

/// <summary>
/// Corrections from the bus are settled; the message is acknowledged when what they changed is stored and announced.
/// </summary>
public sealed partial class CorrectionConsumer(
    CorrectionStore store,
    PairingAnnouncer announcer,
    PairingUpdates updates,
    ILogger<CorrectionConsumer> log
) : IConsumer<CorrectAlert>, IConsumer<CloseTrade>
{
    public Task Consume(ConsumeContext<CorrectAlert> context)
    {
        CorrectionCheck.ThrowIfInvalid(context.Message);
        return SettleAsync(
            context.Message.CorrectionId,
            attempt => store.SettleAsync(context.Message, attempt),
            context.CancellationToken
        );
    }

    public Task Consume(ConsumeContext<CloseTrade> context)
    {
        CorrectionCheck.ThrowIfInvalid(context.Message);
        return SettleAsync(
            context.Message.CorrectionId,
            attempt => store.SettleAsync(context.Message, attempt),
            context.CancellationToken
        );
    }

    private async Task SettleAsync(
        Guid correctionId,
        Func<CancellationToken, Task<Settlement>> settle,
        CancellationToken cancellationToken
    )
    {
        var settlement = await MySqlDatabase.RetryWhileTransientAsync(
            settle,
            (fault, pause) => LogRetry(fault, correctionId, pause),
            cancellationToken
        );
        LogSettled(correctionId, settlement.Outcome);
        if (settlement.Corrected is { } corrected)
            updates.Tell(corrected);
        await announcer.AnnounceAsync(settlement.Announcement, cancellationToken);
    }

    [LoggerMessage(LogLevel.Warning, "Correction {CorrectionId} waits {Pause} and is tried again")]
    private partial void LogRetry(Exception fault, Guid correctionId, TimeSpan pause);

    [LoggerMessage(LogLevel.Information, "Correction {CorrectionId}: {Outcome}")]
    private partial void LogSettled(Guid correctionId, CorrectionOutcome outcome);
}

/// <summary>A few at once: a long history that is derived again must not hold up a correction elsewhere.</summary>
public sealed class CorrectionConsumerDefinition : ConsumerDefinition<CorrectionConsumer>
{
    private const int AtOnce = 4;

    public CorrectionConsumerDefinition() => ConcurrentMessageLimit = AtOnce;

    protected override void ConfigureConsumer(
        IReceiveEndpointConfigurator endpointConfigurator,
        IConsumerConfigurator<CorrectionConsumer> consumerConfigurator,
        IRegistrationContext context
    ) => endpointConfigurator.PrefetchCount = AtOnce;
}
