//! Functions that run as processes of the server's machine: what forms say of them.

use model::ProcessFunction;
use std::collections::BTreeMap;

/// Where a function's code is, in a line.
pub fn reached(spec: &ProcessFunction) -> String {
    let what = match (spec.command.is_empty(), spec.handler.is_empty()) {
        (false, _) => print_command(&spec.command),
        (true, false) => format!("{} {}", spec.runtime, spec.handler),
        (true, true) => spec.runtime.clone(),
    };
    match spec.package {
        Some(_) => format!("{what} (uploaded code)"),
        None => format!("{what} in {}", spec.directory),
    }
}

/// A command as people type it: words between spaces, quoted where a word has spaces itself.
pub fn print_command(command: &[String]) -> String {
    let word = |word: &String| match word.is_empty() || word.contains([' ', '"', '\\', '\t', '\n']) {
        true => format!("\"{}\"", word.replace('\\', "\\\\").replace('"', "\\\"")),
        false => word.clone(),
    };
    command.iter().map(word).collect::<Vec<_>>().join(" ")
}

/// The words of a command. Nothing else of a shell's language is understood.
#[cfg_attr(not(feature = "ssr"), allow(dead_code))]
pub fn parse_command(text: &str) -> Result<Vec<String>, String> {
    let (mut words, mut word, mut quoted) = (Vec::new(), None::<String>, false);
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '"' => {
                quoted = !quoted;
                word.get_or_insert_default();
            }
            '\\' if quoted => word.get_or_insert_default().extend(letters.next()),
            letter if letter.is_whitespace() && !quoted => words.extend(word.take()),
            letter => word.get_or_insert_default().push(letter),
        }
    }
    words.extend(word);
    match quoted {
        true => Err("A quotation mark is not closed.".to_owned()),
        false => Ok(words),
    }
}

/// Variables as people type them: one `NAME=value` a line.
#[cfg_attr(not(feature = "ssr"), allow(dead_code))]
pub fn parse_variables(text: &str) -> Result<BTreeMap<String, String>, String> {
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    lines
        .map(|line| match line.split_once('=') {
            Some((name, value)) if !name.trim().is_empty() => Ok((name.trim().to_owned(), value.to_owned())),
            _ => Err(format!("\"{line}\" is not a variable. Write one NAME=value a line.")),
        })
        .collect()
}

/// The same as text.
pub fn print_variables(variables: &BTreeMap<String, String>) -> String {
    variables.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_survive_a_round_trip() {
        let command = parse_command(r#"python3  -m "my module" "a \"b\" \\c" """#).unwrap();
        assert_eq!(command, ["python3", "-m", "my module", "a \"b\" \\c", ""]);
        assert_eq!(parse_command(&print_command(&command)).unwrap(), command);
        assert!(parse_command("python3 \"open").is_err());
        assert!(parse_command("  ").unwrap().is_empty());
    }

    #[test]
    fn variables_survive_a_round_trip() {
        let variables = parse_variables("A=1\n\nURL=http://x?a=b\nEMPTY=").unwrap();
        assert_eq!(variables["URL"], "http://x?a=b");
        assert_eq!(parse_variables(&print_variables(&variables)).unwrap(), variables);
        assert!(parse_variables("no equals").unwrap_err().contains("no equals"));
    }
}
