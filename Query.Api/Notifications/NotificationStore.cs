using System.Data;
using System.Globalization;
using System.Text.Json;
using Dapper;
using Microsoft.EntityFrameworkCore;
using PnlPipeline.Contracts;
using PnlPipeline.Database;
using PnlPipeline.Domain.Notifications;
using PnlPipeline.Query.Api.Access;
using PnlPipeline.Query.Api.Http;

namespace PnlPipeline.Query.Api.Notifications;

/// <summary>
/// Channels, rules and deliveries. Every change stands in the audit trail, without what is secret in it.
/// </summary>
public sealed class NotificationStore(MySqlDatabase database, TimeProvider clock)
{
    /// <summary>More would be a mistake.</summary>
    public const int ChannelsMax = 50;
    public const int RulesMax = 500;

    private const string ChannelColumns = "channel_id AS Id, name, type, target, created_at";

    private const string RuleColumns = """
        rule_id AS Id, kind, channel_id, batch_id, limit_percentage, time_of_day, time_zone, enabled, created_at
        """;

    public async Task<IReadOnlyList<Channel>> ListChannelsAsync(CancellationToken cancellationToken) =>
        [
            .. (
                await QueryAsync<ChannelRow>(
                    $"SELECT {ChannelColumns} FROM notification_channels ORDER BY channel_id DESC",
                    null,
                    cancellationToken
                )
            ).Select(row => row.ToChannel()),
        ];

    public async Task<Channel?> FindChannelAsync(long id, CancellationToken cancellationToken) =>
        (
            await QueryAsync<ChannelRow>(
                $"SELECT {ChannelColumns} FROM notification_channels WHERE channel_id = @id",
                new { id },
                cancellationToken
            )
        )
            .SingleOrDefault()
            ?.ToChannel();

    public async Task<IReadOnlyList<Rule>> ListRulesAsync(CancellationToken cancellationToken) =>
        [
            .. (
                await QueryAsync<RuleRow>(
                    $"SELECT {RuleColumns} FROM notification_rules ORDER BY rule_id DESC",
                    null,
                    cancellationToken
                )
            ).Select(row => row.ToRule()),
        ];

    public async Task<Rule?> FindRuleAsync(long id, CancellationToken cancellationToken) =>
        (
            await QueryAsync<RuleRow>(
                $"SELECT {RuleColumns} FROM notification_rules WHERE rule_id = @id",
                new { id },
                cancellationToken
            )
        )
            .SingleOrDefault()
            ?.ToRule();

    /// <returns><c>null</c>: there are as many as there may be.</returns>
    public async Task<Channel?> AddChannelAsync(Author by, ChannelSettings wanted, CancellationToken cancellationToken)
    {
        var now = clock.GetDatabaseTime();
        var target = ChannelForm.TargetOf(wanted.Fields);
        var id = await ChangeAsync(
            by,
            AuditActions.ChannelCreate,
            "notifications/channels",
            new
            {
                wanted.Name,
                wanted.Type,
                target,
            },
            """
            INSERT INTO notification_channels (name, type, target, settings, created_at)
            SELECT @Name, @Type, @target, @settings, @now WHERE (SELECT COUNT(*) FROM notification_channels) < @ChannelsMax;
            SELECT IF(ROW_COUNT() > 0, LAST_INSERT_ID(), 0)
            """,
            new
            {
                wanted.Name,
                wanted.Type,
                target,
                settings = JsonSerializer.Serialize(wanted.Fields),
                now,
                ChannelsMax,
            },
            cancellationToken
        );
        return id == 0 ? null : new Channel(id, wanted.Name!, wanted.Type!, target, now);
    }

    /// <returns>The channel as it is now; <c>null</c>: there is none.</returns>
    public async Task<Channel?> ChangeChannelAsync(
        Author by,
        long id,
        ChannelSettings wanted,
        CancellationToken cancellationToken
    )
    {
        var stored = (
            await QueryAsync<string>(
                "SELECT settings FROM notification_channels WHERE channel_id = @id",
                new { id },
                cancellationToken
            )
        ).SingleOrDefault();
        if (stored is null)
            return null;
        var fields = JsonSerializer.Deserialize<Dictionary<string, string>>(stored)!;
        foreach (var (field, value) in wanted.Fields)
            fields[field] = value;
        await ChangeAsync(
            by,
            AuditActions.ChannelChange,
            string.Create(CultureInfo.InvariantCulture, $"notifications/channels/{id}"),
            new { wanted.Name, changed = wanted.Fields.Keys },
            """
            UPDATE notification_channels SET name = COALESCE(@Name, name), target = @target, settings = @settings WHERE channel_id = @id;
            SELECT @id
            """,
            new
            {
                wanted.Name,
                target = ChannelForm.TargetOf(fields),
                settings = JsonSerializer.Serialize(fields),
                id,
            },
            cancellationToken
        );
        return await FindChannelAsync(id, cancellationToken);
    }

