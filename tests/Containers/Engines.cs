using System.Diagnostics;
using PnlPipeline.Tests.Servers;

namespace PnlPipeline.Tests.Containers;

/// <summary>Which of the machine's engines <c>./run</c> and <c>./test</c> take. Takes none itself.</summary>
public sealed class Engines
{
    [Theory]
    [InlineData("28.5.2+dfsg4", "")]
    [InlineData("25.0.0", "")]
    [InlineData("24.0.9", "Docker's engine is 24.0.9, and the compose file takes 25 or later")]
    [InlineData("5.4.2", "Docker's engine is 5.4.2, and the compose file takes 25 or later")]
    [InlineData("library-import", "Docker's engine is library-import, and the compose file takes 25 or later")]
    [InlineData(null, "Docker's engine does not answer")]
    public async Task One_that_cannot_run_the_compose_file_is_passed_over_and_the_reason_said(
        string? version,
        string reason
    )
    {
        // A docker that knows its engine's version, where it has one, and has a compose plugin.
        const string Script = """
            docker() { [[ $1 != version ]] || { [[ -n $version ]] && echo "$version"; }; }
            timeout() { "${@:2}"; }
            source "$0/scripts/servers-docker.sh"
            docker_answers
            printf '%s' "$docker_missing"
            """;
        var start = new ProcessStartInfo("bash", ["-uc", Script, Repository.Root])
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        start.Environment["version"] = version ?? "";
        using var process = Process.Start(start)!;

        Assert.Equal(reason, await process.StandardOutput.ReadToEndAsync());
        await process.WaitForExitAsync();
    }
}
