using System.Reflection;
using Microsoft.AspNetCore.Http.Metadata;
using PnlPipeline.Domain.Alerts;

namespace PnlPipeline.Query.Api.Http;

/// <summary>
/// The query parameters of a call: an object that describes and reads itself. Each property that can be set is a <see
/// cref="Parameter"/>; a property that is itself
/// such an object stands for the parameters of that one. A handler takes a type that implements <see
/// cref="IParameters{TSelf}"/>.
/// </summary>
public abstract class RequestParameters
{
    /// <summary>
    /// Finds what is wrong with several of them together. What is wrong with one is found already, and that one is
    /// absent.
    /// </summary>
    public virtual void Check(FieldErrors errors) { }
}

/// <summary>
/// Makes <typeparamref name="TSelf"/> something a handler can take: it is read of the request, and its parameters are
/// in the API's document.
/// </summary>
public interface IParameters<TSelf> : IBindableFromHttpContext<TSelf>, IEndpointParameterMetadataProvider
    where TSelf : RequestParameters, IParameters<TSelf>, new()
{
    /// <summary>
    /// Reads them; what is wrong is added to the request's <see cref="FieldErrors"/>, which <see
    /// cref="WrongParameters"/> answers with.
    /// </summary>
    static ValueTask<TSelf?> IBindableFromHttpContext<TSelf>.BindAsync(HttpContext context, ParameterInfo parameter) =>
        new(
            (TSelf)
                ParameterSet
                    .Of(typeof(TSelf))
                    .Read(context.Request.Query, context.RequestServices.GetRequiredService<FieldErrors>())
        );

    static void IEndpointParameterMetadataProvider.PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder) =>
        builder.Metadata.Add(ParameterSet.Of(typeof(TSelf)));
}
