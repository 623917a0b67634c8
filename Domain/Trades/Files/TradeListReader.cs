using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Unicode;
using PnlPipeline.Domain.Alerts;
using PnlPipeline.Domain.Calendar;

namespace PnlPipeline.Domain.Trades.Files;

/// <summary>
/// Puts TradingView's list of trades together: one row an entry, one an exit, joined by <c>Trade #</c>, in whatever
/// order (semantics.md 10). A pure function of the rows: the same file always gives the same items. Whatever the bytes,
/// it never throws.
/// </summary>
/// <param name="symbol">The one asked for; <c>null</c> where the list carries it.</param>
/// <param name="zone">Of the list's local times.</param>
/// <param name="nowUtc">What the times are held against.</param>
public sealed class TradeListReader(FileForm form, string? symbol, ZoneOffsets zone, DateTime nowUtc)
{
    private const string Body = "body";
    private const string NumberField = "trade #";
    private const int TypeMax = 40;
    private const int SaidMax = 1_000;

    private readonly List<Row> _rows = [];
    private readonly List<(long? Number, RowError Error)> _wrong = [];
    private readonly Dictionary<(string Field, string Message), Dictionary<string, string[]>> _said = [];
    private readonly List<Cell> _cells = [];
    private readonly Dictionary<string, (bool IsEntry, bool IsLong)?> _types = new(StringComparer.Ordinal);
    private readonly List<string> _symbols = [];
    private readonly Dictionary<string, int> _symbolIndex = new(StringComparer.Ordinal);

    /// <summary>Takes a row; its text is not kept.</summary>
    public void Add(FileRow row)
    {
        if (row.IsBlank)
            return;
        if (row.Fault != RowFault.None)
            Wrong(row, null, Body, RowFaults.Sentence(row.Fault));
        else if (!Utf8.IsValid(row.Text))
            Wrong(row, null, Body, RowFaults.NotUtf8);
        else
            ReadCells(row);
    }

    /// <summary>Every row of the list, put together, by the place of the first of each.</summary>
    public IEnumerable<ListItem> Items()
    {
        var trades = Join();
        var open = FindOpen(trades);
        ResolveTimes(trades);
        Check(trades, open);
        Merge(trades);
        return InOrderOfFile(trades);
    }

    private void ReadCells(FileRow row)
    {
        Cells.Split(Encoding.UTF8.GetString(row.Text), form.Separator, form.IsWorkbook, _cells);
        if (_cells.TrueForAll(cell => cell.Text.Length == 0))
            return;
        if (_cells.Count != form.Columns.Count)
        {
            Wrong(row, null, Body, RowFaults.CellCount(_cells.Count, form.Columns.Count));
            return;
        }

        // As many of a row's errors as can be told apart: the first of each cell.
        var errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
        var number = ReadNumber(Get(Column.Number), errors);
        var read = new Row
        {
            Position = row.Position,
            Line = row.Line,
            Length = row.Text.Length,
            Number = number ?? 0,
        };
        if (TypeOf(Get(Column.Type).Text) is not var (isEntry, isLong))
            errors["type"] = [UnknownType(Get(Column.Type).Text)];
        else
            (read.IsEntry, read.IsLong) = (isEntry, isLong);

        var (price, time) = (Get(Column.Price), Get(Column.Time));
        read.SaysOpen = !read.IsEntry && (Words.IsOpen(Get(Column.Signal).Text) || Words.IsOpen(time.Text));
        read.HasPrice = !price.IsBlank;
        if (read.HasPrice)
            ReadPrice(price, ref read, errors);
        else if (read.IsEntry && !errors.ContainsKey("type"))
            errors["price"] = ["Is missing. An entry has one."];
        // The exit that an open trade does not have yet needs no time.
        if (read.HasPrice || read.IsEntry)
            ReadTime(time, ref read, errors);
        ReadQuantity(Get(Column.Quantity), ref read, errors);
        ReadSymbol(Get(Column.Symbol), ref read, errors);
        if (errors.Count > 0)
            _wrong.Add((number, new RowError(row.Line, row.Position, row.Text.Length, Kept(errors))));
        else
            _rows.Add(read);
    }

