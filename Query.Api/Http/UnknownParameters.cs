using PnlPipeline.Domain.Alerts;

namespace PnlPipeline.Query.Api.Http;

/// <summary>
/// Query parameters that a route does not take are errors by their names: passed over without a word, a slip such as
/// <c>symbl=BTCUSDT</c> would be answered with everything.
/// </summary>
public static class UnknownParameters
{
    /// <summary>As many as are named; a request can have thousands.</summary>
    private const int NamesMax = 20;

    /// <summary>
    /// Adds an error for each of the names that is not known. Letter case does not count, as it does not where they are
    /// read.
    /// </summary>
    public static void Find(IEnumerable<string> names, IReadOnlyList<string> known, FieldErrors errors)
    {
        foreach (
            var name in names.Where(name => !known.Contains(name, StringComparer.OrdinalIgnoreCase)).Take(NamesMax)
        )
            errors.Add(name, Message(name, known));
    }

    private static string Message(string name, IReadOnlyList<string> known)
    {
        if (known.Count == 0)
            return "Is no parameter of this call, which takes none. Leave it out.";
        var meant = known.MinBy(other => EditDistance(name, other))!;
        var suggestion = EditDistance(name, meant) <= EditDistanceMax(meant) ? $" Did you mean {meant}?" : "";
        return $"Is no parameter of this call.{suggestion} It takes {string.Join(", ", known)}.";
    }

    // tz is two letters, and anything is near to that.
    private static int EditDistanceMax(string name) => Math.Min(2, name.Length / 3);

    // How many letters were left out, put in, mistaken or swapped with the next; many where the lengths say so already.
    private static int EditDistance(string name, string other)
    {
        if (Math.Abs(name.Length - other.Length) > 2)
            return int.MaxValue;

        var (a, b) = (name.ToUpperInvariant(), other.ToUpperInvariant());
        var slips = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
        {
            for (var j = 0; j <= b.Length; j++)
            {
                if (i == 0 || j == 0)
                {
                    slips[i, j] = i + j;
                    continue;
                }

                slips[i, j] = Math.Min(
                    Math.Min(slips[i - 1, j], slips[i, j - 1]) + 1,
                    slips[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)
                );
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    slips[i, j] = Math.Min(slips[i, j], slips[i - 2, j - 2] + 1);
            }
        }

        return slips[a.Length, b.Length];
    }
}
