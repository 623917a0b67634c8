using System.Diagnostics.CodeAnalysis;
using System.Text;

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
        var reader = new Reader(text);
        while (reader.TryRead(out var row))
            rows.Add(row);
    }

    private ref struct Reader(ReadOnlySpan<byte> text)
    {
        // Plenty for DECIMAL(27, 8) in an Int128; the first 18 digits go quicker in a long.
        private const int QuickDigits = 18;
        private const int DecimalsOfAmount = Amount.Decimals;

        private readonly ReadOnlySpan<byte> _text = text;
        private int _at;

        public bool TryRead(out PackedRow row)
        {
            row = default;
            if (_at >= _text.Length)
                return false;

            var seq = Whole();
            Skip(' ');
            var streamId = Whole();
            Skip(' ');
            var side = Whole();
            Skip(' ');
            var entryTime = Time();
            Skip(' ');
            var exitTime = Time();
            Skip(' ');
            var change = Number();
            Skip(' ');
            var pnl = Number();
            Skip(' ');
            var available = Number();
            if (_at < _text.Length)
                Skip(Separator);
            row = new PackedRow(seq, streamId, side == Short, entryTime, exitTime, change, pnl, available);
            return true;
        }

        private long Whole()
        {
            var begin = _at;
            var value = 0L;
            for (; _at < _text.Length && (uint)(_text[_at] - '0') <= 9; _at++)
                value = (value * 10) + (_text[_at] - '0');
            if (_at == begin || _at - begin > QuickDigits)
                Fail();
            return value;
        }

        // Every number has all its decimals, as its column does.
        private Amount Number()
        {
            var isNegative = _at < _text.Length && _text[_at] == '-';
            if (isNegative)
                _at++;
            var begin = _at;
            var (value, wide) = (0L, (Int128)0);
            var (digits, point) = (0, -1);
            for (; _at < _text.Length; _at++)
            {
                var digit = (uint)(_text[_at] - '0');
                if (digit > 9)
                {
                    if (_text[_at] != '.' || point >= 0)
                        break;
                    point = digits;
                    continue;
                }

                if (digits == QuickDigits)
                    wide = value;
                if (digits++ < QuickDigits)
                    value = (value * 10) + digit;
                else
                    wide = (wide * 10) + digit;
            }

            if (_at == begin || digits - point != DecimalsOfAmount || point < 1)
                Fail();
            var units = digits > QuickDigits ? wide : value;
            return new Amount(isNegative ? -units : units);
        }

        // 2026-11-22 06:28:00.000
        private long Time()
        {
            const int length = 23;
            if (_text.Length - _at < length)
                Fail();
            var time = _text.Slice(_at, length);
            var date = Date(Digits(time, 0, 4), Digits(time, 5, 2), Digits(time, 8, 2));
            var ofDay = (((((Digits(time, 11, 2) * 60) + Digits(time, 14, 2)) * 60) + Digits(time, 17, 2)) * 1_000) + Digits(time, 20, 3);
            _at += length;
            return (date * 86_400_000L) + ofDay;
        }

        private readonly int Digits(ReadOnlySpan<byte> characters, int from, int count)
        {
            var value = 0;
            for (var i = from; i < from + count; i++)
            {
                var digit = (uint)(characters[i] - '0');
                if (digit > 9)
                    Fail();
                value = (value * 10) + (int)digit;
            }

            return value;
        }

        // Days since 1970: years counted from March, so that the leap day is a year's last.
        private static long Date(int year, int month, int day)
        {
            if (month <= 2)
                (year, month) = (year - 1, month + 12);
            return (365L * year) + (year / 4) - (year / 100) + (year / 400) + (((153 * (month - 3)) + 2) / 5) + day - 719_469;
        }

        private void Skip(char expected)
        {
            if (_at >= _text.Length || _text[_at] != expected)
                Fail();
            _at++;
        }

        [DoesNotReturn]
        private readonly void Fail() => throw new FormatException(
            $"Character {_at} of packed ledger rows is not what it should be: '{Encoding.ASCII.GetString(_text[Math.Max(0, _at - 20)..Math.Min(_text.Length, _at + 20)])}'.");
    }
}
