using PnlPipeline.Domain.Alerts;

namespace PnlPipeline.Domain.Trades.Files;

/// <summary>
/// Which of point and comma is the decimal mark of a file: all its numbers count together. A column counts where all
/// its cells are numbers or blank, or where it is one that is read.
/// </summary>
internal sealed class MarkDecision
{
    private readonly List<Tally> _columns = [];

    /// <param name="isRead">The column's numbers are taken from the file, so that one that could be either needs an
    /// answer.</param>
    public void Add(int column, Cell cell, bool isRead)
    {
        while (_columns.Count <= column)
            _columns.Add(default);
        if (cell.IsNumber || cell.IsBlank)
            return;

        var tally = _columns[column];
        if (tally.IsText && !isRead)
            return;
        tally.IsRead = isRead;
        switch (CellNumber.EvidenceIn(cell.Text))
        {
            case MarkEvidence.NotANumber:
                tally.IsText = true;
                break;
            case MarkEvidence.Point:
                tally.Point ??= cell.Text;
                break;
            case MarkEvidence.Comma:
                tally.Comma ??= cell.Text;
                break;
            case MarkEvidence.PointOrGroup:
                tally.PointOrGroup ??= cell.Text;
                break;
            case MarkEvidence.CommaOrGroup:
                tally.CommaOrGroup ??= cell.Text;
                break;
        }

        _columns[column] = tally;
    }

    /// <param name="separator">Between the cells of the file.</param>
    /// <returns>The mark; the NUL, with an error, where the file does not tell.</returns>
    public char Decide(char separator, FieldErrors errors)
    {
        var counted = _columns.Where(column => column.IsRead || !column.IsText).ToList();
        var (point, comma) = (
            counted.Find(column => column.Point is not null).Point,
            counted.Find(column => column.Comma is not null).Comma
        );
        if (point is not null && comma is not null)
        {
            errors.Add(
                "decimal",
                $"Is not clear from the file: {Shown(point)} has a decimal point, {Shown(comma)} a decimal comma. "
                    + "Say which it is: decimal=. or decimal=,"
            );
            return '\0';
        }

        if (point is not null || comma is not null)
            return point is not null ? '.' : ',';

        var read = counted.Where(column => column.IsRead).ToList();
        var (either, eitherComma) = (
            read.Find(column => column.PointOrGroup is not null).PointOrGroup,
            read.Find(column => column.CommaOrGroup is not null).CommaOrGroup
        );
        if (eitherComma is null && (either is null || separator == ','))
            return '.';
        errors.Add(
            "decimal",
            $"Is not clear from the file: {Shown(eitherComma ?? either!)} may be a fraction or thousands. "
                + "Say which it is: decimal=. or decimal=,"
        );
        return '\0';
    }

    private static string Shown(string cell) => $"'{cell}'";

    private struct Tally
    {
        public bool IsText;
        public bool IsRead;
        public string? Point;
        public string? Comma;
        public string? PointOrGroup;
        public string? CommaOrGroup;
    }
}
