-- Times are milliseconds since 1970; JSON is text in which all but ASCII is escaped.

CREATE TABLE job (
  seq             BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  id              TEXT NOT NULL UNIQUE,
  owner           TEXT NOT NULL,
  model           TEXT NOT NULL,
  settings        TEXT NOT NULL, -- JSON
  inputs          TEXT NOT NULL, -- JSON
  search          TEXT NOT NULL, -- the prompt in small letters
  remixed_from    TEXT,
  webhook_url     TEXT,
  recipe_hash     TEXT,
  traceparent     TEXT,
  state           TEXT NOT NULL CHECK (state IN ('queued', 'in_progress', 'completed', 'failed')),
  error_code      TEXT,
  error_message   TEXT,
  priority        BIGINT NOT NULL,
  place           BIGINT NOT NULL, -- among jobs of the same priority and waiting time
  waits_since     BIGINT NOT NULL, -- what ageing counts from
  metadata        TEXT NOT NULL, -- JSON
  warnings        TEXT NOT NULL, -- JSON
  outcome         TEXT NOT NULL, -- JSON
  bytes           BIGINT NOT NULL,
  gone            BIGINT NOT NULL, -- 1 once its files were removed
  created_at      BIGINT NOT NULL,
  started_at      BIGINT,
  finished_at     BIGINT,
  expires_at      BIGINT,
  attempts        BIGINT NOT NULL,
  starts          BIGINT NOT NULL, -- since the last new checkpoint
  fence           BIGINT NOT NULL, -- of the last claim
  worker          TEXT, -- of the claim; none if nobody runs it
  session         BIGINT, -- opening of the store in which it was claimed
  lease_until     BIGINT,
  checkpoint_step BIGINT,
  cancel          BIGINT NOT NULL, -- 1 if it runs and shall not
  CHECK ((state = 'failed') = (error_code IS NOT NULL)),
  CHECK ((state = 'in_progress') = (worker IS NOT NULL))
);
CREATE INDEX job_state ON job (state);
CREATE INDEX job_owner ON job (owner, seq);
CREATE INDEX job_recipe ON job (recipe_hash) WHERE recipe_hash IS NOT NULL;
CREATE INDEX job_finished ON job (finished_at) WHERE finished_at IS NOT NULL;

CREATE TABLE event (
  id     BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  job_id TEXT NOT NULL,
  owner  TEXT NOT NULL,
  state  TEXT, -- none: the job was deleted
  at     BIGINT NOT NULL
);
CREATE INDEX event_job ON event (job_id, id);

CREATE TABLE idempotency (
  owner     TEXT NOT NULL,
  key       TEXT NOT NULL,
  body_hash TEXT NOT NULL,
  job_seq   BIGINT NOT NULL REFERENCES job (seq) ON DELETE CASCADE,
  PRIMARY KEY (owner, key)
);
CREATE INDEX idempotency_job ON idempotency (job_seq);

CREATE TABLE outbox (
  id           TEXT PRIMARY KEY,
  job_id       TEXT NOT NULL,
  state        TEXT NOT NULL,
  url          TEXT NOT NULL,
  at           BIGINT NOT NULL,
  attempts     BIGINT NOT NULL,
  scheduled_at BIGINT NOT NULL, -- when due_at was set: a clock before that was set back
  due_at       BIGINT NOT NULL
);
CREATE INDEX outbox_due ON outbox (due_at);

CREATE TABLE total (
  kind  TEXT NOT NULL,
  model TEXT NOT NULL,
  name  TEXT NOT NULL,
  value BIGINT NOT NULL,
  PRIMARY KEY (kind, model, name)
);

CREATE TABLE setting (
  name  TEXT PRIMARY KEY,
  value BIGINT NOT NULL
);
