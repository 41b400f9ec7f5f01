// The telemetry stores: what each holds, how it fares, and adding, checking, changing and removing them.
import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";
import { sessionQuery, storesQuery } from "../../api/query";
import { may, WHO } from "../../api/role";
import type { Store } from "../../api/type";
import { Panel } from "../../ui/Panel";
import { Trouble } from "../../ui/Trouble";
import { StoreRow } from "./StoreRow";
import classes from "./Stores.module.css";

const StoreForm = lazy(() => import("../../forms/StoreForm"));
const RemoveStoreForm = lazy(() => import("../../forms/RemoveStoreForm"));
type Open = { form: "add" } | { form: "change" | "remove"; store: Store } | undefined;

export function Stores() {
  const allowed = may(useQuery(sessionQuery).data?.account.role, "operator");
  const stores = useQuery({ ...storesQuery, enabled: allowed });
  const [open, setOpen] = useState<Open>();
  const items = stores.data?.items ?? [];
  const close = () => setOpen(undefined);
  return (
    <Panel
      title="Stores"
      flush
      aside={
        <Button size="xs" disabled={!allowed} onClick={() => setOpen({ form: "add" })}>
          Add a store
        </Button>
      }
    >
      {!allowed && <p className={classes.none}>Stores are seen and set by {WHO.operator}.</p>}
      {stores.isError && <Trouble what="" error={stores.error} retry={() => void stores.refetch()} />}
      {stores.isSuccess && items.length === 0 && (
        <p className={classes.none}>
          No store is connected. With a Prometheus or a Loki the hub shows the packs' dashboards; it only reads.
        </p>
      )}
      <ul className={classes.list}>
        {items.map((store) => (
          <StoreRow
            key={store.id}
            store={store}
            change={() => setOpen({ form: "change", store })}
            remove={() => setOpen({ form: "remove", store })}
          />
        ))}
      </ul>
      <Suspense>
        {open?.form === "add" && <StoreForm close={close} />}
        {open?.form === "change" && <StoreForm store={open.store} close={close} />}
        {open?.form === "remove" && <RemoveStoreForm store={open.store} close={close} />}
      </Suspense>
    </Panel>
  );
}