    public async Task<bool> DeleteChannelAsync(Author by, long id, CancellationToken cancellationToken) =>
        await ChangeAsync(
            by,
            AuditActions.ChannelDelete,
            string.Create(CultureInfo.InvariantCulture, $"notifications/channels/{id}"),
            null,
            "DELETE FROM notification_channels WHERE channel_id = @id; SELECT ROW_COUNT()",
            new { id },
            cancellationToken
        ) > 0;

    /// <returns><c>null</c>: there are as many as there may be.</returns>
    public async Task<Rule?> AddRuleAsync(Author by, Rule rule, CancellationToken cancellationToken)
    {
        var id = await ChangeAsync(
            by,
            AuditActions.RuleCreate,
            "notifications/rules",
            rule,
            """
            INSERT INTO notification_rules (channel_id, kind, batch_id, limit_percentage, time_of_day, time_zone, enabled, created_at)
            SELECT @ChannelId, @Kind, @BatchId, @LimitPercentage, @TimeOfDay, @TimeZone, @Enabled, @CreatedAt
             WHERE (SELECT COUNT(*) FROM notification_rules) < @RulesMax;
            SELECT IF(ROW_COUNT() > 0, LAST_INSERT_ID(), 0)
            """,
            new
            {
                rule.ChannelId,
                rule.Kind,
                rule.BatchId,
                rule.LimitPercentage,
                rule.TimeOfDay,
                rule.TimeZone,
                rule.Enabled,
                rule.CreatedAt,
                RulesMax,
            },
            cancellationToken
        );
        return id == 0 ? null : rule with { Id = id };
    }

    public Task ChangeRuleAsync(Author by, Rule rule, CancellationToken cancellationToken) =>
        ChangeAsync(
            by,
            AuditActions.RuleChange,
            string.Create(CultureInfo.InvariantCulture, $"notifications/rules/{rule.Id}"),
            rule,
            """
            UPDATE notification_rules SET channel_id = @ChannelId, batch_id = @BatchId, limit_percentage = @LimitPercentage,
              time_of_day = @TimeOfDay, time_zone = @TimeZone, enabled = @Enabled, created_at = @CreatedAt
             WHERE rule_id = @Id;
            SELECT @Id
            """,
            rule,
            cancellationToken
        );

    public async Task<bool> DeleteRuleAsync(Author by, long id, CancellationToken cancellationToken) =>
        await ChangeAsync(
            by,
            AuditActions.RuleDelete,
            string.Create(CultureInfo.InvariantCulture, $"notifications/rules/{id}"),
            null,
            "DELETE FROM notification_rules WHERE rule_id = @id; SELECT ROW_COUNT()",
            new { id },
            cancellationToken
        ) > 0;

    /// <summary>Has a test sent: a delivery like any other, tried once.</summary>
    public async Task<Delivery> TestAsync(Author by, Channel channel, CancellationToken cancellationToken)
    {
        var now = clock.GetDatabaseTime();
        var cause = $"test:{Guid.NewGuid():N}";
        var notice = Notice.Of("test", $"Test of {channel.Name}", ["This channel works."], "/set-up/notifications");
        var id = await ChangeAsync(
            by,
            AuditActions.ChannelTest,
            string.Create(CultureInfo.InvariantCulture, $"notifications/channels/{channel.Id}"),
            null,
            """
            INSERT INTO notification_deliveries (channel_id, cause, notice, created_at, next_attempt_at) VALUES (@Id, @cause, @notice, @now, @now);
            SELECT LAST_INSERT_ID()
            """,
            new
            {
                channel.Id,
                cause,
                notice = JsonSerializer.Serialize(notice),
                now,
            },
            cancellationToken
        );
        return new Delivery(id, $"0:{cause}", channel.Id, null, notice.Title, "pending", 0, now, now, null, null);
    }

