using Microsoft.Extensions.Options;
using PnlPipeline.Query.Api.Access;

namespace PnlPipeline.Query.Api.Live;

/// <summary>The room of news.</summary>
public static class LiveSetup
{
    public static WebApplicationBuilder AddLive(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<LiveOptions>()
            .BindConfiguration(LiveOptions.Section)
            .ValidateDataAnnotations()
            .ValidateOnStart();
        builder.Services.AddSingleton(services => new NewsHub(
            services.GetRequiredService<IOptions<LiveOptions>>(), services.GetRequiredService<EndedSessions>().Add));
        builder.Services.AddSingleton<Listeners>();
        builder.Services.AddHostedService<NewsReader>();
        return builder;
    }
}
