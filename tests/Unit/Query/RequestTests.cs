using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using PnlPipeline.Domain.Alerts;
using PnlPipeline.Domain.Statistics;
using PnlPipeline.Query.Api.Batches;
using PnlPipeline.Query.Api.Http;
using PnlPipeline.Query.Api.Imports;
using PnlPipeline.Query.Api.Ledgers;
using PnlPipeline.Query.Api.Log;

namespace PnlPipeline.Tests.Unit.Query;

public sealed class RequestTests
{
    public static TheoryData<string, string> Parameters =>
        new()
        {
            // Query string, the fields in error.
            { "", "" },
            { "?from=&to=&symbol=&side=&tz=&limit=&cursor=", "" },
            { "?nonsense=1", "nonsense" },
            { "?symbl=BTC&limit=0", "limit symbl" },
            { "?from=2026-01-01T00:00:00Z&to=2026-01-01T00:00:00Z", "" },
            { "?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z", "to" },
            { "?from=2026-01-01T00:00:00+02:00&to=1790000000", "" },
            { "?from=yesterday", "from" },
            { "?from=1&from=2", "from" },
            { "?symbol=btc&symbol=ETH&timeframe=1h&side=long&side=short", "" },
            { "?symbol=a|b&timeframe=0&side=up", "side symbol timeframe" },
            { "?tz=Europe/Berlin", "" },
            { "?tz=Mars/Olympus", "tz" },
            { "?tz=UTC&tz=UTC", "tz" },
            { "?limit=1000", "" },
            { "?limit=0", "limit" },
            { "?limit=1001", "limit" },
            { "?limit=-1", "limit" },
            { "?limit=1.5", "limit" },
            { "?cursor=nonsense", "cursor" },
            { "?cursor=ÿ", "cursor" },
            // All of them at once.
            { "?from=x&side=y&tz=z&limit=0&cursor=!", "cursor from limit side tz" },
        };

    [Theory]
    [MemberData(nameof(Parameters))]
    public void Everything_wrong_with_the_parameters_is_told_by_field(string queryString, string fields)
    {
        var errors = new FieldErrors();
        Read<TradeParameters>(queryString, errors);
        Assert.Equal(fields, string.Join(' ', errors.ToDictionary().Keys.Order(StringComparer.Ordinal)));
    }

    [Theory]
    [InlineData("2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z")]
    [InlineData("2026-01-01T01:00:00+01:00", "2026-01-01T00:00:00Z")]
    [InlineData("2026-01-01T01:00:00%2B01:00", "2026-01-01T00:00:00Z")]
    [InlineData("2025-12-31T19:00:00-0500", "2026-01-01T00:00:00Z")]
    [InlineData("1767225600", "2026-01-01T00:00:00Z")]
    [InlineData("1767225600123", "2026-01-01T00:00:00.123Z")]
    public void A_time_is_read_in_every_form_an_alert_may_have(string from, string utc)
    {
        Assert.Equal(utc, JsonFormats.Iso(Read<TradeParameters>("?from=" + from).Selection.From!.Value));
    }

    [Fact]
    public void Symbols_and_timeframes_are_made_canonical()
    {
        var filter = Read<TradeParameters>("?symbol=btc&timeframe=4h").Selection.ToFilter();
        Assert.Equal(["BTC"], filter.Symbols);
        Assert.Equal(["240"], filter.Timeframes);
    }

    public static TheoryData<string, string> Bounds =>
        new()
        {
            // Query string of a comparison, the fields in error.
            { "?batch=1", "" },
            { "", "batch" },
            { "?batch=", "batch" },
            { "?batch=x", "batch" },
            { "?batch=-1&by=week&annualization=360", "annualization batch by" },
            { "?batch=007&batch=7", "" },
            { "?batch=" + new string('9', 40), "" },
            { Ids(20), "" },
            { Ids(21), "batch" },
            { Ids(501), "batch" },
        };

