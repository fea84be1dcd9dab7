//! What the canvas shows, as plain data.

/// The kind of a state, which is its icon and its colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)] // ASL's own words.
pub enum NodeKind {
    Task,
    Choice,
    Parallel,
    Map,
    DistributedMap,
    Wait,
    Pass,
    Succeed,
    Fail,
}

impl NodeKind {
    /// What can be added, in the order of the menu.
    pub const ALL: [NodeKind; 9] = [
        NodeKind::Task,
        NodeKind::Choice,
        NodeKind::Map,
        NodeKind::DistributedMap,
        NodeKind::Parallel,
        NodeKind::Wait,
        NodeKind::Pass,
        NodeKind::Succeed,
        NodeKind::Fail,
    ];

    /// The word.
    pub fn label(self) -> &'static str {
        match self {
            Self::Task => "Task",
            Self::Choice => "Choice",
            Self::Parallel => "Parallel",
            Self::Map => "Map",
            Self::DistributedMap => "Distributed Map",
            Self::Wait => "Wait",
            Self::Pass => "Pass",
            Self::Succeed => "Succeed",
            Self::Fail => "Fail",
        }
    }

    /// One line for the menu.
    pub fn hint(self) -> &'static str {
        match self {
            Self::Task => "Call a function or a service",
            Self::Choice => "Go on by a condition",
            Self::Parallel => "Run branches side by side",
            Self::Map => "Run for each entry of an array",
            Self::DistributedMap => "Run for each item of a manifest",
            Self::Wait => "Pause for a time",
            Self::Pass => "Reshape data",
            Self::Succeed => "End well",
            Self::Fail => "End with an error",
        }
    }

    /// The icon, as strokes on a 16-unit square.
    pub fn path(self) -> &'static str {
        match self {
            Self::Task => "M9 1.8 3.5 9H8l-1 5.2L12.5 7H8z",
            Self::Choice => "M8 1.8 14.2 8 8 14.2 1.8 8zM8 5.6v3M8 10.6v.1",
            Self::Parallel => "M2.5 8h2.5M5 4v8M5 4h6M5 12h6M5 8h6M11 4v8M11 8h2.5",
            Self::Map => {
                "M2.2 2.2h4.6v4.6H2.2zM9.2 2.2h4.6v4.6H9.2zM2.2 9.2h4.6v4.6H2.2zM9.2 9.2h4.6v4.6H9.2z"
            }
            Self::DistributedMap => {
                "M2 2h2.8v2.8H2zM6.6 2h2.8v2.8H6.6zM11.2 2H14v2.8h-2.8zM2 6.6h2.8v2.8H2zM6.6 6.6h2.8v2.8H6.6zM11.2 6.6H14v2.8h-2.8zM2 11.2h2.8V14H2zM6.6 11.2h2.8V14H6.6zM11.2 11.2H14V14h-2.8z"
            }
            Self::Wait => "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2zM8 4.8V8l2.3 1.6",
            Self::Pass => "M2 8h11M9.2 4.2 13 8l-3.8 3.8",
            Self::Succeed => "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2zM5.2 8.2l2 2 3.6-4",
            Self::Fail => "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2zM5.8 5.8l4.4 4.4M10.2 5.8l-4.4 4.4",
        }
    }

    /// The modifier of the card's class, which sets its hue.
    pub fn class(self) -> &'static str {
        match self {
            Self::Task => "task",
            Self::Choice => "choice",
            Self::Parallel | Self::Map | Self::DistributedMap => "container",
            Self::Wait | Self::Pass => "plain",
            Self::Succeed => "succeed",
            Self::Fail => "fail",
        }
    }

    /// Whether nothing can follow.
    pub fn is_terminal(self) -> bool {
        matches!(self, Self::Succeed | Self::Fail)
    }
}

/// How bad the worst problem of a state is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// It can be launched.
    Warning,
    /// It cannot.
    Error,
}

/// Live counts of a state in a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NodeCounts {
    /// Items that are in the state now.
    pub inside: u64,
    /// Items that left it well.
    pub passed: u64,
    /// Items that failed in it.
    pub failed: u64,
}

/// One state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GraphNode {
    /// Unique in the whole definition; the page's own key.
    pub id: String,
    /// The scope that it stands in: a [`GraphContainer`]'s id, or none for the top.
    pub scope: Option<String>,
    /// Its name in the definition.
    pub name: String,
    /// Its kind.
    pub kind: NodeKind,
    /// One more line: the resource, the condition, how many items.
    pub subtitle: String,
    /// Its worst problem.
    pub problem: Option<Level>,
    /// What it does in a run.
    pub counts: Option<NodeCounts>,
    /// Whether the scope ends after it.
    pub end: bool,
}

/// What a Map repeats, or one branch of a Parallel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GraphContainer {
    /// The scope's id.
    pub id: String,
    /// The state that owns it.
    pub owner: String,
    /// The branch's name, if it has one.
    pub label: String,
    /// The state that it begins with.
    pub start: String,
}

/// What kind of step an edge is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wire {
    /// `Next`.
    Next,
    /// A rule of a Choice.
    Rule,
    /// A Choice's `Default`.
    Default,
    /// A `Catch`.
    Catch,
}

/// A step from one state to another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GraphEdge {
    /// From this state.
    pub from: String,
    /// To that one.
    pub to: String,
    /// The condition or the errors, short.
    pub label: String,
    /// Why it is taken.
    pub wire: Wire,
}

/// A definition as a graph.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GraphView {
    /// The state that the definition begins with.
    pub start: String,
    /// All states, in the order of the definition.
    pub nodes: Vec<GraphNode>,
    /// All steps.
    pub edges: Vec<GraphEdge>,
    /// The insides of Map and Parallel states.
    pub containers: Vec<GraphContainer>,
}

impl GraphView {
    /// A state by its id.
    pub fn node(&self, id: &str) -> Option<&GraphNode> {
        self.nodes.iter().find(|node| node.id == id)
    }

    /// The insides of a state.
    pub fn inside<'a>(&'a self, owner: &'a str) -> impl Iterator<Item = &'a GraphContainer> {
        self.containers.iter().filter(move |container| container.owner == owner)
    }

    /// How many states are inside a state, however deep.
    pub fn size_inside(&self, owner: &str, depth: usize) -> usize {
        if depth > 32 {
            return 0;
        }
        self.inside(owner)
            .map(|container| {
                let states = self.nodes.iter().filter(|node| node.scope.as_deref() == Some(&container.id));
                states.map(|node| 1 + self.size_inside(&node.id, depth + 1)).sum::<usize>()
            })
            .sum()
    }

    /// The state that owns the scope of a state.
    pub fn parent_of(&self, id: &str) -> Option<&GraphNode> {
        let scope = self.node(id)?.scope.as_deref()?;
        let container = self.containers.iter().find(|container| container.id == scope)?;
        self.node(&container.owner)
    }
}
