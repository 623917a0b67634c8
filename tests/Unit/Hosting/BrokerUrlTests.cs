using PnlPipeline.Hosting;

namespace PnlPipeline.Tests.Unit.Hosting;

public sealed class BrokerUrlTests
{
    [Theory]
    [InlineData("amqp://u:p@h:5673/v", "h:5673", "v", "p")]
    [InlineData("amqp://u:p@h", "h:5672", "/", "p")]
    [InlineData("amqp://u:p@h/", "h:5672", "/", "p")]
    [InlineData("amqp://u:p%40%2Cq@a:1,b:2,c/v", "a:1 b:2 c:5672", "v", "p@,q")]
    [InlineData("amqp://u:p,q@a:1,b:2", "a:1 b:2", "/", "p,q")]
    public void A_URL_names_one_broker_or_the_nodes_of_a_cluster(
        string text,
        string nodes,
        string virtualHost,
        string password
    )
    {
        var url = BrokerUrl.Parse(text);
        Assert.Equal(
            (nodes, virtualHost, "u", password),
            (
                string.Join(' ', url.Nodes.Select(node => $"{node.Host}:{node.Port}")),
                url.VirtualHost,
                url.User,
                url.Password
            )
        );
        Assert.Equal(
            url.Nodes.Select(node => $"{node.Host}:{node.Port}").Order(StringComparer.Ordinal),
            url.ToFactory("test")
                .EndpointResolverFactory([])
                .All()
                .Select(node => $"{node.HostName}:{node.Port}")
                .Order(StringComparer.Ordinal)
        );
    }

    [Theory]
    [InlineData(null)]
    [InlineData("nonsense")]
    [InlineData("mysql://u:secret@h/v")]
    [InlineData("amqp://h/v")]
    [InlineData("amqp://u@h/v")]
    [InlineData("amqp://u:secret@h:99999/v")]
    [InlineData("amqp://u:secret@a:1,/v")]
    [InlineData("amqp://u:secret@a:1,,b:2/v")]
    [InlineData("amqp://u:secret@a:1,b:x/v")]
    [InlineData("amqp://u:secret@a:1;b:2/v")]
    public void Anything_else_is_refused_in_words_that_say_how_it_must_read_and_not_the_password(string? text)
    {
        var message = Assert.Throws<FormatException>(() => BrokerUrl.Parse(text)).Message;
        Assert.Contains("amqp://user:password@host:port,host:port/vhost", message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", message, StringComparison.Ordinal);
    }
}
