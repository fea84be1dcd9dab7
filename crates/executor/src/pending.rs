//! Calls and timers of one execution that have not ended.

use asl::{EffectId, Event};
use futures::future::{AbortHandle, Abortable, BoxFuture};
use futures::stream::{FuturesUnordered, StreamExt};
use std::collections::HashMap;
use std::future::poll_fn;
use std::task::{Context, Poll};

type Work = BoxFuture<'static, Event>;

/// What an execution waits for. Most wait for one thing at a time, which needs no queue.
#[derive(Default)]
pub(crate) struct Pending {
    one: Option<(EffectId, Work)>,
    more: Option<FuturesUnordered<Abortable<Work>>>,
    handles: HashMap<EffectId, AbortHandle>,
}

impl Pending {
    /// Adds what ends with the effect's event.
    pub(crate) fn add(&mut self, id: EffectId, work: Work) {
        if self.one.is_none() {
            self.one = Some((id, work));
            return;
        }
        let handle = self.queue(work);
        self.handles.insert(id, handle);
    }

    /// Adds what never ends, but has something to do.
    pub(crate) fn add_endless(&mut self, work: Work) {
        self.queue(work);
    }

    fn queue(&mut self, work: Work) -> AbortHandle {
        let (handle, registration) = AbortHandle::new_pair();
        self.more.get_or_insert_default().push(Abortable::new(work, registration));
        handle
    }

    pub(crate) fn contains(&self, id: EffectId) -> bool {
        self.one.as_ref().is_some_and(|(one, _)| *one == id) || self.handles.contains_key(&id)
    }

    /// Gives up what the effect asked for; whether it was under way.
    pub(crate) fn give_up(&mut self, id: EffectId) -> bool {
        if self.one.take_if(|(one, _)| *one == id).is_some() {
            return true;
        }
        let handle = self.handles.remove(&id);
        handle.inspect(AbortHandle::abort).is_some()
    }

    /// The event of whatever ends next; never ready while nothing is under way.
    pub(crate) async fn next(&mut self) -> Event {
        poll_fn(|cx| self.poll(cx)).await
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Event> {
        if let Some((_, work)) = &mut self.one
            && let Poll::Ready(event) = work.as_mut().poll(cx)
        {
            self.one = None;
            return Poll::Ready(event);
        }
        let Some(more) = &mut self.more else { return Poll::Pending };
        while let Poll::Ready(Some(ended)) = more.poll_next_unpin(cx) {
            // What was given up ends without an event.
            let Ok(event) = ended else { continue };
            if let Some(id) = effect_of(&event) {
                self.handles.remove(&id);
            }
            return Poll::Ready(event);
        }
        Poll::Pending
    }
}

/// The effect that has ended with an event.
fn effect_of(event: &Event) -> Option<EffectId> {
    match event {
        Event::TaskSucceeded { id, .. }
        | Event::TaskFailed { id, .. }
        | Event::TaskSubmitted { id, .. }
        | Event::TimerFired { id } => Some(*id),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::sync::oneshot;

    fn timer(id: EffectId) -> (oneshot::Sender<()>, Work) {
        let (fire, fired) = oneshot::channel::<()>();
        (fire, Box::pin(async move {
            let _ = fired.await;
            Event::TimerFired { id }
        }))
    }

    #[tokio::test]
    async fn what_was_added_ends_once_and_what_was_given_up_never_does() {
        let mut pending = Pending::default();
        let ids: Vec<EffectId> = (1..=4).map(EffectId).collect();
        let mut fires = Vec::new();
        for id in &ids {
            let (fire, work) = timer(*id);
            pending.add(*id, work);
            fires.push(fire);
        }
        assert!(ids.iter().all(|id| pending.contains(*id)));
        assert!(pending.give_up(ids[0]) && !pending.give_up(ids[0]));
        assert!(pending.give_up(ids[2]) && !pending.contains(ids[2]));
        let (late, work) = timer(EffectId(5));
        pending.add(EffectId(5), work);
        fires.into_iter().for_each(|fire| _ = fire.send(()));
        let mut ended = vec![pending.next().await, pending.next().await];
        late.send(()).unwrap();
        ended.push(pending.next().await);
        let mut ended: Vec<EffectId> = ended.iter().filter_map(effect_of).collect();
        ended.sort_unstable();
        assert_eq!(ended, [ids[1], ids[3], EffectId(5)]);
        assert!(![1, 2, 3, 4, 5].into_iter().any(|id| pending.contains(EffectId(id))));
        assert!(futures::FutureExt::now_or_never(pending.next()).is_none());
    }
}
