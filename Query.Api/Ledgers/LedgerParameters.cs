using System.ComponentModel.DataAnnotations;
using PnlPipeline.Domain.Alerts;
using PnlPipeline.Domain.Statistics;
using PnlPipeline.Query.Api.Http;

namespace PnlPipeline.Query.Api.Ledgers;

/// <summary>A selection that can also be had as Parquet.</summary>
public sealed class LedgerSelection : FilterParameters
{
    public LedgerDownload Download { get; init; } = new();
}

public sealed class LedgerDownload : DownloadParameters
{
    /// <summary>
    /// `csv` and `parquet` download the whole selection, oldest first, as `Accept: text/csv` and
    /// `Accept: application/vnd.apache.parquet` do; pages and `sort` then do not count.
    /// </summary>
    /// <example>parquet</example>
    [AllowedValues("json", "csv", "parquet"), Default("json")]
    public override string? Format { get; init; }
}

/// <summary>The time zone is taken with the others, but rows are the same in every zone.</summary>
public sealed class LedgerParameters : RequestParameters, IParameters<LedgerParameters>
{
    /// <summary>
    /// What the rows are sorted by: `seq` and `exitTime` are the order of the ledger; `holding` is the time from entry
    /// to exit.
    /// </summary>
    /// <example>pnl</example>
    [AllowedValues("seq", "exitTime", "pnl", "changePercentage", "holding"), Default("seq")]
    public string Sort { get; init; } = "";

    public OrderParameters Direction { get; init; } = new();

    public PageParameters<LedgerStore.Position> Page { get; init; } = new();

    public LedgerSelection Selection { get; init; } = new();

    public RowSort By => Sort == "exitTime" ? RowSort.Seq : Enum.Parse<RowSort>(Sort, ignoreCase: true);

    // A cursor goes on in the order it was made in.
    public override void Check(FieldErrors errors)
    {
        if (Page.Cursor is { } cursor && (cursor.IsAscending, cursor.Sort) != (Direction.IsAscending, By))
            errors.Add("cursor", Cursor.IsOfAnother);
    }
}
