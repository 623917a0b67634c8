using System.Globalization;
using System.Text;

namespace PnlPipeline.Domain.Alerts;

/// <summary>
/// Unicode's normal form C (UAX #15): a letter and its marks are one character wherever there is one. The runtime's own
/// leaves everything as it is in a process whose culture is invariant.
/// </summary>
internal static class Composition
{
    // Hangul syllables are worked out: L × V × T of them stand one behind the other.
    private const int FirstSyllable = 0xAC00;
    private const int FirstL = 0x1100;
    private const int FirstV = 0x1161;
    private const int BeforeT = 0x11A7;
    private const int CountL = 19;
    private const int CountV = 21;
    private const int CountT = 28;

    private static readonly Lazy<Tables> Data = new(Tables.Read);

    /// <param name="text">Without half characters.</param>
    public static string Compose(ReadOnlySpan<char> text)
    {
        var characters = new List<int>(text.Length);
        foreach (var rune in text.EnumerateRunes())
            Decompose(rune.Value, characters);
        SortMarks(characters);
        Join(characters);

        var composed = new StringBuilder(text.Length);
        foreach (var character in characters)
            composed.Append(new Rune(character));
        return composed.ToString();
    }

    private static void Decompose(int character, List<int> parts)
    {
        var syllable = character - FirstSyllable;
        if (syllable is >= 0 and < CountL * CountV * CountT)
        {
            parts.Add(FirstL + (syllable / (CountV * CountT)));
            parts.Add(FirstV + (syllable / CountT % CountV));
            if (syllable % CountT > 0)
                parts.Add(BeforeT + (syllable % CountT));
        }
        else if (Data.Value.Parts.TryGetValue(character, out var pair))
        {
            Decompose(pair.First, parts);
            if (pair.Second > 0)
                Decompose(pair.Second, parts);
        }
        else
        {
            parts.Add(character);
        }
    }

    /// <summary>
    /// Marks that do not touch each other stand in the order of their classes; those of one class as they came.
    /// </summary>
    private static void SortMarks(List<int> characters)
    {
        for (var i = 1; i < characters.Count; i++)
        {
            var mark = characters[i];
            var at = i;
            for (; at > 0 && Class(mark) > 0 && Class(characters[at - 1]) > Class(mark); at--)
                characters[at] = characters[at - 1];
            characters[at] = mark;
        }
    }

    private static void Join(List<int> characters)
    {
        var starter = -1;
        var kept = 0;
        var lastClass = 0;
        foreach (var character in characters.ToArray())
        {
            var ownClass = Class(character);
            // Blocked where another of its class, or a character that no mark passes, stands between.
            var isNext = starter >= 0 && (kept == starter + 1 || (lastClass < ownClass && lastClass > 0));
            if (isNext && Joined(characters[starter], character) is { } joined)
            {
                characters[starter] = joined;
                continue;
            }

            if (ownClass == 0)
                starter = kept;
            lastClass = ownClass;
            characters[kept++] = character;
        }

        characters.RemoveRange(kept, characters.Count - kept);
    }

    private static int? Joined(int first, int second)
    {
        if (first is >= FirstL and < FirstL + CountL && second is >= FirstV and < FirstV + CountV)
            return FirstSyllable + ((((first - FirstL) * CountV) + (second - FirstV)) * CountT);
        if (
            first is >= FirstSyllable and < FirstSyllable + (CountL * CountV * CountT)
            && (first - FirstSyllable) % CountT == 0
            && second is > BeforeT and < BeforeT + CountT
        )
        {
            return first + (second - BeforeT);
        }

        return Data.Value.Wholes.TryGetValue((first, second), out var whole) ? whole : null;
    }

    private static int Class(int character) => Data.Value.Classes.GetValueOrDefault(character);

    private sealed record Tables(
        Dictionary<int, (int First, int Second)> Parts,
        Dictionary<(int First, int Second), int> Wholes,
        Dictionary<int, int> Classes
    )
    {
        public static Tables Read()
        {
            var tables = new Tables([], [], []);
            using var file = typeof(Composition).Assembly.GetManifestResourceStream("Composition.txt")!;
            using var lines = new StreamReader(file);
            while (lines.ReadLine() is { } line)
            {
                if (line.StartsWith('#'))
                    continue;
                var cells = line.Split(' ');
                if (cells[1] is "=" or ">")
                    tables.AddWhole(
                        Code(cells[0]),
                        Code(cells[2]),
                        cells.Length > 3 ? Code(cells[3]) : 0,
                        isJoined: cells[1] == "="
                    );
                else
                    tables.AddClass(
                        Code(cells[0][..cells[0].IndexOf('-')]),
                        Code(cells[0][(cells[0].IndexOf('-') + 1)..]),
                        int.Parse(cells[1])
                    );
            }

            return tables;
        }

        private void AddWhole(int whole, int first, int second, bool isJoined)
        {
            Parts.Add(whole, (first, second));
            if (isJoined)
                Wholes.Add((first, second), whole);
        }

        private void AddClass(int first, int last, int ofAll)
        {
            for (var character = first; character <= last; character++)
                Classes.Add(character, ofAll);
        }

        private static int Code(string hex) => int.Parse(hex, NumberStyles.AllowHexSpecifier);
    }
}
