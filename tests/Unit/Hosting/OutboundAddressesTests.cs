using System.Net;
using System.Net.Sockets;
using PnlPipeline.Hosting;

namespace PnlPipeline.Tests.Unit.Hosting;

/// <summary>Where a channel's address may lead, however it is written.</summary>
public sealed class OutboundAddressesTests
{
    private static readonly OutboundAddresses Strict = new(Networks.Parse("Test", []));
    private static readonly OutboundAddresses Lenient = new(Networks.Parse("Test", ["127.0.0.0/8", "::1"]));

    [Theory]
    [InlineData("93.184.215.14", true)]
    [InlineData("2606:2800:21f:cb07:6820:80da:af6b:8b2c", true)]
    [InlineData("127.0.0.1", false)]
    [InlineData("127.255.255.254", false)]
    [InlineData("0.0.0.0", false)]
    [InlineData("10.1.2.3", false)]
    [InlineData("100.64.0.1", false)]
    [InlineData("169.254.169.254", false)]
    [InlineData("172.16.0.1", false)]
    [InlineData("172.32.0.1", true)]
    [InlineData("192.168.1.1", false)]
    [InlineData("198.18.0.1", false)]
    [InlineData("224.0.0.1", false)]
    [InlineData("255.255.255.255", false)]
    [InlineData("::", false)]
    [InlineData("::1", false)]
    [InlineData("::ffff:127.0.0.1", false)]
    [InlineData("::ffff:169.254.169.254", false)]
    [InlineData("::ffff:93.184.215.14", true)]
    [InlineData("64:ff9b::7f00:1", false)]
    [InlineData("2002:7f00:1::", false)]
    [InlineData("fc00::1", false)]
    [InlineData("fd12:3456::1", false)]
    [InlineData("fe80::1", false)]
    [InlineData("fec0::1", false)]
    [InlineData("ff02::1", false)]
    public void An_address_is_public_or_not(string address, bool isPublic) =>
        Assert.Equal(isPublic, OutboundAddresses.IsPublic(IPAddress.Parse(address)));

    [Theory]
    [InlineData("https://example.com/hook", false)]
    [InlineData("https://example.com:8443/hook?a=b", false)]
    [InlineData("http://example.com/hook", true)]
    [InlineData("ftp://example.com/", true)]
    [InlineData("file:///etc/passwd", true)]
    [InlineData("https://user:password@example.com/", true)]
    [InlineData("https://127.0.0.1/", true)]
    [InlineData("https://2130706433/", true)] // 127.0.0.1 as one number
    [InlineData("https://0177.0.0.1/", true)] // octal
    [InlineData("https://0x7f.1/", true)]
    [InlineData("https://169.254.169.254/latest/meta-data", true)]
    [InlineData("https://[::1]/", true)]
    [InlineData("https://[::ffff:127.0.0.1]/", true)]
    [InlineData("https://[::ffff:a9fe:a9fe]/", true)]
    public void An_address_is_refused_when_it_is_entered(string address, bool isRefused) =>
        Assert.Equal(isRefused, Strict.Fault(new Uri(address)) is not null);

    [Theory]
    [InlineData("https://localhost:{0}/")] // a name that resolves to this machine
    [InlineData("http://localhost:{0}/")]
    [InlineData("https://127.0.0.1:{0}/")]
    [InlineData("http://2130706433:{0}/")]
    [InlineData("http://0x7f000001:{0}/")]
    [InlineData("http://[::ffff:127.0.0.1]:{0}/")]
    [InlineData("http://0.0.0.0:{0}/")]
    public async Task Nothing_connects_to_a_private_address_whatever_its_name(string address)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var url = string.Format(
            System.Globalization.CultureInfo.InvariantCulture,
            address,
            ((IPEndPoint)listener.LocalEndpoint).Port
        );
        using var http = new HttpClient(Strict.CreateHandler());
        var fault = await Assert.ThrowsAsync<HttpRequestException>(() =>
            http.GetAsync(url, TestContext.Current.CancellationToken)
        );
        Assert.IsType<AddressRefusedException>(fault.InnerException);
        Assert.False(listener.Pending());
    }

    [Fact]
    public async Task What_the_operator_allowed_is_reached_and_its_redirects_are_not_followed()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        using var http = new HttpClient(Lenient.CreateHandler());
        var asking = http.GetAsync($"http://127.0.0.1:{port}/", TestContext.Current.CancellationToken);
        using var client = await listener.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
        Assert.True(await client.GetStream().ReadAsync(new byte[1_024], TestContext.Current.CancellationToken) > 0);
        await client
            .GetStream()
            .WriteAsync(
                System.Text.Encoding.ASCII.GetBytes(
                    "HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\n\r\n"
                ),
                TestContext.Current.CancellationToken
            );
        Assert.Equal(HttpStatusCode.Found, (await asking).StatusCode);
    }
}
