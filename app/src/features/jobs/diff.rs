//! The lines that differ between two texts.

/// More pairs of lines than this are not compared one by one; the block counts as rewritten.
const MAX_PAIRS: usize = 4_000_000;

/// What happened to a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// It is in both.
    Kept,
    /// It is in the older text only.
    Removed,
    /// It is in the newer text only.
    Added,
}

/// One line of a comparison.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DiffLine {
    /// What happened to it.
    pub change: Change,
    /// Its number in the older text, from 1.
    pub old: Option<usize>,
    /// Its number in the newer text, from 1.
    pub new: Option<usize>,
    /// The line.
    pub text: String,
}

/// Compares two texts line by line: the longest common subsequence, after equal ends are set aside.
pub fn diff(old: &str, new: &str) -> Vec<DiffLine> {
    let a: Vec<&str> = old.lines().collect();
    let b: Vec<&str> = new.lines().collect();
    let head = a.iter().zip(&b).take_while(|(x, y)| x == y).count();
    let tail = a[head..].iter().rev().zip(b[head..].iter().rev()).take_while(|(x, y)| x == y).count();
    let mut out = Vec::with_capacity(a.len().max(b.len()));
    let mut push = |change, i: usize, j: usize| {
        let text = if change == Change::Added { b[j] } else { a[i] };
        out.push(DiffLine {
            change,
            old: (change != Change::Added).then_some(i + 1),
            new: (change != Change::Removed).then_some(j + 1),
            text: text.to_owned(),
        });
    };
    for i in 0..head {
        push(Change::Kept, i, i);
    }
    let (a_end, b_end) = (a.len() - tail, b.len() - tail);
    let steps = middle(&a[head..a_end], &b[head..b_end]);
    let (mut i, mut j) = (head, head);
    for change in steps {
        push(change, i, j);
        i += usize::from(change != Change::Added);
        j += usize::from(change != Change::Removed);
    }
    for k in 0..tail {
        push(Change::Kept, a_end + k, b_end + k);
    }
    out
}

/// The steps from `a` to `b`, removals before additions.
fn middle(a: &[&str], b: &[&str]) -> Vec<Change> {
    if a.len().saturating_mul(b.len()) > MAX_PAIRS {
        return [vec![Change::Removed; a.len()], vec![Change::Added; b.len()]].concat();
    }
    let width = b.len() + 1;
    let mut longest = vec![0_u32; (a.len() + 1) * width];
    for i in (0..a.len()).rev() {
        for j in (0..b.len()).rev() {
            longest[i * width + j] = match a[i] == b[j] {
                true => longest[(i + 1) * width + j + 1] + 1,
                false => longest[(i + 1) * width + j].max(longest[i * width + j + 1]),
            };
        }
    }
    let (mut i, mut j) = (0, 0);
    let mut steps = Vec::with_capacity(a.len() + b.len());
    while i < a.len() || j < b.len() {
        let change = if i < a.len() && j < b.len() && a[i] == b[j] {
            Change::Kept
        } else if i < a.len() && (j == b.len() || longest[(i + 1) * width + j] >= longest[i * width + j + 1]) {
            Change::Removed
        } else {
            Change::Added
        };
        steps.push(change);
        i += usize::from(change != Change::Added);
        j += usize::from(change != Change::Removed);
    }
    steps
}

/// Lines added and removed.
pub fn size(lines: &[DiffLine]) -> (usize, usize) {
    let count = |change| lines.iter().filter(|line| line.change == change).count();
    (count(Change::Added), count(Change::Removed))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signs(old: &str, new: &str) -> String {
        let sign = |line: &DiffLine| match line.change {
            Change::Kept => format!(" {}", line.text),
            Change::Removed => format!("-{}", line.text),
            Change::Added => format!("+{}", line.text),
        };
        diff(old, new).iter().map(sign).collect::<Vec<_>>().join("|")
    }

    #[test]
    fn a_changed_line_is_removed_and_added() {
        assert_eq!(signs("a\nb\nc", "a\nx\nc"), " a|-b|+x| c");
        assert_eq!(signs("", "a"), "+a");
        assert_eq!(signs("a", "a"), " a");
    }

    #[test]
    fn moved_lines_keep_the_longest_common_part() {
        assert_eq!(signs("a\nb\nc\nd", "b\nc\na\nd"), "-a| b| c|+a| d");
        let lines = diff("a\nb", "b\nc");
        assert_eq!(size(&lines), (1, 1));
        assert_eq!((lines[1].old, lines[1].new), (Some(2), Some(1)));
    }
}
