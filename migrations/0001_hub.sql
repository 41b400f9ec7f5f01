-- Everything the hub knows. Times are the hub's clock; hashes are SHA-256. `xid` columns hold the transaction that wrote the row last:
-- readers that follow changes ask for what is not older than the oldest transaction that was still open when they asked before.

CREATE TABLE hub (
  only_one                boolean PRIMARY KEY DEFAULT true CHECK (only_one),
  -- Names this database: clusters believe nothing older from another one without a person.
  epoch                   text NOT NULL,
  created_at              timestamptz NOT NULL,
  trust_number            bigint NOT NULL DEFAULT 0,
  trust_sha256            bytea,
  setup_sha256            bytea,
  setup_expires_at        timestamptz,
  -- Since when clusters could report without a break, and when that was last known.
  serving_since           timestamptz,
  alive_at                timestamptz
);

CREATE TABLE account (
  id                      text PRIMARY KEY,
  email                   text NOT NULL UNIQUE,
  name                    text NOT NULL,
  role                    text NOT NULL CHECK (role IN ('viewer', 'operator', 'admin')),
  password_hash           text NOT NULL,
  created_at              timestamptz NOT NULL
);

CREATE TABLE session (
  token_sha256            bytea PRIMARY KEY,
  account_id              text NOT NULL REFERENCES account ON DELETE CASCADE,
  created_at              timestamptz NOT NULL,
  expires_at              timestamptz NOT NULL
);
CREATE INDEX session_account ON session (account_id);

CREATE TABLE sign_in_failure (
  subject                 text NOT NULL,
  at                      timestamptz NOT NULL
);
CREATE INDEX sign_in_failure_subject ON sign_in_failure (subject, at);

CREATE TABLE join_token (
  id                      text PRIMARY KEY,
  name                    text NOT NULL,
  secret_sha256           bytea NOT NULL,
  labels                  jsonb NOT NULL,
  needs_acceptance        boolean NOT NULL,
  uses_left               bigint NOT NULL CHECK (uses_left >= 0),
  created_by              text NOT NULL,
  created_at              timestamptz NOT NULL,
  expires_at              timestamptz NOT NULL,
  revoked_at              timestamptz
);

CREATE TABLE cluster (
  id                      text PRIMARY KEY,
  uid                     text NOT NULL UNIQUE,
  name                    text NOT NULL,
  region                  text NOT NULL,
  provider                text NOT NULL,
  environment             text NOT NULL,
  labels                  jsonb NOT NULL,
  accepted                boolean NOT NULL,
  join_token_id           text NOT NULL REFERENCES join_token,
  identity_epoch          bigint NOT NULL,
  credential_sha256       bytea NOT NULL UNIQUE,
  next_credential_sha256  bytea UNIQUE,
  credential_since        timestamptz NOT NULL,
  generation              bigint NOT NULL,
  enrolled_at             timestamptz NOT NULL,
  operator_version        text NOT NULL,
  facts                   jsonb NOT NULL,
  -- The last report as it came, without credentials.
  report                  jsonb,
  last_report_at          timestamptz,
  instance                text,
  sequence                bigint NOT NULL DEFAULT 0,
  identity_twice_at       timestamptz,
  state                   text NOT NULL,
  state_reason            text NOT NULL,
  state_message           text NOT NULL,
  state_since             timestamptz NOT NULL,
  last_state              text,
  removal_order_id        text,
  removed_at              timestamptz,
  xid                     bigint NOT NULL DEFAULT pg_current_xact_id()::text::bigint
);
CREATE INDEX cluster_xid ON cluster (xid);
CREATE INDEX cluster_join_token ON cluster (join_token_id);
-- One name, one cluster, among those that are not removed.
CREATE UNIQUE INDEX cluster_name ON cluster (name) WHERE removed_at IS NULL;

CREATE TABLE instance (
  cluster_id              text NOT NULL REFERENCES cluster ON DELETE CASCADE,
  id                      text NOT NULL,
  first_seen_at           timestamptz NOT NULL,
  last_seen_at            timestamptz NOT NULL,
  PRIMARY KEY (cluster_id, id)
);

CREATE TABLE event (
  cluster_id              text NOT NULL REFERENCES cluster ON DELETE CASCADE,
  id                      bigint GENERATED ALWAYS AS IDENTITY,
  at                      timestamptz NOT NULL,
  kind                    text NOT NULL,
  tone                    text NOT NULL,
  sentence                text NOT NULL,
  who                     text NOT NULL,
  reason                  text NOT NULL,
  xid                     bigint NOT NULL DEFAULT pg_current_xact_id()::text::bigint,
  PRIMARY KEY (cluster_id, id)
);
CREATE INDEX event_xid ON event (xid);

CREATE TABLE gauge_minute (
  cluster_id              text NOT NULL REFERENCES cluster ON DELETE CASCADE,
  at                      timestamptz NOT NULL,
  gauges                  jsonb NOT NULL,
  PRIMARY KEY (cluster_id, at)
);
CREATE INDEX gauge_minute_at ON gauge_minute (at);

CREATE TABLE gauge_hour (
  cluster_id              text NOT NULL REFERENCES cluster ON DELETE CASCADE,
  at                      timestamptz NOT NULL,
  gauges                  jsonb NOT NULL,
  PRIMARY KEY (cluster_id, at)
);
CREATE INDEX gauge_hour_at ON gauge_hour (at);

CREATE TABLE audit (
  id                      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at                      timestamptz NOT NULL,
  who                     text NOT NULL,
  action                  text NOT NULL,
  subject                 text NOT NULL,
  reason                  text NOT NULL,
  outcome                 text NOT NULL,
  request_id              text NOT NULL
);

-- Whoever leads a worker raises its term; a write under an older term is refused, whatever became of the lock.
CREATE TABLE worker_term (
  worker                  text PRIMARY KEY,
  term                    bigint NOT NULL
);
