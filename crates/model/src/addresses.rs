//! Which network addresses a tenant may make this server talk to.
//!
//! Endpoints that tenants give (object stores, HTTP functions) must not reach the server's own
//! machine or network. A name is checked again after it is resolved, on the address that is then
//! connected to. Sources: IANA special-purpose address registries (RFC 6890 and its updates).

use serde::{Deserialize, Serialize};
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

/// An address that the policy refuses.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{host} is {kind}, and this server does not call such addresses for a workspace. \
     Use a public address, or ask the operator to allow this network."
)]
pub struct RefusedAddress {
    /// The host as it was given, or the address that it resolved to.
    pub host: String,
    /// What kind of address it is: "a loopback address".
    pub kind: &'static str,
}

/// A network in CIDR notation: `10.1.0.0/16`, `fd00::/8`, or one plain address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Network {
    address: IpAddr,
    bits: u8,
}

impl Network {
    /// Whether `ip` lies in this network. An IPv4 network never holds an IPv6 address.
    pub fn contains(&self, ip: IpAddr) -> bool {
        match (self.address, plain(ip)) {
            (IpAddr::V4(net), IpAddr::V4(ip)) => {
                let mask = u32::MAX.checked_shl(32 - u32::from(self.bits)).unwrap_or(0);
                u32::from(net) & mask == u32::from(ip) & mask
            }
            (IpAddr::V6(net), IpAddr::V6(ip)) => {
                let mask = u128::MAX.checked_shl(128 - u32::from(self.bits)).unwrap_or(0);
                u128::from(net) & mask == u128::from(ip) & mask
            }
            _ => false,
        }
    }
}

impl FromStr for Network {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("\"{text}\" is not a network such as 10.1.0.0/16 or fd00::/8");
        let (address, bits) = text.split_once('/').map_or((text, None), |(a, b)| (a, Some(b)));
        let address: IpAddr = address.trim().parse().map_err(|_| wrong())?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let bits = bits.map_or(Ok(most), |bits| bits.trim().parse().map_err(|_| wrong()))?;
        (bits <= most).then_some(Self { address, bits }).ok_or_else(wrong)
    }
}

impl TryFrom<String> for Network {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<Network> for String {
    fn from(network: Network) -> String {
        network.to_string()
    }
}

impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.bits)
    }
}

/// What the operator lets tenants reach. The default is public addresses only.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AddressPolicy {
    /// Lets loopback and private networks through. Link-local addresses (where clouds serve
    /// machine credentials) and multicast stay refused unless `allowed` names them.
    pub allow_private: bool,
    /// Networks that are let through whatever they are.
    pub allowed: Vec<Network>,
}

impl AddressPolicy {
    /// Loopback and private networks too: for endpoints that the operator gives.
    pub fn private() -> Self {
        Self { allow_private: true, allowed: Vec::new() }
    }

    /// Checks an address that is about to be connected to.
    pub fn check(&self, ip: IpAddr) -> Result<(), RefusedAddress> {
        let Some((kind, private)) = special(ip) else { return Ok(()) };
        let let_through = self.allow_private && private || self.allowed.iter().any(|net| net.contains(ip));
        let_through.then_some(()).ok_or_else(|| RefusedAddress { host: ip.to_string(), kind })
    }

    /// Checks the host part of a URL before anything is resolved: literal addresses (IPv6 with
    /// or without brackets), and numeric forms such as `127.1` or `0x7f000001`, which resolvers
    /// read as addresses.
    pub fn check_host(&self, host: &str) -> Result<(), RefusedAddress> {
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        if let Ok(ip) = bare.parse::<IpAddr>() {
            return self.check(ip);
        }
        let last = bare.trim_end_matches('.').rsplit('.').next().unwrap_or_default();
        let hex = last.to_ascii_lowercase().starts_with("0x");
        match hex || last.bytes().all(|b| b.is_ascii_digit()) {
            true => Err(RefusedAddress {
                host: format!("\"{host}\""),
                kind: "a number that is not a plain address",
            }),
            false => Ok(()),
        }
    }
}

/// An IPv6 address that carries an IPv4 address, as that IPv4 address.
fn plain(ip: IpAddr) -> IpAddr {
    let IpAddr::V6(v6) = ip else { return ip };
    let [.., g, h] = v6.segments();
    let low = Ipv4Addr::from((u32::from(g) << 16) | u32::from(h));
    match v6.segments() {
        // Mapped, compatible (not :: and ::1), NAT64 and 6to4.
        [0, 0, 0, 0, 0, 0xffff, ..] | [0x64, 0xff9b, 0, 0, 0, 0, ..] => IpAddr::V4(low),
        [0, 0, 0, 0, 0, 0, ..] if u32::from(low) > 0xffff => IpAddr::V4(low),
        [0x2002, a, b, ..] => IpAddr::V4(Ipv4Addr::from((u32::from(a) << 16) | u32::from(b))),
        _ => ip,
    }
}

