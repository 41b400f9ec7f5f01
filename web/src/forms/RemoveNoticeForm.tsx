// Confirms that a target of notifications hears no more.
import { Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { client, taken } from "../api/client";
import type { NotificationTarget } from "../api/type";
import { Dialog } from "../ui/Dialog";
import { Refusal } from "../ui/Refusal";
import classes from "./Form.module.css";

export default function RemoveNoticeForm({ target, close }: { target: NotificationTarget; close: () => void }) {
  const queries = useQueryClient();
  const remove = useMutation({
    mutationFn: () => {
      const params = { path: { id: target.id } };
      return taken(client.DELETE("/api/v1/notification-targets/{id}", { params, body: { reason: "" } }));
    },
    onSuccess: async () => {
      close();
      await queries.invalidateQueries({ queryKey: ["notification-targets"] });
    },
  });
  return (
    <Dialog title="Remove 1 target" close={close}>
      <div className={classes.form}>
        <p>
          <strong>Goes:</strong> {target.name} hears of no budget any more, nor of what it was not told yet.{" "}
          <strong>Stays:</strong> every budget, and what its owner is told.
        </p>
        {remove.isError && <Refusal error={remove.error} />}
        <div className={classes.acts}>
          <Button variant="default" onClick={close}>
            Keep it
          </Button>
          <Button variant="danger" loading={remove.isPending} onClick={() => remove.mutate()}>
            Remove 1 target
          </Button>
        </div>
      </div>
    </Dialog>
  );
}
