using System.Text;
using PnlPipeline.Ingest.Api.Delivery.Spool;

namespace PnlPipeline.Tests.Unit.Ingest;

public sealed class SpoolFilesTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("pnl-spool").FullName;

    [Fact]
    public void What_was_appended_is_taken_in_order_and_its_file_is_removed_once_all_of_it_is_delivered()
    {
        using var files = Open();
        files.Append(Entries("a", "b"));
        files.Append(Entries("c"));

        var batch = files.Peek()!;
        Assert.Equal("a b c", Show(batch));
        files.Advance(batch, 2);
        Assert.Equal(1, files.State.Records);
        Assert.Single(Segments());
        files.Advance(batch, 3);

        Assert.Null(files.Peek());
        Assert.False(files.HasBacklog);
        Assert.Empty(Segments());
        Assert.Equal((0, 0, null), (files.State.Records, files.State.Bytes, files.State.OldestArrivedAtMs));
    }

    [Fact]
    public void What_is_not_delivered_is_there_again_after_a_kill_and_new_ones_come_behind_it()
    {
        using (var files = Open())
        {
            files.Append(Entries("a", "b"));
            files.Advance(files.Peek()!, 1);
        }

        using var again = Open();
        again.Append(Entries("c"));
        // The place in the file is not kept: what was delivered of it is delivered again.
        Assert.Equal("a b", Show(again.Peek()!));
        Deliver(again);
        Assert.Equal("c", Show(again.Peek()!));
    }

    [Fact]
    public void A_torn_end_is_left_behind_and_told_and_nothing_is_written_after_it()
    {
        using (var files = Open())
            files.Append(Entries("a", "b"));
        var file = Assert.Single(Segments());
        using (var torn = File.OpenWrite(file))
            torn.SetLength(torn.Length - 1);

        using var again = Open();
        Assert.Equal(
            (1, 0, true),
            again.Findings.Select(found => (found.Records, found.DamagedBytes, found.TornBytes > 0)).Single()
        );
        again.Append(Entries("c"));
        Assert.Equal(["a", "c"], DeliverAll(again));
        Assert.Empty(Segments());
    }

    [Fact]
    public void Behind_damage_in_the_middle_what_is_whole_is_kept_and_the_file_stays_for_somebody_to_look_at()
    {
        using (var files = Open())
            files.Append(Entries("a", "b", "c"));
        var bytes = File.ReadAllBytes(Segments().Single());
        bytes[SpoolFormat.HeaderBytes + 1 + SpoolFormat.HeaderBytes] ^= 1;
        File.WriteAllBytes(Segments().Single(), bytes);

        using var again = Open();
        Assert.True(Assert.Single(again.Findings).DamagedBytes > 0);
        Assert.Equal(["a", "c"], DeliverAll(again));
        Assert.Empty(Segments());
        Assert.Single(Directory.GetFiles(_directory, "*.damaged"));
    }

    [Fact]
    public void A_file_of_nothing_but_rubbish_is_passed_over()
    {
        File.WriteAllBytes(Path.Combine(_directory, "00000000000000000007.spool"), new byte[1_000]);
        File.WriteAllText(Path.Combine(_directory, "notes.spool"), "not ours");

        using var files = Open();
        files.Append(Entries("a"));
        Assert.Equal(["a"], DeliverAll(files));
        Assert.Equal("notes.spool", Path.GetFileName(Segments().Single()));
    }

    [Fact]
    public void It_takes_no_more_than_it_may_and_takes_again_once_there_is_room()
    {
        using var files = Open(bytesMax: 100);
        files.Append(Entries("a", "b"));
        files.Append(Entries("c", "d"));

        Assert.Throws<SpoolFullException>(() => files.Append(Entries("e")));
        Assert.NotNull(files.State.Fault);
        Assert.Equal(["a", "b", "c", "d"], DeliverAll(files));
        Assert.Null(files.State.Fault);
        files.Append(Entries("e"));
        Assert.Equal(["e"], DeliverAll(files));
    }

    [Fact]
    public void Many_files_are_taken_oldest_first_while_more_are_appended()
    {
        using var files = Open();
        var big = new string('x', 300_000);
        for (var index = 0; index < 60; index++)
            files.Append(Entries($"{index} {big}"));
        Assert.InRange(Segments().Count(), 4, 10);

        var delivered = new List<string>();
        for (var index = 60; files.Peek() is { } batch; index++)
        {
            delivered.AddRange(batch.Records.Select(record => Text(record).Split(' ')[0]));
            if (index < 70)
                files.Append(Entries($"{index}"));
            files.Advance(batch, batch.Records.Count);
        }

        Assert.Equal(Enumerable.Range(0, 70).Select(index => $"{index}").Take(delivered.Count), delivered);
        Assert.True(delivered.Count > 60);
        Assert.Empty(Segments());
    }

    [Fact]
    public async Task One_appends_while_another_takes_and_nothing_is_lost_doubled_or_out_of_order()
    {
        const int count = 300;
        using var files = Open();
        var appending = Task.Run(() =>
        {
            for (var index = 0; index < count; index++)
                files.Append(Entries($"{index}"));
        });

        var delivered = new List<string>();
        while (!appending.IsCompleted || files.HasBacklog)
        {
            if (files.Peek() is not { } batch)
                continue;
            delivered.AddRange(batch.Records.Select(Text));
            files.Advance(batch, batch.Records.Count);
        }

        await appending;
        Assert.Equal(Enumerable.Range(0, count).Select(index => $"{index}"), delivered);
        Assert.Empty(Segments());
    }

    [Fact]
    public void The_age_is_that_of_the_oldest_which_waits()
    {
        using var files = Open();
        files.Append([Entry("a", 100), Entry("b", 200)]);
        files.Append([Entry("c", 300)]);
        Assert.Equal(100, files.State.OldestArrivedAtMs);

        files.Advance(files.Peek()!, 1);
        Assert.Equal(200, files.State.OldestArrivedAtMs);
    }

    [Fact]
    public void A_directory_is_one_processs_own()
    {
        using var files = Open();
        var refusal = Assert.Throws<IOException>(() => Open());
        Assert.Contains("Spool__Directory", refusal.Message, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private SpoolFiles Open(long bytesMax = 1024 * 1024 * 1024) => new(_directory, bytesMax);

    private IEnumerable<string> Segments() => Directory.GetFiles(_directory, "*.spool");

    private static List<string> DeliverAll(SpoolFiles files)
    {
        var delivered = new List<string>();
        while (files.Peek() is { } batch)
        {
            delivered.AddRange(batch.Records.Select(Text));
            files.Advance(batch, batch.Records.Count);
        }

        return delivered;
    }

    private static void Deliver(SpoolFiles files)
    {
        var batch = files.Peek()!;
        files.Advance(batch, batch.Records.Count);
    }

    private static SpoolEntry[] Entries(params string[] texts) => [.. texts.Select(text => Entry(text, 1_000))];

    private static SpoolEntry Entry(string text, long arrivedAtMs) =>
        new(SpoolKind.Alert, arrivedAtMs, Encoding.ASCII.GetBytes(text));

    private static string Show(SpoolBatch batch) => string.Join(' ', batch.Records.Select(Text));

    private static string Text(SpoolRecord record) => Encoding.ASCII.GetString(record.Entry.Json.Span);
}
