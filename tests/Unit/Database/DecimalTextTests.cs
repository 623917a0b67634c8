using System.Globalization;
using System.Text;
using PnlPipeline.Database;

namespace PnlPipeline.Tests.Unit.Database;

public sealed class DecimalTextTests
{
    [Theory]
    [InlineData("0")]
    [InlineData("0.00000000")]
    [InlineData("-0.00000001")]
    [InlineData("1.50")]
    [InlineData("100000.00000000")]
    [InlineData("-999999999999999999.99999999")]
    [InlineData("18446744073709551615")]
    [InlineData("184467440737.09551615")]
    [InlineData("184467440737.09551616")]
    [InlineData("79228162514264337593543950335")]
    [InlineData("-7.9228162514264337593543950335")]
    [InlineData("0.0000000000000000000000000001")]
    [InlineData("0.000000000000000000001")]
    public void Every_decimal_is_written_whole(string text) =>
        Assert.Equal(text, Written(decimal.Parse(text, CultureInfo.InvariantCulture)));

    [Fact]
    public void Random_decimals_are_written_as_the_framework_does()
    {
        var random = new Random(20261125);
        for (var i = 0; i < 100_000; i++)
        {
            // Of every length and number of decimals.
            var value = new decimal(Part(), Part(), Part(), random.Next(2) == 0, (byte)random.Next(29));
            if (value != 0)
                Assert.Equal(value.ToString(CultureInfo.InvariantCulture), Written(value));
        }

        int Part() => random.Next(3) == 0 ? 0 : random.Next(int.MinValue, int.MaxValue) >>> random.Next(32);
    }

    private static string Written(decimal value)
    {
        Span<byte> text = stackalloc byte[40];
        return Encoding.ASCII.GetString(text[..DecimalText.Write(value, text)]);
    }
}
