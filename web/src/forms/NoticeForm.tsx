// A target of notifications: a webhook, whose key is shown once, or an e-mail address.
import { Button, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { client, taken } from "../api/client";
import { Copy } from "../ui/Copy";
import { Dialog } from "../ui/Dialog";
import { Refusal } from "../ui/Refusal";
import { Choice } from "./Choice";
import classes from "./Form.module.css";

type Kind = "webhook" | "email";
type Props = { sendsEmail: boolean; close: () => void };

export default function NoticeForm({ sendsEmail, close }: Props) {
  const queries = useQueryClient();
  const [kind, setKind] = useState<Kind>("webhook");
  const [name, setName] = useState("");
  const [address, setAddress] = useState("");
  const add = useMutation({
    mutationFn: () =>
      taken(
        client.POST("/api/v1/notification-targets", { body: { kind, name: name.trim(), address: address.trim() } }),
      ),
    onSuccess: async (made) => {
      await queries.invalidateQueries({ queryKey: ["notification-targets"] });
      if (!made.secret) close();
    },
  });
  if (add.data?.secret) {
    return (
      <Dialog title="The key of the webhook" close={close}>
        <div className={classes.form}>
          <p>
            Every message is signed with this key (HMAC-SHA256). It is shown this once: put it where the receiver checks
            signatures.
          </p>
          <Copy text={add.data.secret} label="the key" />
          <div className={classes.acts}>
            <Button onClick={close}>I have it</Button>
          </div>
        </div>
      </Dialog>
    );
  }
  return (
    <Dialog title="Add a target of notifications" close={close}>
      <form
        className={classes.form}
        onSubmit={(event) => {
          event.preventDefault();
          add.mutate();
        }}
      >
        <Choice
          label="Way"
          choices={
            sendsEmail
              ? [
                  ["webhook", "Webhook"],
                  ["email", "E-mail"],
                ]
              : [["webhook", "Webhook"]]
          }
          value={kind}
          onChange={(chosen) => setKind(chosen === "email" ? "email" : "webhook")}
        />
        <TextInput
          label="Name"
          required
          autoComplete="off"
          maxLength={63}
          placeholder="platform chat"
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <TextInput
          label={kind === "webhook" ? "URL" : "Address"}
          required
          autoComplete="off"
          inputMode={kind === "webhook" ? "url" : "email"}
          placeholder={kind === "webhook" ? "https://chat.example.com/hooks/budgets" : "platform@example.com"}
          value={address}
          onChange={(event) => setAddress(event.currentTarget.value)}
        />
        {add.isError && <Refusal error={add.error} />}
        <div className={classes.acts}>
          <Button variant="default" onClick={close}>
            Cancel
          </Button>
          <Button type="submit" loading={add.isPending} disabled={name.trim() === "" || address.trim() === ""}>
            Add the target
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
