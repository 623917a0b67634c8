using PnlPipeline.Analytics.Worker.Grouping;

namespace PnlPipeline.Tests.Unit.Grouping;

public sealed class InFlightBytesTests
{
    private readonly InFlightBytes _atWork = new(maxBytes: 100);

    [Fact]
    public void Small_messages_are_at_work_together_as_far_as_they_fit()
    {
        Assert.All([30L, 30L, 40L], bytes => Assert.True(_atWork.EnterAsync(bytes, 1).IsCompleted));
        Assert.False(_atWork.EnterAsync(1, 2).IsCompleted);
    }

    [Fact]
    public async Task Those_that_wait_are_let_on_in_the_order_in_which_the_broker_sent_them()
    {
        await _atWork.EnterAsync(100, 1);
        var (fourth, second, third) = (_atWork.EnterAsync(50, 4), _atWork.EnterAsync(60, 2), _atWork.EnterAsync(40, 3));

        _atWork.Leave(100);

        await Task.WhenAll(second, third);
        Assert.False(fourth.IsCompleted);
        _atWork.Leave(40);
        Assert.False(fourth.IsCompleted);
        _atWork.Leave(60);
        await fourth;
    }

    [Fact]
    public async Task A_message_does_not_overtake_one_that_waits_for_more_room()
    {
        await _atWork.EnterAsync(60, 1);
        var large = _atWork.EnterAsync(80, 2);
        var small = _atWork.EnterAsync(10, 3);
        Assert.False(small.IsCompleted);
        _atWork.Leave(60);
        await Task.WhenAll(large, small);
    }

    [Fact]
    public async Task One_that_is_longer_than_the_bound_goes_alone()
    {
        await _atWork.EnterAsync(10, 1);
        var longest = _atWork.EnterAsync(1_000, 2);
        Assert.False(longest.IsCompleted);
        _atWork.Leave(10);
        await longest;
        var next = _atWork.EnterAsync(1, 3);
        Assert.False(next.IsCompleted);
        _atWork.Leave(1_000);
        await next;
    }
}
