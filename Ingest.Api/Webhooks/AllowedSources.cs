using System.Net;
using PnlPipeline.Hosting;

namespace PnlPipeline.Ingest.Api.Webhooks;

/// <summary>
/// From where alerts are taken: <c>Webhooks__AllowedNetworks__0</c>, <c>__1</c>, … From everywhere, where there are
/// none.
/// </summary>
internal sealed class AllowedSources(Networks allowed)
{
    public const string Key = $"{WebhookOptions.Section}:AllowedNetworks";

    private readonly bool _isAnywhere = allowed.IsEmpty;

    public bool Contain(IPAddress? source) => _isAnywhere || allowed.Contains(source);
}
