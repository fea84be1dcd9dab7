//! The items of a run: pages, one item, the map, failures, graphs.

use crate::context::Cx;
use crate::{Error, Service};
use executor::{Mark, Watch};
use model::{
    FailureGroup, FilterError, ItemDetail, ItemFilter, ItemQuery, ItemStatus, ItemsPage, Permission,
    ProgressPoint, RunId,
};

/// Items of one window of the map at most.
const MAX_WINDOW: u64 = 4_096;

impl Service {
    /// A page of items.
    pub async fn items(&self, cx: &Cx, run: &RunId, query: &ItemQuery) -> Result<ItemsPage, Error> {
        let map_run = self.map_run_of(cx, run, query.map_run.as_deref()).await?;
        let filter = narrowed(parsed(query.filter.as_deref())?, query)?;
        let filter = self.store.item_filter(&cx.workspace.id, &map_run.id, &filter).await?;
        let limit = query.limit.unwrap_or(100).clamp(1, 200);
        let page = self
            .store
            .items(&cx.workspace.id, &map_run.id, &filter, query.after.unwrap_or(0), limit as usize)
            .await?;
        Ok(ItemsPage { items: page.rows, next: page.next, total: page.total })
    }

    /// Everything about one item.
    pub async fn item(
        &self,
        cx: &Cx,
        run: &RunId,
        map_run: Option<&str>,
        index: u64,
    ) -> Result<ItemDetail, Error> {
        let map_run = self.map_run_of(cx, run, map_run).await?;
        let found =
            executor::item_detail(&self.store, &self.partition, &cx.workspace.id, &map_run.id, index).await?;
        found.ok_or_else(|| Error::not_found("item", index))
    }

    /// The failure groups of a run, most frequent first.
    pub async fn failure_groups(
        &self,
        cx: &Cx,
        run: &RunId,
        map_run: Option<&str>,
    ) -> Result<Vec<FailureGroup>, Error> {
        let map_run = self.map_run_of(cx, run, map_run).await?;
        let mut groups = self.store.failure_groups(&cx.workspace.id, &map_run.id).await?;
        groups.retain(|group| group.count > 0);
        groups.sort_by_key(|group| std::cmp::Reverse(group.count));
        Ok(groups)
    }

    /// The points of a run's graphs.
    pub async fn progress(
        &self,
        cx: &Cx,
        run: &RunId,
        map_run: Option<&str>,
    ) -> Result<Vec<ProgressPoint>, Error> {
        let map_run = self.map_run_of(cx, run, map_run).await?;
        Ok(self.store.progress(&cx.workspace.id, &map_run.id).await?)
    }

    /// The bins of the item map: `ledger::Bins`, encoded.
    pub async fn map_bins(&self, cx: &Cx, run: &RunId, map_run: Option<&str>) -> Result<Vec<u8>, Error> {
        let map_run = self.map_run_of(cx, run, map_run).await?;
        Ok(self.store.bins(&cx.workspace.id, &map_run.id).await?)
    }

    /// One status for each of at most 4,096 items from `from` on.
    pub async fn map_items(
        &self,
        cx: &Cx,
        run: &RunId,
        map_run: Option<&str>,
        (from, to): (u64, u64),
    ) -> Result<Vec<ItemStatus>, Error> {
        let map_run = self.map_run_of(cx, run, map_run).await?;
        let to = to.min(from.saturating_add(MAX_WINDOW));
        Ok(self.store.item_statuses(&cx.workspace.id, &map_run.id, from..to).await?)
    }

    /// A live view of a run's Map Run; `None` when nothing of it runs here now.
    pub async fn watch(
        &self,
        cx: &Cx,
        (run, map_run): (&RunId, Option<&str>),
        seen: Option<Mark>,
    ) -> Result<Option<Watch>, Error> {
        cx.require(Permission::Read)?;
        match self.map_run_of(cx, run, map_run).await {
            Ok(map_run) => Ok(self.executor.watch(&cx.workspace.id, &map_run.id, seen)),
            Err(Error::NotFound { what: "Map Run", .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// A filter in the common grammar.
pub(super) fn parsed(filter: Option<&str>) -> Result<ItemFilter, Error> {
    filter
        .unwrap_or_default()
        .parse()
        .map_err(|error: FilterError| Error::invalid("filter", error.to_string()))
}

/// The filter with what the query's own fields say.
fn narrowed(mut filter: ItemFilter, query: &ItemQuery) -> Result<ItemFilter, Error> {
    let statuses = statuses(query.status.as_deref().unwrap_or_default())?;
    if !statuses.is_empty() {
        filter.statuses = statuses;
    }
    if let Some(group) = query.group {
        filter.groups = vec![group];
    }
    if let Some(key) = query.key.as_deref().filter(|key| !key.is_empty()) {
        filter.key = Some(key.to_owned());
    }
    if query.from.is_some() || query.to.is_some() {
        filter.range = Some(query.from.unwrap_or(0)..=query.to.unwrap_or(u64::MAX));
    }
    Ok(filter)
}

fn statuses(text: &str) -> Result<Vec<ItemStatus>, Error> {
    let names = text.split(',').map(str::trim).filter(|name| !name.is_empty());
    names
        .map(|name| {
            let upper = name.to_ascii_uppercase();
            let found = ItemStatus::ALL.into_iter().find(|status| status.as_str() == upper);
            found.ok_or_else(|| {
                let known: Vec<_> = ItemStatus::ALL.iter().map(|status| status.as_str()).collect();
                Error::invalid("status", format!("\"{name}\" is not a status. Use {}.", known.join(", ")))
            })
        })
        .collect()
}
