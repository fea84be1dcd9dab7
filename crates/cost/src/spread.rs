//! Numbers that are not known exactly, and draws from them.

use serde::{Deserialize, Serialize};

/// No number of a workload is larger: thirty years in milliseconds.
const MOST: f64 = 1e12;

/// A number between two bounds, most likely `likely`. In JSON a plain number is a spread without width.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(from = "Form")]
pub struct Spread {
    /// The least that is thought possible.
    pub low: f64,
    /// The best guess.
    pub likely: f64,
    /// The most that is thought possible.
    pub high: f64,
}

/// How a [`Spread`] can be written.
#[derive(Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(as = SpreadInput))]
#[serde(untagged)]
pub(crate) enum Form {
    /// No doubt.
    Number(f64),
    /// Three numbers.
    Bounds {
        /// The least that is thought possible.
        low: f64,
        /// The best guess.
        likely: f64,
        /// The most that is thought possible.
        high: f64,
    },
}

impl From<Form> for Spread {
    fn from(form: Form) -> Self {
        match form {
            Form::Number(number) => Self::exactly(number),
            Form::Bounds { low, likely, high } => Self::between(low, likely, high),
        }
    }
}

impl Spread {
    /// No doubt.
    pub fn exactly(number: f64) -> Self {
        Self::between(number, number, number)
    }

    /// Three guesses, put in order; what is negative or no number counts as 0.
    pub fn between(low: f64, likely: f64, high: f64) -> Self {
        let mut three = [low, likely, high].map(|n| if n.is_finite() { n.clamp(0.0, MOST) } else { 0.0 });
        three.sort_by(f64::total_cmp);
        let [low, likely, high] = three;
        Self { low, likely, high }
    }

    /// Whether there is any doubt.
    pub fn is_wide(&self) -> bool {
        self.high > self.low
    }

    /// The triangular distribution's quantile at `chance` in 0..1.
    pub(crate) fn quantile(&self, chance: f64) -> f64 {
        let (width, left) = (self.high - self.low, self.likely - self.low);
        if width <= 0.0 {
            return self.likely;
        }
        // Only arithmetic and square roots: the same bits on every machine.
        match chance < left / width {
            true => self.low + (chance * width * left).sqrt(),
            false => self.high - ((1.0 - chance) * width * (self.high - self.likely)).sqrt(),
        }
    }
}

/// Chance that is the same every time: SplitMix64.
#[derive(Clone, Debug)]
pub(crate) struct Chance(pub u64);

impl Chance {
    /// A number in 0..1.
    pub fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_bounds_are_read() {
        assert_eq!(serde_json::from_str::<Spread>("2.5").unwrap(), Spread::exactly(2.5));
        let text = r#"{"low":3,"likely":1,"high":2}"#;
        assert_eq!(
            serde_json::from_str::<Spread>(text).unwrap(),
            Spread { low: 1.0, likely: 2.0, high: 3.0 }
        );
        assert_eq!(Spread::exactly(f64::NAN).likely, 0.0);
    }

    #[test]
    fn quantiles_stay_within_and_their_mean_is_the_triangles() {
        let spread = Spread::between(1.0, 2.0, 6.0);
        let mut chance = Chance(7);
        let draws: Vec<f64> = (0..20_000).map(|_| spread.quantile(chance.next())).collect();
        assert!(draws.iter().all(|draw| (1.0..=6.0).contains(draw)));
        let mean = draws.iter().sum::<f64>() / draws.len() as f64;
        assert!((mean - 3.0).abs() < 0.03, "{mean}");
        assert_eq!((spread.quantile(0.0), spread.quantile(1.0)), (1.0, 6.0));
    }
}
