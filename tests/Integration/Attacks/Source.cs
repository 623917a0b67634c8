using System.Net;
using System.Net.Sockets;
using System.Text;

namespace PnlPipeline.Tests.Integration.Attacks;

/// <summary>Somebody at an address of his own: on loopback every address of 127.0.0.0/8 is one.</summary>
internal static class Source
{
    public static readonly IPAddress First = IPAddress.Parse("127.0.0.1");
    public static readonly IPAddress Second = IPAddress.Parse("127.0.0.2");
    public static readonly IPAddress Proxy = IPAddress.Parse("127.0.0.9");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>A connection from that address.</summary>
    public static async Task<Socket> ConnectAsync(IPAddress from, int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            socket.Bind(new IPEndPoint(from, 0));
            await socket.ConnectAsync(First, port, Cancellation);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>
    /// A client whose connections come from that address; it keeps no cookies and follows no redirect.
    /// </summary>
    public static HttpClient ClientFrom(IPAddress from, Uri service) =>
        new(
            new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                UseCookies = false,
                ConnectCallback = async (_, _) =>
                    new NetworkStream(await ConnectAsync(from, service.Port), ownsSocket: true),
            }
        )
        {
            BaseAddress = service,
            Timeout = TimeSpan.FromSeconds(30),
        };

    /// <summary>
    /// Sends the beginning of a request and then, while nothing comes back, one piece after the other. All that comes
    /// back; it ends with the connection, or where the service has said what it had to say.
    /// </summary>
    /// <param name="between">The time from a piece to the next.</param>
    public static async Task<string> DripAsync(
        int port,
        string beginning,
        byte[] piece,
        TimeSpan between,
        int deadlineSeconds = 60
    )
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        deadline.CancelAfter(TimeSpan.FromSeconds(deadlineSeconds));
        using var socket = await ConnectAsync(First, port);
        using var answered = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token);
        var sending = SendAsync();
        try
        {
            return await ReadAsync();
        }
        finally
        {
            await answered.CancelAsync();
            await sending;
        }

        async Task SendAsync()
        {
            try
            {
                await socket.SendAsync(Encoding.ASCII.GetBytes(beginning), answered.Token);
                while (true)
                {
                    await Task.Delay(between, answered.Token);
                    await socket.SendAsync(piece, answered.Token);
                }
            }
            catch (Exception over) when (over is OperationCanceledException or SocketException)
            {
                // Answered, or cut off.
            }
        }

        async Task<string> ReadAsync()
        {
            var text = new StringBuilder();
            var buffer = new byte[4096];
            try
            {
                // The end of a problem's body is the end of the answer, whether the connection ends with it or not.
                while (
                    !text.ToString().Contains('}')
                    && await socket.ReceiveAsync(buffer, deadline.Token) is > 0 and var read
                )
                    text.Append(Encoding.UTF8.GetString(buffer, 0, read));
            }
            catch (SocketException)
            {
                // Cut off; what was said before is what counts.
            }

            return text.ToString();
        }
    }
}
