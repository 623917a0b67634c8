using System.Buffers.Text;
using System.Data;
using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using PnlPipeline.Contracts;
using PnlPipeline.Database;
using PnlPipeline.Query.Api.Access;

namespace PnlPipeline.Query.Api.Sharing;

/// <summary>
/// The links of batches. Making and revoking one stands in the audit trail, by the link's number and never its token.
/// </summary>
public sealed class ShareStore(MySqlDatabase database, TimeProvider clock)
{
    /// <summary>Of one batch: past that, revoke one first.</summary>
    public const int MaxOfBatch = 100;

    private const int TokenBytes = 32;

    public async Task<IReadOnlyList<Share>> ListAsync(long batchId, CancellationToken cancellationToken)
    {
        await using var db = await PnlDb.OpenAsync(database, cancellationToken);
        var rows = await db
            .Shares.Where(row => row.BatchId == batchId)
            .OrderByDescending(row => row.ShareId)
            .ToListAsync(cancellationToken);
        return rows.ConvertAll(ToShare);
    }

    /// <returns>The link and its token; no link where the batch has as many as it may.</returns>
    public async Task<(Share? Share, string Token)> AddAsync(
        Author by,
        long batchId,
        ShareBody body,
        CancellationToken cancellationToken
    )
    {
        var token = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(TokenBytes));
        await using var db = await PnlDb.OpenAsync(database, cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(
            IsolationLevel.ReadCommitted,
            cancellationToken
        );
        if (await db.Shares.CountAsync(row => row.BatchId == batchId, cancellationToken) >= MaxOfBatch)
            return (null, "");

        var now = clock.GetDatabaseTime();
        var row = new ShareRecord
        {
            BatchId = batchId,
            TokenHash = HashOf(token),
            CreatedAt = now,
            ExpiresAt = body.ExpiresAt,
            Amounts = body.Amounts,
            AsOf = body.AsOf,
        };
        db.Add(row);
        // By itself, for its id stands in what follows.
        await db.SaveChangesAsync(cancellationToken);
        db.Add(AuditTrail.Entry(by, now, AuditActions.ShareCreate, SubjectOf(batchId, row.ShareId), body));
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return (ToShare(row), token);
    }

    /// <returns>Whether there was such a link.</returns>
    public async Task<bool> RevokeAsync(Author by, long batchId, long shareId, CancellationToken cancellationToken)
    {
        await using var db = await PnlDb.OpenAsync(database, cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(
            IsolationLevel.ReadCommitted,
            cancellationToken
        );
        if (
            await db
                .Shares.Where(row => row.BatchId == batchId && row.ShareId == shareId)
                .ExecuteDeleteAsync(cancellationToken) == 0
        )
            return false;

        db.Add(
            AuditTrail.Entry(by, clock.GetDatabaseTime(), AuditActions.ShareRevoke, SubjectOf(batchId, shareId), null)
        );
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return true;
    }

    /// <returns>The batch that a token leads to; <c>null</c> where it was revoked, has expired, or never was.</returns>
    public async Task<(long BatchId, Share Share)?> FindAsync(string token, CancellationToken cancellationToken)
    {
        var (hash, now) = (HashOf(token), clock.GetDatabaseTime());
        await using var db = await PnlDb.OpenAsync(database, cancellationToken);
        return
            await db.Shares.SingleOrDefaultAsync(
                row => row.TokenHash == hash && (row.ExpiresAt == null || row.ExpiresAt > now),
                cancellationToken
            )
                is { } row
            ? (row.BatchId, ToShare(row))
            : null;
    }

    private static Share ToShare(ShareRecord row) =>
        new(row.ShareId, row.CreatedAt, row.ExpiresAt, row.Amounts, row.AsOf);

    private static string SubjectOf(long batchId, long shareId) => $"batches/{batchId}/shares/{shareId}";

    private static byte[] HashOf(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}
