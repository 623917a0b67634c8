using System.Collections.Concurrent;
using System.Reflection;
using System.Text.Json;
using PnlPipeline.Domain.Alerts;

namespace PnlPipeline.Query.Api.Http;

/// <summary>The parameters that a type of <see cref="RequestParameters"/> stands for.</summary>
public sealed class ParameterSet
{
    private static readonly ConcurrentDictionary<Type, ParameterSet> Known = new();

    private readonly IReadOnlyList<string> _names;
    private readonly Func<RequestParameters> _create;
    private readonly IReadOnlyList<Part> _parts;

    private ParameterSet(Type type)
    {
        Type = type;
        _create = () => (RequestParameters)Activator.CreateInstance(type)!;
        _parts = [.. type.GetProperties().Where(property => property.CanWrite).Select(property => new Part(property))];
        All = [.. _parts.SelectMany(part => part.Parameters)];
        _names = [.. All.Select(parameter => parameter.Name)];
    }

    public Type Type { get; }

    /// <summary>In the order in which they are declared.</summary>
    public IReadOnlyList<Parameter> All { get; }

    public static ParameterSet Of(Type type) => Known.GetOrAdd(type, static one => new ParameterSet(one));

    /// <summary>
    /// Reads all of them and gathers everything that is wrong, with parameters that the set does not have.
    /// </summary>
    public RequestParameters Read(IQueryCollection query, FieldErrors errors)
    {
        UnknownParameters.Find(query.Keys, _names, errors);
        return ReadKnown(query, errors);
    }

    private RequestParameters ReadKnown(IQueryCollection query, FieldErrors errors)
    {
        var values = _create();
        foreach (var part in _parts)
            part.Property.SetValue(values, part.Own?.Read(query, errors) ?? part.Nested?.ReadKnown(query, errors));
        values.Check(errors);
        return values;
    }

    /// <summary>A property: a parameter of its own, or a set of more.</summary>
    private sealed class Part
    {
        public Part(PropertyInfo property)
        {
            Property = property;
            if (!property.PropertyType.IsAssignableTo(typeof(RequestParameters)))
            {
                Own = new Parameter(property, []);
                Parameters = [Own];
                return;
            }

            Nested = Of(property.PropertyType);
            Parameters =
            [
                .. Nested.All.Select(parameter =>
                    parameter.Within(JsonNamingPolicy.CamelCase.ConvertName(property.Name))
                ),
            ];
        }

        public PropertyInfo Property { get; }

        public Parameter? Own { get; }

        public ParameterSet? Nested { get; }

        public IReadOnlyList<Parameter> Parameters { get; }
    }
}
