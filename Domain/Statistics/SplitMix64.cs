namespace PnlPipeline.Domain.Statistics;

/// <summary>
/// Steele, Lea and Flood's generator (2014), as in Vigna's reference code: the same seed gives the same words on any
/// machine. Its state only counts up, so that the words of any place can be begun with.
/// </summary>
public struct SplitMix64(ulong seed)
{
    private const ulong Step = 0x9E3779B97F4A7C15;

    private ulong _state = seed;

    public ulong Next()
    {
        var word = _state += Step;
        word = (word ^ (word >> 30)) * 0xBF58476D1CE4E5B9;
        word = (word ^ (word >> 27)) * 0x94D049BB133111EB;
        return word ^ (word >> 31);
    }

    /// <summary>An index under <paramref name="count"/>: the high 64 bits of the word × that.</summary>
    public int Below(int count) => (int)Math.BigMul(Next(), (ulong)count, out _);

    /// <summary>The same generator so many words later.</summary>
    public readonly SplitMix64 After(ulong words) => new(_state + (words * Step));
}
