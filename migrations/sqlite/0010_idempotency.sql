-- Answers kept by Idempotency-Key for a day, so that a repeated request is not done twice. While
-- the first request runs, `answer` is NULL and its claim is renewed. Times are Unix milliseconds.
CREATE TABLE idempotency_keys (
  workspace_id TEXT NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
  actor TEXT NOT NULL,
  name TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  claim TEXT NOT NULL,
  claimed_until BIGINT NOT NULL,
  answer TEXT,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (workspace_id, actor, name)
);
CREATE INDEX idempotency_keys_by_time ON idempotency_keys (created_at);
