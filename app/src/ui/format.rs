//! Numbers, sizes, durations and money as people read them. Pure: no clock, no locale of the machine.

/// A count with thousands separators: `6,193,488`.
pub fn count(value: u64) -> String {
    let digits = value.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A count with its noun: `1 item`, `54,812 items`.
pub fn counted(value: u64, singular: &str, plural: &str) -> String {
    format!("{} {}", count(value), if value == 1 { singular } else { plural })
}

/// A count for a chart axis: `6.19 M`, `940`, `12 k`.
pub fn compact(value: f64) -> String {
    let size = value.abs();
    let (scaled, unit) = match size {
        s if s >= 999_500_000.0 => (value / 1e9, " G"),
        s if s >= 999_500.0 => (value / 1e6, " M"),
        s if s >= 999.5 => (value / 1e3, " k"),
        _ => (value, ""),
    };
    format!("{}{unit}", significant(scaled, 3))
}

/// A value with at most `digits` significant digits, without trailing zeros: `0.88`, `61.9`, `412`.
pub fn significant(value: f64, digits: i32) -> String {
    if value == 0.0 || !value.is_finite() {
        return "0".into();
    }
    let magnitude = value.abs().log10().floor() as i32;
    let places = (digits - 1 - magnitude).clamp(0, 9) as usize;
    let text = format!("{value:.places$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').into() } else { text }
}

/// A share of a whole: `61.9 %`, `0.88 %`. Never `100 %` before all, never `0 %` when there is one.
pub fn percent(part: u64, whole: u64) -> String {
    if whole == 0 || part == 0 {
        return "0 %".into();
    }
    if part >= whole {
        return "100 %".into();
    }
    percent_of(part as f64 * 100.0 / whole as f64)
}

/// A percentage that is known as a number, strictly between none and all.
pub fn percent_of(value: f64) -> String {
    match value {
        v if v <= 0.0 => "0 %".into(),
        v if v < 0.01 => "< 0.01 %".into(),
        v if v < 1.0 => format!("{v:.2} %"),
        v if v < 99.9 => format!("{v:.1} %"),
        v if v < 100.0 => "> 99.9 %".into(),
        v => format!("{v:.0} %"),
    }
}

/// Milliseconds as a duration: `412 ms`, `1.9 s`, `2 min 04 s`, `3 h 12 min`, `2 d 5 h`.
pub fn duration_ms(ms: u64) -> String {
    let seconds = ms / 1000;
    match ms {
        0..=999 => format!("{ms} ms"),
        1_000..=9_949 => format!("{:.1} s", ms as f64 / 1000.0),
        9_950..=59_499 => format!("{:.0} s", ms as f64 / 1000.0),
        59_500..=3_599_999 => format!("{} min {:02} s", seconds.max(60) / 60, seconds.max(60) % 60),
        3_600_000..=86_399_999 => format!("{} h {:02} min", seconds / 3600, seconds % 3600 / 60),
        _ => format!("{} d {} h", seconds / 86_400, seconds % 86_400 / 3600),
    }
}

/// Milliseconds as a rough duration, for what is only estimated: `31 min`, `1 h 10 min`, `40 s`.
pub fn about_ms(ms: u64) -> String {
    let minutes = (ms + 30_000) / 60_000;
    match minutes {
        0 => format!("{} s", ms.div_ceil(1000)),
        1..=89 => format!("{minutes} min"),
        90..=2_879 => format!("{} h {:02} min", minutes / 60, minutes % 60),
        _ => format!("{} d {} h", minutes / 1440, minutes % 1440 / 60),
    }
}

/// Bytes in decimal units: `214 B`, `1.1 KB`, `271 KB`, `41 MB`.
pub fn bytes(value: u64) -> String {
    let mut scaled = value as f64;
    let mut unit = "B";
    for next in ["KB", "MB", "GB", "TB"] {
        if scaled < 999.5 {
            break;
        }
        scaled /= 1000.0;
        unit = next;
    }
    let digits = if scaled < 9.95 { 2 } else { 3 };
    format!("{} {unit}", significant(scaled, digits))
}

/// Items a second: `2,014/s`, `4.2/s`.
pub fn rate(per_second: f64) -> String {
    if per_second >= 100.0 {
        format!("{}/s", count(per_second.round() as u64))
    } else {
        format!("{}/s", significant(per_second, 2))
    }
}

/// Micro-dollars as money: `$156.11`, `$84`, `$0.000025`. Small sums keep two significant digits,
/// because a child workflow can cost a fraction of a cent.
pub fn money(micro_usd: i64) -> String {
    let sign = if micro_usd < 0 { "−" } else { "" };
    let micro = micro_usd.unsigned_abs();
    let cents = (micro + 5_000) / 10_000;
    if micro >= 10_000 || micro == 0 {
        return format!("{sign}${}.{:02}", count(cents / 100), cents % 100);
    }
    format!("{sign}${}", significant(micro as f64 / 1e6, 2))
}

/// Micro-dollars of an estimate: whole dollars from ten up, since the cents would be invented.
pub fn about_money(micro_usd: i64) -> String {
    if micro_usd >= 10_000_000 {
        format!("${}", count((micro_usd as u64 + 500_000) / 1_000_000))
    } else {
        money(micro_usd)
    }
}

/// Time between two instants as a phrase: `4 min ago`, `in 6 days`, `just now`.
pub fn relative(now_ms: i64, at_ms: i64) -> String {
    let distance = now_ms.saturating_sub(at_ms);
    let seconds = distance.unsigned_abs() / 1000;
    let (value, unit) = match seconds {
        0..=9 => return "just now".into(),
        10..=59 => (seconds, "s"),
        60..=3_599 => (seconds / 60, "min"),
        3_600..=86_399 => (seconds / 3600, "h"),
        _ => (seconds / 86_400, if seconds < 172_800 { "day" } else { "days" }),
    };
    if distance < 0 { format!("in {value} {unit}") } else { format!("{value} {unit} ago") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_have_separators() {
        assert_eq!(count(0), "0");
        assert_eq!(count(999), "999");
        assert_eq!(count(54_812), "54,812");
        assert_eq!(count(6_193_488), "6,193,488");
        assert_eq!(counted(1, "item", "items"), "1 item");
        assert_eq!(counted(1_000, "item", "items"), "1,000 items");
    }

    #[test]
    fn compact_keeps_three_digits() {
        assert_eq!(compact(940.0), "940");
        assert_eq!(compact(12_000.0), "12 k");
        assert_eq!(compact(6_193_488.0), "6.19 M");
        assert_eq!(compact(999_999.0), "1 M");
        assert_eq!(compact(0.25), "0.25");
    }

    #[test]
    fn percent_never_rounds_to_all_or_none() {
        assert_eq!(percent(6_193_488, 10_000_000), "61.9 %");
        assert_eq!(percent(54_812, 6_193_488), "0.88 %");
        assert_eq!(percent(1, 10_000_000), "< 0.01 %");
        assert_eq!(percent(9_999_999, 10_000_000), "> 99.9 %");
        assert_eq!(percent(7, 7), "100 %");
        assert_eq!(percent(0, 0), "0 %");
    }

    #[test]
    fn durations_change_their_unit() {
        assert_eq!(duration_ms(412), "412 ms");
        assert_eq!(duration_ms(1_900), "1.9 s");
        assert_eq!(duration_ms(12_300), "12 s");
        assert_eq!(duration_ms(59_700), "1 min 00 s");
        assert_eq!(duration_ms(124_000), "2 min 04 s");
        assert_eq!(duration_ms(11_520_000), "3 h 12 min");
        assert_eq!(duration_ms(190_800_000), "2 d 5 h");
        assert_eq!(about_ms(31 * 60_000 + 9_000), "31 min");
        assert_eq!(about_ms(20_500), "21 s");
        assert_eq!(about_ms(5_400_000), "1 h 30 min");
    }

    #[test]
    fn sizes_and_rates() {
        assert_eq!(bytes(214), "214 B");
        assert_eq!(bytes(1_100), "1.1 KB");
        assert_eq!(bytes(271_000), "271 KB");
        assert_eq!(bytes(41_000_000), "41 MB");
        assert_eq!(bytes(999_999), "1 MB");
        assert_eq!(rate(2_014.2), "2,014/s");
        assert_eq!(rate(4.21), "4.2/s");
    }

    #[test]
    fn money_keeps_fractions_of_a_cent() {
        assert_eq!(money(156_110_000), "$156.11");
        assert_eq!(money(25), "$0.000025");
        assert_eq!(money(0), "$0.00");
        assert_eq!(money(-12_000_000), "−$12.00");
        assert_eq!(about_money(84_400_000), "$84");
        assert_eq!(about_money(4_400_000), "$4.40");
    }

    #[test]
    fn relative_times_read_both_ways() {
        assert_eq!(relative(1_000_000, 999_000), "just now");
        assert_eq!(relative(1_000_000, 760_000), "4 min ago");
        assert_eq!(relative(0, 6 * 86_400_000), "in 6 days");
        assert_eq!(relative(90_000_000, 0), "1 day ago");
    }
}
