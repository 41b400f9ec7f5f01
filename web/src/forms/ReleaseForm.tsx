// Stops a budget from refusing series and aggregating labels away: it watches from then on.
import { Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { client, taken } from "../api/client";
import type { Budget } from "../api/type";
import { stopWord } from "../pages/budgets/budgetLook";
import { Dialog } from "../ui/Dialog";
import { Refusal } from "../ui/Refusal";
import classes from "./Form.module.css";
import { ReasonField } from "./ReasonField";

const PRESETS = ["The series are needed", "The labels are needed", "An incident", "The limit was too small"];

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
  const stop = stopWord(budget);
  const goes = [
    budget.act === "refuse" && "the refusal of new series",
    budget.aggregate_labels.length > 0 && `the sums in the place of ${budget.aggregate_labels.join(", ")}`,
  ].filter(Boolean);
  const ready = reason.trim() !== "";
  return (
    <Dialog title={`${stop} for ${budget.name}`} close={close}>
      <form
        className={classes.form}
        onSubmit={(event) => {
          event.preventDefault();
          if (ready) release.mutate();
        }}
      >
        <p>
          <strong>Goes:</strong> {goes.join(" and ")}, in every cluster, within about a minute. <strong>Stays:</strong>{" "}
          the budget {budget.name} with its limits: it tells its owner, and{" "}
          {budget.act === "refuse" ? "refuses nothing" : "aggregates nothing"}.
        </p>
        <ReasonField presets={PRESETS} value={reason} onChange={setReason} />
        {release.isError && <Refusal error={release.error} />}
        <div className={classes.acts}>
          <Button variant="default" onClick={close}>
            Go on as it is
          </Button>
          <Button type="submit" variant="danger" disabled={!ready} loading={release.isPending}>
            {stop}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