/// What an address is when it is not public, and whether `allow_private` covers it.
fn special(ip: IpAddr) -> Option<(&'static str, bool)> {
    match plain(ip) {
        IpAddr::V4(ip) => special_v4(ip),
        IpAddr::V6(ip) => special_v6(ip),
    }
}

fn special_v4(ip: Ipv4Addr) -> Option<(&'static str, bool)> {
    match ip.octets() {
        [127, ..] => Some(("a loopback address", true)),
        [10, ..] | [172, 16..=31, ..] | [192, 168, ..] => Some(("a private address", true)),
        [100, 64..=127, ..] => Some(("a carrier's private address", true)),
        [169, 254, ..] => Some(("a link-local address", false)),
        [0, ..] => Some(("an unspecified address", false)),
        [224..=239, ..] => Some(("a multicast address", false)),
        [192, 0, 0, _] | [192, 0, 2, _] | [198, 18..=19, ..] => Some(("a reserved address", false)),
        [198, 51, 100, _] | [203, 0, 113, _] | [240..=255, ..] => Some(("a reserved address", false)),
        _ => None,
    }
}

fn special_v6(ip: Ipv6Addr) -> Option<(&'static str, bool)> {
    match ip.segments() {
        [0, 0, 0, 0, 0, 0, 0, 1] => Some(("a loopback address", true)),
        // Where Amazon serves machine credentials over IPv6.
        [0xfd00, 0xec2, ..] => Some(("a link-local address", false)),
        [0xfc00..=0xfdff, ..] => Some(("a private address", true)),
        [0xfe80..=0xfebf, ..] => Some(("a link-local address", false)),
        [0xfec0..=0xfeff, ..] => Some(("a private address", true)),
        [0xff00..=0xffff, ..] => Some(("a multicast address", false)),
        [0, 0, 0, 0, 0, 0, ..] => Some(("an unspecified address", false)),
        [0x100, 0, 0, 0, ..] | [0x2001, 0xdb8, ..] | [0x64, 0xff9b, 1, ..] => {
            Some(("a reserved address", false))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(policy: &AddressPolicy, hosts: &[&str]) {
        for host in hosts {
            assert!(policy.check_host(host).is_err(), "{host} should be refused");
        }
    }

    #[test]
    fn tenants_reach_public_addresses_only() {
        let policy = AddressPolicy::default();
        for host in ["8.8.8.8", "s3.amazonaws.com", "[2606:4700::1111]", "172.32.0.1", "100.128.0.1"] {
            assert_eq!(policy.check_host(host), Ok(()), "{host}");
        }
        refused(&policy, &["127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254"]);
        refused(&policy, &["0.0.0.0", "100.64.0.1", "224.0.0.1", "255.255.255.255", "::", "[::1]"]);
        refused(&policy, &["fe80::1", "fd00::1", "fd00:ec2::254", "ff02::1", "2001:db8::1"]);
    }

    #[test]
    fn addresses_in_disguise_are_seen() {
        let policy = AddressPolicy::default();
        refused(&policy, &["::ffff:127.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::"]);
        refused(&policy, &["127.1", "2130706433", "0x7f000001", "0x7f.1", "127.0.0.1.", "0.0.1"]);
    }

    #[test]
    fn the_operator_can_open_networks() {
        let private = AddressPolicy::private();
        assert_eq!(private.check_host("127.0.0.1"), Ok(()));
        assert_eq!(private.check_host("[fd00::1]"), Ok(()));
        refused(&private, &["169.254.169.254", "::ffff:169.254.169.254", "fd00:ec2::254", "0.0.0.0"]);
        let one = AddressPolicy {
            allow_private: false,
            allowed: vec!["10.1.0.0/16".parse().unwrap(), "::1".parse().unwrap()],
        };
        assert_eq!(one.check_host("10.1.200.3"), Ok(()));
        assert_eq!(one.check_host("::1"), Ok(()));
        refused(&one, &["10.2.0.1", "127.0.0.1"]);
    }

    #[test]
    fn networks_are_read_and_written() {
        let all: Network = "0.0.0.0/0".parse().unwrap();
        assert!(all.contains("8.8.8.8".parse().unwrap()));
        assert!(!all.contains("2606::1".parse().unwrap()));
        assert_eq!("fd00::/8".parse::<Network>().unwrap().to_string(), "fd00::/8");
        assert!("10.0.0.0/33".parse::<Network>().is_err());
        assert!("here".parse::<Network>().is_err());
    }

    #[test]
    fn the_sentence_says_what_and_what_to_do() {
        let said = AddressPolicy::default().check_host("127.0.0.1").unwrap_err().to_string();
        assert!(said.starts_with("127.0.0.1 is a loopback address"), "{said}");
        assert!(said.contains("ask the operator"), "{said}");
    }
}
