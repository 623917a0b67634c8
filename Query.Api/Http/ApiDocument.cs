using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Net.Http.Headers;
using Microsoft.OpenApi;

namespace PnlPipeline.Query.Api.Http;

/// <summary>The document at <c>/openapi/v1.json</c>, made of what stands beside the routes.</summary>
public static class ApiDocument
{
    /// <summary>Of the document, and of its options.</summary>
    public const string Name = "v1";

    private const string ProblemSchema = "Problem";

    public static WebApplicationBuilder AddApiDocument(this WebApplicationBuilder builder)
    {
        builder.Services.AddOpenApi(
            Name,
            options =>
            {
                options.CreateSchemaReferenceId = ApiSchemas.NameOf;
                options.AddDocumentTransformer((document, _, _) => Describe(document));
                options.AddOperationTransformer(DescribeAsync);
                options.AddSchemaTransformer((schema, context, _) => ApiSchemas.DescribeAsync(schema, context));
            }
        );
        return builder;
    }

    private static Task Describe(OpenApiDocument document)
    {
        document.Info = new OpenApiInfo
        {
            Title = "PnlPipeline Query API",
            Version = Name,
            Description =
                "Batches, their ledgers and charts, and the log of alerts and trades. Times are ISO 8601 in UTC unless "
                + "a series says epoch milliseconds; money and percentages are JSON numbers with every digit. Every "
                + "error is `application/problem+json`.",
        };
        // Where it runs is for the reader to know, not for the document.
        document.Servers?.Clear();
        var bodies = document
            .Paths.SelectMany(path => path.Value.Operations ?? [])
            .SelectMany(operation =>
                (operation.Value.Responses ?? [])
                    .Select(response => response.Value.Content)
                    .Append(operation.Value.RequestBody?.Content)
            )
            .SelectMany(contents => contents ?? new Dictionary<string, OpenApiMediaType>())
            .Select(content => content.Value.Schema);
        foreach (var schema in bodies.Concat(document.Components?.Schemas?.Values ?? []))
            ApiSchemas.JoinLines(schema);
        return Task.CompletedTask;
    }

    private static async Task DescribeAsync(
        OpenApiOperation operation,
        OpenApiOperationTransformerContext context,
        CancellationToken cancellationToken
    )
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        operation.OperationId ??= OperationName.Of(context.Description.HttpMethod!, context.Description.RelativePath!);
        operation.Parameters ??= [];
        if (metadata.OfType<ParameterSet>().FirstOrDefault() is { } set)
        {
            var schema = await context.GetOrCreateSchemaAsync(set.Type, cancellationToken: cancellationToken);
            foreach (var parameter in set.All)
                operation.Parameters.Add(QueryDescription.Of(parameter, schema));
        }

        foreach (var header in metadata.OfType<RequestHeader>())
            operation.Parameters.Add(Describe(header));
        foreach (var path in metadata.OfType<PathParameter>())
        {
            if (operation.Parameters.FirstOrDefault(known => known.Name == path.Name) is OpenApiParameter known)
            {
                known.Description = path.Description;
                known.Example = path.Example;
            }
        }

