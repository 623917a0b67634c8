using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using MailKit.Net.Smtp;
using MailKit.Security;
using Microsoft.Extensions.Options;
using MimeKit;
using PnlPipeline.Domain.Notifications;
using PnlPipeline.Hosting;

namespace PnlPipeline.Analytics.Worker.Notifications;

/// <summary>A channel as it is stored.</summary>
internal sealed record Channel
{
    public long ChannelId { get; init; }

    public string Type { get; init; } = "";

    /// <summary>JSON: what its type needs, secrets among them.</summary>
    public string Settings { get; init; } = "{}";
}

/// <summary>What came of an attempt.</summary>
/// <param name="Error"><c>null</c>: it was taken. No secret in it.</param>
/// <param name="RetryAfter">What the channel asks to be left alone for.</param>
/// <param name="IsOfMessage">It is this message that was refused; the channel may take another.</param>
internal readonly record struct Attempt(string? Error, TimeSpan? RetryAfter = null, bool IsOfMessage = false);

/// <summary>Sends a notice in the form of its channel.</summary>
public sealed class ChannelSender : IDisposable
{
    private const int MaxAnswerBytes = 16 * 1_024;

    private readonly NotificationOptions _options;
    private readonly TimeProvider _clock;
    private readonly HttpClient _http;

