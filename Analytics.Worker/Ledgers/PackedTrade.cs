using PnlPipeline.Alerts;
using PnlPipeline.Contracts;
using PnlPipeline.Database;

namespace PnlPipeline.Analytics.Worker.Ledgers;

/// <summary>A stream's trades as the server packs many of them into one text.</summary>
public static class PackedTrade
{
    /// <summary>The fields of a row of <c>trades</c>, closed, as <c>GROUP_CONCAT</c> takes them; rows are parted by <see cref="Separator"/>. The id's bytes are as they are.</summary>
    public const string Expression =
        "t.trade_id, t.side + 0, ' ', t.entry_time, ' ', t.exit_time, ' ', t.entry_price, ' ', t.exit_price, ' ', t.change_percentage";

    public const char Separator = ';';

    private const int Short = 2;
    private const int DecimalsOfPrice = 12;
    private const int DecimalsOfChange = 8;

    /// <summary>Adds the trades of a text, in their order.</summary>
    /// <exception cref="FormatException">It is none; the message says where.</exception>
    public static void Read(ReadOnlySpan<byte> text, long streamId, List<CountedTrade> trades)
    {
        for (var packed = new PackedText(text); !packed.IsAtEnd;)
        {
            var tradeId = new AlertId(packed.Bytes(AlertId.Length));
            var side = packed.Whole() == Short ? Direction.Short : Direction.Long;
            packed.Skip(' ');
            var entryTime = Time(packed.Time());
            packed.Skip(' ');
            var exitTime = Time(packed.Time());
            packed.Skip(' ');
            var entryPrice = Number(packed.Number(DecimalsOfPrice), DecimalsOfPrice);
            packed.Skip(' ');
            var exitPrice = Number(packed.Number(DecimalsOfPrice), DecimalsOfPrice);
            packed.Skip(' ');
            var change = Number(packed.Number(DecimalsOfChange), DecimalsOfChange);
            if (!packed.IsAtEnd)
                packed.Skip(Separator);
            trades.Add(new CountedTrade(tradeId, streamId, side, entryTime, exitTime, entryPrice, exitPrice, change));
        }
    }

    private static DateTime Time(long unixMilliseconds) => DateTime.UnixEpoch.AddTicks(unixMilliseconds * TimeSpan.TicksPerMillisecond);

    // A column has at most 28 digits, which a decimal's 96 bits hold.
    private static decimal Number(Int128 units, byte decimals)
    {
        var magnitude = (UInt128)Int128.Abs(units);
        if (magnitude >> 96 != 0)
            throw new OverflowException("A packed number has more digits than a decimal.");
        return new decimal((int)(uint)magnitude, (int)(uint)(magnitude >> 32), (int)(uint)(magnitude >> 64), Int128.IsNegative(units), decimals);
    }
}
