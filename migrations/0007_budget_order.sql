-- What budgets do past their limits: the orders that clusters' meters keep, and how those stand to them.

ALTER TABLE budget
  -- `watch` only tells; `refuse` lets no new series past the hard limit.
  ADD COLUMN act          text NOT NULL DEFAULT 'watch' CHECK (act IN ('watch', 'refuse')),
  -- What the series alone make of it: its state, but for `enforcing`.
  ADD COLUMN counted      text NOT NULL DEFAULT 'unknown' CHECK (counted IN ('unknown', 'ok', 'warning', 'over')),
  -- When a cluster was last known to refuse series for it.
  ADD COLUMN refused_at   timestamptz,
  ADD CHECK (act = 'watch' OR hard_series IS NOT NULL),
  DROP CONSTRAINT budget_state_check,
  ADD CONSTRAINT budget_state_check CHECK (state IN ('unknown', 'ok', 'warning', 'over', 'enforcing'));
UPDATE budget SET counted = state;

-- Who refused what, where that is the change: an object of {clusters, series, refused}.
ALTER TABLE budget_event ADD COLUMN refusing jsonb;

-- What each cluster was ordered last for a budget. The limits of one budget add up to its hard limit at most.
CREATE TABLE budget_order (
  budget_id               text NOT NULL REFERENCES budget ON DELETE CASCADE,
  cluster_id              text NOT NULL REFERENCES cluster ON DELETE CASCADE,
  -- The order as the cluster gets it.
  ordered                 jsonb NOT NULL,
  ordered_at              timestamptz NOT NULL,
  PRIMARY KEY (budget_id, cluster_id)
);
CREATE INDEX budget_order_cluster ON budget_order (cluster_id);

-- How each meter said last that it stands to a budget.
CREATE TABLE budget_report (
  budget_id               text NOT NULL REFERENCES budget ON DELETE CASCADE,
  cluster_id              text NOT NULL REFERENCES cluster ON DELETE CASCADE,
  instance                text NOT NULL,
  -- Of which hour, which look at it, and whether the hour is over.
  hour                    timestamptz NOT NULL,
  revision                bigint NOT NULL,
  closed                  boolean NOT NULL,
  -- By the meter's clock, and by the hub's.
  looked_at               timestamptz NOT NULL,
  received_at             timestamptz NOT NULL,
  report                  jsonb NOT NULL,
  PRIMARY KEY (budget_id, cluster_id, instance)
);
CREATE INDEX budget_report_cluster ON budget_report (cluster_id, instance);
