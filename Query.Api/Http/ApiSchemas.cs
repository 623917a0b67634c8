using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using PnlPipeline.Domain.Accounts;
using PnlPipeline.Domain.Statistics;

namespace PnlPipeline.Query.Api.Http;

/// <summary>
/// Schemas a typed client can be made of: what the framework cannot find out, and what is always there.
/// </summary>
internal static class ApiSchemas
{
    /// <summary>
    /// What a schema is called that is referred to; <c>null</c> for one that stands where it is used: an amount is a
    /// number like any other, and of parameters the comments are wanted that stand beside them.
    /// </summary>
    // An amount keeps its name in generic ones: clients know them by it.
    public static string? NameOf(JsonTypeInfo type) =>
        type.Type == typeof(FixedPoint)
        || Parameter.IsMadeOfText(type.Type)
        || type.Type.IsAssignableTo(typeof(RequestParameters))
            ? null
            : OpenApiOptions
                .CreateDefaultSchemaReferenceId(type)
                ?.Replace(nameof(FixedPoint), "Amount", StringComparison.Ordinal);

    public static Task DescribeAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context)
    {
        DescribeType(schema, context.JsonTypeInfo.Type);
        if (context.JsonTypeInfo.ElementType == typeof(FixedPoint))
            schema.Items = new OpenApiSchema { Type = JsonSchemaType.Number };
        if (context.JsonPropertyInfo?.AttributeProvider is { } property)
            DescribeWords(
                schema,
                property
                    .GetCustomAttributes(typeof(AllowedValuesAttribute), inherit: true)
                    .OfType<AllowedValuesAttribute>()
                    .FirstOrDefault()
            );
        if (context.JsonTypeInfo.Kind == JsonTypeInfoKind.Object && schema.Properties is { } properties)
            DescribePresence(schema, properties, context.JsonTypeInfo.Properties);
        return Task.CompletedTask;
    }

    /// <summary>A comment's lines end where the source's do; a description is one text.</summary>
    public static void JoinLines(IOpenApiSchema? schema)
    {
        if (schema?.Description is { } text && text.Contains('\n', StringComparison.Ordinal))
            schema.Description = string.Join(' ', text.Split('\n', StringSplitOptions.TrimEntries));
        // What is referred to has its own turn.
        if (schema is not OpenApiSchema whole)
            return;
        JoinLines(whole.Items);
        foreach (var part in (whole.Properties?.Values ?? []).Concat(whole.OneOf ?? []))
            JoinLines(part);
    }

    /// <summary>Of a request: what may be left out is what may be <c>null</c>; of a partial one, everything.</summary>
    public static IOpenApiSchema AsBody(OpenApiSchema schema, bool isPartial)
    {
        schema.Required = isPartial
            ? null
            : schema
                .Properties?.Where(property => property.Value.Type?.HasFlag(JsonSchemaType.Null) != true)
                .Select(property => property.Key)
                .ToHashSet();
        return schema;
    }

    // Types with converters of our own have no schema that could be found out.
    private static void DescribeType(OpenApiSchema schema, Type jsonType)
    {
        var type = Nullable.GetUnderlyingType(jsonType) ?? jsonType;
        var nullable = type != jsonType ? JsonSchemaType.Null : default;
        if (type == typeof(decimal) || type == typeof(FixedPoint))
        {
            schema.Type = JsonSchemaType.Number | nullable;
            // It has more digits than a double keeps.
            schema.Format = null;
        }
        else if (type == typeof(GroupKeys))
        {
            schema.Type = JsonSchemaType.String | JsonSchemaType.Integer | JsonSchemaType.Array;
            schema.Items = new OpenApiSchema { Type = JsonSchemaType.String | JsonSchemaType.Integer };
        }
        else if (type == typeof(JsonElement))
        {
            schema.Type = JsonSchemaType.Object | nullable;
        }
        else if (type == typeof(DateTime))
        {
            schema.Type = JsonSchemaType.String | nullable;
            schema.Format = "date-time";
        }
    }

    private static void DescribeWords(OpenApiSchema schema, AllowedValuesAttribute? allowed)
    {
        if (allowed is null)
            return;
        schema.Enum = [.. allowed.Values.Select(word => (JsonNode)JsonValue.Create((string)word!))];
        if (schema.Type?.HasFlag(JsonSchemaType.Null) == true)
            schema.Enum.Add(JsonNullSentinel.JsonNull);
    }

    // An answer always has all of its properties, null or not, but for those that are left out where there is nothing
    // to say.
    private static void DescribePresence(
        OpenApiSchema schema,
        IDictionary<string, IOpenApiSchema> properties,
        IList<JsonPropertyInfo> known
    )
    {
        schema.Required = new HashSet<string>(StringComparer.Ordinal);
        foreach (var property in known)
        {
            if (!properties.TryGetValue(property.Name, out var described))
                continue;
            if (!IsLeftOut(property))
                schema.Required.Add(property.Name);
            else if (described is OpenApiSchema inline)
                inline.Type &= ~JsonSchemaType.Null;
        }
    }

    private static bool IsLeftOut(JsonPropertyInfo property) =>
        property
            .AttributeProvider?.GetCustomAttributes(typeof(JsonIgnoreAttribute), inherit: true)
            .OfType<JsonIgnoreAttribute>()
            .Any(ignore => ignore.Condition == JsonIgnoreCondition.WhenWritingNull) == true;
}
