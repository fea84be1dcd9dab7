-- Runs, their Map Runs and the ledger. Times are Unix milliseconds; what is not searched is JSON or packed.
CREATE TABLE runs (
  id TEXT PRIMARY KEY,
  workspace_id TEXT NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
  job_id TEXT,
  status TEXT NOT NULL,
  arn TEXT NOT NULL,
  detail TEXT NOT NULL,
  launch TEXT NOT NULL,
  snapshot BLOB NOT NULL,
  lease_owner TEXT,
  lease_until BIGINT NOT NULL,
  UNIQUE (workspace_id, arn)
);
CREATE INDEX runs_by_workspace ON runs (workspace_id, id);
CREATE INDEX runs_by_job ON runs (job_id, id);
CREATE INDEX runs_by_status ON runs (status, lease_until);

CREATE TABLE map_runs (
  id TEXT PRIMARY KEY,
  run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  workspace_id TEXT NOT NULL,
  place TEXT NOT NULL,
  arn TEXT NOT NULL UNIQUE,
  detail TEXT NOT NULL,
  plan TEXT NOT NULL,
  cursor TEXT NOT NULL,
  bins BLOB NOT NULL,
  UNIQUE (run_id, place)
);

CREATE TABLE chunks (
  map_run_id TEXT NOT NULL REFERENCES map_runs (id) ON DELETE CASCADE,
  number BIGINT NOT NULL,
  pending BIGINT NOT NULL,
  running BIGINT NOT NULL,
  succeeded BIGINT NOT NULL,
  failed BIGINT NOT NULL,
  timed_out BIGINT NOT NULL,
  aborted BIGINT NOT NULL,
  retrying BIGINT NOT NULL,
  data BLOB NOT NULL,
  PRIMARY KEY (map_run_id, number)
);

CREATE TABLE segments (
  map_run_id TEXT NOT NULL REFERENCES map_runs (id) ON DELETE CASCADE,
  number BIGINT NOT NULL,
  first_index BIGINT NOT NULL,
  last_index BIGINT NOT NULL,
  keys BLOB NOT NULL,
  data BLOB NOT NULL,
  PRIMARY KEY (map_run_id, number)
);

CREATE TABLE failure_groups (
  map_run_id TEXT NOT NULL REFERENCES map_runs (id) ON DELETE CASCADE,
  id BIGINT NOT NULL,
  detail TEXT NOT NULL,
  PRIMARY KEY (map_run_id, id)
);

-- Standard children between two of their Tasks: what a restart goes on from.
CREATE TABLE journal (
  map_run_id TEXT NOT NULL REFERENCES map_runs (id) ON DELETE CASCADE,
  child_index BIGINT NOT NULL,
  data BLOB NOT NULL,
  PRIMARY KEY (map_run_id, child_index)
);

CREATE TABLE operations (
  id TEXT PRIMARY KEY,
  workspace_id TEXT NOT NULL,
  run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  detail TEXT NOT NULL
);
CREATE INDEX operations_by_run ON operations (run_id, id);

CREATE TABLE progress (
  map_run_id TEXT NOT NULL REFERENCES map_runs (id) ON DELETE CASCADE,
  at BIGINT NOT NULL,
  detail TEXT NOT NULL,
  PRIMARY KEY (map_run_id, at)
);
