// One store: what it is for, when it last answered, what it said when it did not, and its acts.
import { Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { client, taken } from "../../api/client";
import type { Store } from "../../api/type";
import { CheckResult } from "../../forms/CheckResult";
import { Glyph } from "../../ui/Glyph";
import { plural } from "../../ui/number";
import { Refusal } from "../../ui/Refusal";
import { Time } from "../../ui/Time";
import classes from "./StoreRow.module.css";

const KINDS = { prometheus: "Prometheus", loki: "Loki" };
const WAYS = { none: "no authentication", basic: "user and password", bearer: "token" };

type Props = { store: Store; change: () => void; remove: () => void };

export function StoreRow({ store, change, remove }: Props) {
  const queries = useQueryClient();
  const { id } = store;
  const check = useMutation({
    mutationFn: () => taken(client.POST("/api/v1/stores/{id}/check", { params: { path: { id } } })),
    onSettled: () => queries.invalidateQueries({ queryKey: ["stores"] }),
  });
  const failing = store.last_failed_at !== null && (store.last_failed_at ?? "") > (store.last_good_at ?? "");
  const good = store.last_good_at !== null && !failing;
  return (
    <li className={classes.row}>
      <Glyph
        tone={failing ? "bad" : good ? "ok" : "off"}
        shape={failing ? "diamond" : good ? "dot" : "ring"}
        label={failing ? "failing" : good ? "answers" : "not asked yet"}
      />
      <div className={classes.text}>
        <p className={classes.name}>{store.name}</p>
        <p className="label">
          {KINDS[store.kind]} at <span className="mono">{store.url}</span>
        </p>
        <p className="label">
          {store.region ? `for ${store.region}` : "for every region"} ({plural(store.clusters, "cluster")}),{" "}
          {WAYS[store.authentication]}
          {store.tenant && `, tenant ${store.tenant}`}
          {store.last_good_at && (
            <>
              , answered <Time at={store.last_good_at} />
            </>
          )}
        </p>
        {failing && store.last_failed_at && (
          <p className={classes.failure}>
            <Time at={store.last_failed_at} />: it {store.last_failure}
          </p>
        )}
        {check.isError && <Refusal error={check.error} />}
        {check.data && !check.isPending && <CheckResult check={check.data} />}
      </div>
      <div className={classes.acts}>
        <Button variant="default" size="xs" loading={check.isPending} onClick={() => check.mutate()}>
          Check
        </Button>
        <Button variant="default" size="xs" onClick={change}>
          Change…
        </Button>
        <Button variant="default" size="xs" onClick={remove}>
          Remove…
        </Button>
      </div>
    </li>
  );
}
