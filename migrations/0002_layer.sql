-- Settings in layers, and the changes of them on their way to clusters, batch by batch.

CREATE TABLE layer (
  kind                    text NOT NULL CHECK (kind IN ('fleet', 'provider', 'region', 'group', 'cluster')),
  -- `all` for the fleet; the id for a cluster.
  name                    text NOT NULL,
  -- Of a group: labels that its clusters have.
  selector                jsonb NOT NULL,
  content                 jsonb NOT NULL,
  -- Another one with each edit.
  etag                    text NOT NULL,
  changed_by              text NOT NULL,
  changed_at              timestamptz NOT NULL,
  PRIMARY KEY (kind, name)
);

CREATE TABLE change (
  id                      text PRIMARY KEY,
  layer_kind              text NOT NULL,
  layer_name              text NOT NULL,
  -- Selector and content before and after; null where there was or is no such layer.
  before                  jsonb,
  after                   jsonb,
  -- The layer's after this change: as long as it has it, nobody has edited the layer since.
  etag                    text NOT NULL,
  who                     text NOT NULL,
  reason                  text NOT NULL,
  all_at_once             boolean NOT NULL,
  undo_of                 text REFERENCES change,
  state                   text NOT NULL CHECK (state IN ('running', 'frozen', 'halted', 'done', 'undone')),
  state_message           text NOT NULL,
  state_by                text NOT NULL,
  state_since             timestamptz NOT NULL,
  created_at              timestamptz NOT NULL
);
CREATE INDEX change_created ON change (created_at);
CREATE INDEX change_open ON change (created_at) WHERE state IN ('running', 'frozen', 'halted');

CREATE TABLE change_cluster (
  change_id               text NOT NULL REFERENCES change ON DELETE CASCADE,
  cluster_id              text NOT NULL REFERENCES cluster ON DELETE CASCADE,
  batch                   integer NOT NULL,
  state                   text NOT NULL CHECK (state IN ('waiting', 'released', 'healthy', 'failed', 'offline', 'skipped')),
  message                 text NOT NULL DEFAULT '',
  -- How the cluster was when it was released.
  state_before            text,
  -- What it was released; null before.
  revision                text,
  released_at             timestamptz,
  settled_at              timestamptz,
  PRIMARY KEY (change_id, cluster_id)
);
CREATE INDEX change_cluster_cluster ON change_cluster (cluster_id);
CREATE INDEX change_cluster_under_way ON change_cluster (change_id) WHERE state IN ('waiting', 'released', 'offline');

-- What each cluster was released last, and what it was like then: where that changes, other layers are for it.
CREATE TABLE cluster_settings (
  cluster_id              text PRIMARY KEY REFERENCES cluster ON DELETE CASCADE,
  revision                text NOT NULL,
  settings                jsonb NOT NULL,
  released_at             timestamptz NOT NULL,
  region                  text NOT NULL,
  provider                text NOT NULL,
  environment             text NOT NULL,
  labels                  jsonb NOT NULL
);
