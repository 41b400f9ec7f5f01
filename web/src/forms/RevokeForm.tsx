// Confirms that a join token is taken back, and why.
import { Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { client, taken } from "../api/client";
import type { JoinToken } from "../api/type";
import { Dialog } from "../ui/Dialog";
import { Refusal } from "../ui/Refusal";
import classes from "./Form.module.css";
import { ReasonField } from "./ReasonField";

const PRESETS = ["It is not needed any more", "It was seen by others"];

type Props = { token: JoinToken; close: () => void; done?: () => void };

export function RevokeForm({ token, close, done }: Props) {
  const queries = useQueryClient();
  const [reason, setReason] = useState("");
  const { id } = token;
  const revoke = useMutation({
    mutationFn: () => taken(client.DELETE("/api/v1/join-tokens/{id}", { params: { path: { id } }, body: { reason } })),
    onSuccess: async () => {
      close();
      await queries.invalidateQueries({ queryKey: ["join-tokens"] });
      done?.();
    },
  });
  return (
    <Dialog title="Revoke 1 join token" close={close}>
      <form
        className={classes.form}
        onSubmit={(event) => {
          event.preventDefault();
          revoke.mutate();
        }}
      >
        <p>
          <strong>Goes:</strong> no cluster can join by {token.name} any more. <strong>Stays:</strong> the{" "}
          {token.clusters.length} that joined by it.
        </p>
        <ReasonField presets={PRESETS} value={reason} onChange={setReason} required={false} />
        {revoke.isError && <Refusal error={revoke.error} />}
        <div className={classes.acts}>
          <Button variant="default" onClick={close}>
            Keep it
          </Button>
          <Button type="submit" variant="danger" loading={revoke.isPending}>
            Revoke 1 join token
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
