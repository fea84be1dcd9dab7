//! HTTP headers as people type them: one `Name: value` a line.

/// The headers in the text, or what is wrong with its first wrong line.
#[cfg_attr(not(feature = "ssr"), allow(dead_code))]
pub fn parse(text: &str) -> Result<Vec<(String, String)>, String> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    lines
        .map(|line| {
            let (name, value) = line.split_once(':').unwrap_or((line, ""));
            let (name, value) = (name.trim(), value.trim());
            let token = !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b));
            match token && !value.is_empty() {
                true => Ok((name.to_owned(), value.to_owned())),
                false => Err(format!("\"{line}\" is not a header. Write one \"Name: value\" a line.")),
            }
        })
        .collect()
}

/// The same as text.
pub fn print(headers: &[(String, String)]) -> String {
    headers.iter().map(|(name, value)| format!("{name}: {value}")).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_survive_a_round_trip_and_wrong_lines_are_named() {
        let headers = parse("X-Team: data\n\n Authorization:  Bearer a:b ").unwrap();
        assert_eq!(headers[1], ("Authorization".to_owned(), "Bearer a:b".to_owned()));
        assert_eq!(parse(&print(&headers)).unwrap(), headers);
        assert!(parse("no colon").unwrap_err().contains("no colon"));
        assert!(parse("a b: c").is_err());
    }
}
