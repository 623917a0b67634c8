using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;
using PnlPipeline.Database;
using PnlPipeline.Domain.Alerts;
using PnlPipeline.Hosting;
using PnlPipeline.Query.Api.Access;
using PnlPipeline.Query.Api.Batches;
using PnlPipeline.Query.Api.Http;

namespace PnlPipeline.Query.Api.Notifications;

/// <summary>Channels, rules and what came of them. The worker role <c>notifications</c> sends.</summary>
public static class NotificationRoutes
{
    private const string Base = "/api/v1/notifications";

    private const string ChannelExample =
        """{"id":1,"name":"My phone","type":"telegram","target":"12345678","createdAt":"2026-11-29T09:00:00Z"}""";

    private const string NewChannelExample =
        """{"name":"My phone","type":"telegram","botToken":"123456:ABC-DEF1234ghIkl","chatId":"12345678"}""";

    private const string RuleExample = """
        {"id":1,"kind":"drawdown","channelId":1,"batchId":1,"limitPercentage":10,"timeOfDay":null,"timeZone":null,"enabled":true,"createdAt":"2026-11-29T09:00:00Z"}
        """;

    private const string NewRuleExample = """{"kind":"drawdown","channelId":1,"batchId":1,"limitPercentage":10}""";

    private const string DeliveryExample = """
        {"id":1,"key":"1:1:20261129090000000","channelId":1,"ruleId":1,"title":"Batch_1: drawdown 10.4 %","state":"sent","attempts":1,
         "createdAt":"2026-11-29T09:00:00Z","nextAttemptAt":null,"endedAt":"2026-11-29T09:00:01Z","error":null}
        """;

    private static readonly PathParameter ChannelId = new("id", "The channel's number.", "1");
    private static readonly PathParameter RuleId = new("id", "The rule's number.", "1");

    public static WebApplicationBuilder AddNotifications(this WebApplicationBuilder builder)
    {
        builder
            .Services.AddSingleton<NotificationStore>()
            .AddSingleton(new OutboundAddresses(Networks.Read(builder.Configuration, "Notifications:AllowedNetworks")));
        return builder;
    }

    public static RouteGroupBuilder MapNotifications(this RouteGroupBuilder api)
    {
        var read = api.MapGroup("/notifications").WithTags("Notifications");
        var change = read.MapGroup("").RequireAuthorization(AccessPolicies.Admin);
        MapChannels(read, change);
        MapRules(read, change);
        read.MapGet("/deliveries", ListDeliveriesAsync)
            .Described(
                "Deliveries",
                "Messages on their way and what came of them, newest first. Each is tried again with longer and longer "
                    + "pauses, as a channel asks with `Retry-After`, and given up after a day; then it is in the inbox. "
                    + "It may arrive twice, with the same `key`."
            )
            .Answers(
                StatusCodes.Status200OK,
                "A page of deliveries; `cursor` is `null` at the end.",
                $$"""{"items":[{{DeliveryExample}}],"cursor":null}"""
            )
            .Refuses(StatusCodes.Status400BadRequest, "Parameters that are wrong.");
        return api;
    }

