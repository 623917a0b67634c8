using PnlPipeline.Domain.Alerts;

namespace PnlPipeline.Query.Api.Http;

/// <summary>
/// What counts where a parameter is absent. A property that may be <c>null</c> stays so, and this only says what that
/// means. Not the framework's attribute: in its
/// document that one's value has to be of the property's type.
/// </summary>
/// <param name="value">As the sender would send it: a text or a whole number.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class DefaultAttribute(object value) : Attribute
{
    public object Value { get; } = value;
}

/// <summary>How a parameter's text is read, where its type alone does not say.</summary>
[AttributeUsage(AttributeTargets.Property)]
public abstract class TextFormatAttribute : Attribute
{
    /// <summary>Whether the API's document calls it a whole number from 1.</summary>
    public virtual bool IsId => false;

    /// <summary>Whether an empty text is a value, and does not count as absent.</summary>
    public virtual bool TakesEmpty => false;

    /// <param name="error">What is wrong with it and what to send, for the sender.</param>
    public abstract bool TryRead(string text, out object? value, out string error);
}

/// <summary>A symbol, in any letter case; read as its canonical form.</summary>
public sealed class SymbolTextAttribute : TextFormatAttribute
{
    public override bool TryRead(string text, out object? value, out string error)
    {
        var isRead = Symbol.TryParse(text, out var symbol, out error);
        value = symbol;
        return isRead;
    }
}

/// <summary>A timeframe in any of its forms; read as its canonical one.</summary>
public sealed class TimeframeTextAttribute : TextFormatAttribute
{
    public override bool TryRead(string text, out object? value, out string error)
    {
        var isRead = Timeframe.TryParse(text, out var timeframe, out error);
        value = timeframe;
        return isRead;
    }
}

/// <summary>The name of a strategy, as it is written; empty for what has none.</summary>
public sealed class StrategyTextAttribute : TextFormatAttribute
{
    public override bool TakesEmpty => true;

    public override bool TryRead(string text, out object? value, out string error)
    {
        var isRead = Strategy.TryParse(text, out var strategy, out error);
        value = strategy ?? "";
        return isRead;
    }
}

/// <summary>
/// The id of something that is numbered, without leading zeros. What is too long for a number is the id of nothing, and
/// no error.
/// </summary>
public sealed class IdTextAttribute : TextFormatAttribute
{
    public override bool IsId => true;

    public override bool TryRead(string text, out object? value, out string error)
    {
        value = text[..^1].TrimStart('0') + text[^1];
        error = $"'{text}' is no id. Send a whole number.";
        return text.All(char.IsAsciiDigit);
    }
}
