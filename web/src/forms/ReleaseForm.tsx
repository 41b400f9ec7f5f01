// Stops a budget from refusing series: it watches from then on.
import { Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { client, taken } from "../api/client";
import type { Budget } from "../api/type";
import { Dialog } from "../ui/Dialog";
import { Refusal } from "../ui/Refusal";
import classes from "./Form.module.css";
import { ReasonField } from "./ReasonField";

const PRESETS = ["The series are needed", "An incident", "The limit was too small"];

export default function ReleaseForm({ budget, close }: { budget: Budget; close: () => void }) {
  const queries = useQueryClient();
  const [reason, setReason] = useState("");
  const release = useMutation({
    mutationFn: () =>
      taken(client.POST("/api/v1/budgets/{id}/release", { params: { path: { id: budget.id } }, body: { reason } })),
    onSuccess: async () => {
      close();
      await queries.invalidateQueries({ predicate: ({ queryKey }) => /^budgets?$/.test(String(queryKey[0])) });
    },
  });
  const ready = reason.trim() !== "";
  return (
    <Dialog title={`Stop refusing for ${budget.name}`} close={close}>
      <form
        className={classes.form}
        onSubmit={(event) => {
          event.preventDefault();
          if (ready) release.mutate();
        }}
      >
        <p>
          <strong>Goes:</strong> the refusal of new series, in every cluster, within about a minute.{" "}
          <strong>Stays:</strong> the budget {budget.name} with its limits: it tells its owner, and refuses nothing.
        </p>
        <ReasonField presets={PRESETS} value={reason} onChange={setReason} />
        {release.isError && <Refusal error={release.error} />}
        <div className={classes.acts}>
          <Button variant="default" onClick={close}>
            Go on refusing
          </Button>
          <Button type="submit" variant="danger" disabled={!ready} loading={release.isPending}>
            Stop refusing
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
