using System.Data.Common;
using System.Globalization;
using Dapper;
using PnlPipeline.Alerts;
using PnlPipeline.Contracts;
using PnlPipeline.Database;

namespace PnlPipeline.Analytics.Worker.Ledgers;

/// <summary>
/// The rows of one generation of a batch's ledger. Within a generation <c>posted_at</c> never decreases along the rows, and a row that takes
/// another's place is posted later than that: whoever keeps rows in memory can tell by it which of them still stand.
/// </summary>
/// <param name="RuinedSeq">As the ledger has it: rows do not carry it themselves.</param>
/// <param name="CappedSeq">Likewise.</param>
internal sealed record LedgerRows(long BatchId, long Generation, long? RuinedSeq, long? CappedSeq)
{
    private const string Table = "ledger_rows";

    // Under this many rows a statement of literals is the shorter way.
    private const int MinRowsToLoad = 200;

    private static readonly string[] Columns =
    [
        "batch_id", "generation", "seq", "trade_id", "stream_id", "side", "entry_time", "exit_time", "change_percentage", "pnl",
        "available_capital", "peak_capital", "drawdown", "drawdown_percentage", "max_drawdown_percentage", "wins", "posted_at",
    ];

    private static readonly string InsertHead = $"INSERT INTO {Table} ({string.Join(", ", Columns)}) VALUES ";
    private static readonly string SelectAll = $"SELECT {string.Join(", ", Columns)} FROM {Table}";
    private static readonly string Select = $"{SelectAll} WHERE batch_id = @BatchId AND generation = @Generation";

    /// <summary>Rows from <paramref name="fromSeq"/> on, <paramref name="limit"/> at most.</summary>
    public async Task<List<LedgerRow>> ReadAsync(DbConnection connection, long fromSeq, int limit, CancellationToken cancellationToken)
    {
        await using var reader = await connection.ExecuteReaderAsync(new CommandDefinition(
            $"{Select} AND seq >= @fromSeq ORDER BY seq LIMIT @limit",
            new { BatchId, Generation, fromSeq, limit },
            cancellationToken: cancellationToken));
        return [.. ReadAll(reader, _ => this).Select(row => row.Row)];
    }

    /// <summary>The row, or <c>null</c> where there is none of this number.</summary>
    public async Task<LedgerRow?> FindAsync(DbConnection connection, long seq, CancellationToken cancellationToken)
    {
        var rows = await ReadAsync(connection, seq, 1, cancellationToken);
        return rows is [var row] && row.State.Seq == seq ? row : null;
    }

    /// <summary>What row <paramref name="seq"/> goes on from; <c>null</c> where the row before it is missing.</summary>
    public async Task<LedgerState?> StateBeforeAsync(
        DbConnection connection, long seq, LedgerSettings settings, CancellationToken cancellationToken) =>
        seq == 1 ? LedgerState.Start(settings) : (await FindAsync(connection, seq - 1, cancellationToken))?.State;

    /// <summary>
    /// The first row that closed at <paramref name="exitTime"/> or later; <paramref name="lastSeq"/> + 1 where none did. There is no index on the time, which every
    /// insert would pay for: looking from the end in growing steps, and then halving, reads twice the logarithm of the rows behind it.
    /// </summary>
    public async Task<long> FindFirstAsync(DbConnection connection, DateTime exitTime, long lastSeq, CancellationToken cancellationToken)
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

