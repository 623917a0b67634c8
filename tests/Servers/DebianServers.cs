using System.Diagnostics;
using System.Globalization;

namespace PnlPipeline.Tests.Servers;

/// <summary>
/// Servers by the script that <c>./test</c> has them from, too. They end with this process, however it ends: also where
/// a debugger stops it.
/// </summary>
internal static class DebianServers
{
    // The first time on a machine the packages are fetched.
    private static readonly TimeSpan ReadyWithin = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan StoppedWithin = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <param name="members">How many of each, 1 or 3.</param>
    public static async Task<(IReadOnlyDictionary<string, string> Environment, Func<ValueTask> Stop)> StartAsync(
        int members = 1
    )
    {
        if (!OperatingSystem.IsLinux())
        {
            throw new InvalidOperationException(
                "These tests need a MySQL and a RabbitMQ: start Docker, or set MYSQL_URL and RABBITMQ_URL."
            );
        }

        var own = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        var directory = Repository.PathOf(".test", members == 1 ? $"servers-{own}" : $"cluster-{own}");
        var log = new StringWriter();
        var script = Process.Start(
            new ProcessStartInfo(Repository.PathOf("scripts", "test-servers"), [directory, own, $"{members}"])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                UseShellExecute = false,
            }
        )!;
        var synchronized = TextWriter.Synchronized(log);
        script.OutputDataReceived += (_, line) => synchronized.WriteLine(line.Data);
        script.ErrorDataReceived += (_, line) => synchronized.WriteLine(line.Data);
        script.BeginOutputReadLine();
        script.BeginErrorReadLine();
        script.StandardInput.Close();

        var environment = Path.Combine(directory, "env");
        for (var waited = Stopwatch.StartNew(); !File.Exists(environment); await Task.Delay(Pause))
        {
            if (script.HasExited)
                throw new InvalidOperationException($"These tests need a MySQL and a RabbitMQ.\n{log}");
            if (waited.Elapsed > ReadyWithin)
            {
                await StopAsync(script);
                throw new InvalidOperationException(
                    $"MySQL and RabbitMQ did not start within {ReadyWithin.TotalMinutes} minutes.\n{log}"
                );
            }
        }

        var settings = (await File.ReadAllLinesAsync(environment))
            .Select(line => line.Split('=', 2))
            .ToDictionary(line => line[0], line => line[1], StringComparer.Ordinal);
        return (settings, () => StopAsync(script));
    }

    private static async ValueTask StopAsync(Process script)
    {
        using (var kill = Process.Start("kill", ["-TERM", script.Id.ToString(CultureInfo.InvariantCulture)]))
            await kill.WaitForExitAsync();
        await script.WaitForExitAsync().WaitAsync(StoppedWithin);
        script.Dispose();
    }
}
