// The audit log as a table; on a phone each entry is a card.
import { useQuery } from "@tanstack/react-query";
import { clustersQuery } from "../../api/query";
import type { AuditEntry } from "../../api/type";
import { Missing } from "../../ui/Missing";
import { formatAbsolute, formatClock, formatDay } from "../../ui/time";
import classes from "./AuditTable.module.css";
import { OutcomeMark } from "./OutcomeMark";
import { Subject } from "./Subject";

export function AuditTable({ items }: { items: AuditEntry[] }) {
  const clusters = useQuery(clustersQuery).data ?? [];
  const names = new Map(clusters.map(({ id, name }) => [id, name]));
  return (
    <div className={classes.frame}>
      <table className={classes.table}>
        <thead>
          <tr>
            <th>When</th>
            <th>Who</th>
            <th>What</th>
            <th>To what</th>
            <th>Why</th>
            <th>Outcome</th>
          </tr>
        </thead>
        <tbody>
          {items.map((entry, at) => {
            const time = Date.parse(entry.at);
            const previous = items[at - 1];
            const newDay = !previous || formatDay(Date.parse(previous.at)) !== formatDay(time);
            return (
              <tr key={entry.id}>
                <td className="num">
                  <time dateTime={entry.at} title={formatAbsolute(time)}>
                    {newDay && <span className={classes.day}>{formatDay(time)}</span>}
                    {formatClock(time)}
                  </time>
                </td>
                <td>{entry.who}</td>
                <td>{entry.action.replaceAll(/[._]/g, " ")}</td>
                <td>
                  <Subject subject={entry.subject} name={names.get(entry.subject)} />
                </td>
                <td>{entry.reason || <Missing why="no reason was given" />}</td>
                <td>
                  <OutcomeMark outcome={entry.outcome} />
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
