// The fleet as a table: sorted and chosen by the address, virtual past a hundred rows.

import { useNavigate, useSearch } from "@tanstack/react-router";
import { useTable } from "@tanstack/react-table";
import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { useLayoutEffect, useMemo, useRef, useState } from "react";
import type { Cluster } from "../../api/type";
import { columns, features, NUMERIC } from "./columns";
import classes from "./FleetTable.module.css";
import { readOrder, writeOrder } from "./sorting";

const ROW = 32;
const VIRTUAL_PAST = 100;

export default function FleetTable({ clusters }: { clusters: Cluster[] }) {
  const search = useSearch({ from: "/signed-in/" });
  const navigate = useNavigate({ from: "/" });
  const order = readOrder(search.sort);
  const hidden = useMemo(() => new Set((search.columns ?? "").split(",").filter(Boolean)), [search.columns]);
  const table = useTable({
    features,
    columns,
    data: clusters,
    getRowId: (row) => row.id,
    state: { sorting: [order] },
    onSortingChange: () => undefined,
  });
  const rows = table.getRowModel().rows;
  const body = useRef<HTMLTableElement>(null);
  const [top, setTop] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what stands above the table grows or shrinks with the clusters
  useLayoutEffect(() => {
    if (body.current) setTop(Math.round(body.current.getBoundingClientRect().top + window.scrollY));
  }, [clusters]);
  const virtual = rows.length > VIRTUAL_PAST;
  const virtualizer = useWindowVirtualizer({
    count: rows.length,
    estimateSize: () => ROW,
    overscan: 12,
    enabled: virtual,
    scrollMargin: top,
  });
  const items = virtualizer.getVirtualItems();
  const shown = virtual ? items.map((item) => rows[item.index]).filter((row) => row !== undefined) : rows;
  const before = virtual ? (items[0]?.start ?? 0) - virtualizer.options.scrollMargin : 0;
  const after = virtual
    ? virtualizer.getTotalSize() - ((items.at(-1)?.end ?? 0) - virtualizer.options.scrollMargin)
    : 0;

  function sort(id: string) {
    const first = NUMERIC.has(id);
    const desc = order.id === id ? !order.desc : first;
    void navigate({ search: (old) => ({ ...old, sort: writeOrder({ id, desc }) }), replace: true });
  }

  return (
    <div className={classes.frame}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling box must be reachable by keyboard */}
      <section className={classes.scroll} tabIndex={0} aria-label="Clusters as a table">
        <table className={classes.table} ref={body} aria-rowcount={rows.length + 1}>
          <thead>
            <tr>
              {table.getFlatHeaders().map(({ id, column }) =>
                hidden.has(id) ? null : (
                  <th
                    key={id}
                    className={NUMERIC.has(id) ? classes.number : undefined}
                    aria-sort={order.id === id ? (order.desc ? "descending" : "ascending") : undefined}
                  >
                    <button type="button" onClick={() => sort(id)}>
                      {String(column.columnDef.header)}
                      {order.id === id && <span aria-hidden>{order.desc ? " ↓" : " ↑"}</span>}
                    </button>
                  </th>
                ),
              )}
            </tr>
          </thead>
          <tbody>
            {before > 0 && <tr className={classes.spacer} style={{ height: before }} />}
            {shown.map((row) => (
              <tr key={row.id}>
                {row.getAllCells().map((cell) =>
                  hidden.has(cell.column.id) ? null : (
                    <td key={cell.id} className={NUMERIC.has(cell.column.id) ? classes.number : undefined}>
                      <table.FlexRender cell={cell} />
                    </td>
                  ),
                )}
              </tr>
            ))}
            {after > 0 && <tr className={classes.spacer} style={{ height: after }} />}
          </tbody>
        </table>
      </section>
    </div>
  );
}
