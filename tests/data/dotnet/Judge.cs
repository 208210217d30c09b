// Answers questions with what .NET does. Reads lines of fields separated by tabs; writes a line for each: `=` and the value,
// `!` if .NET refuses, or `?` if it takes too long.
using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Text;
using System.Text.RegularExpressions;

static class Judge
{
    static readonly CultureInfo Invariant = CultureInfo.InvariantCulture;
    const DateTimeStyles Utc = DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal;

    static void Main()
    {
        var input = new StreamReader(Console.OpenStandardInput(), new UTF8Encoding(false));
        var output = new StreamWriter(Console.OpenStandardOutput(), new UTF8Encoding(false));
        string line;
        while ((line = input.ReadLine()) != null)
        {
            var fields = line.Split('\t');
            for (int i = 0; i < fields.Length; i++) fields[i] = Unescape(fields[i]);
            string answer;
            try { answer = "=" + Escape(Answer(fields)); }
            catch (RegexMatchTimeoutException) { answer = "?"; }
            catch (Exception) { answer = "!"; }
            output.WriteLine(answer);
            output.Flush();
        }
    }

    static string Answer(string[] f)
    {
        switch (f[0])
        {
            case "match": return Pattern(f[1]).IsMatch(f[2]) ? "True" : "False";
            case "replace": return Pattern(f[1]).Replace(f[3], f[2]);
            case "extract":
            {
                var group = Pattern(f[1]).Match(f[3]).Groups[Known(f[1], f[2])];
                return group.Success ? "+" + group.Value : "-";
            }
            case "group":
            {
                var found = new StringBuilder();
                Known(f[1], f[2]);
                int copied = 0;
                foreach (Match match in Pattern(f[1]).Matches(f[3]))
                {
                    var group = match.Groups[f[2]];
                    if (!group.Success) continue;
                    found.Append(f[3], copied, group.Index - copied).Append("#");
                    copied = group.Index + group.Length;
                }
                return found.Append(f[3], copied, f[3].Length - copied).ToString();
            }
            case "date": return DateTime.ParseExact(f[4], f[2], Invariant, Styles(f[1])).ToString(f[3], Invariant);
            case "cdate": return General(DateTime.Parse(f[1], Invariant, Utc));
            case "number": return DateTime.Parse(f[1], Invariant, Utc).ToFileTimeUtc().ToString(Invariant);
            case "from number": return General(DateTime.FromFileTimeUtc(long.Parse(f[1], Invariant)));
            case "add": return General(Add(f[1], int.Parse(f[2], Invariant), DateTime.Parse(f[3], Invariant, Utc)));
            case "difference":
                return Difference(f[1], DateTime.Parse(f[2], Invariant, Utc), DateTime.Parse(f[3], Invariant, Utc))
                    .ToString(Invariant);
            case "lower": return f[2].ToLower(new CultureInfo(f[1]));
            case "upper": return f[2].ToUpper(new CultureInfo(f[1]));
            case "title": return Invariant.TextInfo.ToTitleCase(f[1].ToLowerInvariant());
            case "middle":
            {
                int start = int.Parse(f[2]) - 1;
                return start >= f[1].Length ? "" : f[1].Substring(start, Math.Min(int.Parse(f[3]), f[1].Length - start));
            }
            case "trim": return f[1].Trim();
            case "find": return (f[1].IndexOf(f[2], StringComparison.Ordinal) + 1).ToString(Invariant);
            case "plain": return f[1].Replace(f[2], f[3]);
            case "base64": return Convert.ToBase64String(Encoding.Unicode.GetBytes(f[1]));
            default: throw new ArgumentException(f[0]);
        }
    }

    static Regex Pattern(string pattern) { return new Regex(pattern, RegexOptions.None, TimeSpan.FromSeconds(2)); }

    static string Known(string pattern, string group)
    {
        if (Array.IndexOf(Pattern(pattern).GetGroupNames(), group) < 0) throw new ArgumentException(group);
        return group;
    }

    static string General(DateTime date) { return date.ToString("M/d/yyyy h:mm:ss tt", Invariant); }

    static DateTimeStyles Styles(string names)
    {
        if (names == "")
            return DateTimeStyles.RoundtripKind | DateTimeStyles.AllowLeadingWhite | DateTimeStyles.AllowTrailingWhite;
        var styles = DateTimeStyles.None;
        foreach (var name in names.Split(',')) styles |= (DateTimeStyles)Enum.Parse(typeof(DateTimeStyles), name.Trim());
        return styles;
    }

    // What Microsoft.VisualBasic's functions of the same names do.
    static DateTime Add(string interval, int count, DateTime date)
    {
        switch (interval)
        {
            case "yyyy": return date.AddYears(count);
            case "m": return date.AddMonths(count);
            case "d": return date.AddDays(count);
            case "ww": return date.AddDays(count * 7.0);
            case "h": return date.AddHours(count);
            case "n": return date.AddMinutes(count);
            case "s": return date.AddSeconds(count);
            default: throw new ArgumentException(interval);
        }
    }

    static long Difference(string interval, DateTime from, DateTime to)
    {
        var span = to - from;
        switch (interval)
        {
            case "yyyy": return to.Year - from.Year;
            case "m": return (to.Year - from.Year) * 12 + to.Month - from.Month;
            case "d": return (long)Math.Truncate(span.TotalDays);
            case "ww": return (long)(to.AddDays(-(int)to.DayOfWeek) - from.AddDays(-(int)from.DayOfWeek)).TotalDays / 7;
            case "h": return (long)Math.Truncate(span.TotalHours);
            case "n": return (long)Math.Truncate(span.TotalMinutes);
            case "s": return (long)Math.Truncate(span.TotalSeconds);
            default: throw new ArgumentException(interval);
        }
    }

    // A backslash escapes itself, tabs, line breaks and units that are no text by themselves.
    static string Escape(string text)
    {
        var escaped = new StringBuilder();
        for (int i = 0; i < text.Length; i++)
        {
            char unit = text[i];
            bool pair = i + 1 < text.Length && char.IsSurrogatePair(unit, text[i + 1]);
            if (unit == '\\') escaped.Append("\\\\");
            else if (pair) { escaped.Append(unit).Append(text[++i]); }
            else if (unit < ' ' || (unit >= 0x7F && unit < 0xA0) || unit == 0x2028 || unit == 0x2029 || char.IsSurrogate(unit))
                escaped.Append("\\u").Append(((int)unit).ToString("X4"));
            else escaped.Append(unit);
        }
        return escaped.ToString();
    }

    static string Unescape(string text)
    {
        var plain = new StringBuilder();
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\') plain.Append(text[i]);
            else if (text[++i] != 'u') plain.Append(text[i]);
            else { plain.Append((char)Convert.ToInt32(text.Substring(i + 1, 4), 16)); i += 4; }
        }
        return plain.ToString();
    }
}
