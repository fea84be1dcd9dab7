//! "Did you mean …?"

/// Longer words are not compared: nobody mistypes them, and hostile texts contain them.
const MAX_CHARS: usize = 80;

/// The candidate nearest to `word`, when at most a third of it is different.
pub(super) fn nearest<'c>(word: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    let wanted: Vec<char> = word.chars().take(MAX_CHARS + 1).flat_map(char::to_lowercase).collect();
    if wanted.is_empty() || wanted.len() > MAX_CHARS {
        return None;
    }
    let near = candidates.into_iter().filter_map(|candidate| {
        let other: Vec<char> = candidate.chars().take(MAX_CHARS + 1).flat_map(char::to_lowercase).collect();
        let limit = (wanted.len().max(other.len()) / 3).clamp(1, 3);
        let far = wanted.len().abs_diff(other.len()) > limit;
        let distance = if far { usize::MAX } else { distance(&wanted, &other) };
        (distance <= limit).then_some((distance, candidate))
    });
    near.min_by_key(|(distance, _)| *distance).map(|(_, candidate)| candidate)
}

/// Insertions, deletions, replacements and swaps of neighbours that turn one word into the other.
fn distance(a: &[char], b: &[char]) -> usize {
    let mut before = vec![0; b.len() + 1];
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut row = vec![i + 1];
        for (j, y) in b.iter().enumerate() {
            let mut best = (last[j] + usize::from(x != y)).min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && *x == b[j - 1] && a[i - 1] == *y {
                best = best.min(before[j - 1] + 1);
            }
            row.push(best);
        }
        before = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn typing_mistakes_are_recognised() {
        let fields = ["Next", "End", "ResultPath", "MaxConcurrency"];
        assert_eq!(nearest("next", fields), Some("Next"));
        assert_eq!(nearest("MaxConcurency", fields), Some("MaxConcurrency"));
        assert_eq!(nearest("RseultPath", fields), Some("ResultPath"));
        assert_eq!(nearest("Colour", fields), None);
    }
}
