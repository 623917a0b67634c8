using System.ComponentModel.DataAnnotations;
using PnlPipeline.Domain.Alerts;
using PnlPipeline.Domain.Statistics;
using PnlPipeline.Query.Api.Http;

namespace PnlPipeline.Query.Api.Ledgers;

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

    public SelectionParameters Selection { get; init; } = new();

    public RowSort By => Sort == "exitTime" ? RowSort.Seq : Enum.Parse<RowSort>(Sort, ignoreCase: true);

    // A cursor goes on in the order it was made in.
    public override void Check(FieldErrors errors)
    {
        if (Page.Cursor is { } cursor && (cursor.IsAscending, cursor.Sort) != (Direction.IsAscending, By))
            errors.Add("cursor", Cursor.IsOfAnother);
    }
}
