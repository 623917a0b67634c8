using System.Text.Json;
using PnlPipeline.Domain.Alerts;
using PnlPipeline.Domain.Trades;
using PnlPipeline.Query.Api.Http;

namespace PnlPipeline.Query.Api.Notes;

/// <summary>What is to be written down of a trade; what is left out stays as it is.</summary>
/// <param name="Tags">All of its tags, up to 20 of up to 32 characters, without commas; kept in lower case.</param>
/// <param name="Note">Plain text of up to 2,000 characters; empty or <c>null</c> for none.</param>
public sealed record TradeNoteBody(IReadOnlyList<string>? Tags, string? Note);

/// <summary>What is to be written down of a day.</summary>
/// <param name="Note">Plain text of up to 2,000 characters; empty or <c>null</c> for none.</param>
public sealed record DayNoteBody(string? Note);

/// <summary>Reads what is to be written down, and finds everything that is wrong with it. Pure.</summary>
public static class NoteForm
{
    /// <param name="takesTags">Whether it is of a trade.</param>
    public static TradeNoteBody Read(JsonElement body, bool takesTags, FieldErrors errors)
    {
        var (read, isEmpty) = (new TradeNoteBody(null, null), true);
        foreach (var (field, value) in RequestBody.Properties(body, errors))
        {
            isEmpty = false;
            switch (field)
            {
                case "note":
                    read = read with { Note = Note(value, errors) };
                    break;
                case "tags" when takesTags:
                    read = read with { Tags = Tags(value, errors) };
                    break;
                default:
                    errors.Add(
                        field,
                        $"Is not known. Leave it out, or correct its name: {(takesTags ? "tags, note" : "note")}."
                    );
                    break;
            }
        }

        if (isEmpty)
            errors.Add("note", "Is missing. Send what is to be written down, or \"\" to remove it.");
        return read;
    }

    private static string Note(JsonElement value, FieldErrors errors)
    {
        if (value.ValueKind == JsonValueKind.Null)
            return "";
        if (value.ValueKind != JsonValueKind.String || !RequestBody.TryGetText(value, out var text))
            errors.Add("note", "Is not a text. Send plain text.");
        else if (!NoteRules.TryParseNote(text, out var note, out var error))
            errors.Add("note", error);
        else
            return note;
        return "";
    }

    private static string[] Tags(JsonElement value, FieldErrors errors)
    {
        if (value.ValueKind == JsonValueKind.Null)
            return [];
        if (value.ValueKind != JsonValueKind.Array)
        {
            errors.Add("tags", "Is not a list. Send texts, such as [\"breakout\",\"late entry\"].");
            return [];
        }

        var tags = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var one in value.EnumerateArray())
        {
            if (one.ValueKind != JsonValueKind.String || !RequestBody.TryGetText(one, out var text))
                errors.Add("tags", "Holds what is not a text. Send texts, such as [\"breakout\",\"late entry\"].");
            else if (!NoteRules.TryParseTag(text, out var tag, out var error))
                errors.Add("tags", $"'{text}' {char.ToLowerInvariant(error[0])}{error[1..]}");
            else
                tags.Add(tag);
        }

        if (tags.Count > NoteRules.MaxTags)
            errors.Add("tags", $"Has {tags.Count} tags. Send at most {NoteRules.MaxTags}.");
        return [.. tags];
    }
}
