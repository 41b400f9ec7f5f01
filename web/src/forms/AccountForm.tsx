// Another person: address, name, a first password, and what they may do in the whole fleet or in a part of it.
import { Button, PasswordInput, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { client, taken } from "../api/client";
import type { Scope } from "../api/type";
import { Dialog } from "../ui/Dialog";
import { Refusal } from "../ui/Refusal";
import { Choice } from "./Choice";
import classes from "./Form.module.css";
import { ScopeFields } from "./ScopeFields";

type Given = "viewer" | "operator" | "admin";
const ROLES: [Given, string][] = [
  ["viewer", "viewer: sees"],
  ["operator", "operator: sees and steers"],
  ["admin", "administrator: everything"],
];

/** Whether a scope is a part of the fleet. */
function isPart(scope: Scope): boolean {
  return scope.team !== undefined || scope.region !== undefined;
}

export function AccountForm({ close }: { close: () => void }) {
  const queries = useQueryClient();
  const [email, setEmail] = useState("");
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const [role, setRole] = useState<Given>("viewer");
  const [scope, setScope] = useState<Scope>({});
  const make = useMutation({
    mutationFn: async () => {
      const part = isPart(scope);
      const body = { email, name, password, role: part ? ("none" as const) : role };
      const account = await taken(client.POST("/api/v1/accounts", { body }));
      if (part) {
        const path = { id: account.id };
        await taken(client.POST("/api/v1/accounts/{id}/grants", { params: { path }, body: { role, scope } }));
      }
    },
    onSuccess: close,
    onSettled: () => queries.invalidateQueries({ queryKey: ["accounts"] }),
  });
  return (
    <Dialog title="Add a person" close={close}>
      <form
        className={classes.form}
        onSubmit={(event) => {
          event.preventDefault();
          make.mutate();
        }}
      >
        <div className={classes.row}>
          <TextInput
            label="E-mail"
            type="email"
            required
            autoComplete="off"
            value={email}
            onChange={(event) => setEmail(event.currentTarget.value)}
          />
          <TextInput
            label="Name"
            required
            autoComplete="off"
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
        </div>
        <PasswordInput
          label="First password"
          description="At least 10 letters; hand it over yourself."
          required
          minLength={10}
          autoComplete="new-password"
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
        <Choice label="Role" choices={ROLES} value={role} onChange={(value) => setRole(value as Given)} />
        <ScopeFields value={scope} onChange={setScope} />
        <p className="label">Without team and region the role is for the whole fleet.</p>
        {make.isError && <Refusal error={make.error} />}
        <div className={classes.acts}>
          <Button variant="default" onClick={close}>
            Cancel
          </Button>
          <Button type="submit" loading={make.isPending}>
            Add the person
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
