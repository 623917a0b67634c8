using System.Data.Common;
using System.Globalization;
using PnlPipeline.Database;

namespace PnlPipeline.Tests.Unit.Database;

public sealed class MySqlUrlTests
{
    // Faults.Databases, with the server paused for minutes, shows what the driver does at the end of it; here, that nobody shortens it again.
    [Fact]
    public void A_statement_is_given_up_only_after_longer_than_a_server_may_be_silent_for()
    {
        var settings = new DbConnectionStringBuilder { ConnectionString = MySqlUrl.Parse("mysql://user:password@host/database").ToConnectionString() };
        Assert.InRange(int.Parse((string)settings["defaultcommandtimeout"], CultureInfo.InvariantCulture), 3_600, int.MaxValue);
    }
}
