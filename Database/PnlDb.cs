using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;
using PnlPipeline.Domain.Alerts;

namespace PnlPipeline.Database;

/// <summary>
/// The control plane by EF Core: what people make and read one at a time. What flows (pairing, ledgers, bulk, columns)
/// is plain SQL. The schema is the numbered SQL of
/// <see cref="SchemaMigrator"/>; this only says how to read it, and a test holds the two together.
/// </summary>
public sealed class PnlDb(DbContextOptions<PnlDb> options) : DbContext(options)
{
    // Said, not asked for: nothing that is used here differs between the versions that are supported.
    private static readonly MySqlServerVersion Server = new(new Version(8, 4, 0));

    private static readonly DbContextOptions<PnlDb> Shared = new DbContextOptionsBuilder<PnlDb>()
        .UseMySql(Server)
        .UseQueryTrackingBehavior(QueryTrackingBehavior.NoTracking)
        .Options;

    public DbSet<BatchRecord> Batches => Set<BatchRecord>();

    public DbSet<BatchSymbolRecord> BatchSymbols => Set<BatchSymbolRecord>();

    public DbSet<BatchTimeframeRecord> BatchTimeframes => Set<BatchTimeframeRecord>();

    public DbSet<BatchStrategyRecord> BatchStrategies => Set<BatchStrategyRecord>();

    public DbSet<AuditRecord> AuditTrail => Set<AuditRecord>();

    public DbSet<RejectedAlertRecord> RejectedAlerts => Set<RejectedAlertRecord>();

    public DbSet<DeadLetterRecord> DeadLetters => Set<DeadLetterRecord>();

    public DbSet<ImportRecord> Imports => Set<ImportRecord>();

    public DbSet<ImportErrorRecord> ImportErrors => Set<ImportErrorRecord>();

    public DbSet<ShareRecord> Shares => Set<ShareRecord>();

    public DbSet<TradeNoteRecord> TradeNotes => Set<TradeNoteRecord>();

    public DbSet<TradeTagRecord> TradeTags => Set<TradeTagRecord>();

    public DbSet<DayNoteRecord> DayNotes => Set<DayNoteRecord>();

    /// <summary>
    /// The server's clock, in a query: leases are taken and lost by one clock, whichever replica asks.
    /// </summary>
    /// <param name="decimals">Of its seconds: 3.</param>
    public static DateTime UtcTimestamp(int decimals) =>
        throw new NotSupportedException("The server's clock is asked in a query.");

    /// <summary>
    /// Over an open connection of the database's pool, with its session settings; disposing it gives the connection
    /// back.
    /// </summary>
    public static async Task<PnlDb> OpenAsync(MySqlDatabase database, CancellationToken cancellationToken)
    {
        var connection = await database.OpenAsync(cancellationToken).ConfigureAwait(false);
        var db = new PnlDb(Shared);
        db.Database.SetDbConnection(connection, contextOwnsConnection: true);
        // What fails in a transaction ends it: there is nothing to go back to.
        db.Database.AutoSavepointsEnabled = false;
        return db;
    }

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        configurationBuilder.Properties<AlertId>().HaveConversion<AlertIdConverter>().HaveColumnType("binary(16)");
        configurationBuilder.Properties<DateTime>().HaveColumnType("datetime(3)");
    }

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<BatchRecord>(batch =>
        {
            batch.ToTable("batches").HasKey(row => row.BatchId);
            batch.Property(row => row.Capital).HasPrecision(27, 8);
            batch.Property(row => row.AllocationPercentage).HasPrecision(11, 8);
            batch.Property(row => row.FeePercentage).HasPrecision(10, 8);
            // A change is made to the batch that was read, or to none.
            batch.Property(row => row.Revision).IsConcurrencyToken();
        });
        modelBuilder
            .Entity<BatchSymbolRecord>()
            .ToTable("batch_symbols")
            .HasKey(row => new { row.BatchId, row.Symbol });
        modelBuilder
            .Entity<BatchTimeframeRecord>()
            .ToTable("batch_timeframes")
            .HasKey(row => new { row.BatchId, row.Timeframe });
        modelBuilder
            .Entity<BatchStrategyRecord>()
            .ToTable("batch_strategies")
            .HasKey(row => new { row.BatchId, row.Strategy });
        modelBuilder.Entity<AuditRecord>().ToTable("audit_trail").HasKey(row => row.AuditId);
        modelBuilder.Entity<RejectedAlertRecord>(rejected =>
        {
            rejected.ToTable("rejected_alerts").HasKey(row => row.RejectionId);
            rejected.Property(row => row.Errors).HasColumnType("json");
        });
        modelBuilder.Entity<DeadLetterRecord>(letter =>
        {
            letter.ToTable("parked_messages").HasKey(row => row.ParkedId);
            letter.Property(row => row.Reason).HasColumnType("text");
        });
        modelBuilder.Entity<ImportRecord>(import =>
        {
            import.ToTable("imports").HasKey(row => row.ImportId);
            import.Property(row => row.LeaseOwner).HasColumnType("binary(16)");
            import.Property(row => row.Form).HasColumnType("json");
        });
        modelBuilder.Entity<ImportErrorRecord>(error =>
        {
            error.ToTable("import_errors").HasKey(row => new { row.ImportId, row.Line });
            error.Property(row => row.Errors).HasColumnType("json");
        });
        modelBuilder.Entity<ShareRecord>(share =>
        {
            share.ToTable("shares").HasKey(row => row.ShareId);
            share.Property(row => row.TokenHash).HasColumnType("binary(32)");
        });
        modelBuilder.Entity<TradeNoteRecord>().ToTable("trade_notes").HasKey(row => row.TradeId);
        modelBuilder.Entity<TradeTagRecord>().ToTable("trade_tags").HasKey(row => new { row.TradeId, row.Tag });
        modelBuilder.Entity<DayNoteRecord>().ToTable("day_notes").HasKey(row => new { row.BatchId, row.Day });
        modelBuilder
            .HasDbFunction(() => UtcTimestamp(default))
            .HasName("UTC_TIMESTAMP")
            .IsBuiltIn()
            .HasStoreType("datetime(3)");
        foreach (var property in modelBuilder.Model.GetEntityTypes().SelectMany(entity => entity.GetProperties()))
            property.SetColumnName(SnakeCase(property.Name));
    }

    // BatchId is batch_id.
    private static string SnakeCase(string name) =>
        string.Concat(
            name.Select(
                (c, i) => char.IsAsciiLetterUpper(c) ? (i == 0 ? "" : "_") + char.ToLowerInvariant(c) : c.ToString()
            )
        );

    private sealed class AlertIdConverter()
        : ValueConverter<AlertId, byte[]>(id => id.ToByteArray(), bytes => new AlertId(bytes));
}
