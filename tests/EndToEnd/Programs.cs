using System.Diagnostics;
using PnlPipeline.Tests.EndToEnd.System;
using PnlPipeline.Tests.Servers;

namespace PnlPipeline.Tests.EndToEnd;

/// <summary>
/// The programs in docs/api.md, as they stand there but for addresses, keys and symbol; and the client's package.
/// </summary>
public sealed class Programs(PipelineSystem system) : IDisposable
{
    private static readonly TimeSpan EndsWithin = TimeSpan.FromSeconds(120);

    private readonly string _folder = Directory.CreateTempSubdirectory("pnl-programs").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task The_program_in_Python_runs()
    {
        if (!IsThere("python3"))
            Assert.Skip("There is no python3 here (apt-get install python3).");
        var symbol = Trader.NewSymbol("PYTHON");
        await File.WriteAllTextAsync(Path.Combine(_folder, "program.py"), Program("python", symbol));

        ReadsItsLedger(await RunAsync("python3", "program.py"), symbol);
    }

    [Fact]
    public async Task The_program_in_TypeScript_compiles_and_runs_with_the_client_as_a_package()
    {
        var packages = Repository.PathOf("Dashboard", "node_modules");
        if (!IsThere("npm") || !Directory.Exists(packages))
            Assert.Skip("The page's packages are not here (Node.js, and `npm ci` in Dashboard/).");
        await RunInAsync(
            Repository.PathOf("Dashboard", "client"),
            "npm",
            "pack",
            "--silent",
            "--pack-destination",
            _folder
        );
        // As npm install would, without the registry: its one dependency is there already.
        var installed = Directory.CreateDirectory(Path.Combine(_folder, "node_modules", "pnlpipeline-client")).FullName;
        await RunAsync(
            "tar",
            "-xzf",
            Assert.Single(Directory.GetFiles(_folder, "*.tgz")),
            "--strip-components=1",
            "-C",
            installed
        );
        Directory.CreateSymbolicLink(
            Path.Combine(_folder, "node_modules", "openapi-fetch"),
            Path.Combine(packages, "openapi-fetch")
        );
        var symbol = Trader.NewSymbol("TYPED");
        await File.WriteAllTextAsync(Path.Combine(_folder, "package.json"), """{"type":"module"}""");
        await File.WriteAllTextAsync(Path.Combine(_folder, "program.ts"), Program("ts", symbol));
        await RunAsync(
            Path.Combine(packages, ".bin", "tsc"),
            "--strict",
            "--module",
            "nodenext",
            "--target",
            "es2022",
            "--lib",
            "es2023,dom",
            "program.ts"
        );

        ReadsItsLedger(await RunAsync("node", "program.js"), symbol);
    }

    // From 43,000 to 43,537.5 are 1.25 % of 100,000.
    private static void ReadsItsLedger(string output, string symbol)
    {
        Assert.Equal(2, output.Split("accepted").Length - 1);
        Assert.Contains($"2026-03-02T11:00:00Z {symbol} 1250 101250", output, StringComparison.Ordinal);
        Assert.EndsWith("\n1250\n", output, StringComparison.Ordinal);
    }

    private string Program(string language, string symbol)
    {
        var document = File.ReadAllText(Repository.PathOf("docs", "api.md"));
        var program = document.Split($"```{language}\n")[1].Split("```")[0];
        foreach (
            var (placeholder, value) in (IReadOnlyList<(string, string)>)
                [
                    ("http://127.0.0.1:5080", system.Ingest.Url.ToString().TrimEnd('/')),
                    ("http://127.0.0.1:5090", system.Query.Url.ToString().TrimEnd('/')),
                    ("YOUR_TOKEN", system.Token),
                    ("YOUR_ADMIN_KEY", system.AdminKey),
                    ("BTCUSDT", symbol),
                ]
        )
        {
            Assert.Contains(placeholder, program, StringComparison.Ordinal);
            program = program.Replace(placeholder, value, StringComparison.Ordinal);
        }

        return program;
    }

    private static bool IsThere(string program) =>
        Environment
            .GetEnvironmentVariable("PATH")!
            .Split(Path.PathSeparator)
            .Any(folder => File.Exists(Path.Combine(folder, program)));

    private Task<string> RunAsync(string program, params string[] arguments) => RunInAsync(_folder, program, arguments);

    private static async Task<string> RunInAsync(string folder, string program, params string[] arguments)
    {
        using var process = Process.Start(
            new ProcessStartInfo(program, arguments)
            {
                WorkingDirectory = folder,
                UseShellExecute = false,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync().WaitAsync(EndsWithin);
        Assert.True(process.ExitCode == 0, $"{program} ended with {process.ExitCode}.\n{await output}{await errors}");
        return await output;
    }
}
