namespace PnlPipeline.Domain.Statistics;

/// <summary>The standard normal distribution.</summary>
public static class NormalDistribution
{
    /// <summary>How likely a value at or below <paramref name="x"/> is, to some fifteen decimals.</summary>
    // Hart's algorithm in double precision, as West has it: Better approximations to cumulative normal functions
    // (2005).
    public static double Cumulative(double x)
    {
        var z = Math.Abs(x);
        if (z > 37)
            return x > 0 ? 1 : 0;
        var exponential = Math.Exp(-z * z / 2);
        double tail;
        if (z < 7.07106781186547)
        {
            var top =
                (
                    (
                        (
                            (
                                (
                                    (
                                        (((((0.0352624965998911 * z) + 0.700383064443688) * z) + 6.37396220353165) * z)
                                        + 33.912866078383
                                    ) * z
                                ) + 112.079291497871
                            ) * z
                        ) + 221.213596169931
                    ) * z
                ) + 220.206867912376;
            var bottom =
                (
                    (
                        (
                            (
                                (
                                    (
                                        (
                                            (
                                                (
                                                    (
                                                        (((0.0883883476483184 * z) + 1.75566716318264) * z)
                                                        + 16.064177579207
                                                    ) * z
                                                ) + 86.7807322029461
                                            ) * z
                                        ) + 296.564248779674
                                    ) * z
                                ) + 637.333633378831
                            ) * z
                        ) + 793.826512519948
                    ) * z
                ) + 440.413735824752;
            tail = exponential * top / bottom;
        }
        else
        {
            var fraction = z + 0.65;
            for (var i = 4; i >= 1; i--)
                fraction = z + (i / fraction);
            tail = exponential / fraction / 2.506628274631;
        }

        return x > 0 ? 1 - tail : tail;
    }

    /// <summary>The value that is not passed with a probability between 0 and 1, both excluded.</summary>
    // Acklam's rational approximation, then two steps of Halley's method on the cumulative distribution.
    public static double Quantile(double probability)
    {
        double[] a =
        [
            -39.69683028665376,
            220.9460984245205,
            -275.9285104469687,
            138.3577518672690,
            -30.66479806614716,
            2.506628277459239,
        ];
        double[] b = [-54.47609879822406, 161.5858368580409, -155.6989798598866, 66.80131188771972, -13.28068155288572];
        double[] c =
        [
            -0.007784894002430293,
            -0.3223964580411365,
            -2.400758277161838,
            -2.549732539343734,
            4.374664141464968,
            2.938163982698783,
        ];
        double[] d = [0.007784695709041462, 0.3224671290700398, 2.445134137142996, 3.754408661907416];
        const double low = 0.02425;
        double x;
        if (probability is < low or > 1 - low)
        {
            var q = Math.Sqrt(-2 * Math.Log(Math.Min(probability, 1 - probability)));
            x =
                ((((((((((c[0] * q) + c[1]) * q) + c[2]) * q) + c[3]) * q) + c[4]) * q) + c[5])
                / ((((((((d[0] * q) + d[1]) * q) + d[2]) * q) + d[3]) * q) + 1);
            x = probability < low ? x : -x;
        }
        else
        {
            var q = probability - 0.5;
            var r = q * q;
            x =
                ((((((((((a[0] * r) + a[1]) * r) + a[2]) * r) + a[3]) * r) + a[4]) * r) + a[5])
                * q
                / ((((((((((b[0] * r) + b[1]) * r) + b[2]) * r) + b[3]) * r) + b[4]) * r) + 1);
        }

        for (var step = 0; step < 2; step++)
        {
            var error = (Cumulative(x) - probability) * Math.Sqrt(2 * Math.PI) * Math.Exp(x * x / 2);
            x -= error / (1 + (x * error / 2));
        }

        return x;
    }
}
