//! The stable codes of problems. Each has a page at `/docs/errors/CODE`.

/// What a code means.
#[derive(Debug)]
pub struct Code {
    /// Its name in problem documents and in the page's address; it never changes.
    pub name: &'static str,
    /// The HTTP status that it comes with.
    pub status: u16,
    /// It in a few words.
    pub title: &'static str,
    /// When a request is refused with it.
    pub when: &'static str,
    /// What the caller can do.
    pub remedy: &'static str,
}

impl Code {
    /// The address of its page on this server.
    pub fn page(&self) -> String {
        format!("/docs/errors/{}", self.name)
    }
}

/// Every code, by status.
pub static ALL: &[Code] = &[
    Code {
        name: "malformed",
        status: 400,
        title: "The request cannot be read",
        when: "The body is not JSON, or it ended too early. Nothing was done.",
        remedy: "Send one JSON text in UTF-8. The detail names the line and column where reading stopped.",
    },
    Code {
        name: "unauthenticated",
        status: 401,
        title: "Nobody is signed in",
        when: "There is no API token, the token is unknown, revoked or expired, or the session has ended.",
        remedy: "Send the header Authorization: Bearer TOKEN. Make a token in the workspace's settings, or with \
                 mapwright token create --workspace SLUG --scopes read,operate.",
    },
    Code {
        name: "forbidden",
        status: 403,
        title: "This needs another permission",
        when: "The caller is known, but the token's scopes or the person's role do not allow this.",
        remedy: "Use a token with the scope that the detail names, or ask an administrator of the workspace.",
    },
    Code {
        name: "cross-site",
        status: 403,
        title: "The request came from another site",
        when: "A browser sent this on behalf of a page of another origin. Such requests are refused, whoever is signed in.",
        remedy: "Call the API from a program with an API token, or from pages of this server.",
    },
    Code {
        name: "not-found",
        status: 404,
        title: "There is no such thing",
        when: "The id, name or address is unknown in this workspace. Things of other workspaces are answered the same way.",
        remedy: "Check the id, and that the token belongs to the right workspace: GET /api/v1/me tells it.",
    },
    Code {
        name: "method-not-allowed",
        status: 405,
        title: "The address does not answer this method",
        when: "The address exists, but not for this method.",
        remedy: "Use one of the methods in the answer's Allow header; /docs/api lists all of them.",
    },
    Code {
        name: "conflict",
        status: 409,
        title: "Not in this state",
        when: "The request is right, but what it concerns is in another state: a name is taken, a run has ended already.",
        remedy: "Read the thing again and decide anew. The detail tells what stands in the way.",
    },
    Code {
        name: "idempotency-running",
        status: 409,
        title: "The first request with this key is still running",
        when: "A request with the same Idempotency-Key was begun and has not been answered yet.",
        remedy: "Wait a moment and send the same request again; its answer will be the first one's.",
    },
    Code {
        name: "precondition-failed",
        status: 412,
        title: "It has changed in the meantime",
        when: "If-Match names an ETag that is no longer the current one: somebody else wrote first. Nothing was done.",
        remedy: "Read the thing again, apply the change to what it is now, and send that with the new ETag.",
    },
    Code {
        name: "too-large",
        status: 413,
        title: "The body is too large",
        when: "JSON bodies have at most 4 MiB.",
        remedy: "Upload data as an object or a manifest: those are streamed and may be as large as the disk.",
    },
    Code {
        name: "unsupported-media-type",
        status: 415,
        title: "The body is not JSON",
        when: "The route reads JSON and the header Content-Type says something else, or is missing.",
        remedy: "Send Content-Type: application/json.",
    },
    Code {
        name: "invalid",
        status: 422,
        title: "Something in the request is wrong",
        when: "The request can be read, but a field is missing, unknown, or out of its limits. Nothing was done.",
        remedy: "Each entry of \"problems\" names a field, or a JSON pointer into a definition, and says what is expected.",
    },
    Code {
        name: "idempotency-mismatch",
        status: 422,
        title: "The key was used for another request",
        when: "An Idempotency-Key stands for one request. This one has another address or another body than the first with this key.",
        remedy: "Use a new key for every new request, and the old key only to repeat the same one.",
    },
    Code {
        name: "idempotency-unsupported",
        status: 422,
        title: "This route takes no Idempotency-Key",
        when: "Bodies of uploads are streamed and not kept, so two of them cannot be compared.",
        remedy: "Leave the header out. To be safe against doubles, put the file with PUT /api/v1/buckets/BUCKET/objects/KEY, \
                 which may be repeated, and make the manifest with POST /api/v1/manifests/generate, which takes a key.",
    },
    Code {
        name: "limit-exceeded",
        status: 429,
        title: "Too much or too often",
        when: "Something has a limit and it is reached, such as wrong passwords for one address.",
        remedy: "Wait as long as the detail says.",
    },
    Code {
        name: "rate-limited",
        status: 429,
        title: "Too many requests",
        when: "This token, or this person's session, sent more requests than the operator allows in a minute.",
        remedy: "Wait the seconds in Retry-After. The headers RateLimit and RateLimit-Policy tell what is left. \
                 Watch a run by its stream instead of asking again and again.",
    },
    Code {
        name: "internal",
        status: 500,
        title: "Something went wrong on the server",
        when: "A fault of the server. It is in the server's log, with the request's id.",
        remedy: "Try again with the same Idempotency-Key. If it stays, tell the operator the request's id.",
    },
    Code {
        name: "unavailable",
        status: 502,
        title: "Something outside does not answer",
        when: "An object store, an endpoint or a function outside this server refused or could not be reached.",
        remedy: "The detail tells what it said. Check the connection in the workspace's settings, then try again.",
    },
];

/// The code with a name; `internal` for an unknown one.
pub fn find(name: &str) -> &'static Code {
    let internal = ALL.iter().find(|code| code.status == 500).unwrap_or(&ALL[0]);
    ALL.iter().find(|code| code.name == name).unwrap_or(internal)
}

#[cfg(test)]
mod tests {
    use super::*;
    use service::Error;

    #[test]
    fn every_error_of_the_use_cases_has_its_code() {
        for error in [
            Error::Unauthenticated(""),
            Error::Forbidden { needed: "", has: String::new() },
            Error::not_found("", ""),
            Error::Invalid(Vec::new()),
            Error::Conflict(String::new()),
            Error::Stale(String::new()),
            Error::LimitExceeded(String::new()),
            Error::Unavailable(String::new()),
            Error::internal(""),
        ] {
            let code = find(error.code());
            assert_eq!((code.name, code.status), (error.code(), error.status()));
        }
    }

    #[test]
    fn names_are_unique_and_fit_an_address() {
        for (at, code) in ALL.iter().enumerate() {
            assert!(code.name.bytes().all(|b| b.is_ascii_lowercase() || b == b'-'), "{}", code.name);
            assert!(
                ALL[at + 1..].iter().all(|other| other.name != code.name),
                "{} is there twice",
                code.name
            );
        }
    }
}
