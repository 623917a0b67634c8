using System.Data.Common;
using PnlPipeline.Contracts;
using PnlPipeline.Database;
using PnlPipeline.Domain.Alerts;

namespace PnlPipeline.Analytics.Worker.Prices;

/// <summary>The prices of a transaction, in one statement.</summary>
internal static class PriceRows
{
    /// <param name="prices">Alerts with the action <see cref="AlertAction.Price"/>; one that is stored already stays as
    /// it is.</param>
    public static async Task WriteAsync(
        DbConnection connection,
        IEnumerable<AlertReceived> prices,
        CancellationToken cancellationToken
    )
    {
        using var insert = new RowWriter(
            "INSERT INTO prices (symbol, timestamp, alert_id, price) VALUES",
            " ON DUPLICATE KEY UPDATE price = prices.price"
        );
        // In the order of the key: two transactions that write the same ones wait for each other, and not in a circle.
        foreach (
            var (price, id) in prices
                .Select(price => (Price: price, Id: AlertId.Parse(price.AlertId)))
                .OrderBy(one => one.Price.Symbol, StringComparer.Ordinal)
                .ThenBy(one => one.Price.Timestamp)
                .ThenBy(one => one.Id)
        )
        {
            insert.Row().Value(price.Symbol).Value(price.Timestamp).Value(id).Value(price.Price);
        }

        await insert.SendAsync(connection, cancellationToken);
    }
}
