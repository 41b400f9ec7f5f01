// Confirms that a join token is taken back.
import { Button, Modal } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { client, taken } from "../api/client";
import type { JoinToken } from "../api/type";
import { Refusal } from "../ui/Refusal";
import classes from "./Form.module.css";

type Props = { token: JoinToken; close: () => void };

export function RevokeForm({ token, close }: Props) {
  const queries = useQueryClient();
  const { id } = token;
  const revoke = useMutation({
    mutationFn: () => taken(client.DELETE("/api/v1/join-tokens/{id}", { params: { path: { id } } })),
    onSuccess: async () => {
      close();
      await queries.invalidateQueries({ queryKey: ["join-tokens"] });
    },
  });
  return (
    <Modal opened onClose={close} title="Revoke 1 join token">
      <div className={classes.form}>
        <p>
          No cluster can join by <strong>{token.name}</strong> any more. The {token.clusters.length} that joined by it{" "}
          {token.clusters.length === 1 ? "stays" : "stay"}.
        </p>
        {revoke.isError && <Refusal error={revoke.error} />}
        <div className={classes.acts}>
          <Button variant="default" onClick={close}>
            Keep it
          </Button>
          <Button variant="danger" loading={revoke.isPending} onClick={() => revoke.mutate()}>
            Revoke 1 join token
          </Button>
        </div>
      </div>
    </Modal>
  );
}
