using PnlPipeline.Database;

namespace PnlPipeline.Query.Api.LedgerView;

/// <summary>
/// A ledger row as the server packs many of them into one text: for each row that it hands out, the driver takes longer than for all there is to read in
/// it (a million rows one by one: 4 s; packed: 1.5 s, nearly all of it the server's).
/// </summary>
/// <param name="ExitTime">Unix milliseconds.</param>
/// <param name="EntryTime">Unix milliseconds.</param>
public readonly record struct PackedRow(
    long Seq, long StreamId, bool IsShort, long EntryTime, long ExitTime, Amount ChangePercentage, Amount Pnl, Amount AvailableCapital)
{
    /// <summary>The fields of a row of <c>ledger_rows</c>, as <c>GROUP_CONCAT</c> takes them; rows are parted by <see cref="Separator"/>.</summary>
    public const string Expression =
        "seq, ' ', stream_id, ' ', side + 0, ' ', entry_time, ' ', exit_time, ' ', change_percentage, ' ', pnl, ' ', available_capital";

    /// <summary>More than a row can take: 20 digits a whole number, 29 characters a number of <c>DECIMAL(27, 8)</c>, 23 a time.</summary>
    public const int MaxBytes = 200;

    public const char Separator = ';';

    private const int Short = 2;

    /// <summary>Adds the rows of a text, in their order.</summary>
    /// <exception cref="FormatException">It is none; the message says where.</exception>
    public static void Read(ReadOnlySpan<byte> text, List<PackedRow> rows)
    {
        for (var packed = new PackedText(text); !packed.IsAtEnd;)
        {
            var seq = packed.Whole();
            packed.Skip(' ');
            var streamId = packed.Whole();
            packed.Skip(' ');
            var isShort = packed.Whole() == Short;
            packed.Skip(' ');
            var entryTime = packed.Time();
            packed.Skip(' ');
            var exitTime = packed.Time();
            packed.Skip(' ');
            var change = new Amount(packed.Number(Amount.Decimals));
            packed.Skip(' ');
            var pnl = new Amount(packed.Number(Amount.Decimals));
            packed.Skip(' ');
            var available = new Amount(packed.Number(Amount.Decimals));
            if (!packed.IsAtEnd)
                packed.Skip(Separator);
            rows.Add(new PackedRow(seq, streamId, isShort, entryTime, exitTime, change, pnl, available));
        }
    }
}
