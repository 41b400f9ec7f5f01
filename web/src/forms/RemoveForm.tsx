// Confirms a removal: what goes, what stays, and why it is done.
import { Button, Checkbox, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { client, taken } from "../api/client";
import { isReporting } from "../api/state";
import type { ClusterDetail } from "../api/type";
import { Dialog } from "../ui/Dialog";
import { Refusal } from "../ui/Refusal";
import classes from "./Form.module.css";
import { ReasonField } from "./ReasonField";

const PRESETS = ["The cluster is gone", "It moves to another hub", "It was added by mistake"];

type Props = { cluster: ClusterDetail; close: () => void };

export function RemoveForm({ cluster, close }: Props) {
  const queries = useQueryClient();
  const [reason, setReason] = useState("");
  const [force, setForce] = useState(false);
  const [typed, setTyped] = useState("");
  const { id } = cluster;
  const remove = useMutation({
    mutationFn: () =>
      taken(client.POST("/api/v1/clusters/{id}/remove", { params: { path: { id } }, body: { reason, force } })),
    onSuccess: async () => {
      close();
      await Promise.all([
        queries.invalidateQueries({ queryKey: ["clusters"] }),
        queries.invalidateQueries({ queryKey: ["cluster", id] }),
        queries.invalidateQueries({ queryKey: ["audit"] }),
      ]);
    },
  });
  const ready = reason.trim() !== "" && typed === cluster.name;
  return (
    <Dialog title="Remove 1 cluster" close={close} wide>
      <form
        className={classes.form}
        onSubmit={(event) => {
          event.preventDefault();
          if (ready) remove.mutate();
        }}
      >
        <div>
          <p>
            <strong>Goes:</strong> its credential and its place in the fleet.
          </p>
          <p>
            <strong>Stays:</strong> its flag and what that installed on {cluster.name}
            {cluster.objects ? ` (${cluster.objects.applied} objects)` : ""}, the telemetry already sent, its entries in
            the audit log. To take it all back, delete the flag there.
          </p>
        </div>
        <ReasonField presets={PRESETS} value={reason} onChange={setReason} />
        {!isReporting(cluster.state) && (
          <Checkbox
            label="Forget it without its answer"
            description="The hub forgets it at once, and nothing is touched on the cluster: for one that will not come back."
            checked={force}
            onChange={(event) => setForce(event.currentTarget.checked)}
          />
        )}
        <TextInput
          label={`Type ${cluster.name} to confirm`}
          autoComplete="off"
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
        {remove.isError && <Refusal error={remove.error} />}
        <div className={classes.acts}>
          <Button variant="default" onClick={close}>
            Keep it
          </Button>
          <Button type="submit" variant="danger" disabled={!ready} loading={remove.isPending}>
            Remove 1 cluster
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
