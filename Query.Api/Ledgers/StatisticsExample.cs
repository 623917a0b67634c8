namespace PnlPipeline.Query.Api.Ledgers;

/// <summary>Answers as they are given for a year of alerts.</summary>
internal static class StatisticsExample
{
    public const string Json = """
        {"trades":73,"wins":25,"losses":48,"breakeven":0,"winRate":0.3424657534246575,"grossProfit":48663.56554231,"grossLoss":-47751.61954731,
        "netProfit":911.945995,"profitFactor":1.0190976977041897,"averageWin":1946.5426216924,"averageLoss":-994.825407235625,"payoffRatio":1.956667579592044,
        "expectancy":12.492410890410959,"expectancyRatio":0.012557390271247915,"sqn":0.06196186250433476,"kelly":0.006417743311240509,
        "averageChange":0.06660749547945205,"medianChange":-2.30274375,"bestTrade":"6d21cda4e7fe7b1c107bd2173a15b1f8",
        "worstTrade":"a8bd56a0a649113acc06c8b11f3e2e54","longestWinStreak":2,"longestLossStreak":7,"currentStreak":-2,"averageHolding":426875.34246575343,
        "medianHolding":273600,"averageWinHolding":865152,"medianWinHolding":864000,"averageLossHolding":198606.25,"medianLossHolding":194400,
        "exposure":0.9940380493033226,"maxDrawdown":{"value":9319.06325508,"peakTime":"2025-01-09T08:00:00Z","troughTime":"2025-02-17T08:00:00Z",
        "recoveryTime":"2025-11-02T16:00:00Z"},"maxDrawdownPercentage":{"value":9.63757783299803,"peakTime":"2025-01-09T08:00:00Z",
        "troughTime":"2025-02-17T08:00:00Z","recoveryTime":"2025-11-02T16:00:00Z"},"longestUnderwater":25689600,
        "currentDrawdownPercentage":0.4331473144398053,"ulcerIndex":5.6131475164767535,"recoveryFactor":0.09785811835785971,"cagr":0.009494068662903032,
        "volatility":0.16143466016255256,"sharpe":0.13821925178363131,"sortino":0.25030078753298557,"calmar":0.09851094151889868,
        "valueAtRisk95":-0.013736498363330399,"conditionalValueAtRisk95":-0.0181674324497939,"skewness":2.9415565659665743,"kurtosis":20.50738924217434,
        "bestDay":0.0631373094573364,"worstDay":-0.032512662291406466,"positiveDays":0.06388888888888888,
        "feesPaid":0,"maxExposure":100,"timeOverExposed":0,"openTrades":1,"fewTrades":false}
        """;

