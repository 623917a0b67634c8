using PnlPipeline.Database;

namespace PnlPipeline.Analytics.Worker.Partitions;

internal static class PlaceSetup
{
    /// <summary>Takes a place among the replicas of a role, and keeps it while the host runs.</summary>
    /// <param name="partitions">What the replicas share; one is not shared, and the place is 0.</param>
    public static async Task<int> TakePlaceAsync(
        this WebApplicationBuilder builder,
        MySqlDatabase database,
        string role,
        int partitions
    )
    {
        if (partitions == 1)
            return 0;
        var place = await ReplicaPlace.TakeAsync(database, role);
        builder.Services.AddSingleton<IHostedService>(services => new PlaceKeeper(
            place,
            services.GetRequiredService<ILogger<PlaceKeeper>>()
        ));
        return place.Number;
    }
}
