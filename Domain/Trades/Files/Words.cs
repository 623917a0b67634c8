using System.Globalization;
using System.Text;

namespace PnlPipeline.Domain.Trades.Files;

/// <summary>
/// The words of one language in TradingView's exports. Headers and words stand folded: see <see cref="Words.Fold"/>.
/// </summary>
/// <param name="Entry">How words begin that say entry; in Chinese and Japanese, what they hold.</param>
/// <param name="Open">What stands in the place of the exit of a trade that is open.</param>
internal sealed record Language(
    string Name,
    string[] Number,
    string[] Type,
    string[] Time,
    string[] Price,
    string[] Quantity,
    string[] Signal,
    string[] Symbol,
    string[] Entry,
    string[] Exit,
    string[] Long,
    string[] Short,
    string[] Open
);

/// <summary>
/// What files say, in the languages of TradingView's exports: as seen in files and tools of others, and beside that as
/// the language has it. A new wording is a new entry here and nothing else.
/// </summary>
internal static class Words
{
    public static readonly Language[] Languages =
    [
        new(
            "English",
            Number: ["trade #", "trade number", "trade no", "trade nr", "trade id", "trade", "#"],
            Type: ["type"],
            Time: ["date time", "date and time", "datetime", "date", "time"],
            Price: ["price"],
            Quantity: ["position size qty", "size qty", "contracts", "quantity", "qty", "shares", "size"],
            Signal: ["signal", "signal name"],
            Symbol: ["symbol", "ticker", "instrument", "pair"],
            Entry: ["entry", "enter"],
            Exit: ["exit"],
            Long: ["long"],
            Short: ["short"],
            Open: ["open"]
        ),
        new(
            "German",
            Number: ["trade nr", "trade nummer", "handel nr", "handel #", "nr", "handelsnummer"],
            Type: ["typ", "art"],
            Time: ["datum uhrzeit", "datum und uhrzeit", "datum zeit", "datum und zeit", "datum", "uhrzeit"],
            Price: ["preis", "kurs"],
            Quantity: ["positionsgrosse menge", "grosse menge", "kontrakte", "menge", "anzahl", "stuck"],
            Signal: ["signal"],
            Symbol: ["symbol", "ticker"],
            Entry: ["einstieg", "eintritt", "eroffnung"],
            Exit: ["ausstieg", "austritt", "schliessung"],
            Long: ["long", "kauf"],
            Short: ["short", "verkauf", "leerverkauf"],
            Open: ["offen", "geoffnet"]
        ),
        new(
            "Spanish",
            Number:
            [
                "trade number",
                "operacion #",
                "operacion",
                "no de operacion",
                "numero de operacion",
                "n de operacion",
                "no operacion",
            ],
            Type: ["tipo"],
            Time: ["fecha y hora", "fecha hora", "fecha", "hora"],
            Price: ["precio"],
            Quantity:
            [
                "tamano cant",
                "tamano de la posicion cant",
                "tamano de posicion cant",
                "contratos",
                "cantidad",
                "cant",
                "acciones",
            ],
            Signal: ["senal"],
            Symbol: ["simbolo", "ticker"],
            Entry: ["entrada"],
            Exit: ["salida"],
            Long: ["largo", "larga", "long", "compra"],
            Short: ["corto", "corta", "short", "venta"],
            Open: ["abierto", "abierta"]
        ),
        new(
            "Russian",
            Number: ["no сделки", "сделка #", "сделка no", "номер сделки", "сделка"],
            Type: ["тип"],
            Time: ["дата и время", "дата время", "дата", "время"],
            Price: ["цена"],
            Quantity:
            [
                "размер позиции кол во",
                "размер позиции количество",
                "размер кол во",
                "контракты",
                "количество",
                "кол во",
                "объем",
            ],
            Signal: ["сигнал"],
            Symbol: ["символ", "тикер", "инструмент"],
            Entry: ["вход", "открытие"],
            Exit: ["выход", "закрытие"],
            Long: ["длинн", "лонг", "покупк", "long"],
            Short: ["коротк", "шорт", "продаж", "short"],
            Open: ["открыта", "открыт", "открыто", "открытая", "открытая позиция"]
        ),
        new(
            "Japanese",
            Number: ["トレード番号", "トレード #", "トレード", "取引 #", "取引番号", "取引"],
            Type: ["タイプ", "種類", "種別"],
            Time: ["日時", "日付 時刻", "日付 時間", "日付と時刻", "日付", "時刻"],
            Price: ["価格", "値段"],
            Quantity: ["ポジションサイズ 数量", "サイズ 数量", "契約数", "契約", "数量", "枚数"],
            Signal: ["シグナル"],
            Symbol: ["シンボル", "銘柄", "ティッカー"],
            Entry: ["エントリ", "新規", "仕掛"],
            Exit: ["エグジット", "イグジット", "決済", "手仕舞"],
            Long: ["ロング", "買"],
            Short: ["ショート", "売"],
            Open: ["オープン", "未決済", "保有中"]
        ),
        new(
            "Chinese (simplified)",
            Number: ["交易 #", "交易编号", "交易号", "交易", "编号", "序号"],
            Type: ["类型"],
            Time: ["日期 时间", "日期和时间", "日期与时间", "日期时间", "日期", "时间"],
            Price: ["价格"],
            Quantity: ["仓位大小 数量", "头寸规模 数量", "大小 数量", "规模 数量", "合约", "合约数", "数量"],
            Signal: ["信号"],
            Symbol: ["商品代码", "代码", "品种", "标的"],
            Entry: ["进场", "入场", "开仓", "开多", "开空"],
            Exit: ["出场", "离场", "平仓", "平多", "平空"],
            Long: ["多"],
            Short: ["空"],
            Open: ["未平仓", "持仓", "持仓中", "开仓", "未结束"]
        ),
        new(
            "Chinese (traditional)",
            Number: ["交易 #", "交易編號", "交易號", "交易", "編號", "序號"],
            Type: ["類型"],
            Time: ["日期 時間", "日期和時間", "日期與時間", "日期時間", "日期", "時間"],
            Price: ["價格"],
            Quantity: ["倉位大小 數量", "部位大小 數量", "大小 數量", "規模 數量", "合約", "合約數", "數量"],
            Signal: ["訊號", "信號"],
            Symbol: ["商品代碼", "代碼", "商品", "標的"],
            Entry: ["進場", "入場", "開倉", "開多", "開空"],
            Exit: ["出場", "離場", "平倉", "平多", "平空"],
            Long: ["多"],
            Short: ["空"],
            Open: ["未平倉", "持倉", "持倉中", "開倉", "未結束"]
        ),
        new(
            "Portuguese",
            Number:
            [
                "trade #",
                "no do trade",
                "negociacao #",
                "no da negociacao",
                "numero da negociacao",
                "operacao #",
                "no da operacao",
                "numero da operacao",
                "operacao",
                "negociacao",
            ],
            Type: ["tipo"],
            Time: ["data e hora", "data hora", "data", "hora"],
            Price: ["preco"],
            Quantity:
            [
                "tamanho qtd",
                "tamanho qtde",
                "tamanho da posicao qtd",
                "tamanho da posicao qtde",
                "contratos",
                "quantidade",
                "qtd",
                "qtde",
            ],
            Signal: ["sinal"],
            Symbol: ["simbolo", "ativo", "ticker"],
            Entry: ["entrada"],
            Exit: ["saida"],
            Long: ["long", "longa", "compra", "comprad"],
            Short: ["short", "curta", "venda", "vendid"],
            Open: ["aberto", "aberta", "em aberto"]
        ),
        new(
            "French",
            Number:
            [
                "trade #",
                "no de trade",
                "no du trade",
                "no de transaction",
                "numero de trade",
                "numero de transaction",
                "transaction #",
                "trade no",
                "transaction",
            ],
            Type: ["type"],
            Time: ["date et heure", "date heure", "date", "heure"],
            Price: ["prix", "cours"],
            Quantity:
            [
                "taille de la position qte",
                "taille de la position quantite",
                "taille qte",
                "contrats",
                "quantite",
                "qte",
            ],
            Signal: ["signal"],
            Symbol: ["symbole", "ticker"],
            Entry: ["entree"],
            Exit: ["sortie"],
            Long: ["long", "achat", "acheteu"],
            Short: ["short", "court", "vente", "vendeu"],
            Open: ["ouvert", "ouverte"]
        ),
    ];

