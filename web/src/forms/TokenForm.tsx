// A join token: what it is for, where its clusters are, how long and how often it may be used.
import { Button, Checkbox, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { client, taken } from "../api/client";
import type { JoinTokenSecret } from "../api/type";
import { Refusal } from "../ui/Refusal";
import { Choice } from "./Choice";
import classes from "./Form.module.css";

const LIFETIMES: [string, string][] = [
  ["3600", "1 hour"],
  ["28800", "8 hours"],
  ["86400", "1 day"],
  ["604800", "7 days"],
];
const PLACES = ["provider", "region", "environment"] as const;
const WORDS = { provider: "Provider", region: "Region", environment: "Environment" };
const EXAMPLES = { provider: "aws, gcp, azure", region: "eu-west-1", environment: "prod" };

export function TokenForm({ done }: { done: (made: JoinTokenSecret) => void }) {
  const queries = useQueryClient();
  const [name, setName] = useState("");
  const [place, setPlace] = useState<Record<string, string>>({});
  const [lifetime, setLifetime] = useState("3600");
  const [uses, setUses] = useState("1");
  const [needsAcceptance, setNeedsAcceptance] = useState(false);
  const [reason, setReason] = useState("");
  const make = useMutation({
    mutationFn: () => {
      const labels = Object.fromEntries(Object.entries(place).filter(([, value]) => value !== ""));
      const body = {
        name: name.trim() || "a cluster",
        expires_in_seconds: Number(lifetime),
        uses: Number(uses),
        labels,
        needs_acceptance: needsAcceptance,
        reason: reason.trim(),
      };
      return taken(client.POST("/api/v1/join-tokens", { body }));
    },
    onSuccess: async (made) => {
      await queries.invalidateQueries({ queryKey: ["join-tokens"] });
      done(made);
    },
  });
  const badUses = !/^[1-9]\d{0,3}$/.test(uses);
  return (
    <form
      className={classes.form}
      onSubmit={(event) => {
        event.preventDefault();
        if (!badUses) make.mutate();
      }}
    >
      <TextInput
        label="Name"
        description="What this token is for; people see it in the audit log."
        placeholder="eu-west-1-prod-4"
        autoComplete="off"
        maxLength={63}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <div className={classes.row}>
        {PLACES.map((label) => (
          <TextInput
            key={label}
            label={WORDS[label]}
            placeholder={EXAMPLES[label]}
            autoComplete="off"
            maxLength={63}
            value={place[label] ?? ""}
            onChange={(event) => setPlace({ ...place, [label]: event.currentTarget.value.trim() })}
          />
        ))}
      </div>
      <p className="label">
        All optional: the cluster finds out by itself. What you fill in, the token insists on: a cluster elsewhere is
        refused.
      </p>
      <div className={classes.row}>
        <Choice label="Valid for" choices={LIFETIMES} value={lifetime} onChange={setLifetime} />
        <TextInput
          label="Clusters that may use it"
          inputMode="numeric"
          value={uses}
          error={badUses ? "A number from 1 to 9999" : undefined}
          onChange={(event) => setUses(event.currentTarget.value)}
        />
      </div>
      <Checkbox
        label="A person accepts each cluster"
        description="Until then it is shown as waiting, and gets nothing from the hub."
        checked={needsAcceptance}
        onChange={(event) => setNeedsAcceptance(event.currentTarget.checked)}
      />
      <TextInput
        label="Reason"
        description="The audit log keeps it."
        autoComplete="off"
        maxLength={500}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
      {make.isError && <Refusal error={make.error} />}
      <div className={classes.acts}>
        <Button type="submit" loading={make.isPending} disabled={badUses}>
          Make the command
        </Button>
      </div>
    </form>
  );
}
