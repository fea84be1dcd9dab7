//! Definitions to begin with. They call the functions that come with the server.

/// A definition to begin with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Template {
    /// Its part of the address, and the new job's proposed name.
    pub key: &'static str,
    /// What it is called.
    pub title: &'static str,
    /// What it does, in a sentence.
    pub about: &'static str,
    /// ASL.
    pub definition: &'static str,
}

/// All of them, in the order in which pages show them.
pub const TEMPLATES: [Template; 8] = [
    Template {
        key: "count-lines",
        title: "Count lines of objects",
        about: "Lists a prefix and runs one child workflow per object. Skips lines that are not JSON.",
        definition: include_str!("templates/count-lines.json"),
    },
    Template {
        key: "csv-rows",
        title: "CSV rows to a function",
        about: "Reads one CSV file with a header and calls a function with every row, as Express children.",
        definition: include_str!("templates/csv-rows.json"),
    },
    Template {
        key: "retry-catch",
        title: "Retry, then set aside",
        about: "Retries errors that may pass with back-off and jitter; what still fails is caught and recorded.",
        definition: include_str!("templates/retry-catch.json"),
    },
    Template {
        key: "batches",
        title: "Batches of items",
        about: "Hands 100 rows to each child workflow: fewer children, lower cost.",
        definition: include_str!("templates/batches.json"),
    },
    Template {
        key: "two-steps",
        title: "Two steps for every object",
        about: "A checksum, then a count; the second step sees the result of the first.",
        definition: include_str!("templates/two-steps.json"),
    },
    Template {
        key: "jsonata-filter",
        title: "Filter with JSONata",
        about: "Skips small objects with a Choice state and shapes input and output with JSONata.",
        definition: include_str!("templates/jsonata-filter.json"),
    },
    Template {
        key: "objects-below-prefix",
        title: "Objects below a prefix",
        about: "The textbook Distributed Map over a bucket. The builder shows what it still lacks.",
        definition: include_str!("templates/objects-below-prefix.json"),
    },
    Template {
        key: "objects-in-manifest",
        title: "Objects in a manifest",
        about: "The textbook Distributed Map over a JSON manifest. The builder shows what it still lacks.",
        definition: include_str!("templates/objects-in-manifest.json"),
    },
];

/// The template with a key.
pub fn template(key: &str) -> Option<&'static Template> {
    TEMPLATES.iter().find(|template| template.key == key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_template_is_json_with_a_valid_name() {
        for template in TEMPLATES {
            assert!(model::names::is_valid_name(template.key), "{}", template.key);
            let definition: serde_json::Value = serde_json::from_str(template.definition).unwrap();
            assert!(definition["States"].is_object(), "{}", template.key);
        }
    }
}
