using MassTransit;
using PnlPipeline.Contracts;
using PnlPipeline.Domain.Alerts;

namespace PnlPipeline.Analytics.Worker.Ledgers;

/// <summary>
/// Stops a message that lacks what every one of its kind has, before it is gathered with others: a batch fails as a
/// whole, and the good ones would become a dead letter with it.
/// </summary>
internal sealed class MessageValidation : IFilter<ConsumeContext>
{
    // What DATETIME holds and an alert's time may be.
    private static readonly DateTime Earliest = new(2000, 1, 1, 0, 0, 0, DateTimeKind.Utc);
    private static readonly DateTime Latest = new(9999, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    public Task Send(ConsumeContext context, IPipe<ConsumeContext> next)
    {
        var isWhole = context.TryGetMessage<TradesClosed>(out var closed)
            ? closed.Message.Trades?.All(trade =>
                trade is not null && IsStream(trade.Symbol, trade.Timeframe) && IsTime(trade.ExitTime)
            ) == true
            : !context.TryGetMessage<TradesRevised>(out var revised)
                || revised.Message.Streams?.All(stream =>
                    stream is not null
                    && IsStream(stream.Symbol, stream.Timeframe)
                    && IsTime(stream.From)
                    && IsTime(stream.To ?? stream.From)
                ) == true;
        return isWhole
            ? next.Send(context)
            : throw new FormatException(
                "The message has no trades or streams, or one without its symbol, timeframe or time."
            );
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("wholeMessages");

    private static bool IsStream(string? symbol, string? timeframe) =>
        symbol is { Length: > 0 } && timeframe is { Length: > 0 };

    private static bool IsTime(DateTime time) => time >= Earliest && time < Latest;
}
