using System.Threading.Channels;

namespace PnlPipeline.Tests.Integration.Query;

/// <summary>An event as it came.</summary>
public sealed record Heard(string Id, string Name, string Data)
{
    public override string ToString() => $"{Name} {Data}";
}

/// <summary>A listener to the event stream.</summary>
internal sealed class Listening : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private readonly HttpResponseMessage _response;
    private readonly Channel<Heard> _heard = Channel.CreateUnbounded<Heard>();
    private readonly TaskCompletionSource _placed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _reading;

    private Listening(HttpResponseMessage response)
    {
        _response = response;
        _reading = ReadAsync();
    }

    public HttpResponseMessage Response => _response;

    /// <summary>The last id that came, with an event or without.</summary>
    public string LastId { get; private set; } = "";

    /// <summary>Ends with the stream.</summary>
    public Task Ended => _reading;

    /// <summary>
    /// Begins to listen; returns when the stream has said from where on it tells, or with it where it was told where to
    /// go on.
    /// </summary>
    public static async Task<Listening> StartAsync(
        HttpClient client,
        string? lastEventId = null,
        string path = "/api/v1/stream",
        params (string Name, string Value)[] headers
    )
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (lastEventId is not null)
            request.Headers.TryAddWithoutValidation("Last-Event-ID", lastEventId);
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, QueryApi.Cancellation);
        Assert.Equal(200, (int)response.StatusCode);
        var listening = new Listening(response);
        if (lastEventId is null && !path.Contains('?', StringComparison.Ordinal))
            await listening._placed.Task.WaitAsync(Deadline, QueryApi.Cancellation);
        return listening;
    }

    /// <summary>The next events, as many as asked for.</summary>
    public async Task<List<Heard>> NextAsync(int count)
    {
        var heard = new List<Heard>();
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(QueryApi.Cancellation);
        deadline.CancelAfter(Deadline);
        try
        {
            while (heard.Count < count)
                heard.Add(await _heard.Reader.ReadAsync(deadline.Token));
        }
        catch (OperationCanceledException late) when (!QueryApi.Cancellation.IsCancellationRequested)
        {
            throw new TimeoutException($"Only {heard.Count} of {count} events came: {string.Join("; ", heard)}", late);
        }

        return heard;
    }

    /// <summary>The next event of this name, past any other.</summary>
    public async Task<Heard> NextAsync(string name)
    {
        while (true)
        {
            if ((await NextAsync(1))[0] is var heard && heard.Name == name)
                return heard;
        }
    }

    /// <summary>What has come and was not asked for yet.</summary>
    public List<Heard> Waiting()
    {
        var heard = new List<Heard>();
        while (_heard.Reader.TryRead(out var one))
            heard.Add(one);
        return heard;
    }

    public async ValueTask DisposeAsync()
    {
        // In this order: a response that is disposed in the middle of a read fails in ways of its own.
        await _stop.CancelAsync();
        await _reading;
        _response.Dispose();
        _stop.Dispose();
    }

    private async Task ReadAsync()
    {
        try
        {
            using var reader = new StreamReader(await _response.Content.ReadAsStreamAsync());
            var (id, name, data) = ("", "", "");
            while (await reader.ReadLineAsync(_stop.Token) is { } line)
            {
                var (field, value) = line.Split(": ", 2) is [var before, var after] ? (before, after) : (line, "");
                switch (field)
                {
                    case "id":
                        id = value;
                        break;
                    case "event":
                        name = value;
                        break;
                    case "data":
                        data = value;
                        break;
                    case "" when id.Length > 0:
                        // As browsers do: an id without data is a place all the same.
                        LastId = id;
                        if (data.Length > 0)
                            _heard.Writer.TryWrite(new Heard(id, name, data));
                        _placed.TrySetResult();
                        (name, data) = ("", "");
                        break;
                }
            }
        }
        catch (Exception fault) when (fault is IOException or HttpRequestException or OperationCanceledException)
        {
            // The connection is cut, or nobody listens any more.
        }

        _heard.Writer.TryComplete();
    }
}
