using System.Net;
using PnlPipeline.Query.Api.Access;

namespace PnlPipeline.Tests.Unit.Query;

public sealed class AccessTests
{
    private const string Admin = "admin-key-0123456789";
    private const string Viewer = "viewer-key-0123456789";

    [Theory]
    [InlineData(Admin, "admin")]
    [InlineData("second-" + Admin, "admin")]
    [InlineData(Viewer, "viewer")]
    [InlineData("", null)]
    [InlineData("admin-key-012345678", null)]
    [InlineData("admin-key-01234567890", null)]
    [InlineData("ADMIN-KEY-0123456789", null)]
    public void A_key_has_the_role_it_was_given(string key, string? role)
    {
        var keys = new KeyRing(new AccessOptions { AdminKeys = [Admin, "second-" + Admin], ViewerKeys = [Viewer] });
        Assert.Equal(role, keys.Find(key)?.Role);
    }

    [Fact]
    public void A_session_ends_with_its_key()
    {
        var fingerprint = new KeyRing(new AccessOptions { AdminKeys = [Admin] }).Find(Admin)!.Fingerprint;
        Assert.DoesNotContain(Admin, fingerprint, StringComparison.Ordinal);
        Assert.Equal(
            "viewer",
            new KeyRing(new AccessOptions { ViewerKeys = [Admin] }).FindFingerprint(fingerprint)?.Role
        );
        Assert.Null(new KeyRing(new AccessOptions { AdminKeys = [Viewer] }).FindFingerprint(fingerprint));
        Assert.Null(new KeyRing(new AccessOptions { AdminKeys = [Admin] }).FindFingerprint("nonsense"));
    }

    public static TheoryData<string[], string[], int> Options =>
        new()
        {
            { [Admin], [], 0 },
            { [Admin], [Viewer], 0 },
            { [], [Viewer], 1 },
            { ["short"], [], 1 },
            { [Admin], ["short", "also-short"], 2 },
            { ["with a space in it 123"], [], 1 },
            { [Admin], [Admin], 1 },
            { [""], [], 1 },
        };

    [Theory]
    [MemberData(nameof(Options))]
    public void Options_that_let_nobody_in_or_anybody_are_refused(string[] admins, string[] viewers, int count)
    {
        var errors = new AccessOptions { AdminKeys = admins, ViewerKeys = viewers }
            .Errors()
            .ToList();
        Assert.Equal(count, errors.Count);
        // A key in a log is a key given away.
        Assert.DoesNotContain(
            errors,
            error =>
                admins
                    .Concat(viewers)
                    .Any(key => key.Length > 0 && error.Contains($" {key} ", StringComparison.Ordinal))
        );
    }

    [Theory]
    [InlineData("https://app.example.com", true)]
    [InlineData("http://localhost:3000", true)]
    [InlineData("http://[::1]:3000", true)]
    [InlineData("*", false)]
    [InlineData("null", false)]
    [InlineData("", false)]
    [InlineData("app.example.com", false)]
    [InlineData("https://app.example.com/", false)]
    [InlineData("https://app.example.com/page", false)]
    [InlineData("https://app.example.com:443", false)]
    [InlineData("https://App.example.com", false)]
    [InlineData("https://user@app.example.com", false)]
    [InlineData("file:///etc/passwd", false)]
    public void An_allowed_origin_is_written_as_browsers_send_it(string origin, bool valid) =>
        Assert.Equal(
            valid ? 0 : 1,
            new AccessOptions { AdminKeys = [Admin], AllowedOrigins = [origin] }
                .Errors()
                .Count()
        );

    [Theory]
    // Sec-Fetch-Site, Origin.
    [InlineData("same-origin", "http://pnl.example", true)]
    [InlineData("none", "", true)]
    [InlineData("cross-site", "http://evil.example", false)]
    [InlineData("same-site", "http://other.pnl.example", false)]
    [InlineData("cross-site", "http://pnl.example", false)]
    [InlineData("", "http://pnl.example", true)]
    [InlineData("", "HTTPS://PNL.example", true)]
    [InlineData("", "http://pnl.example:8080", false)]
    [InlineData("", "http://evil.example", false)]
    [InlineData("", "http://pnl.example.evil.example", false)]
    [InlineData("", "null", false)]
    [InlineData("", "", true)]
    public void A_change_by_session_comes_from_its_own_page(string fetchSite, string origin, bool allowed)
    {
        Assert.Equal(allowed, SameOrigin.Allows(fetchSite, origin, "pnl.example"));
    }

    [Fact]
    public void After_ten_wrong_keys_an_address_waits_and_others_do_not()
    {
        using var limiter = new SignInLimiter();
        var (guesser, other) = (IPAddress.Parse("192.0.2.1"), IPAddress.Parse("192.0.2.2"));
        for (var i = 0; i < 10; i++)
        {
            Assert.True(limiter.Allows(guesser));
            limiter.CountFailure(guesser);
        }

        Assert.False(limiter.Allows(guesser));
        Assert.False(limiter.Allows(IPAddress.Parse("::ffff:192.0.2.1")));
        Assert.True(limiter.Allows(other));
        Assert.True(limiter.Allows(null));
    }

    [Fact]
    public void A_network_of_ipv6_counts_as_one_address()
    {
        using var limiter = new SignInLimiter();
        for (var i = 0; i < 10; i++)
            limiter.CountFailure(IPAddress.Parse($"2001:db8::{i}"));
        Assert.False(limiter.Allows(IPAddress.Parse("2001:db8::ffff:1")));
        Assert.True(limiter.Allows(IPAddress.Parse("2001:db8:0:1::1")));
    }
}
