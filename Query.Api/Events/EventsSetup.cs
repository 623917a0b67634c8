using Microsoft.Extensions.Options;
using PnlPipeline.Query.Api.Access;

namespace PnlPipeline.Query.Api.Events;

/// <summary>Events to whoever listens.</summary>
public static class EventsSetup
{
    public static WebApplicationBuilder AddEvents(this WebApplicationBuilder builder)
    {
        builder
            .Services.AddOptions<LiveOptions>()
            .BindConfiguration(LiveOptions.Section)
            .ValidateDataAnnotations()
            .ValidateOnStart();
        builder.Services.AddSingleton(services => new EventHub(
            services.GetRequiredService<IOptions<LiveOptions>>(),
            services.GetRequiredService<EndedSessions>().Add
        ));
        builder.Services.AddSingleton<Listeners>();
        builder.Services.AddHostedService<EventReader>();
        return builder;
    }
}
