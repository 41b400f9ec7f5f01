// A budget: which series it bounds, where it warns, where it is over, and whom that is told.
import { Button, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { client, taken } from "../api/client";
import { asProblem } from "../api/problem";
import { clustersQuery } from "../api/query";
import type { Budget, Tried } from "../api/type";
import { Dialog } from "../ui/Dialog";
import { Refusal } from "../ui/Refusal";
import { ActField } from "./ActField";
import { draftOf, type TypedBudget, typedOf, wrongOf } from "./budgetDraft";
import { Choice } from "./Choice";
import classes from "./Form.module.css";
import { ReasonField } from "./ReasonField";
import { WouldNote } from "./WouldNote";

const PRESETS = ["Agreed with the team", "The bill grew", "A new service"];
type Props = { budget?: Budget; close: () => void };

export default function BudgetForm({ budget, close }: Props) {
  const queries = useQueryClient();
  const clusters = useQuery(clustersQuery).data ?? [];
  const [typed, setTyped] = useState<TypedBudget>(() => typedOf(budget));
  const [touched, setTouched] = useState<Set<string>>(new Set());
  const wrong = wrongOf(typed);
  const sound = Object.keys(wrong).length === 0;
  const send = (body: ReturnType<typeof draftOf>): Promise<Budget | Tried | undefined> => {
    if (!budget) return taken(client.POST("/api/v1/budgets", { body }));
    const params = { path: { id: budget.id }, header: { "If-Match": budget.etag } };
    return taken(client.PUT("/api/v1/budgets/{id}", { params, body }));
  };
  // What it would have done is asked anew when somebody pauses typing; why it is made changes nothing of that.
  const draft = JSON.stringify(draftOf({ ...typed, reason: "" }, false, true));
  const [asked] = useDebouncedValue(draft, 400);
  const acts = typed.act !== "watch" && sound;
  const tried = useQuery({
    queryKey: ["budget-try", budget?.id ?? "", asked],
    queryFn: () => send(JSON.parse(asked)) as Promise<Tried>,
    enabled: acts && asked === draft,
    staleTime: 60_000,
  });
  const shown = !acts || (asked === draft && tried.isFetched);
  const save = useMutation({
    mutationFn: (confirmed: boolean) => send(draftOf(typed, confirmed, false)),
    onSuccess: async () => {
      close();
      await queries.invalidateQueries({ predicate: ({ queryKey }) => /^budgets?$/.test(String(queryKey[0])) });
    },
  });
  const overAlready = save.isError && asProblem(save.error).code === "confirm_over";
  const set = (name: keyof TypedBudget, value: string) => {
    setTyped((old) => ({ ...old, [name]: value }));
    save.reset();
  };
  const field = (name: keyof TypedBudget) => ({
    value: typed[name],
    error: touched.has(name) ? wrong[name] : undefined,
    autoComplete: "off",
    onBlur: () => setTouched((old) => new Set(old).add(name)),
    onChange: (event: { currentTarget: { value: string } }) => set(name, event.currentTarget.value),
  });
  return (
    <Dialog title={budget ? `Change the budget ${budget.name}` : "Set a budget"} close={close} wide>
      <form
        className={classes.form}
        onSubmit={(event) => {
          event.preventDefault();
          setTouched(new Set(Object.keys(typed)));
          if (sound && shown) save.mutate(overAlready);
        }}
      >
        <TextInput label="Name" placeholder="payments" maxLength={63} data-autofocus {...field("name")} />
        <div className={classes.row}>
          <TextInput
            label="Team"
            placeholder="any"
            description="As the meter counts it: a namespace."
            {...field("team")}
          />
          <TextInput label="Metric" placeholder="any" description="Its whole name." {...field("metric")} />
        </div>
        <div className={classes.row}>
          <Choice
            label="Cluster"
            choices={[["", "any"], ...clusters.map(({ id, name }): [string, string] => [id, name])]}
            value={typed.cluster}
            onChange={(cluster) => set("cluster", cluster)}
          />
          <TextInput label="Region" placeholder="any" {...field("region")} />
          <TextInput label="Provider" placeholder="any" {...field("provider")} />
        </div>
        <div className={classes.row}>
          <TextInput label="Warns at (series)" placeholder="800 k" {...field("soft")} />
          <TextInput label="Over at (series)" placeholder="1 M, or nothing" {...field("hard")} />
        </div>
        <ActField
          act={typed.act}
          onChange={(act) => set("act", act)}
          labels={typed.labels}
          wrong={touched.has("labels") ? wrong.labels : undefined}
          onLabels={(labels) => {
            set("labels", labels);
            setTouched((old) => new Set(old).add("labels"));
          }}
        />
        {acts && <WouldNote tried={asked === draft ? tried.data : undefined} error={tried.error} />}
        <div className={classes.row}>
          <TextInput label="Owner" placeholder="payments on call" {...field("owner")} />
          <TextInput label="E-mail of the owner" placeholder="payments@example.com" {...field("emails")} />
        </div>
        <ReasonField
          presets={PRESETS}
          value={typed.reason}
          onChange={(reason) => set("reason", reason)}
          required={false}
        />
        {save.isError && <Refusal error={save.error} />}
        <div className={classes.acts}>
          <Button variant="default" onClick={close}>
            Cancel
          </Button>
          <Button type="submit" variant={overAlready ? "danger" : undefined} disabled={!shown} loading={save.isPending}>
            {overAlready ? "Set it all the same" : budget ? "Change the budget" : "Set the budget"}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
