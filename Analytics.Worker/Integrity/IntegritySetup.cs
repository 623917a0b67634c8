namespace PnlPipeline.Analytics.Worker.Integrity;

/// <summary>Streams checked against their alerts.</summary>
public static class IntegritySetup
{
    /// <summary>Checks and repairs streams in the background. Ledgers have <c>LedgerRepair</c>.</summary>
    public static WebApplicationBuilder AddIntegrity(this WebApplicationBuilder builder)
    {
        builder
            .Services.AddOptions<IntegrityOptions>()
            .BindConfiguration(IntegrityOptions.Section)
            .ValidateDataAnnotations()
            .ValidateOnStart();
        builder.Services.AddSingleton<StreamChecks>();
        builder.Services.AddHostedService<IntegrityChecks>();
        return builder;
    }
}