    public async Task<Page<Delivery>> ListDeliveriesAsync(
        DeliveryParameters parameters,
        CancellationToken cancellationToken
    )
    {
        var limit = parameters.Page.Limit;
        var rows = await QueryAsync<DeliveryRow>(
            $"""
            SELECT delivery_id, cause, channel_id, rule_id, JSON_UNQUOTE(JSON_EXTRACT(notice, '$.Title')) AS title, state,
                   CAST(attempts AS SIGNED) AS attempts, created_at, next_attempt_at, ended_at, error
              FROM notification_deliveries
             WHERE TRUE {(parameters.States.Count > 0 ? "AND state IN @States" : "")}
               {(parameters.Channels.Count > 0 ? "AND channel_id IN @Channels" : "")}
               {(parameters.Page.Cursor is null ? "" : "AND delivery_id < @before")}
             ORDER BY delivery_id DESC LIMIT @count
            """,
            new
            {
                parameters.States,
                parameters.Channels,
                before = parameters.Page.Cursor?.Id,
                count = limit + 1,
            },
            cancellationToken
        );
        var page = Page.Of(rows, limit, row => new DeliveryPosition(row.DeliveryId));
        return new Page<Delivery>([.. page.Items.Select(row => row.ToDelivery())], page.Cursor);
    }

    private async Task<IReadOnlyList<T>> QueryAsync<T>(
        string sql,
        object? parameters,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await database.OpenAsync(cancellationToken);
        return (
            await connection.QueryAsync<T>(new CommandDefinition(sql, parameters, cancellationToken: cancellationToken))
        ).AsList();
    }

    /// <summary>A change and its line in the trail: both, or where nothing changed neither.</summary>
    /// <returns>What the statement's last SELECT says; 0: nothing changed.</returns>
    private async Task<long> ChangeAsync(
        Author by,
        string action,
        string subject,
        object? detail,
        string sql,
        object parameters,
        CancellationToken cancellationToken
    )
    {
        await using var db = await PnlDb.OpenAsync(database, cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(
            IsolationLevel.ReadCommitted,
            cancellationToken
        );
        var changed = await db
            .Database.GetDbConnection()
            .ExecuteScalarAsync<long>(new CommandDefinition(sql, parameters, cancellationToken: cancellationToken));
        if (changed == 0)
            return 0;
        db.Add(AuditTrail.Entry(by, clock.GetDatabaseTime(), action, subject, detail));
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return changed;
    }

    private sealed record ChannelRow
    {
        public long Id { get; init; }

        public string Name { get; init; } = "";

        public string Type { get; init; } = "";

        public string Target { get; init; } = "";

        public DateTime CreatedAt { get; init; }

        public Channel ToChannel() => new(Id, Name, Type, Target, CreatedAt);
    }

    private sealed record RuleRow
    {
        public long Id { get; init; }

        public string Kind { get; init; } = "";

        public long ChannelId { get; init; }

        public long? BatchId { get; init; }

        public decimal? LimitPercentage { get; init; }

        public string? TimeOfDay { get; init; }

        public string? TimeZone { get; init; }

        public bool Enabled { get; init; }

        public DateTime CreatedAt { get; init; }

        public Rule ToRule() =>
            new(Id, Kind, ChannelId, BatchId, LimitPercentage, TimeOfDay, TimeZone, Enabled, CreatedAt);
    }

    private sealed record DeliveryRow
    {
        public long DeliveryId { get; init; }

        public string Cause { get; init; } = "";

        public long ChannelId { get; init; }

        public long? RuleId { get; init; }

        public string? Title { get; init; }

        public string State { get; init; } = "";

        public int Attempts { get; init; }

        public DateTime CreatedAt { get; init; }

        public DateTime NextAttemptAt { get; init; }

        public DateTime? EndedAt { get; init; }

        public string? Error { get; init; }

        public Delivery ToDelivery() =>
            new(
                DeliveryId,
                string.Create(CultureInfo.InvariantCulture, $"{RuleId ?? 0}:{Cause}"),
                ChannelId,
                RuleId,
                Title ?? "",
                State,
                Attempts,
                CreatedAt,
                State == "pending" ? NextAttemptAt : null,
                EndedAt,
                Error
            );
    }
}
