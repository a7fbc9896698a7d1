-- Keys of idempotency outlive a job that is deleted before their time is over.
CREATE TABLE idempotency_key (
  owner     TEXT NOT NULL,
  key       TEXT NOT NULL,
  body_hash TEXT NOT NULL,
  job_id    TEXT NOT NULL,
  taken_at  BIGINT NOT NULL,
  free_at   BIGINT, -- none: as long as the job is there
  PRIMARY KEY (owner, key)
);
INSERT INTO idempotency_key (owner, key, body_hash, job_id, taken_at)
  SELECT i.owner, i.key, i.body_hash, j.id, j.created_at FROM idempotency i JOIN job j ON j.seq = i.job_seq;
CREATE INDEX idempotency_key_job ON idempotency_key (job_id);
CREATE INDEX idempotency_key_free ON idempotency_key (free_at) WHERE free_at IS NOT NULL;
DROP TABLE idempotency;
