using System.Data;
using System.Globalization;
using Dapper;
using PnlPipeline.Domain.Alerts;

namespace PnlPipeline.Database;

/// <summary>
/// What Dapper does not know of our columns: the bytes of an id, and numbers that are unsigned or sums in SQL and a
/// <c>long</c> here.
/// </summary>
internal static class Mapping
{
    public static void Register()
    {
        DefaultTypeMap.MatchNamesWithUnderscores = true;
        SqlMapper.AddTypeHandler(new AlertIdHandler());
        SqlMapper.AddTypeHandler(new Int64Handler());
    }

    private sealed class AlertIdHandler : SqlMapper.TypeHandler<AlertId>
    {
        public override AlertId Parse(object value) => new((byte[])value);

        public override void SetValue(IDbDataParameter parameter, AlertId value) =>
            parameter.Value = value.ToByteArray();
    }

    private sealed class Int64Handler : SqlMapper.TypeHandler<long>
    {
        public override long Parse(object value) => Convert.ToInt64(value, CultureInfo.InvariantCulture);

        public override void SetValue(IDbDataParameter parameter, long value) => parameter.Value = value;
    }
}
