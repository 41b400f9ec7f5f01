// Confirms that a budget is taken away, and why.
import { Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { client, taken } from "../api/client";
import type { Budget } from "../api/type";
import { Dialog } from "../ui/Dialog";
import { Refusal } from "../ui/Refusal";
import classes from "./Form.module.css";
import { ReasonField } from "./ReasonField";

const PRESETS = ["It is no longer needed", "Another one takes its place"];

export default function RemoveBudgetForm({ budget, close }: { budget: Budget; close: () => void }) {
  const queries = useQueryClient();
  const [reason, setReason] = useState("");
  const remove = useMutation({
    mutationFn: () => {
      const params = { path: { id: budget.id }, header: { "If-Match": budget.etag } };
      return taken(client.DELETE("/api/v1/budgets/{id}", { params, body: { reason } }));
    },
    onSuccess: async () => {
      close();
      await queries.invalidateQueries({ queryKey: ["budgets"] });
    },
  });
  return (
    <Dialog title="Remove 1 budget" close={close}>
      <form
        className={classes.form}
        onSubmit={(event) => {
          event.preventDefault();
          remove.mutate();
        }}
      >
        <p>
          <strong>Goes:</strong> the budget {budget.name}, its forecast and its history. <strong>Stays:</strong> every
          series, and what the audit log says of it.
        </p>
        <ReasonField presets={PRESETS} value={reason} onChange={setReason} required={false} />
        {remove.isError && <Refusal error={remove.error} />}
        <div className={classes.acts}>
          <Button variant="default" onClick={close}>
            Keep it
          </Button>
          <Button type="submit" variant="danger" loading={remove.isPending}>
            Remove 1 budget
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
