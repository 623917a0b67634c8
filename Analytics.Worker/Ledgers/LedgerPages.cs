using System.Data.Common;
using PnlPipeline.Domain.Accounts;

namespace PnlPipeline.Analytics.Worker.Ledgers;

/// <summary>The rows from one on, one after the other, read a page at a time.</summary>
internal sealed class LedgerPages(DbConnection connection, LedgerRows rows, long fromSeq)
{
    private const int LongestPage = 4_000;

    private List<LedgerRow> _page = [];
    private long _nextSeq = fromSeq;
    private int _index;

    // Mostly a few rows near the end are wanted; whoever reads on soon gets whole pages.
    private int _size = 100;
    private bool _isLastPage;

    /// <summary>The next row, <c>null</c> after the last one of the generation.</summary>
    public async Task<LedgerRow?> NextAsync(CancellationToken cancellationToken)
    {
        if (_index < _page.Count)
            return _page[_index++];
        if (_isLastPage)
            return null;

        _page = await rows.ReadAsync(connection, _nextSeq, _size, cancellationToken);
        _isLastPage = _page.Count < _size;
        _size = Math.Min(_size * 4, LongestPage);
        _index = 0;
        if (_page.Count == 0)
            return null;
        _nextSeq = _page[^1].State.Seq + 1;
        return _page[_index++];
    }
}
