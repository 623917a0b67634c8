using System.ComponentModel.DataAnnotations;

namespace PnlPipeline.Analytics.Worker.Notifications;

/// <summary>How notifications leave. Configuration section <c>Notifications</c>; values out of range stop the
/// start.</summary>
public sealed class NotificationOptions
{
    public const string Section = "Notifications";

    /// <summary>
    /// Networks that a channel may reach although they are private, also by <c>http</c>; otherwise public addresses
    /// only, by <c>https</c>.
    /// </summary>
    public string[] AllowedNetworks { get; set; } = [];

    /// <summary>The page's address, for links: <c>https://trades.example</c>. Absent, messages have none.</summary>
    public string? PageUrl { get; set; }

    public string TelegramUrl { get; set; } = "https://api.telegram.org";

    /// <summary>Until a channel has answered.</summary>
    [Range(1, 60)]
    public int TimeoutSeconds { get; set; } = 10;

    /// <summary>Between two looks for what is due.</summary>
    [Range(50, 60_000)]
    public int PollMs { get; set; } = 1_000;

    public SmtpOptions Smtp { get; set; } = new();
}

/// <summary>The server that e-mail leaves by; the operator's own choice, and no channel's.</summary>
public sealed class SmtpOptions
{
    /// <summary>Empty: no e-mail is sent.</summary>
    public string Host { get; set; } = "";

    [Range(1, 65_535)]
    public int Port { get; set; } = 587;

    public string User { get; set; } = "";

    public string Password { get; set; } = "";

    /// <summary>The sender's address.</summary>
    public string From { get; set; } = "";

    /// <summary><c>starttls</c>, <c>tls</c>, or <c>none</c> for a server on this machine.</summary>
    [AllowedValues("starttls", "tls", "none")]
    public string Security { get; set; } = "starttls";
}