    private static void MapChannels(RouteGroupBuilder read, RouteGroupBuilder change)
    {
        read.MapGet("/channels", ListChannelsAsync)
            .Described(
                "Channels",
                "Where notifications go. Addresses, tokens and signing secrets are written, and never read back: "
                    + "`target` is what may be shown."
            )
            .Answers(StatusCodes.Status200OK, "All of them.", $$"""{"items":[{{ChannelExample}}],"cursor":null}""");
        change
            .MapPost("/channels", AddChannelAsync)
            .Described(
                "Create a channel",
                "`webhook` (`url`, `secret`: the header `Pnl-Signature: t=TIME,v1=HEX` holds the HMAC-SHA-256 of the time, "
                    + "a point and the body; refuse what is older than some minutes), `telegram` (`botToken`, `chatId`), "
                    + "`discord` and `slack` (`url` of an incoming webhook), `email` (`to`). Addresses begin with "
                    + "`https://` and lead to public hosts, unless the operator allowed others; redirects are not "
                    + "followed."
            )
            .TakesBody<ChannelBody>("What the channel is to be.", NewChannelExample)
            .Answers(StatusCodes.Status201Created, "The channel.", ChannelExample)
            .AnswersWith(StatusCodes.Status201Created, HeaderNames.Location, "The channel's address.")
            .Refuses(StatusCodes.Status400BadRequest, "Fields that are missing, wrong or unknown.")
            .Refuses(StatusCodes.Status409Conflict, "There are as many channels as there may be.");
        change
            .MapPatch("/channels/{id}", ChangeChannelAsync)
            .Described("Change a channel", "What is absent stays, secrets too. Its type stays what it is.")
            .Takes(ChannelId)
            .TakesBody<ChannelBody>("What is to change.", """{"name":"My other phone","chatId":"87654321"}""")
            .Answers(StatusCodes.Status200OK, "The channel as it is now.", ChannelExample)
            .Refuses(StatusCodes.Status400BadRequest, "Fields that are wrong or unknown.")
            .Refuses(StatusCodes.Status404NotFound, "There is no such channel.");
        change
            .MapDelete("/channels/{id}", DeleteChannelAsync)
            .Described("Delete a channel", "Its rules go with it, and what was on its way to it is not sent.")
            .Takes(ChannelId)
            .Answers(StatusCodes.Status204NoContent, "Deleted.")
            .Refuses(StatusCodes.Status404NotFound, "There is no such channel.");
        change
            .MapPost("/channels/{id}/test", TestAsync)
            .Described(
                "Test a channel",
                "Has a message sent, the way every notification goes, and tried once: `deliveries` says what came of "
                    + "it, a moment later where a worker with the role `notifications` runs."
            )
            .Takes(ChannelId)
            .Answers(
                StatusCodes.Status202Accepted,
                "On its way.",
                """
                {"id":2,"key":"0:test:0f343b0931126a20f133d67c2b018a3b","channelId":1,"ruleId":null,"title":"Test of My phone","state":"pending","attempts":0,
                 "createdAt":"2026-11-29T09:00:00Z","nextAttemptAt":"2026-11-29T09:00:00Z","endedAt":null,"error":null}
                """
            )
            .Refuses(StatusCodes.Status404NotFound, "There is no such channel.");
    }

    private static void MapRules(RouteGroupBuilder read, RouteGroupBuilder change)
    {
        read.MapGet("/rules", ListRulesAsync)
            .Described("Rules", "What is told of, by which channel.")
            .Answers(StatusCodes.Status200OK, "All of them.", $$"""{"items":[{{RuleExample}}],"cursor":null}""");
        change
            .MapPost("/rules", AddRuleAsync)
            .Described(
                "Create a rule",
                "`tradeOpened`, `tradeClosed` (of a batch, or of everything), `drawdown`, `dailyLoss`, `exposure` (over "
                    + "`limitPercentage` of a batch), `ruin` (of a batch), `silence`, `rejectedAlert`, `unmatchedExit`, "
                    + "`integrity` (as the inbox has them), `dailySummary` (at `timeOfDay` in `timeZone`). It tells of "
                    + "what happens from some seconds after it was made. A rule with a limit fires once a crossing, and "
                    + "again only after it has come back to nine tenths of it. Late alerts, files and corrections fire "
                    + "nothing; only a trade that is closed by hand is closed as any other."
            )
            .TakesBody<RuleBody>("What the rule is to be.", NewRuleExample)
            .Answers(StatusCodes.Status201Created, "The rule.", RuleExample)
            .AnswersWith(StatusCodes.Status201Created, HeaderNames.Location, "The rule's address.")
            .Refuses(StatusCodes.Status400BadRequest, "Fields that are missing, wrong or unknown.")
            .Refuses(StatusCodes.Status409Conflict, "There are as many rules as there may be.");
        change
            .MapPatch("/rules/{id}", ChangeRuleAsync)
            .Described("Change a rule", "What is absent stays. Its kind stays what it is.")
            .Takes(RuleId)
            .TakesBody<RuleBody>("What is to change.", """{"limitPercentage":15,"enabled":false}""")
            .Answers(StatusCodes.Status200OK, "The rule as it is now.", RuleExample)
            .Refuses(StatusCodes.Status400BadRequest, "Fields that are wrong or unknown.")
            .Refuses(StatusCodes.Status404NotFound, "There is no such rule.");
        change
            .MapDelete("/rules/{id}", DeleteRuleAsync)
            .Described("Delete a rule", "What it had to tell already is sent all the same.")
            .Takes(RuleId)
            .Answers(StatusCodes.Status204NoContent, "Deleted.")
            .Refuses(StatusCodes.Status404NotFound, "There is no such rule.");
    }

