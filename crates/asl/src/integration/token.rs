//! Task tokens: opaque to workers, but they say which execution and which call they belong to.

use crate::execution::EffectId;
use crate::scope::Rng;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// A token for one call. Its random part keeps it from being guessed.
pub(crate) fn task_token(execution_id: &str, call: EffectId, rng: &Rng) -> String {
    let random = [rng.next_u64(), rng.next_u64()];
    let plain = format!("{call}:{:016x}{:016x}:{execution_id}", random[0], random[1]);
    URL_SAFE_NO_PAD.encode(plain)
}

/// The execution's ARN and the call that a token belongs to; `None` when it is no token of this interpreter.
/// Whoever uses it must still compare the whole token with the one that the call carries.
pub fn read_task_token(token: &str) -> Option<(String, EffectId)> {
    let plain = String::from_utf8(URL_SAFE_NO_PAD.decode(token).ok()?).ok()?;
    let mut parts = plain.splitn(3, ':');
    let call = u64::from_str_radix(parts.next()?, 16).ok()?;
    let _random = parts.next()?;
    Some((parts.next()?.to_owned(), EffectId(call)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_leads_back_to_its_call() {
        let token = task_token("arn:aws:states:r:a:execution:m:n", EffectId(0x1_0000_0002), &Rng::new(7));
        let back = read_task_token(&token);
        assert_eq!(back, Some(("arn:aws:states:r:a:execution:m:n".into(), EffectId(0x1_0000_0002))));
        assert_eq!(read_task_token("?"), None);
    }
}