    private static string UnknownType(string text) =>
        text.Length == 0
            ? "Is missing. It is one of Entry long, Exit long, Entry short and Exit short."
            : $"“{(text.Length > TypeMax ? text[..TypeMax] + "…" : text)}” is none of Entry long, Exit long, Entry short "
                + "and Exit short in the languages known here. Export the list with TradingView set to English, or put "
                + "these words in the file.";

    private Cell Get(Column column)
    {
        for (var i = 0; i < form.Columns.Count; i++)
        {
            if (form.Columns[i] == column)
                return _cells[i];
        }

        return new Cell("");
    }

    private long? ReadNumber(Cell cell, Dictionary<string, string[]> errors)
    {
        if (
            CellNumber.TryDecimal(cell, form.Mark, out var value)
            && value == decimal.Truncate(value)
            && value is >= 0 and < 1_000_000_000_000_000
        )
            return (long)value;
        errors[NumberField] =
        [
            cell.Text.Length == 0 ? "Is missing. It says which exit belongs to which entry." : "Is not a whole number.",
        ];
        return null;
    }

    private (bool IsEntry, bool IsLong)? TypeOf(string text)
    {
        if (_types.TryGetValue(text, out var known))
            return known;
        var type = Words.TypeOf(text);
        // A list has four; what has more is something else, and is not kept.
        if (_types.Count < 64)
            _types[text] = type;
        return type;
    }

    private void ReadPrice(Cell cell, ref Row row, Dictionary<string, string[]> errors)
    {
        if (!CellNumber.TryPlain(cell.Text, cell.IsNumber ? '.' : form.Mark, out var plain))
            errors["price"] = [NotANumber(cell)];
        else if (Price.TryParse(plain, out var price, out var error))
            row.Price = price;
        else
            errors["price"] = [error];
    }

    private string NotANumber(Cell cell) =>
        CellNumber.EvidenceIn(cell.Text) == MarkEvidence.NotANumber
            ? "Is not a number. Send the list as TradingView exports it."
            : $"Is not a number with '{form.Mark}' as its decimal mark, as the rest of the file has it; decimal= says "
                + $"otherwise.";

    private void ReadTime(Cell cell, ref Row row, Dictionary<string, string[]> errors)
    {
        // An open trade's exit may say so where the date should be.
        if (row.SaysOpen && (cell.IsBlank || Words.IsOpen(cell.Text)))
        {
            row.HasNoTime = true;
            return;
        }

        if (!CellTimes.TryParse(cell, form.Mark, form.DateOrder, out var time, out var error))
        {
            errors["timestamp"] = [error];
            return;
        }

        (row.Time, row.IsUtc) = (Milliseconds(time.Ticks), time.IsUtc);
    }

    private void ReadQuantity(Cell cell, ref Row row, Dictionary<string, string[]> errors)
    {
        if (cell.IsBlank)
            return;
        if (CellNumber.TryDecimal(cell, form.Mark, out var quantity))
            (row.Quantity, row.HasQuantity) = (Math.Abs(quantity), quantity != 0);
        else
            errors["quantity"] = ["Is not a number. Send the list as TradingView exports it."];
    }

    private void ReadSymbol(Cell cell, ref Row row, Dictionary<string, string[]> errors)
    {
        var canonical = symbol ?? "";
        if (cell.Text.Length > 0)
        {
            if (!Symbol.TryParse(cell.Text, out canonical, out var error))
            {
                errors["symbol"] = [error];
                return;
            }

            if (symbol is not null && symbol != canonical)
            {
                errors["symbol"] =
                [
                    $"Is {canonical} where {symbol} was asked for. Leave symbol= out to take each row's own.",
                ];
                return;
            }
        }
        else if (symbol is null)
        {
            errors["symbol"] = ["Is missing. Fill the column, or say symbol="];
            return;
        }

        if (!_symbolIndex.TryGetValue(canonical, out row.Symbol))
        {
            row.Symbol = _symbols.Count;
            _symbolIndex[canonical] = row.Symbol;
            _symbols.Add(canonical);
        }
    }

