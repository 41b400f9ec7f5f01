// One target of notifications: where it is, of what it hears, how the last one went, and a try.
import { Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { client, taken } from "../../api/client";
import type { NotificationTarget } from "../../api/type";
import { Glyph } from "../../ui/Glyph";
import { Refusal } from "../../ui/Refusal";
import { Time } from "../../ui/Time";
import classes from "./StoreRow.module.css";

type Props = { target: NotificationTarget; remove: () => void };

export function NoticeRow({ target, remove }: Props) {
  const queries = useQueryClient();
  const { id, last_delivered_at, last_failed_at, last_failure } = target;
  const test = useMutation({
    mutationFn: () => taken(client.POST("/api/v1/notification-targets/{id}/test", { params: { path: { id } } })),
    onSettled: () => queries.invalidateQueries({ queryKey: ["notification-targets"] }),
  });
  const failing = (last_failed_at ?? "") > (last_delivered_at ?? "");
  const good = Boolean(last_delivered_at) && !failing;
  return (
    <li className={classes.row}>
      <Glyph
        tone={failing ? "bad" : good ? "ok" : "off"}
        shape={failing ? "diamond" : good ? "dot" : "ring"}
        label={failing ? "failing" : good ? "taken" : "not told yet"}
      />
      <div className={classes.text}>
        <p className={classes.name}>{target.name}</p>
        <p className="label">
          {target.kind === "webhook" ? "Webhook" : "E-mail"} to <span className="mono">{target.address}</span>, of{" "}
          {target.scope_shown}
          {last_delivered_at && (
            <>
              , last told <Time at={last_delivered_at} />
            </>
          )}
        </p>
        {failing && last_failed_at && (
          <p className={classes.failure}>
            <Time at={last_failed_at} />: {last_failure}
          </p>
        )}
        {test.isError && <Refusal error={test.error} />}
        {test.data && !test.isPending && <p className={classes.failure}>{test.data.detail}</p>}
      </div>
      <div className={classes.acts}>
        <Button variant="default" size="xs" loading={test.isPending} onClick={() => test.mutate()}>
          Try
        </Button>
        <Button variant="default" size="xs" onClick={remove}>
          Remove…
        </Button>
      </div>
    </li>
  );
}
