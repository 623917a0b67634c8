using System.Data.Common;
using System.Globalization;
using Dapper;
using PnlPipeline.Contracts;
using PnlPipeline.Database;
using PnlPipeline.Domain.Accounts;
using PnlPipeline.Domain.Alerts;

namespace PnlPipeline.Analytics.Worker.Ledgers;

/// <summary>
/// The rows of one generation of a batch's ledger. Within a generation <c>posted_at</c> never decreases along the rows,
/// and a row that takes another's place is posted later than that: whoever keeps rows in memory can tell by it which of
/// them still stand.
/// </summary>
/// <param name="RuinedSeq">As the ledger has it: rows do not carry it themselves.</param>
/// <param name="CappedSeq">Likewise.</param>
internal sealed record LedgerRows(long BatchId, long Generation, long? RuinedSeq, long? CappedSeq)
{
    private const string Table = "ledger_rows";

    private static readonly string[] Columns =
    [
        "batch_id",
        "generation",
        "seq",
        "trade_id",
        "stream_id",
        "side",
        "entry_time",
        "exit_time",
        "change_percentage",
        "pnl",
        "available_capital",
        "peak_capital",
        "drawdown",
        "drawdown_percentage",
        "max_drawdown_percentage",
        "wins",
        "posted_at",
        "entry_price",
        "exit_price",
        "fee",
    ];

    private static readonly string SelectAll = $"SELECT {string.Join(", ", Columns)} FROM {Table}";
    private static readonly string Select = $"{SelectAll} WHERE batch_id = @BatchId AND generation = @Generation";

    /// <summary>Rows from <paramref name="fromSeq"/> on, <paramref name="limit"/> at most.</summary>
    public async Task<List<LedgerRow>> ReadAsync(
        DbConnection connection,
        long fromSeq,
        int limit,
        CancellationToken cancellationToken
    )
    {
        await using var reader = await connection.ExecuteReaderAsync(
            new CommandDefinition(
                $"{Select} AND seq >= @fromSeq ORDER BY seq LIMIT @limit",
                new
                {
                    BatchId,
                    Generation,
                    fromSeq,
                    limit,
                },
                cancellationToken: cancellationToken
            )
        );
        return [.. (await ReadAllAsync(reader, _ => this, cancellationToken)).Select(row => row.Row)];
    }

    /// <summary>The row, or <c>null</c> where there is none of this number.</summary>
    public async Task<LedgerRow?> FindAsync(DbConnection connection, long seq, CancellationToken cancellationToken)
    {
        var rows = await ReadAsync(connection, seq, 1, cancellationToken);
        return rows is [var row] && row.State.Seq == seq ? row : null;
    }

    /// <summary>What row <paramref name="seq"/> goes on from; <c>null</c> where the row before it is missing.</summary>
    public async Task<LedgerState?> StateBeforeAsync(
        DbConnection connection,
        long seq,
        LedgerSettings settings,
        CancellationToken cancellationToken
    ) => seq == 1 ? LedgerState.Start(settings) : (await FindAsync(connection, seq - 1, cancellationToken))?.State;

    /// <summary>How many rows closed from one time on and before another, and what they brought.</summary>
    public async Task<(long Trades, decimal Pnl)> SumAsync(
        DbConnection connection,
        DateTime from,
        DateTime before,
        long lastSeq,
        CancellationToken cancellationToken
    )
    {
        var first = await FindFirstAsync(connection, from, lastSeq, cancellationToken);
        var end = await FindFirstAsync(connection, before, lastSeq, cancellationToken);
        var pnl = await connection.ExecuteScalarAsync<decimal>(
            new CommandDefinition(
                $"SELECT COALESCE(SUM(pnl), 0) FROM {Table} WHERE batch_id = @BatchId AND generation = @Generation "
                    + "AND seq >= @first AND seq < @end",
                new
                {
                    BatchId,
                    Generation,
                    first,
                    end,
                },
                cancellationToken: cancellationToken
            )
        );
        return (end - first, pnl);
    }

