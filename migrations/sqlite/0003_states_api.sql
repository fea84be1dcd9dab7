-- What AWS clients see: access keys, the type and settings of state machines, published versions,
-- aliases, tags, activities. Times are Unix milliseconds.
CREATE TABLE access_keys (
  id TEXT PRIMARY KEY,
  workspace_id TEXT NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  sealed_secret TEXT NOT NULL,
  scopes TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  last_used_at BIGINT
);
CREATE INDEX access_keys_by_workspace ON access_keys (workspace_id);

-- STANDARD or EXPRESS; the number of the last version that was published.
ALTER TABLE jobs ADD COLUMN type TEXT NOT NULL DEFAULT 'STANDARD';
ALTER TABLE jobs ADD COLUMN published BIGINT NOT NULL DEFAULT 0;
-- Role, logging, tracing and encryption of this version, JSON.
ALTER TABLE job_versions ADD COLUMN settings TEXT NOT NULL DEFAULT '{}';

CREATE TABLE published_versions (
  job_id TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
  number BIGINT NOT NULL,
  job_version BIGINT NOT NULL,
  description TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (job_id, number)
);

CREATE TABLE aliases (
  job_id TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  detail TEXT NOT NULL,
  PRIMARY KEY (job_id, name)
);

CREATE TABLE activities (
  workspace_id TEXT NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (workspace_id, name)
);

CREATE TABLE tags (
  workspace_id TEXT NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
  arn TEXT NOT NULL,
  name TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (workspace_id, arn, name)
);