        async Task<bool> IsBeforeAsync(long seq) => await connection.ExecuteScalarAsync<bool>(new CommandDefinition(
            $"SELECT exit_time < @exitTime FROM {Table} WHERE batch_id = @BatchId AND generation = @Generation AND seq = @seq",
            new { BatchId, Generation, seq, exitTime },
            cancellationToken: cancellationToken));
    }

    /// <summary>Removes every row from <paramref name="fromSeq"/> on.</summary>
    public Task DeleteAsync(DbConnection connection, long fromSeq, CancellationToken cancellationToken) =>
        connection.ExecuteAsync(new CommandDefinition(
            $"DELETE FROM {Table} WHERE batch_id = @BatchId AND generation = @Generation AND seq >= @fromSeq",
            new { BatchId, Generation, fromSeq },
            cancellationToken: cancellationToken));

    /// <summary>
    /// The last <paramref name="count"/> rows of each of these ledgers, or as many as there are, and of what stands after them one; by batch, in order. In one statement.
    /// </summary>
    public static async Task<ILookup<long, LedgerRow>> ReadTailsAsync(
        DbConnection connection, IReadOnlyCollection<HeldLedger> ledgers, int count, CancellationToken cancellationToken)
    {
        // Numbers of our own are safe as literals.
        var tails = ledgers.Select(ledger => string.Create(
            CultureInfo.InvariantCulture,
            $"({SelectAll} WHERE batch_id = {ledger.BatchId} AND generation = {ledger.Generation} AND seq >= {Math.Max(1, ledger.LastSeq - count + 1)} ORDER BY seq LIMIT {count + 1})"));
        var byId = ledgers.ToDictionary(ledger => ledger.BatchId);
        await using var reader = await connection.ExecuteReaderAsync(
            new CommandDefinition(string.Join(" UNION ALL ", tails), cancellationToken: cancellationToken, flags: CommandFlags.NoCache));
        // A union keeps no order that could be relied on.
        return ReadAll(reader, batchId => byId[batchId].Rows).OrderBy(row => row.Row.State.Seq).ToLookup(row => row.BatchId, row => row.Row);
    }

    /// <summary>Removes every row of several ledgers from a number on; in one round trip.</summary>
    public static Task DeleteAsync(
        DbConnection connection, IEnumerable<(LedgerRows Rows, long FromSeq)> tails, CancellationToken cancellationToken) =>
        connection.ExecuteAsync(new CommandDefinition(
            string.Join(";\n", tails.Select(tail => string.Create(
                CultureInfo.InvariantCulture,
                $"DELETE FROM {Table} WHERE batch_id = {tail.Rows.BatchId} AND generation = {tail.Rows.Generation} AND seq >= {tail.FromSeq}"))),
            cancellationToken: cancellationToken,
            flags: CommandFlags.NoCache));

    /// <summary>Adds rows in the way that is quickest for their number.</summary>
    /// <param name="mayLoad">Whether the server takes <see cref="BulkLoad"/>.</param>
    public async Task AddAsync(
        DbConnection connection, IReadOnlyCollection<LedgerRow> rows, DateTime postedAt, bool mayLoad, CancellationToken cancellationToken)
    {
        await using var writer = new Writer(connection, mayLoad && rows.Count >= MinRowsToLoad);
        foreach (var row in rows)
        {
            writer.Add(this, row, postedAt);
            if (writer.IsFull)
                await writer.SendAsync(cancellationToken);
        }

        await writer.FlushAsync(cancellationToken);
    }

    /// <summary>Writes rows of any ledgers, those of one after those of another. While the server stores one piece, the next is gathered.</summary>
    public sealed class Writer : IAsyncDisposable
    {
        // About a megabyte: more would not be quicker, and less would wait for the server more often.
        private const int RowsInPiece = 5_000;

        private readonly DbConnection _connection;
        private readonly BulkLoad?[] _loads;
        private readonly BulkInsert _insert = new(InsertHead);
        private Task _sending = Task.CompletedTask;
        private int _rows;

        public Writer(DbConnection connection, bool loads)
        {
            _connection = connection;
            _loads = loads ? [new BulkLoad(Table, Columns), new BulkLoad(Table, Columns)] : [null, null];
        }

        /// <summary>Of so many rows, whether loading them is the quicker way.</summary>
        public static bool IsWorthALoad(long rows) => rows >= MinRowsToLoad;

        /// <summary>Whether it is time to <see cref="SendAsync"/>.</summary>
        public bool IsFull => _rows >= RowsInPiece;

        public void Add(LedgerRows rows, in LedgerRow row, DateTime postedAt)
        {
            if (_loads[0] is { } load)
                rows.Add(load, row, postedAt);
            else
                rows.Add(_insert, row, postedAt);
            _rows++;
        }

        /// <summary>Adds those of a ledger's rows that are others than the ones held, and sends what is full.</summary>
        /// <returns>The ledger's state after its last row.</returns>
        public async Task<LedgerState> AddAsync(HeldLedger ledger, TailMerge merge, CancellationToken cancellationToken)
        {
            var (rows, now) = (ledger.Rows, ledger.Now);
            var state = merge.Before;
            foreach (var row in merge.Rows())
            {
                state = row.State;
                if (state.Seq < merge.FromSeq)
                    continue;
                Add(rows, row, now);
                if (IsFull)
                    await SendAsync(cancellationToken);
            }

            return state;
        }

        /// <summary>Sends what was added since the last time, when the server is done with that; returns as soon as it is on its way.</summary>
        public async Task SendAsync(CancellationToken cancellationToken)
        {
            await _sending;
            _rows = 0;
            if (_loads[0] is not { } load)
            {
                await _insert.ExecuteAsync(_connection, transaction: null, cancellationToken);
                return;
            }

            (_loads[0], _loads[1]) = (_loads[1], load);
            // On a thread of its own: the driver does most of it before it first waits.
            _sending = Task.Run(() => load.ExecuteAsync(_connection, cancellationToken), cancellationToken);
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
            foreach (var load in _loads)
                load?.Dispose();
        }
    }

    private void Add(BulkLoad load, in LedgerRow row, DateTime postedAt)
    {
        load.Value(BatchId)
            .Value(Generation)
            .Value(row.State.Seq)
            .Value(row.TradeId.ToByteArray())
            .Value(row.StreamId)
            .Value(AlertId.Word(row.Side))
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
            .EndRow();
    }

    private void Add(BulkInsert insert, in LedgerRow row, DateTime postedAt) => insert.Row()
        .Value(BatchId)
        .Value(Generation)
        .Value(row.State.Seq)
        .Value(row.TradeId.ToByteArray())
        .Value(row.StreamId)
        .Word(AlertId.Word(row.Side))
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
        .Value(postedAt);

    // The rows are on their way: awaiting each would cost the driver as much as reading it.
    private static List<(long BatchId, LedgerRow Row)> ReadAll(DbDataReader reader, Func<long, LedgerRows> generationOf)
    {
        var rows = new List<(long BatchId, LedgerRow Row)>();
        while (reader.Read())
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
                cappedSeq <= seq ? cappedSeq : null),
            new AlertId(tradeId),
            reader.GetInt64(4),
            reader.GetString(5) == "long" ? Direction.Long : Direction.Short,
            DateTime.SpecifyKind(reader.GetDateTime(6), DateTimeKind.Utc),
            DateTime.SpecifyKind(reader.GetDateTime(7), DateTimeKind.Utc),
            reader.GetDecimal(8),
            reader.GetDecimal(9),
            reader.GetDecimal(12),
            reader.GetDecimal(13));
    }
}
