using System.Text;
using PnlPipeline.Domain.Alerts;
using PnlPipeline.Domain.Trades.Files;

namespace PnlPipeline.Tests.Unit.Files;

public sealed class FileSurveyTests
{
    [Theory]
    [InlineData(
        "No,What,When,How much\n1,Entry long,2024-02-01,100.5\n\n1,Exit long,2024-02-02,110.5\n",
        "1 Entry long 2024-02-01 100.5|1 Exit long 2024-02-02 110.5"
    )]
    [InlineData("No;What\n1;\"a;b\"\n2;x\n3;x\n4;x\n5;x\n6;x\n", "1 a;b|2 x|3 x|4 x|5 x")]
    [InlineData("No,What\n", "")]
    [InlineData("No,What\n1,x", "1 x")]
    public void Of_columns_that_are_not_known_the_first_rows_are_shown(string file, string rows)
    {
        var survey = new FileSurvey(new FileRequest());
        survey.Read(Encoding.UTF8.GetBytes(file));
        var errors = new FieldErrors();
        Assert.Null(survey.Finish(errors));
        Assert.Contains("columns", errors.ToDictionary().Keys);
        Assert.Equal(rows, string.Join('|', survey.Sample.Select(row => string.Join(' ', row))));
    }
}
