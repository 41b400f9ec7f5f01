-- Budgets that aggregate labels away, alone or before they refuse series.

ALTER TABLE budget
  -- `watch` only tells; `aggregate` aggregates labels away from the soft limit on; `refuse` lets no new series past the hard limit, and
  -- aggregates before where it has labels.
  DROP CONSTRAINT budget_act_check,
  ADD CONSTRAINT budget_act_check CHECK (act IN ('watch', 'aggregate', 'refuse')),
  -- Labels that counters lose.
  ADD COLUMN aggregate_labels text[] NOT NULL DEFAULT '{}',
  -- When a cluster was last known to aggregate for it.
  ADD COLUMN aggregated_at    timestamptz,
  -- What is done for it while its state is `enforcing`.
  ADD COLUMN enforces         text CHECK (enforces IN ('aggregate', 'refuse')),
  DROP CONSTRAINT budget_check1,
  ADD CONSTRAINT budget_refuse_check CHECK (act <> 'refuse' OR hard_series IS NOT NULL),
  ADD CONSTRAINT budget_aggregate_check CHECK (act <> 'aggregate' OR cardinality(aggregate_labels) > 0),
  ADD CONSTRAINT budget_watch_check CHECK (act <> 'watch' OR cardinality(aggregate_labels) = 0);
UPDATE budget SET enforces = 'refuse' WHERE state = 'enforcing';

-- Who aggregates what, where that is the change: an object of {clusters, labels, inputs, outputs, kept}.
ALTER TABLE budget_event ADD COLUMN aggregating jsonb;
