// A team: a name, and the label by which its clusters are known.
import { Button, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { client, taken } from "../api/client";
import { Dialog } from "../ui/Dialog";
import { Refusal } from "../ui/Refusal";
import classes from "./Form.module.css";

export function TeamForm({ close }: { close: () => void }) {
  const queries = useQueryClient();
  const [name, setName] = useState("");
  const [label, setLabel] = useState("");
  const bad = label !== "" && !/^[^=\s]+=\S+$/.test(label);
  const make = useMutation({
    mutationFn: () => {
      const [key, ...rest] = label.split("=");
      const labels = label === "" ? {} : { [key ?? ""]: rest.join("=") };
      return taken(client.POST("/api/v1/teams", { body: { name: name.trim(), labels } }));
    },
    onSuccess: async () => {
      close();
      await queries.invalidateQueries({ queryKey: ["teams"] });
    },
  });
  return (
    <Dialog title="Make a team" close={close}>
      <form
        className={classes.form}
        onSubmit={(event) => {
          event.preventDefault();
          if (!bad) make.mutate();
        }}
      >
        <TextInput
          label="Name"
          required
          autoComplete="off"
          maxLength={253}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <TextInput
          label="Label of its clusters"
          description="Name, region, provider and environment count as labels."
          placeholder={`team=${name.trim() || "payments"}`}
          autoComplete="off"
          value={label}
          error={bad ? "name=value" : undefined}
          onChange={(event) => setLabel(event.currentTarget.value.trim())}
        />
        {make.isError && <Refusal error={make.error} />}
        <div className={classes.acts}>
          <Button variant="default" onClick={close}>
            Cancel
          </Button>
          <Button type="submit" loading={make.isPending} disabled={name.trim() === "" || bad}>
            Make the team
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
