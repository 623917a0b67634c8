using System.Buffers.Text;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace PnlPipeline.Benchmarks;

/// <summary>
/// Sends alerts over plain sockets. It shares the machine with what it measures: a client library would take more of it
/// than the server does.
/// </summary>
/// <param name="from">The sender's address, of this machine's; on loopback every address of 127.0.0.0/8 is one.</param>
internal sealed class WebhookLoad(Uri webhook, AlertSource source, IPAddress? from = null)
{
    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(10);

    /// <summary>One connection, to be used by one at a time.</summary>
    public static Task<Line> ConnectAsync(Uri webhook) => Line.ConnectAsync(webhook, from: null);

    /// <summary>Each connection one alert after the other, as fast as the answers come.</summary>
    public async Task<LoadResult> ClosedAsync(int connections, TimeSpan duration)
    {
        var lines = await Task.WhenAll(Enumerable.Range(0, connections).Select(_ => Line.ConnectAsync(webhook, from)));
        var latencies = new List<double>[connections];
        int accepted = 0,
            others = 0;
        var clock = Stopwatch.StartNew();
        await Task.WhenAll(
            lines.Select(
                async (line, index) =>
                {
                    using (line)
                    {
                        var own = latencies[index] = [];
                        while (clock.Elapsed < duration)
                        {
                            var begun = Stopwatch.GetTimestamp();
                            if (await line.PostAsync(source.Next()))
                                Interlocked.Increment(ref accepted);
                            else
                                Interlocked.Increment(ref others);
                            own.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
                        }
                    }
                }
            )
        );
        return LoadResult.Of(accepted, others, clock.Elapsed, latencies);
    }

    /// <summary>
    /// So many alerts a second whatever the answers do; a latency counts from when the alert was due, so that a slow
    /// answer does not hide what it held up.
    /// </summary>
    public async Task<LoadResult> OpenAsync(int perSecond, TimeSpan duration, int connections = 64)
    {
        var free = new Queue<Line>(
            await Task.WhenAll(Enumerable.Range(0, connections).Select(_ => Line.ConnectAsync(webhook, from)))
        );
        var waiting = new Queue<TimeSpan>();
        var own = new List<double>();
        int accepted = 0,
            others = 0,
            answered = 0;
        var total = (int)(perSecond * duration.TotalSeconds);
        var clock = Stopwatch.StartNew();
        for (var sent = 0; sent < total; sent++)
        {
            var due = TimeSpan.FromSeconds((double)sent / perSecond);
            while (clock.Elapsed < due)
                await Task.Delay(1);
            lock (free)
            {
                if (free.TryDequeue(out var line))
                    _ = PostAsync(line, due);
                else
                    waiting.Enqueue(due);
            }
        }

        while (Volatile.Read(ref answered) < total)
            await Task.Delay(10);
        while (free.TryDequeue(out var line))
            line.Dispose();
        return LoadResult.Of(accepted, others, clock.Elapsed, [own]);

        async Task PostAsync(Line line, TimeSpan due)
        {
            await Task.Yield();
            while (true)
            {
                var isAccepted = await line.PostAsync(source.Next());
                lock (free)
                {
                    own.Add((clock.Elapsed - due).TotalMilliseconds);
                    if (isAccepted)
                        accepted++;
                    else
                        others++;
                    answered++;
                    if (!waiting.TryDequeue(out due))
                    {
                        free.Enqueue(line);
                        return;
                    }
                }
            }
        }
    }

    /// <summary>One connection that is kept alive.</summary>
    public sealed class Line(Socket socket, byte[] head) : IDisposable
    {
        private readonly byte[] _buffer = new byte[8 * 1024];

        public static async Task<Line> ConnectAsync(Uri webhook, IPAddress? from)
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            if (from is not null)
                socket.Bind(new IPEndPoint(from, 0));
            await socket.ConnectAsync(IPAddress.Loopback, webhook.Port);
            return new Line(
                socket,
                Encoding.ASCII.GetBytes(
                    $"POST {webhook.AbsolutePath} HTTP/1.1\r\nHost: localhost\r\nContent-Type: "
                        + $"application/json\r\nContent-Length: "
                )
            );
        }

        /// <summary>True where the answer is 202.</summary>
        public async Task<bool> PostAsync(byte[] body)
        {
            head.CopyTo(_buffer, 0);
            Utf8Formatter.TryFormat(body.Length, _buffer.AsSpan(head.Length), out var digits);
            var length = head.Length + digits;
            "\r\n\r\n"u8.CopyTo(_buffer.AsSpan(length));
            body.CopyTo(_buffer, length + 4);
            await socket.SendAsync(_buffer.AsMemory(0, length + 4 + body.Length));

            var received = 0;
            do
            {
                var read = socket.ReceiveAsync(_buffer.AsMemory(received));
                var more = read.IsCompleted ? read.Result : await read.AsTask().WaitAsync(AnswerWithin);
                if (more == 0)
                    throw new IOException("The server closed the connection.");
                received += more;
            } while (!IsComplete(_buffer.AsSpan(0, received)));
            return _buffer.AsSpan(9, 3).SequenceEqual("202"u8);
        }

        public void Dispose() => socket.Dispose();

        private static bool IsComplete(ReadOnlySpan<byte> answer)
        {
            var end = answer.IndexOf("\r\n\r\n"u8);
            if (end < 0)
                return false;
            var announced = answer[..end].IndexOf("Content-Length: "u8);
            if (announced < 0)
                return answer.EndsWith("0\r\n\r\n"u8);
            return Utf8Parser.TryParse(answer[(announced + 16)..], out int length, out _)
                && answer.Length >= end + 4 + length;
        }
    }
}