    // Ascending by number. What was wrong before a row could be read is not among them, but its trade knows of it.
    private List<Joined> Join()
    {
        var order = Enumerable.Range(0, _rows.Count).ToArray();
        Array.Sort(
            order,
            (a, b) => (_rows[a].Number, _rows[a].Position).CompareTo((_rows[b].Number, _rows[b].Position))
        );
        var wrongLines = new Dictionary<long, long>();
        foreach (var (number, error) in _wrong)
        {
            if (number is { } known)
                wrongLines.TryAdd(known, error.Line);
        }

        var trades = new List<Joined>((order.Length / 2) + 1);
        foreach (var i in order)
        {
            var row = _rows[i];
            if (trades.Count == 0 || trades[^1].Number != row.Number)
                trades.Add(
                    new Joined
                    {
                        Number = row.Number,
                        Entry = -1,
                        Exit = -1,
                        Into = -1,
                        WrongLine = wrongLines.GetValueOrDefault(row.Number),
                    }
                );
            var trade = trades[^1];
            ref var place = ref row.IsEntry ? ref trade.Entry : ref trade.Exit;
            if (place >= 0)
                Reject(
                    i,
                    NumberField,
                    $"Trade {row.Number} has its {(row.IsEntry ? "entry" : "exit")} on line {_rows[place].Line} "
                        + $"already."
                );
            else
                place = i;
        }

        // A trade of which nothing could be read is not open, so those before it are not either.
        foreach (var number in wrongLines.Keys)
        {
            if (Find(trades, number) < 0)
                _unreadable.Add(number);
        }

        return trades;
    }

    private readonly SortedSet<long> _unreadable = [];

    private static int Find(List<Joined> trades, long number)
    {
        var (low, high) = (0, trades.Count - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            if (trades[middle].Number == number)
                return middle;
            if (trades[middle].Number < number)
                low = middle + 1;
            else
                high = middle - 1;
        }

        return ~low;
    }

    // The position of the first trade that is open; all from there on are.
    private int FindOpen(List<Joined> trades)
    {
        var first = trades.Count;
        var unreadable = _unreadable.Count > 0 ? _unreadable.Max : long.MinValue;
        while (
            first > 0
            && trades[first - 1] is { Entry: >= 0, WrongLine: 0 } trade
            && trade.Number > unreadable
            && (trade.Exit < 0 || !_rows[trade.Exit].HasPrice || _rows[trade.Exit].SaysOpen)
        )
        {
            first--;
            trade.IsOpen = true;
        }

        return first;
    }

    // What a local time that was twice means is told by the trades: an exit is not before its entry, and numbers
    // ascend.
    private void ResolveTimes(List<Joined> trades)
    {
        var oneAtATime = TakesOneAtATime(trades);
        var (entryBefore, exitBefore) = (long.MinValue, long.MinValue);
        foreach (var trade in trades)
        {
            if (trade.Entry < 0)
                continue;
            ref readonly var entry = ref At(trade.Entry);
            trade.EntryTime = oneAtATime
                ? InstantOf(entry, exitBefore, entryBefore)
                : InstantOf(entry, entryBefore, entryBefore);
            entryBefore = Math.Max(entryBefore, trade.EntryTime);
            if (trade.Exit < 0 || trade.IsOpen || _rows[trade.Exit] is { HasPrice: false } or { HasNoTime: true })
                continue;
            trade.ExitTime = InstantOf(_rows[trade.Exit], trade.EntryTime, trade.EntryTime);
            exitBefore = Math.Max(exitBefore, trade.ExitTime);
        }
    }

