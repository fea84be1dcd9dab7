//! Whose turn it is: workspaces one after the other, and in each its runs one after the other.

use super::Whose;
use model::{RunId, WorkspaceId};
use std::collections::VecDeque;

/// Those who wait, in the order of their turns.
#[derive(Debug)]
pub struct Turns<T> {
    workspaces: VecDeque<(WorkspaceId, Runs<T>)>,
    len: usize,
}

type Runs<T> = VecDeque<(Option<RunId>, VecDeque<T>)>;

impl<T> Default for Turns<T> {
    fn default() -> Self {
        Self { workspaces: VecDeque::new(), len: 0 }
    }
}

impl<T> Turns<T> {
    pub fn len(&self) -> usize {
        self.len
    }

    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Waits behind those of the same run.
    pub fn push(&mut self, whose: &Whose, one: T) {
        self.len += 1;
        let runs = line_of(&mut self.workspaces, &whose.workspace);
        line_of(runs, &whose.run).push_back(one);
    }

    /// The next one; its run and its workspace go behind the others.
    pub fn pop(&mut self) -> Option<T> {
        let (workspace, mut runs) = self.workspaces.pop_front()?;
        let (run, mut line) = runs.pop_front()?;
        let one = line.pop_front();
        if !line.is_empty() {
            runs.push_back((run, line));
        }
        if !runs.is_empty() {
            self.workspaces.push_back((workspace, runs));
        }
        self.len -= usize::from(one.is_some());
        one
    }
}

/// The line of that name, a new one at the end if there is none. There are few.
fn line_of<'l, K: PartialEq + Clone, L: Default>(lines: &'l mut VecDeque<(K, L)>, name: &K) -> &'l mut L {
    let place = lines.iter().position(|(known, _)| known == name).unwrap_or(lines.len());
    if place == lines.len() {
        lines.push_back((name.clone(), L::default()));
    }
    &mut lines[place].1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whose(workspace: u8, run: u8) -> Whose {
        Whose { workspace: WorkspaceId::new(0, [workspace; 10]), run: Some(RunId::new(0, [run; 10])) }
    }

    #[test]
    fn workspaces_take_turns_and_in_each_its_runs() {
        let mut turns = Turns::default();
        (0..4).for_each(|_| turns.push(&whose(1, 1), "a long run"));
        turns.push(&whose(1, 2), "a short one beside it");
        (0..2).for_each(|_| turns.push(&whose(2, 1), "another workspace"));
        let order: Vec<_> = std::iter::from_fn(|| turns.pop()).collect();
        let expected = [
            "a long run",
            "another workspace",
            "a short one beside it",
            "another workspace",
            "a long run",
            "a long run",
            "a long run",
        ];
        assert_eq!(order, expected);
        assert!(turns.is_empty());
    }
}