        if (metadata.OfType<Body>().FirstOrDefault() is { } body)
        {
            operation.RequestBody = new OpenApiRequestBody
            {
                Required = true,
                Description = body.Description,
                Content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal)
                {
                    ["application/json"] = new()
                    {
                        Schema = ApiSchemas.AsBody(
                            await context.GetOrCreateSchemaAsync(body.Type, cancellationToken: cancellationToken),
                            isPartial: HttpMethods.IsPatch(context.Description.HttpMethod!)
                        ),
                        Example = JsonNode.Parse(body.Example),
                    },
                },
            };
        }

        if (metadata.OfType<FileBody>().FirstOrDefault() is { } file)
        {
            operation.RequestBody = new OpenApiRequestBody
            {
                Required = true,
                Description = file.Description,
                Content = file.Examples.ToDictionary(
                    example => example.Key,
                    example => new OpenApiMediaType { Schema = FileSchema(example.Key), Example = example.Value },
                    StringComparer.Ordinal
                ),
            };
        }

        operation.Responses ??= [];
        foreach (var answer in metadata.OfType<Answer>())
            Describe(operation.Responses, answer);
        if (
            metadata.OfType<CsvAnswer>().FirstOrDefault() is { } csv
            && operation.Responses["200"].Content is { } contents
        )
            contents["text/csv"] = new()
            {
                Schema = new OpenApiSchema { Type = JsonSchemaType.String },
                Example = csv.Example,
            };
        if (metadata.OfType<ParquetAnswer>().Any() && operation.Responses["200"].Content is { } also)
            also[ParquetFile.MediaType] = new()
            {
                Schema = new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary" },
                // How such a file begins.
                Example = "PAR1",
            };
        await DescribeRefusalsAsync(operation, metadata, context, cancellationToken);
        foreach (var header in metadata.OfType<AnswerHeader>())
            Describe(operation.Responses, header);
    }

    private static void Describe(OpenApiResponses responses, Answer answer)
    {
        var status = $"{answer.Status}";
        if (!responses.TryGetValue(status, out var known) || known is not OpenApiResponse response)
            responses[status] = response = new OpenApiResponse();
        response.Description = answer.Description;
        if (answer.Example is null || response.Content is null)
            return;
        foreach (var content in response.Content.Values)
            content.Example = JsonNode.Parse(answer.Example);
    }

    private static void Describe(OpenApiResponses responses, AnswerHeader header)
    {
        if (responses[$"{header.Status}"] is not OpenApiResponse response)
            return;
        response.Headers ??= new Dictionary<string, IOpenApiHeader>(StringComparer.Ordinal);
        response.Headers[header.Name] = new OpenApiHeader
        {
            Description = header.Description,
            Required = true,
            Schema = new OpenApiSchema
            {
                Type = header.Name == HeaderNames.RetryAfter ? JsonSchemaType.Integer : JsonSchemaType.String,
            },
        };
    }

    private static async Task DescribeRefusalsAsync(
        OpenApiOperation operation,
        IList<object> metadata,
        OpenApiOperationTransformerContext context,
        CancellationToken cancellationToken
    )
    {
        var refusals = metadata.OfType<Refusal>().ToList();
        if (!refusals.Exists(refusal => refusal.Status == StatusCodes.Status400BadRequest))
            refusals.Add(new Refusal(StatusCodes.Status400BadRequest, "A query parameter: this takes none."));
        if (metadata.OfType<Body>().Any())
            refusals.Add(
                new Refusal(
                    StatusCodes.Status413PayloadTooLarge,
                    $"The body has more than {RequestBody.MaxBytes} bytes."
                )
            );
        if (!metadata.OfType<WithoutDatabase>().Any())
        {
            refusals.Add(
                new Refusal(StatusCodes.Status500InternalServerError, "A fault here; `traceId` finds it in the log.")
            );
            if (!refusals.Exists(refusal => refusal.Status == StatusCodes.Status503ServiceUnavailable))
                refusals.Add(
                    new Refusal(
                        StatusCodes.Status503ServiceUnavailable,
                        "The database does not answer. Try again in a moment."
                    )
                );
        }

        var document =
            context.Document ?? throw new InvalidOperationException("An operation is described within a document.");
        if (document.Components?.Schemas?.ContainsKey(ProblemSchema) != true)
            document.AddComponent(
                ProblemSchema,
                await context.GetOrCreateSchemaAsync(typeof(Problem), cancellationToken: cancellationToken)
            );
        foreach (var refusal in refusals)
        {
            operation.Responses![$"{refusal.Status}"] = new OpenApiResponse
            {
                Description = refusal.Description,
                Content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal)
                {
                    ["application/problem+json"] = new()
                    {
                        Schema = new OpenApiSchemaReference(ProblemSchema, document),
                        Example = ProblemExamples.Of(refusal.Status),
                    },
                },
            };
        }

        // Whatever does not answer, it is worth to come back.
        if (refusals.Exists(refusal => refusal.Status == StatusCodes.Status503ServiceUnavailable))
            Describe(
                operation.Responses!,
                new AnswerHeader(StatusCodes.Status503ServiceUnavailable, HeaderNames.RetryAfter, "Seconds to wait.")
            );
    }

    // A browser's form has the file in a part of its own, of whatever name.
    private static OpenApiSchema FileSchema(string contentType)
    {
        var file = new OpenApiSchema { Type = JsonSchemaType.String, Format = "binary" };
        return contentType != "multipart/form-data"
            ? file
            : new OpenApiSchema
            {
                Type = JsonSchemaType.Object,
                Properties = new Dictionary<string, IOpenApiSchema>(StringComparer.Ordinal) { ["file"] = file },
            };
    }

    private static OpenApiParameter Describe(RequestHeader header) =>
        new()
        {
            Name = header.Name,
            In = ParameterLocation.Header,
            Description = header.Description,
            Schema = new OpenApiSchema { Type = JsonSchemaType.String },
            Example = header.Example,
        };
}