    // Whether each trade of the list has left before the next one enters, as far as the clock alone tells.
    private bool TakesOneAtATime(List<Joined> trades)
    {
        var exitBefore = long.MinValue;
        foreach (var trade in trades.Where(trade => trade is { Entry: >= 0, Exit: >= 0 }))
        {
            var (entry, exit) = (_rows[trade.Entry], _rows[trade.Exit]);
            if (!exit.HasPrice || exit.HasNoTime)
                continue;
            var (enters, enteredTwice) = Instants(entry);
            if (enteredTwice is null && enters < exitBefore)
                return false;
            var (leaves, leftTwice) = Instants(exit);
            if (leftTwice is null)
                exitBefore = Math.Max(exitBefore, leaves);
        }

        return true;
    }

    private long InstantOf(in Row row, long notBefore, long orElse)
    {
        var (first, second) = Instants(row);
        if (second is null || first >= notBefore)
            return first;
        if (second >= notBefore)
            return second.Value;
        return first >= orElse || second < orElse ? first : second.Value;
    }

    private (long First, long? Second) Instants(in Row row) => row.IsUtc ? (row.Time, null) : zone.InstantsOf(row.Time);

    private ref readonly Row At(int at) => ref System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_rows)[at];

    private void Check(List<Joined> trades, int firstOpen)
    {
        foreach (var (i, trade) in trades.Index())
        {
            if (WhatIsWrong(trade, i < firstOpen) is not var (isOfExit, field, message))
                continue;
            trade.IsWrong = true;
            var (at, other) = isOfExit ? (trade.Exit, trade.Entry) : (trade.Entry, trade.Exit);
            Reject(at, field, message);
            if (other >= 0)
                Reject(other, NumberField, $"Trade {trade.Number} cannot be read: see line {_rows[at].Line}.");
        }
    }

    private (bool IsOfExit, string Field, string Message)? WhatIsWrong(Joined trade, bool isClosed)
    {
        if (trade.WrongLine > 0)
            return (trade.Entry < 0, NumberField, $"Trade {trade.Number} cannot be read: see line {trade.WrongLine}.");
        if (trade.Entry < 0)
            return (true, NumberField, $"Trade {trade.Number} has an exit and no entry. Send the whole list.");
        if (TimeFault(trade.EntryTime) is { } entryFault)
            return (false, "timestamp", entryFault);
        if (trade.Exit >= 0)
        {
            var (entry, exit) = (_rows[trade.Entry], _rows[trade.Exit]);
            if (entry.IsLong != exit.IsLong)
                return (
                    true,
                    "type",
                    $"Has another direction than the entry of trade {trade.Number}, on line {entry.Line}."
                );
            if (entry.Symbol != exit.Symbol)
                return (
                    true,
                    "symbol",
                    $"Is another than that of the entry of trade {trade.Number}, on line {entry.Line}."
                );
        }

        if (!isClosed)
            return null;
        if (trade.Exit < 0)
            return (
                false,
                NumberField,
                $"Trade {trade.Number} has an entry and no exit, and is not the last. Send the whole list."
            );
        if (!_rows[trade.Exit].HasPrice)
            return (true, "price", "Is missing, and later trades are closed. Only the trades at the end may be open.");
        if (_rows[trade.Exit].HasNoTime)
            return (
                true,
                "timestamp",
                "Is missing, and later trades are closed. Only the trades at the end may be open."
            );
        if (TimeFault(trade.ExitTime) is { } exitFault)
            return (true, "timestamp", exitFault);
        return trade.ExitTime < trade.EntryTime
            ? (true, "timestamp", $"Is before the entry of trade {trade.Number}, on line {_rows[trade.Entry].Line}.")
            : null;
    }

    private string? TimeFault(long time)
    {
        if (time < Milliseconds(new DateTime(2000, 1, 1).Ticks))
            return "Is before the year 2000.";
        return time > Milliseconds((nowUtc + Timestamp.MaxAhead).Ticks) ? Timestamp.IsTooFarAhead : null;
    }

    // Trades of one entry that left in parts are one trade. One that left on its own entry bar is a trade by itself.
    private void Merge(List<Joined> trades)
    {
        var groups = new Dictionary<(int Symbol, bool IsLong, long Time, decimal Price), int>();
        var last = new int[trades.Count];
        var next = new int[trades.Count];
        Array.Fill(next, -1);
        foreach (var (i, trade) in trades.Index())
        {
            if (trade.IsWrong)
                continue;
            var entry = _rows[trade.Entry];
            var key = (entry.Symbol, entry.IsLong, trade.EntryTime, entry.Price);
            if (groups.TryAdd(key, i))
                last[i] = i;
            else
                last[groups[key]] = next[last[groups[key]]] = i;
        }

        foreach (var first in groups.Values)
        {
            if (next[first] < 0)
            {
                Settle(trades[first]);
                continue;
            }

            var group = new List<Joined>();
            for (var i = first; i >= 0; i = next[i])
                group.Add(trades[i]);
            MergeGroup(trades, group);
        }
    }

    private void Settle(Joined trade)
    {
        if (!trade.IsOpen)
            trade.ExitPrice = _rows[trade.Exit].Price;
        trade.Occurrence = 1;
    }

    private void MergeGroup(List<Joined> trades, List<Joined> group)
    {
        group.ForEach(Settle);
        var parts = group.FindAll(trade => !trade.IsOpen && trade.ExitTime > trade.EntryTime);
        if (parts.Count > 1)
        {
            parts[0].ExitPrice = MeanPrice(parts);
            parts[0].ExitTime = parts.Max(part => part.ExitTime);
            PutInto(trades, parts);
        }

        var open = group.FindAll(trade => trade.IsOpen);
        if (open.Count > 1)
            PutInto(trades, open);

        // What left at once is never merged, so equal ones are told apart by counting them.
        var seen = new Dictionary<decimal, int>();
        foreach (var trade in group.Where(trade => !trade.IsOpen && trade.ExitTime == trade.EntryTime))
        {
            seen[trade.ExitPrice] = seen.GetValueOrDefault(trade.ExitPrice) + 1;
            trade.Occurrence = seen[trade.ExitPrice];
        }
    }

    private static void PutInto(List<Joined> trades, List<Joined> parts)
    {
        var into = Find(trades, parts[0].Number);
        foreach (var part in parts.Skip(1))
            part.Into = into;
    }

    // Exact, rounded once, half-even, to twelve decimals.
    private decimal MeanPrice(List<Joined> parts)
    {
        var weights = parts.ConvertAll(part =>
            _rows[part.Exit] is { HasQuantity: true } exit ? exit.Quantity
            : _rows[part.Entry] is { HasQuantity: true } entry ? entry.Quantity
            : 0
        );
        if (weights.Contains(0))
            weights = weights.ConvertAll(_ => 1m);
        var (sum, weight) = (BigInteger.Zero, BigInteger.Zero);
        foreach (var (part, quantity) in parts.Zip(weights))
        {
            var units = Units(quantity, 28);
            sum += Units(part.ExitPrice, Price.Decimals) * units;
            weight += units;
        }

        var mean = BigInteger.DivRem(sum, weight, out var remainder);
        var twice = remainder * 2;
        if (twice > weight || (twice == weight && !mean.IsEven))
            mean++;
        return (decimal)mean / 1_000_000_000_000m;
    }

    // A decimal in whole units of 10^-places.
    private static BigInteger Units(decimal value, int places)
    {
        var bits = decimal.GetBits(value);
        var scale = (bits[3] >> 16) & 0xFF;
        var whole = ((BigInteger)(uint)bits[2] << 64) + ((BigInteger)(uint)bits[1] << 32) + (uint)bits[0];
        return whole * BigInteger.Pow(10, places - scale);
    }

    private IEnumerable<ListItem> InOrderOfFile(List<Joined> trades)
    {
        _wrong.Sort((a, b) => a.Error.Position.CompareTo(b.Error.Position));
        var order = Enumerable.Range(0, trades.Count).Where(i => !trades[i].IsWrong).ToArray();
        Array.Sort(order, (a, b) => PositionOf(trades[a]).CompareTo(PositionOf(trades[b])));
        var wrong = 0;
        foreach (var i in order)
        {
            var trade = trades[i];
            for (; wrong < _wrong.Count && _wrong[wrong].Error.Position < PositionOf(trade); wrong++)
                yield return InError(_wrong[wrong].Error);
            yield return ItemOf(trade);
        }

        for (; wrong < _wrong.Count; wrong++)
            yield return InError(_wrong[wrong].Error);
    }

    private static ListItem InError(RowError error) => new(error.Position, error.Line, null, 0, 0, 0, [error]);

    private ListItem ItemOf(Joined trade)
    {
        var entry = _rows[trade.Entry];
        var first = trade.Exit >= 0 && _rows[trade.Exit].Position < entry.Position ? _rows[trade.Exit] : entry;
        var skipped = trade is { IsOpen: true, Exit: >= 0 } ? 1 : 0;
        var rows = trade is { IsOpen: false } ? 2 : 1;
        if (trade.Into >= 0)
            return new ListItem(first.Position, first.Line, null, 0, rows, skipped, []);
        var listed = new ListedTrade(
            trade.Number,
            _symbols[entry.Symbol],
            entry.IsLong,
            Utc(trade.EntryTime),
            entry.Price,
            trade.IsOpen ? null : Utc(trade.ExitTime),
            trade.IsOpen ? null : trade.ExitPrice,
            trade.Occurrence
        );
        return new ListItem(first.Position, first.Line, listed, rows, 0, skipped, []);
    }

    private long PositionOf(Joined trade)
    {
        var entry = _rows[trade.Entry].Position;
        return trade.Exit >= 0 ? Math.Min(entry, _rows[trade.Exit].Position) : entry;
    }

    private void Reject(int at, string field, string message) =>
        _wrong.Add((null, new RowError(_rows[at].Line, _rows[at].Position, _rows[at].Length, ErrorOf(field, message))));

    private void Wrong(FileRow row, long? number, string field, string message) =>
        _wrong.Add((number, new RowError(row.Line, row.Position, row.Text.Length, ErrorOf(field, message))));

    private Dictionary<string, string[]> ErrorOf(string field, string message) => Kept(RowFaults.Of(field, message));

    // A million rows have mostly the same wrong with them: it is kept once.
    private Dictionary<string, string[]> Kept(Dictionary<string, string[]> errors)
    {
        if (errors.Count > 1)
            return errors;
        var (field, messages) = errors.Single();
        var key = (field, messages[0]);
        if (_said.TryGetValue(key, out var said))
            return said;
        if (_said.Count < SaidMax)
            _said.Add(key, errors);
        return errors;
    }

    private static long Milliseconds(long ticks) => (ticks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMillisecond;

    private static DateTime Utc(long milliseconds) => DateTime.UnixEpoch.AddMilliseconds(milliseconds);

    /// <summary>A row that could be read; small, for there may be a million.</summary>
    private struct Row
    {
        public long Position;
        public long Line;
        public long Number;

        // Unix milliseconds, or local ones.
        public long Time;
        public decimal Price;
        public decimal Quantity;
        public int Length;
        public int Symbol;
        public bool IsEntry;
        public bool IsLong;
        public bool IsUtc;
        public bool HasPrice;
        public bool HasQuantity;
        public bool HasNoTime;
        public bool SaysOpen;
    }

    /// <summary>The rows of one number, by their positions among the rows; -1 where there is none.</summary>
    private sealed class Joined
    {
        public long Number;
        public int Entry;
        public int Exit;

        // The position of the trade that this one is a part of.
        public int Into;
        public int Occurrence;
        public long WrongLine;
        public long EntryTime;
        public long ExitTime;
        public decimal ExitPrice;
        public bool IsOpen;
        public bool IsWrong;
    }
}
