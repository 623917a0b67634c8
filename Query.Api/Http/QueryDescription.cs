using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.OpenApi;

namespace PnlPipeline.Query.Api.Http;

/// <summary>
/// A query parameter as the document shows it: what it is called and what it is for comes of its XML comment, the rest
/// of its attributes.
/// </summary>
internal static class QueryDescription
{
    private const string Times =
        " ISO 8601 with Z or an offset (`2026-11-22T06:28:00Z`, `…+01:00`), or Unix time in whole seconds or "
        + "milliseconds; not before 2000.";

    private const string Repeated = " May stand several times.";

    /// <param name="set">The schema of the set that has the parameter, with the XML comments in it.</param>
    public static OpenApiParameter Of(Parameter parameter, OpenApiSchema set)
    {
        var commented = parameter.Path.Aggregate((IOpenApiSchema)set, (schema, name) => schema.Properties![name]);
        var schema = SchemaOf(parameter);
        var commentedExample = commented.Examples?.FirstOrDefault();
        var example = schema.Type == JsonSchemaType.Integer ? commentedExample : TextOf(commentedExample);
        return new OpenApiParameter
        {
            Name = parameter.Name,
            In = ParameterLocation.Query,
            Required = parameter.IsRequired,
            Description =
                commented.Description?.ReplaceLineEndings(" ")
                + (parameter.Type == typeof(DateTime) ? Times : "")
                + (parameter.Repeats ? Repeated : ""),
            Schema = parameter.Repeats ? new OpenApiSchema { Type = JsonSchemaType.Array, Items = schema } : schema,
            Example = parameter.Repeats ? new JsonArray(example?.DeepClone()) : example?.DeepClone(),
        };
    }

    private static OpenApiSchema SchemaOf(Parameter parameter)
    {
        if (parameter.Format is { IsId: true })
            return new OpenApiSchema { Type = JsonSchemaType.Integer, Minimum = "1" };
        if (parameter.Range is { } range)
        {
            return new OpenApiSchema
            {
                Type = JsonSchemaType.Integer,
                Minimum = range.Min.ToString(CultureInfo.InvariantCulture),
                Maximum = range.Max.ToString(CultureInfo.InvariantCulture),
                Default = parameter.Default is int number ? number : null,
            };
        }

        return new OpenApiSchema
        {
            Type = JsonSchemaType.String,
            Enum = parameter.Words is { } words ? [.. words.Select(word => (JsonNode)word)] : null,
            Default = parameter.Default is string text ? text : null,
        };
    }

    // A comment's example that looks like JSON is taken for JSON: "60" is no number where a timeframe is meant.
    private static JsonNode? TextOf(JsonNode? example) =>
        example is null || example.GetValueKind() == JsonValueKind.String
            ? example
            : JsonValue.Create(example.ToJsonString());
}
