using System.Net;
using PnlPipeline.Hosting;

namespace PnlPipeline.Tests.Unit.Hosting;

public sealed class NetworksTests
{
    [Theory]
    [InlineData("52.89.214.238", true)]
    [InlineData("52.89.214.239", false)]
    [InlineData("::ffff:52.89.214.238", true)]
    [InlineData("10.255.0.1", true)]
    [InlineData("11.0.0.1", false)]
    [InlineData("2001:db8::1", true)]
    [InlineData("2001:db9::1", false)]
    [InlineData("::1", false)]
    public void An_address_lies_in_one_of_them_or_not(string address, bool contained)
    {
        var networks = Networks.Parse("Some:List", ["52.89.214.238", "10.0.0.0/8", "2001:db8::/32"]);

        Assert.Equal(contained, networks.Contains(IPAddress.Parse(address)));
        Assert.False(networks.Contains(null));
    }

    [Theory]
    [InlineData(" ")]
    [InlineData("tradingview.com")]
    [InlineData("10.0.0.0/33")]
    [InlineData("10.0.0.0/")]
    [InlineData("10.0.0.256")]
    public void What_is_no_network_is_refused_by_the_name_of_its_variable(string text)
    {
        var refusal = Assert.Throws<FormatException>(() => Networks.Parse("Some:List", ["", text]));

        Assert.StartsWith("Some__List__1 ", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("192.0.2.1", "192.0.2.1")]
    [InlineData("::ffff:192.0.2.1", "192.0.2.1")]
    [InlineData("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::")]
    [InlineData(null, "255.255.255.255")]
    public void A_source_is_an_address_or_a_network_of_IPv6(string? address, string source) =>
        Assert.Equal(IPAddress.Parse(source), Networks.SourceOf(address is null ? null : IPAddress.Parse(address)));
}
