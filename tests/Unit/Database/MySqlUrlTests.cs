using MySqlConnector;
using PnlPipeline.Database;

namespace PnlPipeline.Tests.Unit.Database;

public sealed class MySqlUrlTests
{
    [Theory]
    [InlineData("mysql://u:p@h:3307/d", "u@h:3307/d", "p")]
    [InlineData("mysql://u:p@h/d", "u@h:3306/d", "p")]
    [InlineData("mysql://u@h/d", "u@h:3306/d", "")]
    [InlineData("mysql://u:p%40%2Cq@a:1,b:2,c/d", "u@a:1,b:2,c:3306/d", "p@,q")]
    [InlineData("mysql://u:p,q@a:1,b:2/d", "u@a:1,b:2/d", "p,q")]
    [InlineData("mysql://u:p@[::1]:3307,[::2]/d", "u@[::1]:3307,[::2]:3306/d", "p")]
    public void A_URL_names_one_server_or_those_of_a_group(string text, string expected, string password)
    {
        var url = MySqlUrl.Parse(text);
        Assert.Equal((expected, password), (url.ToString(), url.Password));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("amqp://u:secret@h/d")]
    [InlineData("mysql://u:secret@h:99999/d")]
    [InlineData("mysql://u:secret@h")]
    [InlineData("mysql://h/d")]
    [InlineData("mysql://u:secret@h/no-name")]
    [InlineData("mysql://u:secret@a:1,/d")]
    [InlineData("mysql://u:secret@a:1,,b:2/d")]
    [InlineData("mysql://u:secret@a:1,b:x/d")]
    [InlineData("mysql://u:secret@a:1;b:2/d")]
    [InlineData("mysql://u:secret@a:1,u:secret@b:2/d")]
    public void Anything_else_is_refused_in_words_that_say_how_it_must_read_and_not_the_password(string? text)
    {
        var message = Assert.Throws<FormatException>(() => MySqlUrl.Parse(text)).Message;
        Assert.Contains("mysql://user:password@host:port,host:port/database", message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_servers_of_a_group_have_a_pool_each_and_are_given_up_where_their_machine_is_silent()
    {
        var group = MySqlUrl.Parse("mysql://u:p@a:1,b:2,c:3/d");
        Assert.Equal(
            ["a:1 10", "b:2 10", "c:3 10"],
            group
                .Each()
                .Select(server => new MySqlConnectionStringBuilder(server.ToConnectionString()))
                .Select(driver => $"{driver.Server}:{driver.Port} {driver.Keepalive}")
        );
        // A single one is waited for.
        var single = MySqlUrl.Parse("mysql://u:p@a:1/d").ToConnectionString();
        Assert.Equal(0u, new MySqlConnectionStringBuilder(single).Keepalive);
    }
}
