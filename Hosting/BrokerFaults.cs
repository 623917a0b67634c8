using MassTransit;
using RabbitMQ.Client.Exceptions;

namespace PnlPipeline.Hosting;

/// <summary>Tells faults of the broker, or of the way to it, from those that lie in a message.</summary>
public static class BrokerFaults
{
    /// <summary>Whether publishing failed, or the connection did: the same message may well be handled later.</summary>
    public static bool IsOne(Exception fault)
    {
        for (var cause = fault; cause is not null; cause = cause.InnerException)
        {
            if (
                cause
                is RabbitMQClientException
                    or BrokerUnreachableException
                    or ConnectionException
                    or TransportUnavailableException
                    or MessageNotAcknowledgedException
                    or MessageReturnedException
                    or MassTransit.PublishException
            )
            {
                return true;
            }
        }

        return false;
    }
}