    public ChannelSender(IOptions<NotificationOptions> options, TimeProvider clock)
    {
        _options = options.Value;
        _clock = clock;
        // Not from the factory: that one logs addresses, and these hold secrets.
        _http = new HttpClient(
            new OutboundAddresses(
                Networks.Parse("Notifications:AllowedNetworks", _options.AllowedNetworks)
            ).CreateHandler()
        )
        {
            Timeout = TimeSpan.FromSeconds(_options.TimeoutSeconds),
            MaxResponseContentBufferSize = MaxAnswerBytes,
        };
        _http.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("PnlPipeline", "1"));
    }

    /// <summary>Between two messages of a channel, at least: what its service allows.</summary>
    internal static TimeSpan IntervalOf(string type) =>
        type switch
        {
            "webhook" => TimeSpan.FromMilliseconds(100),
            "discord" => TimeSpan.FromMilliseconds(500),
            _ => TimeSpan.FromSeconds(1),
        };

    /// <param name="key">The same however often it is sent.</param>
    internal async Task<Attempt> SendAsync(
        Channel channel,
        Notice notice,
        string key,
        CancellationToken cancellationToken
    )
    {
        var link = _options.PageUrl is { Length: > 0 } page ? page.TrimEnd('/') + notice.Path : null;
        using var settings = JsonDocument.Parse(channel.Settings);
        try
        {
            return channel.Type switch
            {
                "webhook" => await PostAsync(
                    Setting("url"),
                    NoticeFormat.Webhook(notice, key, link),
                    key,
                    Setting("secret"),
                    cancellationToken
                ),
                "telegram" => await PostAsync(
                    $"{_options.TelegramUrl.TrimEnd('/')}/bot{Setting("botToken")}/sendMessage",
                    NoticeFormat.Telegram(notice, Setting("chatId"), link),
                    key,
                    null,
                    cancellationToken
                ),
                "discord" => await PostAsync(
                    Setting("url"),
                    NoticeFormat.Discord(notice, link),
                    key,
                    null,
                    cancellationToken
                ),
                "slack" => await PostAsync(
                    Setting("url"),
                    NoticeFormat.Slack(notice, link),
                    key,
                    null,
                    cancellationToken
                ),
                _ => await MailAsync(Setting("to"), notice, key, link, cancellationToken),
            };
        }
        catch (Exception fault) when (!cancellationToken.IsCancellationRequested)
        {
            return new Attempt(Reason(fault));
        }

        string Setting(string name) => settings.RootElement.GetProperty(name).GetString() ?? "";
    }

    public void Dispose() => _http.Dispose();

    private async Task<Attempt> PostAsync(
        string address,
        string body,
        string key,
        string? secret,
        CancellationToken cancellationToken
    )
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, address)
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        request.Headers.Add("Idempotency-Key", key);
        if (secret is not null)
            request.Headers.Add(
                "Pnl-Signature",
                NoticeFormat.Signature(secret, _clock.GetUtcNow().ToUnixTimeSeconds(), body)
            );
        using var answer = await _http.SendAsync(request, cancellationToken);
        if (answer.IsSuccessStatusCode)
            return default;
        return new Attempt(
            string.Create(
                CultureInfo.InvariantCulture,
                $"The channel answered {(int)answer.StatusCode} {(answer.StatusCode is >= HttpStatusCode.MultipleChoices and < HttpStatusCode.BadRequest ? "(redirects are not followed)" : answer.StatusCode)}."
            ),
            answer.Headers.RetryAfter switch
            {
                { Delta: { } delta } => delta,
                { Date: { } date } => date - _clock.GetUtcNow(),
                _ => await TelegramRetryAfterAsync(answer, cancellationToken),
            },
            IsOfMessage: answer.StatusCode
                is HttpStatusCode.BadRequest
                    or HttpStatusCode.RequestEntityTooLarge
                    or HttpStatusCode.UnprocessableEntity
        );
    }

    // Telegram says so in the body.
    private static async Task<TimeSpan?> TelegramRetryAfterAsync(
        HttpResponseMessage answer,
        CancellationToken cancellationToken
    )
    {
        if (answer.StatusCode != HttpStatusCode.TooManyRequests)
            return null;
        try
        {
            using var body = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(cancellationToken));
            return TimeSpan.FromSeconds(
                body.RootElement.GetProperty("parameters").GetProperty("retry_after").GetInt32()
            );
        }
        catch (Exception fault) when (fault is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return null;
        }
    }

    private async Task<Attempt> MailAsync(
        string recipients,
        Notice notice,
        string key,
        string? link,
        CancellationToken cancellationToken
    )
    {
        var smtp = _options.Smtp;
        if (smtp.Host.Length == 0 || smtp.From.Length == 0)
            return new Attempt("No e-mail server is set up (Notifications__Smtp__Host and __From).");
        using var message = new MimeMessage();
        message.From.Add(MailboxAddress.Parse(smtp.From));
        message.To.AddRange(InternetAddressList.Parse(recipients));
        message.Subject = notice.Title;
        message.Body = new TextPart("plain") { Text = NoticeFormat.Email(notice, key, link) };
        message.Headers.Add("X-Pnl-Key", key);

        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(TimeSpan.FromSeconds(_options.TimeoutSeconds));
        using var client = new SmtpClient { Timeout = _options.TimeoutSeconds * 1_000 };
        await client.ConnectAsync(
            smtp.Host,
            smtp.Port,
            smtp.Security switch
            {
                "tls" => SecureSocketOptions.SslOnConnect,
                "none" => SecureSocketOptions.None,
                _ => SecureSocketOptions.StartTls,
            },
            deadline.Token
        );
        if (smtp.User.Length > 0)
            await client.AuthenticateAsync(smtp.User, smtp.Password, deadline.Token);
        await client.SendAsync(message, deadline.Token);
        await client.DisconnectAsync(quit: true, deadline.Token);
        return default;
    }

    // Exceptions of the client name hosts and never paths; what names more is said in our own words.
    private static string Reason(Exception fault) =>
        fault switch
        {
            OperationCanceledException => "The channel did not answer in time.",
            HttpRequestException { InnerException: AddressRefusedException refused } => refused.Message,
            HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError } =>
                "The channel's host name is not known.",
            HttpRequestException => "The channel could not be reached, or closed the line.",
            SmtpCommandException refused => string.Create(
                CultureInfo.InvariantCulture,
                $"The e-mail server refused it ({(int)refused.StatusCode})."
            ),
            AuthenticationException => "The e-mail server refused the user name or password.",
            UriFormatException or InvalidOperationException => "The channel's address is not usable.",
            _ => $"It could not be sent ({fault.GetType().Name}).",
        };
}
