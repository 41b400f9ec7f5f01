// A budget that aggregates or refuses, cluster by cluster: its part of the limit, how its meter stands to it, what became of that.
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { budgetQuery } from "../../api/query";
import type { Budget, BudgetOrdered } from "../../api/type";
import { Glyph } from "../../ui/Glyph";
import { Missing } from "../../ui/Missing";
import { formatNumber } from "../../ui/number";
import { Quantity } from "../../ui/Quantity";
import { Time } from "../../ui/Time";
import { Trouble } from "../../ui/Trouble";
import classes from "./BudgetOrders.module.css";
import { byStanding, standingLook } from "./budgetLook";
import { KeptTable } from "./KeptTable";
import { RefusedTable } from "./RefusedTable";

export function BudgetOrders({ budget }: { budget: Budget }) {
  const detail = useQuery(budgetQuery(budget.id));
  const orders = byStanding(detail.data?.orders ?? []);
  const kept = detail.data?.aggregating?.kept ?? budget.aggregating?.kept ?? [];
  // What it does not do is no column.
  const aggregates = budget.aggregate_labels.length > 0;
  const refuses = budget.act === "refuse";
  const refused = detail.data?.refusing?.refused ?? budget.refusing?.refused ?? [];
  return (
    <div className={classes.orders}>
      {detail.isPending && <div className={classes.wait} aria-busy="true" />}
      {detail.isError && (
        <Trouble what="Its clusters could not be read." error={detail.error} retry={() => void detail.refetch()} />
      )}
      {detail.isSuccess && orders.length === 0 && (
        <p className="quiet">No cluster is in its scope, so that nobody keeps it.</p>
      )}
      {orders.length > 0 && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling box must be reachable by keyboard
        <section className={classes.box} tabIndex={0} aria-label={`Clusters of ${budget.name}`}>
          <table className={classes.table}>
            <thead>
              <tr>
                <th>Cluster</th>
                <th>How it stands</th>
                <th className={classes.right}>Part</th>
                <th className={classes.right}>Active</th>
                {aggregates && <th className={classes.right}>Series that go in → out</th>}
                {refuses && <th className={classes.right}>Refused this hour</th>}
              </tr>
            </thead>
            <tbody>
              {orders.map((order) => (
                <OrderRow key={order.cluster.id} order={order} aggregates={aggregates} refuses={refuses} />
              ))}
            </tbody>
          </table>
        </section>
      )}
      {kept.length > 0 && <KeptTable kept={kept} of={budget.name} />}
      {refused.length > 0 && <RefusedTable refused={refused} of={budget.name} />}
    </div>
  );
}

type RowProps = { order: BudgetOrdered; aggregates: boolean; refuses: boolean };

function OrderRow({ order, aggregates, refuses }: RowProps) {
  const { tone, shape, word } = standingLook(order.state, order.fresh);
  const underWay = order.kept_limit != null && order.kept_limit !== order.limit;
  return (
    <tr>
      <td className={classes.name}>
        <Link to="/cluster/$id" params={{ id: order.cluster.id }} search={{}} className="link">
          {order.cluster.name}
        </Link>
      </td>
      <td className={classes.name}>
        <Glyph tone={tone} shape={shape} /> {word}
        {order.since && (
          <span className="quiet">
            {" "}
            for <Time at={order.since} span />
          </span>
        )}
        {order.why && <p className="label">{order.why}</p>}
        {order.let_through > 0 && (
          <p className="label">{formatNumber(order.let_through)} series of a rollout were let through.</p>
        )}
      </td>
      <td className={`${classes.right} num`} data-name="Part">
        {formatNumber(order.limit)}
        {order.from != null && order.from !== order.limit && (
          <p className="label">aggregates from {formatNumber(order.from)}</p>
        )}
        {underWay && <p className="label">keeps {formatNumber(order.kept_limit ?? 0)} until it hears</p>}
      </td>
      <td className={`${classes.right} num`} data-name="Active">
        {order.active == null ? (
          <Missing why="its meter says nothing of this budget" />
        ) : (
          <Quantity value={order.active} />
        )}
      </td>
      {aggregates && (
        <td className={`${classes.right} num`} data-name="Series that go in → out">
          {order.aggregating_since ? (
            `${formatNumber(order.inputs)} → ${formatNumber(order.outputs)}`
          ) : (
            <Missing why="it aggregates nothing" />
          )}
          {order.aggregating_since && (
            <p className="label">
              for <Time at={order.aggregating_since} span />
            </p>
          )}
          {order.late_samples > 0 && (
            <p className="label">{formatNumber(order.late_samples)} samples came too late this hour</p>
          )}
        </td>
      )}
      {refuses && (
        <td className={`${classes.right} num`} data-name="Refused this hour">
          {formatNumber(order.refused_series)}
          {order.refused_samples > 0 && <p className="label">{formatNumber(order.refused_samples)} samples</p>}
        </td>
      )}
    </tr>
  );
}
