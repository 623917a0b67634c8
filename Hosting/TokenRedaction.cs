using System.Text.RegularExpressions;
using Serilog.Core;
using Serilog.Events;

namespace PnlPipeline.Hosting;

/// <summary>
/// Takes the webhook's token out of the paths that a log event carries. Whatever is logged while a request runs carries
/// its path, and at the framework's lower levels much is logged of it.
/// </summary>
internal sealed partial class TokenRedaction : ILogEventEnricher
{
    /// <summary>
    /// Of the lines that the server itself writes of requests it cannot read, with the request in the exception's text.
    /// </summary>
    public const string BadRequestSource = "Microsoft.AspNetCore.Server.Kestrel.BadRequests";

    public void Enrich(LogEvent logEvent, ILogEventPropertyFactory propertyFactory)
    {
        List<LogEventProperty>? masked = null;
        foreach (var (name, value) in logEvent.Properties)
        {
            if (
                value is ScalarValue { Value: { } scalar }
                && (scalar as string ?? scalar.ToString()) is { } text
                && Token().IsMatch(text)
            )
                (masked ??= []).Add(new LogEventProperty(name, new ScalarValue(Token().Replace(text, "${path}***"))));
        }

        masked?.ForEach(logEvent.AddOrUpdateProperty);
    }

    [GeneratedRegex(
        "(?<path>/webhooks/+tradingview/+)[^/?\\s'\"]+",
        RegexOptions.IgnoreCase | RegexOptions.NonBacktracking
    )]
    private static partial Regex Token();
}