    [Theory]
    [MemberData(nameof(Bounds))]
    public void Ids_words_and_numbers_have_their_bounds(string queryString, string fields)
    {
        var errors = new FieldErrors();
        Read<CompareParameters>(queryString, errors);
        Assert.Equal(fields, string.Join(' ', errors.ToDictionary().Keys.Order(StringComparer.Ordinal)));
    }

    [Fact]
    public void An_id_counts_once_however_it_is_written()
    {
        Assert.Equal(["7", "12", "0"], Read<CompareParameters>("?batch=007&batch=12&batch=7&batch=0&batch=00").Ids);
    }

    [Fact]
    public void What_is_absent_is_its_default()
    {
        var capital = Read<CapitalParameters>("");
        Assert.Equal(
            ("trade", "cumulative", null, "UTC"),
            (capital.By, capital.Mode, capital.Points, capital.Selection.Zone.Id)
        );
        Assert.Equal((100, null), (Read<TradeParameters>("?limit=").Page.Limit, Read<TradeParameters>("").State));
        var reconciliation = Read<ReconciliationParameters>("?symbol=BTC&timeframe=60&tz=UTC");
        Assert.Equal(
            (null, 0.1m, 60, 1000),
            (
                reconciliation.Offset,
                reconciliation.PriceTolerancePercentage,
                reconciliation.DelayToleranceSeconds,
                reconciliation.Limit
            )
        );
    }

    [Theory]
    [InlineData("auto", null, true)]
    [InlineData("3600", 3600, true)]
    [InlineData("-3600", -3600, true)]
    [InlineData("2678401", null, false)]
    [InlineData("-2147483648", null, false)]
    [InlineData("1.5", null, false)]
    public void An_offset_is_found_or_told(string text, int? seconds, bool isRead)
    {
        var errors = new FieldErrors();
        var parameters = Read<ReconciliationParameters>(
            $"?symbol=BTC&timeframe=60&tz=UTC&offsetSeconds={text}",
            errors
        );
        Assert.Equal((isRead, seconds), (!errors.Any, (int?)parameters.Offset?.TotalSeconds));
    }

    [Theory]
    [InlineData("desc", 'L', true)]
    [InlineData("asc", 'l', true)]
    [InlineData("asc", 'L', false)]
    [InlineData("desc", 'l', false)]
    [InlineData("desc", 't', false)]
    public void A_cursor_of_a_ledger_goes_on_in_the_order_it_was_made_in(string order, char kind, bool isRead)
    {
        var errors = new FieldErrors();
        var cursor = Cursor.Write(kind, 12, 1_767_312_000_000, 1_767_225_600_000, new string('a', 32));
        var parameters = Read<LedgerParameters>($"?order={order}&cursor={cursor}", errors);
        Assert.Equal(isRead, !errors.Any);
        if (isRead)
            Assert.Equal(12, parameters.Page.Cursor!.Place.Seq);
    }

    [Theory]
    [InlineData("?format=csv", "")]
    [InlineData("?format=trades&symbol=a|b&timeframe=60&tz=Nowhere", "symbol tz")]
    [InlineData("?format=xlsx&symbol=BTC&timeframe=1h&tz=UTC", "format")]
    [InlineData("?decimal=;&dateOrder=ymd&overlap=some&columns=price,colour", "columns dateOrder decimal overlap")]
    public void What_is_said_of_a_file_is_checked_before_it_is_read(string queryString, string fields)
    {
        var errors = new FieldErrors();
        Read<ImportParameters>(queryString, errors);
        Assert.Equal(fields, string.Join(' ', errors.ToDictionary().Keys.Order(StringComparer.Ordinal)));
        Assert.All(errors.ToDictionary().Values, messages => Assert.Single(messages));
    }

    [Theory]
    [InlineData('t', true)]
    [InlineData('a', false)]
    public void A_cursor_is_of_its_own_list(char kind, bool known)
    {
        var cursor = Cursor.Write('t', 1767225600123, "00ff");
        Assert.Equal(known ? ["1767225600123", "00ff"] : null, Cursor.TryRead(cursor, kind));
    }

