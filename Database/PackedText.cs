using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace PnlPipeline.Database;

/// <summary>
/// Reads what the server has packed, many rows in one text (<c>GROUP_CONCAT</c>): for each row that it hands out, the driver takes longer than for all there is to
/// read in it.
/// </summary>
public ref struct PackedText(ReadOnlySpan<byte> text)
{
    // Plenty for any DECIMAL of ours in an Int128; the first 18 digits go quicker in a long.
    private const int QuickDigits = 18;

    private readonly ReadOnlySpan<byte> _text = text;
    private int _at;

    public readonly bool IsAtEnd => _at >= _text.Length;

    /// <summary>A whole number of at most 18 digits, without a sign.</summary>
    /// <exception cref="FormatException">It is none; the message says where. As of all that follow.</exception>
    public long Whole()
    {
        var begin = _at;
        var value = 0L;
        for (; _at < _text.Length && (uint)(_text[_at] - '0') <= 9; _at++)
            value = (value * 10) + (_text[_at] - '0');
        if (_at == begin || _at - begin > QuickDigits)
            Fail();
        return value;
    }

    /// <summary>A decimal with all its decimals, as its column has them.</summary>
    /// <returns>In units of its last decimal.</returns>
    public Int128 Number(int decimals)
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

        if (_at == begin || digits - point != decimals || point < 1)
            Fail();
        var units = digits > QuickDigits ? wide : value;
        return isNegative ? -units : units;
    }

    /// <summary>A time as <c>2026-11-22 06:28:00.000</c>.</summary>
    /// <returns>Unix milliseconds.</returns>
    public long Time()
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

    /// <summary>So many bytes, whatever they are.</summary>
    public ReadOnlySpan<byte> Bytes(int length)
    {
        if (_text.Length - _at < length)
            Fail();
        _at += length;
        return _text.Slice(_at - length, length);
    }

    public void Skip(char expected)
    {
        if (_at >= _text.Length || _text[_at] != expected)
            Fail();
        _at++;
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

    [DoesNotReturn]
    private readonly void Fail() => throw new FormatException(
        $"Character {_at} of packed rows is not what it should be: '{Encoding.ASCII.GetString(_text[Math.Max(0, _at - 20)..Math.Min(_text.Length, _at + 20)])}'.");
}
