using System.Security.Cryptography;
using System.Text;
using PnlPipeline.Domain.Alerts;

namespace PnlPipeline.Tests.Unit.Alerts;

/// <summary>
/// Held against another implementation: Python's unicodedata.normalize("NFC", …) of Unicode 14, by the SHA-256 of its
/// lines.
/// </summary>
public sealed class CompositionTests
{
    [Fact]
    public void Every_character_is_composed_as_the_standard_says()
    {
        var lines = Enumerable.Range(0, 0x110000).Where(Rune.IsValid).Select(code => new Rune(code).ToString());

        Assert.Equal("9cc65524a9d8082bf10840c616cd199bd2ac12ee49a3381bd6fb7957711f342b", Digest(lines));
    }

    [Fact]
    public void Letters_and_their_marks_are_composed_in_whatever_order_they_stand()
    {
        int[] letters =
        [
            .. Enumerable.Range(0x41, 0x20F),
            .. Enumerable.Range(0x391, 0x39),
            0x1100,
            0xAC00,
            0x9C7,
            0x1025,
        ];
        int[] marks = [.. Enumerable.Range(0x300, 0x46), 0x1161, 0x11A8, 0x9BE, 0x102E];
        int[] more = [0x301, 0x323, 0x307, 0x345, 0x20];
        var lines =
            from letter in letters
            from mark in marks
            from other in more
            from text in (string[])
                [$"{(char)letter}{(char)mark}{(char)other}", $"{(char)letter}{(char)other}{(char)mark}"]
            select text;

        Assert.Equal("bc4d8ef4d78970f25af3e58c50115849459ce52b02d618b19034bfbaf835a157", Digest(lines));
    }

    private static string Digest(IEnumerable<string> lines)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var line in lines)
            hash.AppendData(Encoding.UTF8.GetBytes(Composition.Compose(line) + "\n"));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