    /// <summary>
    /// The first row that closed at <paramref name="exitTime"/> or later; <paramref name="lastSeq"/> + 1 where none
    /// did. There is no index on the time, which every insert would pay for: looking from the end in growing steps, and
    /// then halving, reads twice the logarithm of the rows behind it.
    /// </summary>
    public async Task<long> FindFirstAsync(
        DbConnection connection,
        DateTime exitTime,
        long lastSeq,
        CancellationToken cancellationToken
    )
    {
        var (before, found) = (lastSeq, lastSeq + 1);
        for (var step = 1L; before > 0 && !await IsBeforeAsync(before); step *= 4)
        {
            found = before;
            before = Math.Max(0, before - step);
        }

        while (found - before > 1)
        {
            var middle = before + ((found - before) / 2);
            if (await IsBeforeAsync(middle))
                before = middle;
            else
                found = middle;
        }

        return found;

        async Task<bool> IsBeforeAsync(long seq) =>
            await connection.ExecuteScalarAsync<bool>(
                new CommandDefinition(
                    $"SELECT exit_time < @exitTime FROM {Table} WHERE batch_id = @BatchId AND generation = "
                        + $"@Generation AND seq = @seq",
                    new
                    {
                        BatchId,
                        Generation,
                        seq,
                        exitTime,
                    },
                    cancellationToken: cancellationToken
                )
            );
    }

    /// <summary>Removes every row from <paramref name="fromSeq"/> on.</summary>
    public Task DeleteAsync(DbConnection connection, long fromSeq, CancellationToken cancellationToken) =>
        connection.ExecuteAsync(
            new CommandDefinition(
                $"DELETE FROM {Table} WHERE batch_id = @BatchId AND generation = @Generation AND seq >= @fromSeq",
                new
                {
                    BatchId,
                    Generation,
                    fromSeq,
                },
                cancellationToken: cancellationToken
            )
        );

    /// <summary>
    /// The last <paramref name="count"/> rows of each of these ledgers, or as many as there are, and of what stands
    /// after them one; by batch, in order. In one statement.
    /// </summary>
    public static async Task<ILookup<long, LedgerRow>> ReadTailsAsync(
        DbConnection connection,
        IReadOnlyCollection<LockedLedger> ledgers,
        int count,
        CancellationToken cancellationToken
    )
    {
        // Numbers of our own are safe as literals.
        var tails = ledgers.Select(ledger =>
            string.Create(
                CultureInfo.InvariantCulture,
                $"({SelectAll} WHERE batch_id = {ledger.BatchId} AND generation = {ledger.Generation} AND seq >= "
                    + $"{Math.Max(1, ledger.LastSeq - count + 1)} ORDER BY seq LIMIT {count + 1})"
            )
        );
        var byId = ledgers.ToDictionary(ledger => ledger.BatchId);
        await using var reader = await connection.ExecuteReaderAsync(
            new CommandDefinition(
                string.Join(" UNION ALL ", tails),
                cancellationToken: cancellationToken,
                flags: CommandFlags.NoCache
            )
        );
        // A union keeps no order that could be relied on.
        return (await ReadAllAsync(reader, batchId => byId[batchId].Rows, cancellationToken))
            .OrderBy(row => row.Row.State.Seq)
            .ToLookup(row => row.BatchId, row => row.Row);
    }

    /// <summary>Removes every row of several ledgers from a number on; in one round trip.</summary>
    public static Task DeleteAsync(
        DbConnection connection,
        IEnumerable<(LedgerRows Rows, long FromSeq)> tails,
        CancellationToken cancellationToken
    ) =>
        connection.ExecuteAsync(
            new CommandDefinition(
                string.Join(
                    ";\n",
                    tails.Select(tail =>
                        string.Create(
                            CultureInfo.InvariantCulture,
                            $"DELETE FROM {Table} WHERE batch_id = {tail.Rows.BatchId} AND generation = "
                                + $"{tail.Rows.Generation} AND seq >= {tail.FromSeq}"
                        )
                    )
                ),
                cancellationToken: cancellationToken,
                flags: CommandFlags.NoCache
            )
        );

    /// <summary>Adds rows in the way that is quickest for their number.</summary>
    /// <param name="mayLoad">Whether the server lets a <see cref="RowWriter"/> load.</param>
    public async Task AddAsync(
        DbConnection connection,
        IReadOnlyCollection<LedgerRow> rows,
        DateTime postedAt,
        bool mayLoad,
        CancellationToken cancellationToken
    )
    {
        await using var writer = new Writer(connection, mayLoad && rows.Count >= RowWriter.MinRowsToLoad);
        foreach (var row in rows)
            await writer.AddAsync(this, row, postedAt, cancellationToken);
        await writer.FlushAsync(cancellationToken);
    }

