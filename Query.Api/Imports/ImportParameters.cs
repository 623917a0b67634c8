using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using PnlPipeline.Domain.Alerts;
using PnlPipeline.Domain.Calendar;
using PnlPipeline.Domain.Trades.Files;
using PnlPipeline.Query.Api.Http;

namespace PnlPipeline.Query.Api.Imports;

/// <summary>What the sender of a file says of it, where it does not say it itself or leaves room for doubt.</summary>
public sealed class FileParameters : RequestParameters
{
    /// <summary>The file's symbol, where it carries none; a file that carries one must not contradict it.</summary>
    /// <example>BTCUSDT</example>
    [SymbolText]
    public string? Symbol { get; init; }

    /// <summary>
    /// The file's timeframe, where it carries none, as a list of trades; `1h` means `60` as it does in an alert.
    /// </summary>
    /// <example>60</example>
    [TimeframeText]
    public string? Timeframe { get; init; }

    /// <summary>The strategy whose trades or alerts these are, where the file carries none.</summary>
    /// <example>Breakout</example>
    [StrategyText]
    public string? Strategy { get; init; }

    /// <summary>
    /// The time zone of the file's local times, a name of the IANA database: that of the chart a list was exported
    /// from. Needed where times name no zone; there is no default, for a wrong one would go unnoticed.
    /// </summary>
    /// <example>Europe/Berlin</example>
    [JsonPropertyName("tz")]
    public TimeZoneInfo? Zone { get; init; }

    /// <summary>
    /// The decimal mark of the file's numbers, where they leave it open: `43.250` may be a fraction or thousands.
    /// </summary>
    /// <example>.</example>
    [JsonPropertyName("decimal"), AllowedValues(".", ",")]
    public string? Mark { get; init; }

    /// <summary>
    /// Whether the day or the month comes first in dates such as `01/02/2024`, where the file leaves it open.
    /// </summary>
    /// <example>dmy</example>
    [AllowedValues("dmy", "mdy")]
    public string? DateOrder { get; init; }

    /// <summary>
    /// What stands in each column of a list of trades, by position and empty for others, where its header is not known:
    /// `number`, `type`, `time`, `price`, `quantity`, `signal`, `symbol`.
    /// </summary>
    /// <example>number,type,time,,price</example>
    [ColumnsText]
    public string? Columns { get; init; }

    internal ZoneOffsets Offsets => ZoneOffsets.Of(Zone ?? TimeZoneInfo.Utc);

    internal FileRequest ToRequest(string? format) =>
        new(
            format is null ? null : FileWords.KindOf(format),
            Mark?[0],
            DateOrder switch
            {
                "dmy" => Domain.Trades.Files.DateOrder.DayFirst,
                "mdy" => Domain.Trades.Files.DateOrder.MonthFirst,
                _ => null,
            },
            Columns is null ? null : FileWords.ReadColumns(Columns, new FieldErrors()),
            Symbol,
            Timeframe,
            string.IsNullOrEmpty(Strategy) ? null : Strategy,
            Zone is not null
        );
}

/// <summary>The names of the columns of a list of trades, by position.</summary>
public sealed class ColumnsTextAttribute : TextFormatAttribute
{
    public override bool TryRead(string text, out object? value, out string error)
    {
        var errors = new FieldErrors();
        value = FileWords.ReadColumns(text, errors) is null ? null : text;
        error = errors.ToDictionary().GetValueOrDefault("columns")?[0] ?? "";
        return value is not null;
    }
}

public sealed class ImportParameters : RequestParameters, IParameters<ImportParameters>
{
    /// <summary>What the file is; without it, its beginning says so.</summary>
    /// <example>csv</example>
    [AllowedValues("csv", "ndjson", "json", "log", "trades")]
    public string? Format { get; init; }

    public FileParameters File { get; init; } = new();

    /// <summary>
    /// Of a list of trades: whether trades are left out that enter at or after the first alert of their stream that
    /// came by webhook, for the webhooks have told of them already, or taken all.
    /// </summary>
    /// <example>skip</example>
    [AllowedValues("skip", "take"), Default("skip")]
    public string Overlap { get; init; } = "skip";

    /// <summary>Only says what would come in: nothing is stored.</summary>
    /// <example>true</example>
    [AllowedValues("true", "false"), Default("false")]
    public string DryRun { get; init; } = "false";

    /// <summary>What to call it in the list; without it, the name in `Content-Disposition`.</summary>
    /// <example>List of Trades.csv</example>
    public string? FileName { get; init; }

    internal FileRequest ToRequest() => File.ToRequest(Format);
}

public sealed class ImportListParameters : RequestParameters, IParameters<ImportListParameters>
{
    public PageParameters<ImportStore.Position> Page { get; init; } = new();
}

public sealed class ImportErrorParameters : RequestParameters, IParameters<ImportErrorParameters>
{
    public PageParameters<ImportStore.ErrorPosition> Page { get; init; } = new();

    public DownloadParameters Download { get; init; } = new();
}
