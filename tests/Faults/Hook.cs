using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace PnlPipeline.Tests.Faults;

/// <summary>Stands in for a signed webhook: keeps what it was sent, and answers 200 or not at all.</summary>
internal sealed class Hook : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly ConcurrentQueue<(string Key, string Body, bool IsAnswered)> _received = new();

    public Hook()
    {
        using (var free = new TcpListener(IPAddress.Loopback, 0))
        {
            free.Start();
            Url = $"http://127.0.0.1:{((IPEndPoint)free.LocalEndpoint).Port}/";
        }

        _listener.Prefixes.Add(Url);
        _listener.Start();
        _ = AcceptAsync();
    }

    public string Url { get; }

    /// <summary>Else it lets them wait.</summary>
    public bool Answers { get; set; }

    public IReadOnlyCollection<(string Key, string Body, bool IsAnswered)> Received => _received;

    public void Dispose() => _listener.Close();

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = TakeAsync(await _listener.GetContextAsync());
        }
        catch (Exception fault) when (fault is HttpListenerException or ObjectDisposedException)
        {
            // Disposed.
        }
    }

    private async Task TakeAsync(HttpListenerContext http)
    {
        using var reader = new StreamReader(http.Request.InputStream);
        var body = await reader.ReadToEndAsync();
        var answers = Answers;
        _received.Enqueue((http.Request.Headers["Idempotency-Key"] ?? "", body, answers));
        if (answers)
            http.Response.Close();
    }
}
