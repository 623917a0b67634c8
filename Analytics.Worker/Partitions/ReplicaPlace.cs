using System.Data.Common;
using System.Globalization;
using Dapper;
using PnlPipeline.Database;
using PnlPipeline.Domain.Partitions;

namespace PnlPipeline.Analytics.Worker.Partitions;

/// <summary>
/// This process's place among the replicas of its role, from 0: it says which partitions it wants most. Held by a lock
/// of MySQL for as long as the process lives, so that no two have the same; the lowest that is free, so that one that
/// is started anew has the place of the one that went. Nothing is wrong where two have the same all the same, or none
/// could be had: partitions are spread less evenly.
/// </summary>
public sealed class ReplicaPlace : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly MySqlDatabase _database;
    private readonly string _role;
    private DbConnection? _connection;
    private AdvisoryLock? _lock;

    private ReplicaPlace(MySqlDatabase database, string role) => (_database, _role) = (database, role);

    public int Number { get; private set; }

    /// <summary>Takes the lowest place that is free. Where MySQL does not answer in seconds, any.</summary>
    /// <param name="role">At most 16 characters; places of different roles have nothing to do with each
    /// other.</param>
    public static async Task<ReplicaPlace> TakeAsync(MySqlDatabase database, string role)
    {
        var place = new ReplicaPlace(database, role);
        using var deadline = new CancellationTokenSource(Patience);
        try
        {
            for (place.Number = 0; place.Number < Partition.CountMax; place.Number++)
            {
                if (await place.HoldAsync(deadline.Token))
                    return place;
            }
        }
        catch (Exception fault) when (MySqlDatabase.IsOfDatabase(fault) || fault is OperationCanceledException)
        {
            place.Number = Random.Shared.Next(Partition.CountMax);
        }

        return place;
    }

    /// <summary>Whether the place is this process's: still, or again after the connection broke.</summary>
    public async Task<bool> HoldAsync(CancellationToken cancellationToken)
    {
        try
        {
            // The lock is there for as long as its connection is.
            if (_lock is not null)
                await _connection!.ExecuteAsync(new CommandDefinition("DO 0", cancellationToken: cancellationToken));
            else
                _lock = await AdvisoryLock.TryTakeAsync(
                    _connection ??= await _database.OpenAsync(cancellationToken),
                    string.Create(CultureInfo.InvariantCulture, $"place.{_role}.{Number}"),
                    cancellationToken
                );
            return _lock is not null;
        }
        catch
        {
            await DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_lock is { } held)
            await held.DisposeAsync();
        if (_connection is { } connection)
            await connection.DisposeAsync();
        (_lock, _connection) = (null, null);
    }
}