    private static async Task<Ok<Page<Channel>>> ListChannelsAsync(
        NotificationStore store,
        CancellationToken cancellationToken
    ) => TypedResults.Ok(new Page<Channel>(await store.ListChannelsAsync(cancellationToken), null));

    private static async Task<Ok<Page<Rule>>> ListRulesAsync(
        NotificationStore store,
        CancellationToken cancellationToken
    ) => TypedResults.Ok(new Page<Rule>(await store.ListRulesAsync(cancellationToken), null));

    private static async Task<Ok<Page<Delivery>>> ListDeliveriesAsync(
        DeliveryParameters parameters,
        NotificationStore store,
        CancellationToken cancellationToken
    ) => TypedResults.Ok(await store.ListDeliveriesAsync(parameters, cancellationToken));

    private static async Task<Results<Created<Channel>, ProblemHttpResult>> AddChannelAsync(
        FieldErrors errors,
        HttpContext http,
        OutboundAddresses addresses,
        NotificationStore store,
        CancellationToken cancellationToken
    )
    {
        var body = await RequestBody.ReadObjectAsync(http.Request, errors, cancellationToken, NewChannelExample);
        var wanted = body is { } properties ? ChannelForm.Read(properties, null, addresses, errors) : null;
        if (errors.Any || wanted is null)
            return Problems.BadRequest(errors);
        return await store.AddChannelAsync(AuditTrail.AuthorOf(http.User), wanted, cancellationToken) is { } channel
            ? TypedResults.Created($"{Base}/channels/{channel.Id}", channel)
            : TooMany(NotificationStore.ChannelsMax, "channels");
    }

