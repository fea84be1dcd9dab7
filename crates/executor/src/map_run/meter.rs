//! What AWS would meter of a Map Run, child by child, and whether that exceeds the budget.

use super::note::EndedChild;
use super::plan::Plan;
use cost::{RegionPrices, express_billed_mb, express_memory_mb, metered_bill, prices_of};
use model::{ExecutionType, MapRun, Metered};

/// The error of a Map Run that reached its budget.
pub(crate) const BUDGET_ERROR: &str = "Mapwright.BudgetExceeded";

/// Milliseconds that an Express execution is billed in.
const BILLED_MS: u32 = 100;

/// Counts what is billed for children of one type.
pub(crate) struct Meter {
    execution_type: ExecutionType,
    /// What an Express child is billed for, in megabytes.
    express_mb: u64,
    prices: RegionPrices,
}

impl Meter {
    pub(crate) fn new(plan: &Plan, region: &str) -> Self {
        let definition_kb = plan.definition().len() as f64 / 1000.0;
        Self {
            execution_type: plan.execution_type(),
            express_mb: express_billed_mb(express_memory_mb(definition_kb, 0.0, 0.0)),
            prices: prices_of(region),
        }
    }

    /// Adds a child that has ended: its start is a transition of the parent.
    pub(crate) fn add(&self, metered: &mut Metered, child: &EndedChild) {
        metered.children += 1;
        metered.transitions += 1;
        match self.execution_type {
            ExecutionType::Standard => metered.transitions += u64::from(child.transitions),
            ExecutionType::Express => {
                let billed_ms = child.duration_ms.max(1).div_ceil(BILLED_MS) * BILLED_MS;
                metered.express_requests += 1;
                metered.express_mb_ms = metered.express_mb_ms.saturating_add(u64::from(billed_ms) * self.express_mb);
            }
        }
    }

    /// Why nothing more may begin, when the budget is used up.
    pub(crate) fn over_budget(&self, map_run: &MapRun) -> Option<String> {
        let budget = map_run.budget_usd?;
        let spent = metered_bill(&map_run.metered, &self.prices).total;
        (spent.dollars() >= budget).then(|| {
            format!(
                "{} children would have cost {spent} on AWS; the budget is ${budget}. Children in flight have ended, no other has begun.",
                map_run.metered.children
            )
        })
    }
}
