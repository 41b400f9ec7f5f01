// Confirms that a cluster which joined is the one that was meant.
import { Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { client, taken } from "../api/client";
import type { ClusterDetail } from "../api/type";
import { Dialog } from "../ui/Dialog";
import { placeOf } from "../ui/place";
import { Refusal } from "../ui/Refusal";
import classes from "./Form.module.css";
import { ReasonField } from "./ReasonField";

const PRESETS = ["Its identity was compared", "It was expected"];

type Props = { cluster: ClusterDetail; close: () => void };

export function AcceptForm({ cluster, close }: Props) {
  const queries = useQueryClient();
  const [reason, setReason] = useState("");
  const { id } = cluster;
  const accept = useMutation({
    mutationFn: () =>
      taken(client.POST("/api/v1/clusters/{id}/accept", { params: { path: { id } }, body: { reason } })),
    onSuccess: async () => {
      close();
      await Promise.all([
        queries.invalidateQueries({ queryKey: ["cluster", id] }),
        queries.invalidateQueries({ queryKey: ["clusters"] }),
        queries.invalidateQueries({ queryKey: ["events", id] }),
      ]);
    },
  });
  const { provider, region } = placeOf(cluster);
  return (
    <Dialog title="Accept 1 cluster" close={close}>
      <div className={classes.form}>
        <p>
          <strong>{cluster.name}</strong> says that it is at {provider} ▸ {region}, with the identity{" "}
          <code>{cluster.uid}</code>. Compare it with{" "}
          <code>kubectl get namespace kube-system -o jsonpath={"{.metadata.uid}"}</code>.
        </p>
        <ReasonField presets={PRESETS} value={reason} onChange={setReason} required={false} />
        {accept.isError && <Refusal error={accept.error} />}
        <div className={classes.acts}>
          <Button variant="default" onClick={close}>
            Not now
          </Button>
          <Button loading={accept.isPending} onClick={() => accept.mutate()}>
            Accept 1 cluster
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