    [Theory]
    [InlineData(2, false)]
    [InlineData(3, false)]
    [InlineData(4, true)]
    public void A_page_has_a_cursor_where_there_is_more(int rows, bool more)
    {
        var page = Page.Of(Enumerable.Range(1, rows).ToList(), 3, row => new DeadLetterPosition(row));
        Assert.Equal(Enumerable.Range(1, Math.Min(rows, 3)), page.Items);
        Assert.Equal(more ? new DeadLetterPosition(3).ToCursor() : null, page.Cursor);
    }

    [Theory]
    [InlineData(null, true, false)]
    [InlineData("\"7\"", true, false)]
    [InlineData("\"6\", \"7\"", true, false)]
    [InlineData("*", true, false)]
    [InlineData("\"6\"", false, false)]
    [InlineData("W/\"7\"", false, false)]
    [InlineData("7", true, true)]
    public void If_match_compares_strongly(string? header, bool matches, bool wrong)
    {
        var http = new DefaultHttpContext();
        if (header is not null)
            http.Request.Headers.IfMatch = header;
        var errors = new FieldErrors();
        Assert.Equal(matches, IfMatch.Read(http.Request, errors).Matches(7));
        Assert.Equal(wrong, errors.Any);
    }

    [Theory]
    [InlineData("""{"a":1}""", "")]
    [InlineData("\uFEFF{}", "")]
    [InlineData("", "body")]
    [InlineData("{", "body")]
    [InlineData("[]", "body")]
    [InlineData("null", "body")]
    [InlineData("{} {}", "body")]
    [InlineData("""{"a":NaN}""", "body")]
    [InlineData("[[[[[[[[[[[[]]]]]]]]]]]]", "body")]
    public async Task A_body_is_one_json_object(string body, string field)
    {
        Assert.Equal(field, await ErrorsOf(System.Text.Encoding.UTF8.GetBytes(body)));
    }

    [Fact]
    public async Task A_body_is_utf8()
    {
        Assert.Equal("body", await ErrorsOf([(byte)'{', (byte)'"', 0xFF, (byte)'"', (byte)':', (byte)'1', (byte)'}']));
    }

    [Theory]
    [InlineData("2026-11-22T06:28:00.0000000", "2026-11-22T06:28:00Z")]
    [InlineData("2026-11-22T06:28:00.1200000", "2026-11-22T06:28:00.120Z")]
    public void Times_have_milliseconds_where_there_are_any(string time, string json)
    {
        Assert.Equal($"\"{json}\"", JsonSerializer.Serialize(DateTime.Parse(time), JsonFormats.Options));
    }

    [Theory]
    [InlineData("43250.500000000000", "43250.5")]
    [InlineData("0.000000000001", "0.000000000001")]
    [InlineData("100000.00000000", "100000")]
    [InlineData("0.00000000", "0")]
    [InlineData("-1.50", "-1.5")]
    [InlineData("999999999999999.999999999999", "999999999999999.999999999999")]
    public void Decimals_have_no_trailing_zeros(string value, string json)
    {
        Assert.Equal(json, JsonSerializer.Serialize(decimal.Parse(value), JsonFormats.Options));
    }

    private static async Task<string> ErrorsOf(byte[] body)
    {
        var http = new DefaultHttpContext();
        http.Request.Body = new MemoryStream(body);
        var errors = new FieldErrors();
        var read = await RequestBody.ReadObjectAsync(http.Request, errors, TestContext.Current.CancellationToken);
        Assert.Equal(errors.Any, read is null);
        return string.Join(' ', errors.ToDictionary().Keys);
    }

    private static string Ids(int count) =>
        "?" + string.Join('&', Enumerable.Range(1, count).Select(id => $"batch={id}"));

    private static T Read<T>(string queryString)
        where T : RequestParameters
    {
        var errors = new FieldErrors();
        var parameters = Read<T>(queryString, errors);
        Assert.Empty(errors.ToDictionary());
        return parameters;
    }

    private static T Read<T>(string queryString, FieldErrors errors)
        where T : RequestParameters =>
        (T)ParameterSet.Of(typeof(T)).Read(new QueryCollection(QueryHelpers.ParseQuery(queryString)), errors);
}
