using PnlPipeline.Hosting;

namespace PnlPipeline.Tests.Unit.Hosting;

public sealed class BusWatchTests
{
    [Theory]
    [InlineData("lost lost lost", true)]
    [InlineData("lost lost", false)]
    [InlineData("well well well well", false)]
    // Away for once, or there for once: it begins anew.
    [InlineData("lost lost well lost lost", false)]
    [InlineData("lost lost well lost lost lost", true)]
    [InlineData("well lost lost lost", true)]
    public void Patience_is_over_when_the_bus_was_lost_at_every_look_for_long_enough(string looks, bool isOver)
    {
        var patience = new BusWatch.Patience(TimeSpan.FromSeconds(20));
        var so = looks
            .Split(' ')
            .Select((look, i) => patience.IsOver(look == "lost", TimeSpan.FromSeconds(100 + (10 * i))))
            .Last();
        Assert.Equal(isOver, so);
    }
}