    private static async Task<Results<Ok<Channel>, ProblemHttpResult>> ChangeChannelAsync(
        string id,
        FieldErrors errors,
        HttpContext http,
        OutboundAddresses addresses,
        NotificationStore store,
        CancellationToken cancellationToken
    )
    {
        var body = await RequestBody.ReadObjectAsync(http.Request, errors, cancellationToken, NewChannelExample);
        if (errors.Any)
            return Problems.BadRequest(errors);
        if (await FindChannelAsync(id, store, cancellationToken) is not { } channel)
            return NoChannel();
        var wanted = ChannelForm.Read(body!.Value, channel.Type, addresses, errors);
        if (errors.Any)
            return Problems.BadRequest(errors);
        return
            await store.ChangeChannelAsync(AuditTrail.AuthorOf(http.User), channel.Id, wanted, cancellationToken)
                is { } changed
            ? TypedResults.Ok(changed)
            : NoChannel();
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> DeleteChannelAsync(
        string id,
        HttpContext http,
        NotificationStore store,
        CancellationToken cancellationToken
    ) =>
        TryParse(id, out var channelId)
        && await store.DeleteChannelAsync(AuditTrail.AuthorOf(http.User), channelId, cancellationToken)
            ? TypedResults.NoContent()
            : NoChannel();

    private static async Task<Results<Accepted<Delivery>, ProblemHttpResult>> TestAsync(
        string id,
        HttpContext http,
        NotificationStore store,
        CancellationToken cancellationToken
    ) =>
        await FindChannelAsync(id, store, cancellationToken) is { } channel
            ? TypedResults.Accepted(
                (string?)null,
                await store.TestAsync(AuditTrail.AuthorOf(http.User), channel, cancellationToken)
            )
            : NoChannel();

    private static async Task<Results<Created<Rule>, ProblemHttpResult>> AddRuleAsync(
        FieldErrors errors,
        HttpContext http,
        NotificationStore store,
        BatchStore batches,
        TimeProvider clock,
        CancellationToken cancellationToken
    )
    {
        var rule = await ReadRuleAsync(null, errors, http, store, batches, clock, cancellationToken);
        if (rule is null)
            return Problems.BadRequest(errors);
        return await store.AddRuleAsync(AuditTrail.AuthorOf(http.User), rule, cancellationToken) is { } added
            ? TypedResults.Created($"{Base}/rules/{added.Id}", added)
            : TooMany(NotificationStore.RulesMax, "rules");
    }

    private static async Task<Results<Ok<Rule>, ProblemHttpResult>> ChangeRuleAsync(
        string id,
        FieldErrors errors,
        HttpContext http,
        NotificationStore store,
        BatchStore batches,
        TimeProvider clock,
        CancellationToken cancellationToken
    )
    {
        if (!TryParse(id, out var ruleId) || await store.FindRuleAsync(ruleId, cancellationToken) is not { } before)
            return NoRule();
        var rule = await ReadRuleAsync(before, errors, http, store, batches, clock, cancellationToken);
        if (rule is null)
            return Problems.BadRequest(errors);
        await store.ChangeRuleAsync(AuditTrail.AuthorOf(http.User), rule, cancellationToken);
        return TypedResults.Ok(rule);
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> DeleteRuleAsync(
        string id,
        HttpContext http,
        NotificationStore store,
        CancellationToken cancellationToken
    ) =>
        TryParse(id, out var ruleId)
        && await store.DeleteRuleAsync(AuditTrail.AuthorOf(http.User), ruleId, cancellationToken)
            ? TypedResults.NoContent()
            : NoRule();

    /// <returns><c>null</c>: what is wrong is among the errors.</returns>
    private static async Task<Rule?> ReadRuleAsync(
        Rule? before,
        FieldErrors errors,
        HttpContext http,
        NotificationStore store,
        BatchStore batches,
        TimeProvider clock,
        CancellationToken cancellationToken
    )
    {
        var body = await RequestBody.ReadObjectAsync(http.Request, errors, cancellationToken, NewRuleExample);
        var rule = body is { } properties ? RuleForm.Read(properties, before, clock.GetDatabaseTime(), errors) : null;
        if (errors.Any || rule is null)
            return null;
        if (await store.FindChannelAsync(rule.ChannelId, cancellationToken) is null)
            errors.Add("channelId", $"There is no such channel. GET {Base}/channels lists those there are.");
        if (rule.BatchId is { } batchId && !await batches.ExistsAsync(batchId, cancellationToken))
            errors.Add("batchId", "There is no such batch. GET /api/v1/batches lists those there are.");
        return errors.Any ? null : rule;
    }

    private static async Task<Channel?> FindChannelAsync(
        string id,
        NotificationStore store,
        CancellationToken cancellationToken
    ) => TryParse(id, out var channelId) ? await store.FindChannelAsync(channelId, cancellationToken) : null;

    private static bool TryParse(string id, out long number) =>
        long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out number);

    private static ProblemHttpResult NoChannel() => Problems.NotFound("The channel", $"{Base}/channels");

    private static ProblemHttpResult NoRule() => Problems.NotFound("The rule", $"{Base}/rules");

    private static ProblemHttpResult TooMany(int max, string what) =>
        Problems.Conflict(
            $"There are as many {what} as there may be.",
            "body",
            $"There are {max}. Delete one that is not used any more."
        );
}
