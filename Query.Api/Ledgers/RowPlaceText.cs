using System.Globalization;
using PnlPipeline.Domain.Statistics;

namespace PnlPipeline.Query.Api.Ledgers;

/// <summary>A row's place as a cursor has it: two whole numbers.</summary>
public static class RowPlaceText
{
    public static bool TryRead(string key, string seq, out RowPlace place)
    {
        var isKey = Int128.TryParse(key, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number);
        var isSeq = long.TryParse(seq, NumberStyles.None, CultureInfo.InvariantCulture, out var row);
        place = new RowPlace(number, row);
        // It is turned about where the order is: the lowest number of all has no opposite.
        return isKey && isSeq && number > Int128.MinValue;
    }
}
