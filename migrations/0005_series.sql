-- How many series clusters have, as their meters reported: hours for 14 days, days for 90 days, weeks for ever.

-- One report for each hour of each meter, and what days and weeks were made of them. `instance` is empty for days and weeks.
CREATE TABLE series_report (
  cluster_id              text NOT NULL REFERENCES cluster ON DELETE CASCADE,
  grain                   text NOT NULL CHECK (grain IN ('hour', 'day', 'week')),
  at                      timestamptz NOT NULL,
  instance                text NOT NULL,
  revision                bigint NOT NULL,
  -- By the meter's clock, and by the hub's.
  looked_at               timestamptz NOT NULL,
  received_at             timestamptz NOT NULL,
  closed                  boolean NOT NULL,
  counted_seconds         bigint NOT NULL,
  active                  float8 NOT NULL,
  active_variance         float8 NOT NULL,
  hour_series             float8 NOT NULL,
  -- Sketches that found no room in the report, or were of a kind that is not known.
  sketches_left_out       bigint NOT NULL,
  -- The report without its sketches: JSON, packed by zstd.
  body                    bytea NOT NULL,
  PRIMARY KEY (cluster_id, grain, at, instance)
);
-- It is packed already.
ALTER TABLE series_report ALTER COLUMN body SET STORAGE EXTERNAL;
CREATE INDEX series_report_at ON series_report (grain, at);
CREATE INDEX series_report_received ON series_report (received_at);

-- The same of the cluster, of each of its teams, and of its largest metrics, to be read over time.
CREATE TABLE series_trend (
  cluster_id              text NOT NULL REFERENCES cluster ON DELETE CASCADE,
  grain                   text NOT NULL CHECK (grain IN ('hour', 'day', 'week')),
  kind                    text NOT NULL CHECK (kind IN ('cluster', 'team', 'metric')),
  name                    text NOT NULL,
  at                      timestamptz NOT NULL,
  -- Active series: of an hour when it was last looked, of a day or week the mean of its hours.
  active                  float8 NOT NULL,
  variance                float8 NOT NULL,
  -- The most active series of any of its hours.
  most                    float8 NOT NULL,
  -- Different series within that time.
  hour_series             float8 NOT NULL,
  -- Which ones they were, in the format of Apache DataSketches, packed by zstd; unions of these count none twice.
  sketch                  bytea,
  PRIMARY KEY (cluster_id, grain, kind, name, at)
) WITH (fillfactor = 90);
ALTER TABLE series_trend ALTER COLUMN sketch SET STORAGE EXTERNAL;
CREATE INDEX series_trend_at ON series_trend (grain, at);

-- What a store's owner asks for it; all three or none.
ALTER TABLE store
  ADD COLUMN price_currency text CHECK (price_currency ~ '^[A-Z]{3}$'),
  ADD COLUMN price_unit     text CHECK (price_unit IN ('series_thousand_month', 'samples_million')),
  ADD COLUMN price_amount   float8 CHECK (price_amount >= 0 AND price_amount < 1e9),
  ADD CHECK (num_nulls(price_currency, price_unit, price_amount) IN (0, 3));
