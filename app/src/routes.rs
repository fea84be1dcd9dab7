//! Every address of the pages, as path builders: links are typed, never spelled twice.

/// The sign-in page.
pub const LOGIN: &str = "/login";
/// The first start.
pub const SETUP: &str = "/setup";
/// Where the sign-out form posts.
pub const LOGOUT: &str = "/logout";
/// Where the theme switch posts.
pub const THEME: &str = "/theme";

/// Addresses inside one workspace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct At(pub String);

impl At {
    /// The overview.
    pub fn overview(&self) -> String {
        format!("/w/{}", self.0)
    }

    /// A page under the workspace: `at.page("jobs")`.
    pub fn page(&self, rest: &str) -> String {
        format!("/w/{}/{rest}", self.0)
    }

    /// The list of manifests.
    pub fn manifests(&self) -> String {
        self.page("manifests")
    }

    /// One manifest.
    pub fn manifest(&self, id: &str) -> String {
        self.page(&format!("manifests/{id}"))
    }

    /// The list of jobs.
    pub fn jobs(&self) -> String {
        self.page("jobs")
    }

    /// One job.
    pub fn job(&self, id: &str) -> String {
        self.page(&format!("jobs/{id}"))
    }

    /// The builder.
    pub fn builder(&self, id: &str) -> String {
        self.page(&format!("jobs/{id}/edit"))
    }

    /// A job's launch review.
    pub fn launch(&self, id: &str) -> String {
        self.page(&format!("jobs/{id}/launch"))
    }

    /// A job's estimate.
    pub fn estimate(&self, id: &str) -> String {
        self.page(&format!("jobs/{id}/estimate"))
    }

    /// The list of runs.
    pub fn runs(&self) -> String {
        self.page("runs")
    }

    /// One run.
    pub fn run(&self, id: &str) -> String {
        self.page(&format!("runs/{id}"))
    }

    /// One item of a run, in the drawer.
    pub fn item(&self, run: &str, index: u64) -> String {
        self.page(&format!("runs/{run}/items/{index}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_stay_inside_the_workspace() {
        let at = At("acme".into());
        assert_eq!(at.overview(), "/w/acme");
        assert_eq!(at.item("R1", 7), "/w/acme/runs/R1/items/7");
    }
}