    // From January on; each begins so, in one of the languages.
    private static readonly string[][] Months =
    [
        ["jan", "ene", "янв"],
        ["feb", "fev", "фев"],
        ["mar", "мар"],
        ["apr", "abr", "avr", "апр"],
        ["may", "mai", "май", "мая"],
        ["jun", "juin", "июн"],
        ["jul", "juil", "июл"],
        ["aug", "ago", "aou", "авг"],
        ["sep", "set", "сен"],
        ["okt", "oct", "out", "окт"],
        ["nov", "ноя"],
        ["dec", "dez", "dic", "дек"],
    ];

    private static readonly string[] DateFillers =
    [
        "t",
        "de",
        "del",
        "of",
        "the",
        "at",
        "г",
        "um",
        "uhr",
        "a",
        "las",
        "st",
        "nd",
        "rd",
        "th",
        "mon",
        "tue",
        "wed",
        "thu",
        "fri",
        "sat",
        "sun",
        "monday",
        "tuesday",
        "wednesday",
        "thursday",
        "friday",
        "saturday",
        "sunday",
    ];

    private static readonly HashSet<string> OpenWords = new(
        Languages.SelectMany(language => language.Open),
        StringComparer.Ordinal
    );

    /// <summary>
    /// A text without what differs from one version and one spreadsheet to the next: letter case, accents, widths;
    /// signs other than <c>#</c> are spaces, and spaces one.
    /// </summary>
    public static string Fold(string text)
    {
        var folded = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.Format)
                continue;
            var value = FoldRune(rune);
            if (char.IsLetterOrDigit(value, 0) || value[0] == '#')
                folded.Append(value);
            else if (folded.Length > 0 && folded[^1] != ' ')
                folded.Append(' ');
        }

        return folded.ToString().TrimEnd();
    }

    /// <summary>
    /// A date and time in lower case, with the signs of East Asian dates as hyphens, and a space between digits and
    /// words.
    /// </summary>
    public static string FoldDate(string text)
    {
        var folded = new StringBuilder(text.Length + 8);
        foreach (var rune in text.EnumerateRunes())
        {
            if (Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.Format)
                continue;
            var value = rune.Value switch
            {
                '年' or '月' => "-",
                '日' => " ",
                '\u2212' or '\u2010' or '\u2011' => "-",
                _ when Rune.IsWhiteSpace(rune) => " ",
                _ => FoldRune(rune),
            };
            if (folded.Length > 0 && IsBetweenKinds(folded[^1], value[0]))
                folded.Append(' ');
            folded.Append(value);
        }

        folded.Replace("a. m.", "am").Replace("p. m.", "pm").Replace("a.m.", "am").Replace("p.m.", "pm");
        return folded.ToString().Trim();
    }

    /// <returns>-1 before noon, 1 after it; <c>null</c> where the word says neither.</returns>
    public static int? HalfOfDay(string word) =>
        word switch
        {
            "am" or "上午" or "午前" => -1,
            "pm" or "下午" or "午後" => 1,
            _ => null,
        };

    public static int? MonthOf(string word)
    {
        if (word.Length < 3)
            return null;
        for (var month = 0; month < Months.Length; month++)
        {
            if (Array.Exists(Months[month], start => word.StartsWith(start, StringComparison.Ordinal)))
                return month + 1;
        }

        return null;
    }

    /// <summary>A word in a date that says nothing: <c>de</c>, the day of the week.</summary>
    public static bool IsDateFiller(string word) => Array.IndexOf(DateFillers, word) >= 0;

    /// <summary>
    /// Whether a cell says that its trade is open, in the word of TradingView in any of the languages, and nothing
    /// else.
    /// </summary>
    public static bool IsOpen(string text) => text.Length is > 0 and <= 24 && OpenWords.Contains(Fold(text));

    /// <summary>What a row of a list of trades is.</summary>
    /// <returns>
    /// <c>null</c> where the text names not exactly one of entry and exit, and one of long and short.
    /// </returns>
    public static (bool IsEntry, bool IsLong)? TypeOf(string text)
    {
        if (text.Length is 0 or > 64)
            return null;
        var words = Fold(text).Split(' ');
        var (entry, exit, isLong, isShort) = (false, false, false, false);
        foreach (var language in Languages)
        {
            entry |= Says(words, language.Entry);
            exit |= Says(words, language.Exit);
            isLong |= Says(words, language.Long);
            isShort |= Says(words, language.Short);
        }

        return entry != exit && isLong != isShort ? (entry, isLong) : null;
    }

    private static bool Says(string[] words, string[] beginnings) =>
        Array.Exists(
            words,
            word =>
                Array.Exists(
                    beginnings,
                    beginning =>
                        IsIdeographic(beginning[0])
                            ? word.Contains(beginning, StringComparison.Ordinal)
                            : word.StartsWith(beginning, StringComparison.Ordinal)
                )
        );

    private static bool IsIdeographic(char c) => c >= '\u3000';

    private static bool IsBetweenKinds(char left, char right) =>
        (char.IsAsciiDigit(left) && char.IsLetter(right)) || (char.IsLetter(left) && char.IsAsciiDigit(right));

    // Globalization is invariant in every process, and with it nothing is normalized: what files differ in is folded
    // here.
    private static string FoldRune(Rune rune)
    {
        // Full-width letters, digits and signs stand in Unicode as ASCII does.
        if (rune.Value is >= 0xFF01 and <= 0xFF5E)
            rune = new Rune(rune.Value - 0xFEE0);
        var lower = Rune.ToLowerInvariant(rune).ToString();
        return lower[0] switch
        {
            'á' or 'à' or 'â' or 'ã' or 'ä' or 'å' => "a",
            'ç' => "c",
            'é' or 'è' or 'ê' or 'ë' => "e",
            'í' or 'ì' or 'î' or 'ï' => "i",
            'ñ' => "n",
            'ó' or 'ò' or 'ô' or 'õ' or 'ö' or 'º' or '°' => "o",
            'ú' or 'ù' or 'û' or 'ü' => "u",
            'ý' or 'ÿ' => "y",
            'œ' => "oe",
            'ß' => "ss",
            'ё' => "е",
            '№' => "no",
            _ => lower,
        };
    }
}
