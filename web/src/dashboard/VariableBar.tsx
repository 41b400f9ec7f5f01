// What a person chooses in a dashboard: one of a list, some of a list, or a text.
import { MultiSelect, TextInput } from "@mantine/core";
import { useEffect, useState } from "react";
import { Choice } from "../forms/Choice";
import classes from "./VariableBar.module.css";
import { ALL, isOpen, type Resolved, type Store } from "./variables";

type Props = { resolved: Resolved[]; stores: Store[]; choose: (name: string, values: string[]) => void };

export function VariableBar({ resolved, stores, choose }: Props) {
  const open = resolved.filter(isOpen);
  if (open.length === 0) return null;
  const word = ({ variable }: Resolved, value: string) => {
    if (value === ALL) return "All";
    return variable.type === "datasource" ? (stores.find(({ id }) => id === value)?.name ?? value) : value;
  };
  return (
    <div className={classes.bar}>
      {open.map((one) => {
        const { variable, options, chosen } = one;
        const set = (values: string[]) => choose(variable.name, values);
        if (variable.type === "textbox") {
          return (
            <Text key={variable.name} label={variable.label} value={chosen[0] ?? ""} set={(value) => set([value])} />
          );
        }
        const all = variable.includeAll ? [ALL, ...options] : options;
        if (variable.multi) {
          return (
            <MultiSelect
              key={variable.name}
              label={variable.label}
              className={classes.multi}
              size="xs"
              searchable
              clearable={false}
              hidePickedOptions
              withCheckIcon={false}
              comboboxProps={{ shadow: "md" }}
              data={all.map((value) => ({ value, label: word(one, value) }))}
              value={chosen}
              onChange={(values) => {
                // All and some exclude each other: the newest choice holds.
                const newest = values.at(-1);
                set(
                  newest === undefined || newest === ALL
                    ? variable.includeAll
                      ? [ALL]
                      : []
                    : values.filter((value) => value !== ALL),
                );
              }}
            />
          );
        }
        return options.length === 0 ? (
          <p key={variable.name} className="label">
            {variable.label}: none found
          </p>
        ) : (
          <Choice
            key={variable.name}
            label={variable.label}
            choices={all.map((value) => [value, word(one, value)])}
            value={chosen[0] ?? ""}
            onChange={(value) => set([value])}
          />
        );
      })}
    </div>
  );
}

/** Asked when the person pauses: not at each letter. */
function Text({ label, value, set }: { label: string; value: string; set: (value: string) => void }) {
  const [typed, setTyped] = useState(value);
  useEffect(() => {
    if (typed === value) return;
    const timer = setTimeout(() => set(typed), 400);
    return () => clearTimeout(timer);
  }, [typed, value, set]);
  return (
    <TextInput
      label={label}
      size="xs"
      autoComplete="off"
      maxLength={200}
      value={typed}
      onChange={(event) => setTyped(event.currentTarget.value)}
    />
  );
}