    public const string Comparison = """
        {"by":"day","timeZone":"UTC","time":[1741046400000,1741132800000],"batches":[{"batchId":1,"name":"Crypto","capital":92796.6401497,"start":{"time":1741046400000,"value":0},
        "changePercentage":[0.962130006183081,4.235799194668049],"statistics":{"trades":7,"wins":3,"losses":4,"breakeven":0,"winRate":0.42857142857142855,
        "grossProfit":5297.19165477,"grossLoss":-1366.51231863,"netProfit":3930.67933614,"profitFactor":3.8764316885783447,"averageWin":1765.73055159,
        "averageLoss":-341.6280796575,"payoffRatio":5.168575584771126,"expectancy":561.5256194485714,"expectancyRatio":1.6436752506161967,
        "sqn":0.9930352100486137,"kelly":0.31801319796099714,"averageChange":2.420965604285714,"medianChange":-0.3765396,
        "bestTrade":"71885c51385954fbab7616f6de1a0a62","worstTrade":"88c4ea7dfffa35dd1ec82ee2042a17f4","longestWinStreak":2,"longestLossStreak":4,
        "currentStreak":1,"averageHolding":283371.4285714286,"medianHolding":86400,"averageWinHolding":595200,"medianWinHolding":273600,
        "averageLossHolding":49500,"medianLossHolding":48600,"exposure":1,"maxDrawdown":{"value":1366.51231863,"peakTime":"2025-03-04T07:00:00Z",
        "troughTime":"2025-03-05T11:00:00Z","recoveryTime":"2025-03-05T12:00:00Z"},"maxDrawdownPercentage":{"value":1.4447966346708552,
        "peakTime":"2025-03-04T07:00:00Z","troughTime":"2025-03-05T11:00:00Z","recoveryTime":"2025-03-05T12:00:00Z"},"longestUnderwater":104400,
        "currentDrawdownPercentage":0,"ulcerIndex":0.6670023513631251,"recoveryFactor":2.8764316885783447,"cagr":null,"volatility":0.3080572920930352,
        "sharpe":24.90900091508982,"sortino":null,"calmar":null,"valueAtRisk95":0.010761471253084853,"conditionalValueAtRisk95":0.009621300061830809,
        "skewness":null,"kurtosis":null,"bestDay":0.03242472388691169,"worstDay":0.009621300061830809,"positiveDays":1,"feesPaid":0,"maxExposure":200,"timeOverExposed":0.41,"openTrades":2,"fewTrades":true}},{"batchId":2,
        "name":"Everything","capital":240743.20136246,"start":{"time":1741046400000,"value":0},"changePercentage":[0.7899665884963817,3.350682516863733],"statistics":{"trades":10,"wins":3,"losses":7,
        "breakeven":0,"winRate":0.3,"grossProfit":11108.66788059,"grossLoss":-3042.127522,"netProfit":8066.54035859,"profitFactor":3.65161151209295,
        "averageWin":3702.88929353,"averageLoss":-434.589646,"payoffRatio":8.520426861550217,"expectancy":806.654035859,"expectancyRatio":1.8561280584650648,
        "sqn":0.9757440333367196,"kelly":0.21784449166991132,"averageChange":1.676521436,"medianChange":-0.264105325,
        "bestTrade":"71885c51385954fbab7616f6de1a0a62","worstTrade":"88c4ea7dfffa35dd1ec82ee2042a17f4","longestWinStreak":1,"longestLossStreak":5,
        "currentStreak":-1,"averageHolding":224280,"medianHolding":84600,"averageWinHolding":595200,"medianWinHolding":273600,
        "averageLossHolding":65314.28571428572,"medianLossHolding":82800,"exposure":1,"maxDrawdown":{"value":2738.61508005,"peakTime":"2025-03-04T07:00:00Z",
        "troughTime":"2025-03-05T11:00:00Z","recoveryTime":"2025-03-05T12:00:00Z"},"maxDrawdownPercentage":{"value":1.12048904061754,
        "peakTime":"2025-03-04T07:00:00Z","troughTime":"2025-03-05T11:00:00Z","recoveryTime":"2025-03-05T12:00:00Z"},"longestUnderwater":104400,
        "currentDrawdownPercentage":0.07647631800023845,"ulcerIndex":0.5142019099975156,"recoveryFactor":2.9454816112539355,"cagr":null,
        "volatility":0.23650372122969907,"sharpe":25.700937608154632,"sortino":null,"calmar":null,"valueAtRisk95":0.008775005428911516,
        "conditionalValueAtRisk95":0.007899665884963818,"skewness":null,"kurtosis":null,"bestDay":0.025406456763917784,"worstDay":0.007899665884963818,
        "positiveDays":1,"feesPaid":0,"maxExposure":200,"timeOverExposed":0.41,"openTrades":2,"fewTrades":true}}],"correlation":[[1,1],[1,1]],"commonDays":[[2,2],[2,2]],"sum":{"capital":333539.84151216,"netProfit":11997.21969473,"start":{"time":1741046400000,"value":333539.84151216},
        "value":[336334.45668661,345537.06120689],"changePercentage":[0.837865474115516,3.596937517370803],"drawdown":[2659.66349842,190.42616021],
        "drawdownPercentage":[0.7845751120899385,0.05507984385626877],"maxDrawdown":{"value":4105.12739868,"peakTime":"2025-03-04T07:00:00Z",
        "troughTime":"2025-03-05T11:00:00Z","recoveryTime":"2025-03-05T12:00:00Z"},"maxDrawdownPercentage":{"value":1.210973038835994,
        "peakTime":"2025-03-04T07:00:00Z","troughTime":"2025-03-05T11:00:00Z","recoveryTime":"2025-03-05T12:00:00Z"}}}
        """;
}
