//! What the items of a benchmark do.

/// What each item does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BenchChild {
    /// One Pass state.
    Pass,
    /// Pass, Choice, Succeed.
    Three,
    /// One Pass state with JSONata expressions.
    Jsonata,
    /// One Task that calls the built-in function `echo`.
    Task,
    /// One Task that calls an HTTP endpoint of this process which does nothing.
    Http,
}

impl BenchChild {
    /// Every kind and its name on the command line.
    pub const ALL: [(&str, BenchChild); 5] = [
        ("pass", Self::Pass),
        ("three", Self::Three),
        ("jsonata", Self::Jsonata),
        ("task", Self::Task),
        ("http", Self::Http),
    ];

    /// Reads a name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(known, _)| *known == name).map(|(_, child)| child)
    }

    pub(super) fn processor(self) -> &'static str {
        match self {
            Self::Pass => r#""StartAt":"Copy","States":{"Copy":{"Type":"Pass","End":true}}"#,
            Self::Three => {
                r#""StartAt":"Copy","States":{"Copy":{"Type":"Pass","Next":"Which"},
                "Which":{"Type":"Choice","Choices":[{"Variable":"$.size","NumericGreaterThan":0,"Next":"Done"}],"Default":"Done"},
                "Done":{"Type":"Succeed"}}"#
            }
            Self::Jsonata => {
                r#""StartAt":"Shape","States":{"Shape":{"Type":"Pass","QueryLanguage":"JSONata",
                "Output":"{% {'id': $states.input.id, 'large': $states.input.size > 1000000, 'folder': $split($states.input.key, '/')[0]} %}",
                "End":true}}"#
            }
            Self::Task => {
                r#""StartAt":"Call","States":{"Call":{"Type":"Task",
                "Resource":"arn:aws:lambda:us-east-1:000000000000:function:echo","End":true}}"#
            }
            Self::Http => {
                r#""StartAt":"Call","States":{"Call":{"Type":"Task",
                "Resource":"arn:aws:lambda:us-east-1:000000000000:function:service","End":true}}"#
            }
        }
    }
}
