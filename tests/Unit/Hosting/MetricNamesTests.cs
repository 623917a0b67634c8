using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using PnlPipeline.Hosting;
using PnlPipeline.Tests.Servers;

namespace PnlPipeline.Tests.Unit.Hosting;

/// <summary>Alarms and dashboard ask for nothing that no service exports.</summary>
public sealed partial class MetricNamesTests
{
    // Of the runtime and of ASP.NET Core, as their documentation names them; EndToEnd reads them from real services.
    private static readonly string[] Others =
    [
        "up",
        "dotnet_process_memory_working_set_bytes",
        "http_server_request_duration_seconds",
    ];

    private static readonly string[] Files =
    [
        Path.Combine("deploy", "prometheus", "alarms.yml"),
        Path.Combine("deploy", "grafana", "pnlpipeline.json"),
    ];

    public static TheoryData<string> Queried => [.. Files.SelectMany(NamesIn).Distinct(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Queried))]
    public void What_is_asked_for_is_exported(string name)
    {
        var plain = Series().Replace(name, "");
        Assert.Contains(plain, Exported().Concat(Others));
    }

    [Fact]
    public void The_files_ask_for_something() => Assert.All(Files, file => Assert.NotEmpty(NamesIn(file)));

    /// <summary>As the exporter writes them: dots as underscores, then the unit, then what it is.</summary>
    private static HashSet<string> Exported()
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, _) =>
            {
                if (ReferenceEquals(instrument.Meter, PipelineHost.Meter))
                    names.Add(NameOf(instrument));
            },
        };
        foreach (
            var type in new[]
            {
                typeof(PnlPipeline.Ingest.Api.Webhooks.WebhookTokens),
                typeof(PnlPipeline.Analytics.Worker.WorkerRoles),
                typeof(PnlPipeline.Query.Api.Ledgers.LedgerCache),
            }
                .SelectMany(one => one.Assembly.GetTypes())
                .Where(type => type.Name.EndsWith("Meters", StringComparison.Ordinal) && !type.IsGenericType)
        )
        {
            RuntimeHelpers.RunClassConstructor(type.TypeHandle);
        }

        listener.Start();
        return [.. names, "pnlpipeline_ingest_spool_records", "pnlpipeline_ingest_spool_oldest_seconds"];
    }

    private static string NameOf(Instrument instrument)
    {
        var unit = instrument.Unit switch
        {
            "s" => "_seconds",
            "By" => "_bytes",
            _ => "",
        };
        var kind = instrument.GetType().Name.StartsWith("Counter", StringComparison.Ordinal) ? "_total" : "";
        return instrument.Name.Replace('.', '_') + unit + kind;
    }

    private static IEnumerable<string> NamesIn(string file)
    {
        var text = File.ReadAllText(Repository.PathOf(file));
        return Metric().Matches(text).Select(match => match.Value);
    }

    [GeneratedRegex(@"\b(pnl|pnlpipeline|dotnet|http_server)_[a-z_]+[a-z]\b", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Metric();

    // A histogram is three series.
    [GeneratedRegex("_(bucket|sum|count)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Series();
}