    /// <summary>
    /// Writes rows of any ledgers, those of one after those of another. While the server stores one piece, the next is
    /// gathered.
    /// </summary>
    public sealed class Writer(DbConnection connection, bool loads) : IAsyncDisposable
    {
        // About a megabyte: more would not be quicker, and less would wait for the server more often.
        private const int RowsInPiece = 5_000;

        private RowWriter _gathered = new(Table, Columns, loads);
        private RowWriter _sent = new(Table, Columns, loads);
        private Task _sending = Task.CompletedTask;
        private int _rows;

        /// <summary>Adds a row; where it fills a piece, returns when that is on its way.</summary>
        public ValueTask AddAsync(
            LedgerRows rows,
            in LedgerRow row,
            DateTime postedAt,
            CancellationToken cancellationToken
        )
        {
            _gathered
                .Row()
                .Value(rows.BatchId)
                .Value(rows.Generation)
                .Value(row.State.Seq)
                .Value(row.TradeId)
                .Value(row.StreamId)
                .Word(AlertId.ToDbValue(row.Side))
                .Value(row.EntryTime)
                .Value(row.ExitTime)
                .Value(row.ChangePercentage)
                .Value(row.Pnl)
                .Value(row.State.AvailableCapital)
                .Value(row.State.PeakCapital)
                .Value(row.Drawdown)
                .Value(row.DrawdownPercentage)
                .Value(row.State.MaxDrawdownPercentage)
                .Value(row.State.Wins)
                .Value(postedAt)
                .Value(row.EntryPrice)
                .Value(row.ExitPrice)
                .Value(row.Fee);
            return ++_rows < RowsInPiece ? ValueTask.CompletedTask : new ValueTask(SendAsync(cancellationToken));
        }

        /// <summary>Returns when the server has stored all of it.</summary>
        public async Task FlushAsync(CancellationToken cancellationToken)
        {
            await SendAsync(cancellationToken);
            await _sending;
        }

        public async ValueTask DisposeAsync()
        {
            // What is being sent is read until it is sent, whatever came of it.
            await _sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _gathered.Dispose();
            _sent.Dispose();
        }

        private async Task SendAsync(CancellationToken cancellationToken)
        {
            await _sending;
            (_gathered, _sent, _rows) = (_sent, _gathered, 0);
            _sending = _sent.SendAsync(connection, cancellationToken);
        }
    }

    private static async Task<List<(long BatchId, LedgerRow Row)>> ReadAllAsync(
        DbDataReader reader,
        Func<long, LedgerRows> generationOf,
        CancellationToken cancellationToken
    )
    {
        var rows = new List<(long BatchId, LedgerRow Row)>();
        while (await reader.ReadAsync(cancellationToken))
        {
            var batchId = reader.GetInt64(0);
            var generation = generationOf(batchId);
            rows.Add((batchId, Read(reader, generation.RuinedSeq, generation.CappedSeq)));
        }

        return rows;
    }

    private static LedgerRow Read(DbDataReader reader, long? ruinedSeq, long? cappedSeq)
    {
        var seq = reader.GetInt64(2);
        var tradeId = new byte[AlertId.Length];
        reader.GetBytes(3, 0, tradeId, 0, tradeId.Length);
        return new LedgerRow(
            new LedgerState(
                seq,
                reader.GetDecimal(10),
                reader.GetDecimal(11),
                reader.GetDecimal(14),
                reader.GetInt64(15),
                ruinedSeq <= seq ? ruinedSeq : null,
                cappedSeq <= seq ? cappedSeq : null
            ),
            new AlertId(tradeId),
            reader.GetInt64(4),
            reader.GetString(5) == "long" ? Direction.Long : Direction.Short,
            reader.GetDateTime(6),
            reader.GetDateTime(7),
            PriceOf(17),
            PriceOf(18),
            reader.GetDecimal(8),
            reader.GetDecimal(9),
            reader.GetDecimal(19),
            reader.GetDecimal(12),
            reader.GetDecimal(13)
        );

        // Rows of before version 9 of the schema have none, and are no trade's until their ledger is built again.
        decimal PriceOf(int column) => reader.IsDBNull(column) ? 0 : reader.GetDecimal(column);
    }
}
