using System.Data.Common;
using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Dapper;
using Microsoft.Extensions.Configuration;
using PnlPipeline.Database;
using PnlPipeline.Hosting;
using RabbitMQ.Client;

namespace PnlPipeline.Benchmarks;

/// <summary>The system under measurement, as <c>./run</c> describes it in its <c>env</c> file.</summary>
internal sealed class RunningSystem : IDisposable
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(20);

    private readonly MySqlDatabase _database = new(MySqlUrl.Parse(Setting("MYSQL_URL")));

    public RunningSystem()
    {
        Webhook = new Uri(new Uri(Setting("INGEST_URL")), $"/webhooks/tradingview/{Setting("WEBHOOK_TOKEN")}");
        Api = new HttpClient { BaseAddress = new Uri(Setting("QUERY_URL")), Timeout = TimeSpan.FromSeconds(60) };
        Api.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", AdminKey);
    }

    public Uri Webhook { get; }

    public HttpClient Api { get; }

    public string AdminKey { get; } = Setting("ADMIN_KEY");

    public async Task<long> CreateBatchAsync(string name, IReadOnlyList<string> symbols)
    {
        using var response = await Api.PostAsJsonAsync(
            "/api/v1/batches",
            new
            {
                name,
                symbols,
                allocationPercentage = 10,
            }
        );
        response.EnsureSuccessStatusCode();
        return (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetInt64();
    }

    public async Task<(bool Ready, long Trades)> LedgerAsync(long batchId)
    {
        var ledger = (
            await Api.GetFromJsonAsync<JsonElement>(
                string.Create(CultureInfo.InvariantCulture, $"/api/v1/batches/{batchId}")
            )
        ).GetProperty("ledger");
        return (ledger.GetProperty("state").GetString() == "ready", ledger.GetProperty("trades").GetInt64());
    }

    /// <summary>The last of the batches whose name begins so.</summary>
    public async Task<(long Id, long Trades)> FindBatchAsync(string namePrefix)
    {
        var batches = (await Api.GetFromJsonAsync<JsonElement>("/api/v1/batches")).GetProperty("batches");
        var batch = batches
            .EnumerateArray()
            .Last(one => one.GetProperty("name").GetString()!.StartsWith(namePrefix, StringComparison.Ordinal));
        return (batch.GetProperty("id").GetInt64(), batch.GetProperty("ledger").GetProperty("trades").GetInt64());
    }

    /// <summary>
    /// Waits until every ledger holds every closed trade of these symbols; throws where the counts do not come to
    /// agree.
    /// </summary>
    public async Task<long> WaitUntilPostedAsync(string symbolPrefix, int alerts, IReadOnlyList<long> batches)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(5));
        const string storedAlerts =
            "SELECT COUNT(*) FROM alerts JOIN streams USING (stream_id) WHERE symbol LIKE @pattern";
        var count = Stopwatch.StartNew();
        long stored;
        while ((stored = await CountAsync(storedAlerts, symbolPrefix)) < alerts)
        {
            // Counting shares the machine with what it waits for: at most a tenth of the time goes to it.
            await Task.Delay(Poll + (9 * count.Elapsed), deadline.Token);
            count.Restart();
        }

        if (stored != alerts)
            throw new InvalidOperationException($"{alerts} alerts were accepted, {stored} are stored: no result.");

        var closed = await CountAsync(
            "SELECT COUNT(*) FROM trades JOIN streams USING (stream_id) WHERE symbol LIKE @pattern AND exit_time IS "
                + "NOT NULL",
            symbolPrefix
        );
        foreach (var batch in batches)
        {
            while (await LedgerAsync(batch) is not (true, var trades) || trades != closed)
                await Task.Delay(Poll, deadline.Token);
        }

        return closed;
    }

    /// <summary>A statement on the database itself, for what no call could make in reasonable time.</summary>
    public async Task<T?> ScalarAsync<T>(string sql)
    {
        await using var connection = await _database.OpenAsync(CancellationToken.None);
        return await connection.ExecuteScalarAsync<T>(new CommandDefinition(sql, commandTimeout: 600));
    }

    /// <summary>What a service holds in memory now, in MiB.</summary>
    public static async Task<double> ResidentMebibytesAsync(string service)
    {
        var line = (await File.ReadAllLinesAsync($"/proc/{await PidAsync(service)}/status")).Single(line =>
            line.StartsWith("VmRSS:", StringComparison.Ordinal)
        );
        return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture)
            / 1024.0;
    }

    /// <summary>The processor time that a service has taken since it was started.</summary>
    public static async Task<TimeSpan> ProcessorTimeAsync(string service)
    {
        using var process = Process.GetProcessById(int.Parse(await PidAsync(service), CultureInfo.InvariantCulture));
        return process.TotalProcessorTime;
    }

    /// <summary>
    /// The processor time that the workers and MySQL have taken, of all replicas together; without MySQL where it is
    /// none of <c>./run</c>'s own.
    /// </summary>
    public static async Task<SortedDictionary<string, TimeSpan>> WorkTimesAsync()
    {
        var times = new SortedDictionary<string, TimeSpan>(StringComparer.Ordinal);
        foreach (
            var (name, pattern) in new[]
            {
                ("pairing", "pairing-*.pid"),
                ("ledgers", "ledgers-*.pid"),
                ("MySQL", "servers/mysql.pid"),
            }
        )
        {
            var directory = Path.Combine(Setting("PNL_STATE"), Path.GetDirectoryName(pattern)!);
            if (!Directory.Exists(directory))
                continue;
            foreach (var file in Directory.GetFiles(directory, Path.GetFileName(pattern)))
                times[name] =
                    times.GetValueOrDefault(name)
                    + await ProcessorTimeAsync(Path.GetRelativePath(Setting("PNL_STATE"), file)[..^".pid".Length]);
        }

        return times;
    }

    /// <summary>As the administrator.</summary>
    public Task<DbConnection> OpenDatabaseAsync() => _database.OpenAsync(CancellationToken.None);

    public static Task<IConnection> OpenBrokerAsync() =>
        new ConnectionFactory { Uri = new Uri(Setting("RABBITMQ_URL")) }.CreateConnectionAsync();

    public void Dispose() => Api.Dispose();

    private static async Task<string> PidAsync(string service) =>
        (await File.ReadAllTextAsync(Path.Combine(Setting("PNL_STATE"), $"{service}.pid"))).Split(' ', '\n')[0];

    private async Task<long> CountAsync(string sql, string symbolPrefix)
    {
        await using var connection = await _database.OpenAsync(CancellationToken.None);
        return await connection.ExecuteScalarAsync<long>(sql, new { pattern = symbolPrefix + "%" });
    }

    /// <summary>Into how many its streams are divided.</summary>
    public static int PairingPartitions { get; } =
        PartitionCounts.Read(new ConfigurationBuilder().AddEnvironmentVariables().Build()).Pairing;

    internal static string Setting(string name) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } value
            ? value
            : throw new InvalidOperationException($"{name} is not set: start this by ./bench.");
}
