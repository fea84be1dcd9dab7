-- The events of the parent executions, appended as they happen.
CREATE TABLE run_history (
  run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  number BIGINT NOT NULL,
  data BYTEA NOT NULL,
  PRIMARY KEY (run_id, number)
);

-- Calls that wait for a worker outside: activities and callbacks. A row goes when its call has ended.
CREATE TABLE task_tokens (
  token TEXT PRIMARY KEY,
  workspace_id TEXT NOT NULL,
  run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  -- The activity's name; NULL for callbacks.
  activity TEXT,
  input TEXT NOT NULL,
  -- Older ones are given out first.
  place BIGINT NOT NULL,
  -- Who took it, JSON text; NULL while it waits.
  worker TEXT,
  -- How it ended, JSON text of the executor; NULL before.
  answer TEXT,
  heartbeat_at BIGINT NOT NULL,
  changed_at BIGINT NOT NULL
);
CREATE INDEX task_tokens_queue ON task_tokens (workspace_id, activity, place) WHERE worker IS NULL;
CREATE INDEX task_tokens_by_run ON task_tokens (run_id);
CREATE INDEX task_tokens_by_change ON task_tokens (changed_at);
