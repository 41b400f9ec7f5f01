// Confirms that something is taken away or back, says what goes and what stays, and asks why.
import { Button } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { Dialog } from "../ui/Dialog";
import { Refusal } from "../ui/Refusal";
import classes from "./Form.module.css";
import { ReasonField } from "./ReasonField";

type Props = {
  title: string;
  goes: string;
  stays: string;
  presets: string[];
  take: (reason: string) => Promise<unknown>;
  close: () => void;
};

export function TakeForm({ title, goes, stays, presets, take, close }: Props) {
  const [reason, setReason] = useState("");
  const act = useMutation({ mutationFn: () => take(reason), onSuccess: close });
  return (
    <Dialog title={title} close={close}>
      <form
        className={classes.form}
        onSubmit={(event) => {
          event.preventDefault();
          act.mutate();
        }}
      >
        <p>
          <strong>Goes:</strong> {goes} <strong>Stays:</strong> {stays}
        </p>
        <ReasonField presets={presets} value={reason} onChange={setReason} required={false} />
        {act.isError && <Refusal error={act.error} />}
        <div className={classes.acts}>
          <Button variant="default" onClick={close}>
            Keep it
          </Button>
          <Button type="submit" variant="danger" loading={act.isPending}>
            {title}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
