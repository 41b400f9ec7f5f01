-- Telemetry stores that the hub may ask, and what they were last asked. Credentials are sealed by a key that is not in this database.

CREATE TABLE store (
  id                      text PRIMARY KEY,
  name                    text NOT NULL UNIQUE,
  kind                    text NOT NULL CHECK (kind IN ('prometheus', 'loki')),
  url                     text NOT NULL,
  -- Clusters of this region only; of every region where it is null.
  region                  text,
  tenant_header           text NOT NULL,
  tenant                  text NOT NULL,
  authentication          text NOT NULL CHECK (authentication IN ('none', 'basic', 'bearer')),
  username                text NOT NULL,
  secret_sealed           bytea,
  authorities_pem         text NOT NULL,
  revision                bigint NOT NULL DEFAULT 1,
  created_by              text NOT NULL,
  created_at              timestamptz NOT NULL,
  changed_at              timestamptz NOT NULL,
  last_good_at            timestamptz,
  last_failed_at          timestamptz,
  last_failure_code       text,
  last_failure            text,
  CHECK ((authentication = 'none') = (secret_sealed IS NULL))
);

-- Active series of clusters that do not count them themselves; what is too old is forgotten.
CREATE TABLE store_series (
  cluster_id              text PRIMARY KEY REFERENCES cluster ON DELETE CASCADE,
  store_id                text NOT NULL REFERENCES store ON DELETE CASCADE,
  series                  bigint NOT NULL CHECK (series >= 0),
  counted_at              timestamptz NOT NULL
);
CREATE INDEX store_series_store ON store_series (store_id);
