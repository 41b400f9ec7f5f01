// Confirms that a store is forgotten, and why.
import { Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { client, taken } from "../api/client";
import type { Store } from "../api/type";
import { Dialog } from "../ui/Dialog";
import { plural } from "../ui/number";
import { Refusal } from "../ui/Refusal";
import classes from "./Form.module.css";
import { ReasonField } from "./ReasonField";

const PRESETS = ["It is shut down", "Another one takes its place"];

export default function RemoveStoreForm({ store, close }: { store: Store; close: () => void }) {
  const queries = useQueryClient();
  const [reason, setReason] = useState("");
  const remove = useMutation({
    mutationFn: () => {
      const params = { path: { id: store.id }, header: { "If-Match": store.etag } };
      return taken(client.DELETE("/api/v1/stores/{id}", { params, body: { reason } }));
    },
    onSuccess: async () => {
      close();
      await queries.invalidateQueries({ queryKey: ["stores"] });
      await queries.invalidateQueries({ queryKey: ["dashboards"] });
    },
  });
  return (
    <Dialog title="Remove 1 store" close={close}>
      <form
        className={classes.form}
        onSubmit={(event) => {
          event.preventDefault();
          remove.mutate();
        }}
      >
        <p>
          <strong>Goes:</strong> what the hub knows of {store.name}, its credentials too; dashboards of{" "}
          {plural(store.clusters, "cluster")} lose it. <strong>Stays:</strong> the store and all that is in it.
        </p>
        <ReasonField presets={PRESETS} value={reason} onChange={setReason} required={false} />
        {remove.isError && <Refusal error={remove.error} />}
        <div className={classes.acts}>
          <Button variant="default" onClick={close}>
            Keep it
          </Button>
          <Button type="submit" variant="danger" loading={remove.isPending}>
            Remove 1 store
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
