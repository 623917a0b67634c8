namespace PnlPipeline.Tests.EndToEnd.System;

/// <summary>The whole pipeline as somebody sees it who sends alerts and reads the API, however it is run.</summary>
public abstract class RunningPipeline
{
    /// <summary>What the webhook's URL ends with.</summary>
    public abstract string Token { get; }

    /// <summary>To ingest.</summary>
    public abstract HttpClient Webhook { get; }

    /// <summary>To the query API, with an admin's key.</summary>
    public abstract HttpClient Admin { get; }

    /// <summary>To the query API, with a viewer's key.</summary>
    public abstract HttpClient Viewer { get; }

    /// <summary>What ingest has printed, for a test that fails.</summary>
    public abstract string IngestLog { get; }
}
