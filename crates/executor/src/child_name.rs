//! Names of child executions: UUIDs that say which child they name.

/// The name of a child: a UUID made of the Map Run and the child's index, the same after every restart.
pub fn child_name(map_run: &str, index: u64) -> String {
    name_with(seed(map_run), index)
}

/// The same for many children of a Map Run, whose [`seed`] is known.
pub(crate) fn name_with(mask: u64, index: u64) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let check = mix(mask ^ index);
    let parts = [
        (check >> 32, 8),
        (check >> 16 & 0xffff, 4),
        (0x3000 | check >> 4 & 0xfff, 4),
        (0x8000 | check & 0xfff, 4),
        ((index ^ mask) & 0xffff_ffff_ffff, 12),
    ];
    let mut name = String::with_capacity(36);
    for (place, (part, digits)) in parts.into_iter().enumerate() {
        if place > 0 {
            name.push('-');
        }
        for digit in (0..digits).rev() {
            name.push(char::from(DIGITS[(part >> (4 * digit)) as usize & 15]));
        }
    }
    name
}

/// The index of the child that a name of this Map Run names; `None` for other names.
pub fn child_index(map_run: &str, name: &str) -> Option<u64> {
    let tail = u64::from_str_radix(name.get(24..36)?, 16).ok()?;
    let index = (tail ^ seed(map_run)) & 0xffff_ffff_ffff;
    (child_name(map_run, index) == name).then_some(index)
}

/// A number of the Map Run, for names and for the children's random seeds.
pub(crate) fn seed(map_run: &str) -> u64 {
    let hash = |state: u64, byte: u8| (state ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    mix(map_run.bytes().fold(0xcbf2_9ce4_8422_2325, hash))
}

/// Spreads a number over 64 bits (splitmix64).
pub(crate) fn mix(value: u64) -> u64 {
    let mut z = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_says_which_child_it_names() {
        for index in [0, 1, 4_095, 9_999_999] {
            let name = child_name("run", index);
            assert_eq!((name.len(), &name[14..15], &name[19..20]), (36, "3", "8"));
            assert_eq!(name.matches('-').count(), 4);
            assert_eq!(child_index("run", &name), Some(index));
            assert_eq!(child_index("other", &name), None);
        }
        assert_eq!(child_index("run", "ééééééééééééééééééé"), None);
    }
}
