using PnlPipeline.Domain.Alerts;

namespace PnlPipeline.Domain.Trades;

/// <summary>What people write down of trades and days: plain text, as it is shown.</summary>
public static class NoteRules
{
    public const int MaxTagLength = 32;
    public const int MaxTags = 20;
    public const int MaxNoteLength = 2000;

    /// <param name="tag">Its canonical form: NFC, trimmed, lower-case.</param>
    /// <param name="error">What is wrong with it and what to send.</param>
    public static bool TryParseTag(string text, out string tag, out string error)
    {
        tag = text.Trim();
        if (!IsWellFormed(tag))
        {
            error = "Has characters that are no text. Send letters, digits and marks.";
            return false;
        }

        tag = Composition.Compose(tag.ToLowerInvariant());
        error =
            tag.Length == 0 ? "Is empty. Send 1 to 32 characters."
            : tag.Length > MaxTagLength ? $"Has {tag.Length} characters. Send at most {MaxTagLength}."
            : tag.Any(char.IsControl) ? "Has a control character. Send one line of text."
            : tag.Contains(',', StringComparison.Ordinal) ? "Has a comma, which stands between tags. Send two tags."
            : "";
        return error.Length == 0;
    }

    /// <param name="note">With line feeds alone, trimmed at the end; empty for none.</param>
    /// <param name="error">What is wrong with it and what to send.</param>
    public static bool TryParseNote(string text, out string note, out string error)
    {
        note = text.ReplaceLineEndings("\n").TrimEnd();
        error =
            !IsWellFormed(note) || note.Any(c => char.IsControl(c) && c is not ('\n' or '\t'))
                ? "Has control characters. Send plain text."
            : note.Length > MaxNoteLength ? $"Has {note.Length} characters. Send at most {MaxNoteLength}."
            : "";
        return error.Length == 0;
    }

    // A half of a surrogate pair can be neither stored nor normalized.
    private static bool IsWellFormed(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsSurrogate(text[i]) && !(i + 1 < text.Length && char.IsSurrogatePair(text[i], text[i + 1])))
                return false;
            if (char.IsHighSurrogate(text[i]))
                i++;
        }

        return true;
    }
}
