// A token for a program: its name, what it may do and where, how long; its text is shown once.
import { Button, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { client, taken } from "../api/client";
import type { Role } from "../api/role";
import type { ApiTokenSecret, Scope } from "../api/type";
import { Copy } from "../ui/Copy";
import { Dialog } from "../ui/Dialog";
import { Refusal } from "../ui/Refusal";
import { Choice } from "./Choice";
import classes from "./Form.module.css";
import { ScopeFields } from "./ScopeFields";

const ROLES: [Role, string][] = [
  ["viewer", "see"],
  ["operator", "see and steer"],
  ["admin", "everything"],
];
const LIFETIMES: [string, string][] = [
  ["86400", "1 day"],
  ["2592000", "30 days"],
  ["7776000", "90 days"],
  ["31536000", "a year"],
];

export function ApiTokenForm({ close }: { close: () => void }) {
  const queries = useQueryClient();
  const [name, setName] = useState("");
  const [role, setRole] = useState<Role>("viewer");
  const [scope, setScope] = useState<Scope>({});
  const [lifetime, setLifetime] = useState("2592000");
  const [made, setMade] = useState<ApiTokenSecret | undefined>();
  const make = useMutation({
    mutationFn: () => {
      const body = { name: name.trim(), role, scope, expires_in_seconds: Number(lifetime) };
      return taken(client.POST("/api/v1/api-tokens", { body }));
    },
    onSuccess: async (token) => {
      setMade(token);
      await queries.invalidateQueries({ queryKey: ["api-tokens"] });
    },
  });
  if (made) {
    return (
      <Dialog title={`API token ${made.name}`} close={close}>
        <div className={classes.form}>
          <p>This is shown once. Keep it where secrets are kept; it is sent as “Authorization: Bearer …”.</p>
          <Copy text={made.token} label="token" />
          <div className={classes.acts}>
            <Button onClick={close}>Done</Button>
          </div>
        </div>
      </Dialog>
    );
  }
  return (
    <Dialog title="Make an API token" close={close}>
      <form
        className={classes.form}
        onSubmit={(event) => {
          event.preventDefault();
          make.mutate();
        }}
      >
        <TextInput
          label="Name"
          description="Which program uses it; the audit log names it."
          required
          autoComplete="off"
          maxLength={253}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <div className={classes.row}>
          <Choice label="It may" choices={ROLES} value={role} onChange={(value) => setRole(value as Role)} />
          <Choice label="Valid for" choices={LIFETIMES} value={lifetime} onChange={setLifetime} />
        </div>
        <ScopeFields value={scope} onChange={setScope} />
        <p className="label">It can never do more than you can, now or later.</p>
        {make.isError && <Refusal error={make.error} />}
        <div className={classes.acts}>
          <Button variant="default" onClick={close}>
            Cancel
          </Button>
          <Button type="submit" loading={make.isPending} disabled={name.trim() === ""}>
            Make the token
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
