-- How long a workspace keeps what its runs leave behind, and which runs have lost their payloads:
-- 0 none, 1 some, 2 all that the policy does not keep.
CREATE TABLE retention (
  workspace_id TEXT PRIMARY KEY REFERENCES workspaces (id) ON DELETE CASCADE,
  policy TEXT NOT NULL
);

ALTER TABLE runs ADD COLUMN trimmed BIGINT NOT NULL DEFAULT 0;
