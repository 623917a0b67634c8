using System.Buffers.Text;

namespace PnlPipeline.Database;

/// <summary>
/// Decimals as text: a ledger row holds seven of them, and half of what it took to write one down was dividing 96 bits
/// digit by digit.
/// </summary>
internal static class DecimalText
{
    private const int ScaleShift = 16;

    private static readonly ulong[] PowersOfTen = CreatePowersOfTen();

    /// <summary>Writes all decimals that the value has, zeros at its end too.</summary>
    /// <param name="text">Has room for a sign, 30 digits and a point.</param>
    /// <returns>Bytes written.</returns>
    public static int Write(decimal value, Span<byte> text)
    {
        Span<int> bits = stackalloc int[4];
        decimal.GetBits(value, bits);
        var scale = (bits[3] >> ScaleShift) & 0xFF;
        int written;
        if (bits[2] != 0 || scale >= PowersOfTen.Length)
        {
            Utf8Formatter.TryFormat(value, text, out written);
            return written;
        }

        var length = 0;
        var mantissa = ((ulong)(uint)bits[1] << 32) | (uint)bits[0];
        if (bits[3] < 0)
            text[length++] = (byte)'-';
        var (whole, part) = Math.DivRem(mantissa, PowersOfTen[scale]);
        Utf8Formatter.TryFormat(whole, text[length..], out written);
        length += written;
        if (scale == 0)
            return length;

        text[length++] = (byte)'.';
        for (var i = scale - 1; i >= 0; i--)
        {
            (part, var digit) = Math.DivRem(part, 10UL);
            text[length + i] = (byte)('0' + digit);
        }

        return length + scale;
    }

    private static ulong[] CreatePowersOfTen()
    {
        var powers = new ulong[20];
        powers[0] = 1;
        for (var i = 1; i < powers.Length; i++)
            powers[i] = powers[i - 1] * 10;
        return powers;
    }
}
