-- Budgets of active series, what was found of each when, and the notices that go out when one changes its state.

CREATE TABLE budget (
  id                      text PRIMARY KEY,
  name                    text NOT NULL UNIQUE,
  -- What it is for: all that is given has to hold; nothing is the whole fleet.
  provider                text,
  region                  text,
  cluster_id              text REFERENCES cluster ON DELETE CASCADE,
  team                    text,
  metric                  text,
  soft_series             bigint NOT NULL CHECK (soft_series > 0),
  hard_series             bigint CHECK (hard_series >= soft_series),
  owner_name              text NOT NULL,
  owner_emails            text[] NOT NULL,
  reason                  text NOT NULL,
  revision                bigint NOT NULL DEFAULT 1,
  created_by              text NOT NULL,
  created_at              timestamptz NOT NULL,
  changed_at              timestamptz NOT NULL,
  state                   text NOT NULL CHECK (state IN ('unknown', 'ok', 'warning', 'over')),
  state_since             timestamptz NOT NULL,
  -- What the last look found; null where no cluster counted.
  series                  double precision,
  variance                double precision NOT NULL,
  clusters_counted        bigint NOT NULL,
  clusters_of             bigint NOT NULL,
  looked_at               timestamptz NOT NULL,
  -- Clusters that counted since it is in this state: it comes down only while none of them is silent.
  counting                text[] NOT NULL,
  -- The transaction that last wrote what people see at once: settings or state.
  xid                     bigint NOT NULL DEFAULT pg_current_xact_id()::text::bigint
);
CREATE INDEX budget_xid ON budget (xid);
CREATE INDEX budget_cluster ON budget (cluster_id);

CREATE TABLE budget_event (
  budget_id               text NOT NULL REFERENCES budget ON DELETE CASCADE,
  id                      bigint GENERATED ALWAYS AS IDENTITY,
  at                      timestamptz NOT NULL,
  state_before            text NOT NULL,
  state                   text NOT NULL,
  series                  double precision,
  sentence                text NOT NULL,
  -- What grew most since `grew_since`: an array of {metric, label, by}.
  grew                    jsonb NOT NULL,
  grew_since              timestamptz,
  who                     text NOT NULL,
  PRIMARY KEY (budget_id, id)
);

-- The most that was counted in each hour.
CREATE TABLE budget_hour (
  budget_id               text NOT NULL REFERENCES budget ON DELETE CASCADE,
  at                      timestamptz NOT NULL,
  series                  double precision,
  clusters_counted        bigint NOT NULL,
  clusters_of             bigint NOT NULL,
  PRIMARY KEY (budget_id, at)
);

-- Whom to tell. `sealed` holds a webhook's whole URL and its secret, by a key that is not in this database.
CREATE TABLE notification_target (
  id                      text PRIMARY KEY,
  name                    text NOT NULL UNIQUE,
  kind                    text NOT NULL CHECK (kind IN ('webhook', 'email')),
  address                 text NOT NULL,
  sealed                  bytea,
  -- Of budgets within this: all that is given has to hold; nothing is every budget.
  provider                text,
  region                  text,
  cluster_id              text REFERENCES cluster ON DELETE CASCADE,
  team                    text,
  metric                  text,
  created_by              text NOT NULL,
  created_at              timestamptz NOT NULL,
  last_delivered_at       timestamptz,
  last_failed_at          timestamptz,
  last_failure            text,
  CHECK ((kind = 'webhook') = (sealed IS NOT NULL))
);
CREATE INDEX notification_target_cluster ON notification_target (cluster_id);

-- One message to one address. Without a target it goes to an owner's e-mail address.
CREATE TABLE notice (
  id                      text PRIMARY KEY,
  budget_id               text NOT NULL REFERENCES budget ON DELETE CASCADE,
  event_id                bigint NOT NULL,
  target_id               text REFERENCES notification_target ON DELETE CASCADE,
  kind                    text NOT NULL CHECK (kind IN ('webhook', 'email')),
  address                 text NOT NULL,
  message                 jsonb NOT NULL,
  state                   text NOT NULL CHECK (state IN ('waiting', 'delivered', 'given_up')),
  tries                   integer NOT NULL DEFAULT 0,
  created_at              timestamptz NOT NULL,
  next_at                 timestamptz NOT NULL,
  until_at                timestamptz NOT NULL,
  delivered_at            timestamptz,
  last_failure            text,
  FOREIGN KEY (budget_id, event_id) REFERENCES budget_event (budget_id, id) ON DELETE CASCADE,
  UNIQUE NULLS NOT DISTINCT (budget_id, event_id, target_id, address)
);
CREATE INDEX notice_waiting ON notice (created_at) WHERE state = 'waiting';
CREATE INDEX notice_target ON notice (target_id);
