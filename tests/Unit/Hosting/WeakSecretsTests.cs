using PnlPipeline.Hosting;

namespace PnlPipeline.Tests.Unit.Hosting;

public sealed class WeakSecretsTests
{
    [Theory]
    [InlineData("", false)]
    [InlineData("guest", false)]
    [InlineData("fifteen-letters", false)]
    [InlineData("sixteen--letters", true)]
    [InlineData("abababababababababab", false)]
    [InlineData("my-Password-is-this-one", false)]
    [InlineData("CHANGEME-please-changeme", false)]
    [InlineData("YOUR_TOKEN_goes_in_here", false)]
    [InlineData("01234567890123456789", false)]
    [InlineData("5f0c0a9d3f1e4b7a8c6d", false)]
    [InlineData("9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822c", true)]
    [InlineData("Zt4kQ9vR2mX7pL1sW8yB3nD6hJ5fC0gT9aE2uV7i", true)]
    public void A_secret_is_long_drawn_at_random_and_from_no_example(string secret, bool isGood)
    {
        var errors = WeakSecrets.Errors([("Some__Setting", secret)]).ToList();

        Assert.Equal(isGood, errors.Count == 0);
        Assert.All(errors, error => Assert.StartsWith("Some__Setting ", error, StringComparison.Ordinal));
        if (secret.Length > 5)
            Assert.DoesNotContain(errors, error => error.Contains(secret, StringComparison.Ordinal));
    }

    [Fact]
    public void What_is_drawn_at_random_is_never_taken_for_an_example()
    {
        const string letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
        var random = new Random(9);
        for (var round = 0; round < 100_000; round++)
        {
            var secret = round % 2 == 0 ? random.GetString(letters, 40) : random.GetHexString(32, lowercase: true);
            Assert.Empty(WeakSecrets.Errors([("Some__Setting", secret)]));
        }
    }

    [Fact]
    public void A_secret_serves_one_purpose()
    {
        const string same = "Zt4kQ9vR2mX7pL1sW8yB3nD6";
        var error = Assert.Single(
            WeakSecrets.Errors([("Viewer", same), ("Admin", same), ("Other", "hJ5fC0gT9aE2uV7iK4oN1rM8")])
        );

        Assert.Equal("Viewer and Admin are the same. Give each its own.", error);
    }

    [Theory]
    [InlineData("amqp://guest:guest@localhost:5672/", "guest")]
    [InlineData("mysql://u:p%40ss%3A%2F@h:3306/d", "p@ss:/")]
    [InlineData("mysql://u:p%40ss@a:3306,b:3306/d", "p@ss")]
    [InlineData("mysql://u@h/d", "")]
    [InlineData("nonsense", "")]
    [InlineData(null, "")]
    public void A_password_is_found_in_its_URL(string? url, string password) =>
        Assert.Equal(password, WeakSecrets.PasswordOf(url));
}
