// One of a few: the browser's own list, which every phone draws well.
import { useId } from "react";
import classes from "./Choice.module.css";

type Props = { label: string; choices: [string, string][]; value: string; onChange: (value: string) => void };

export function Choice({ label, choices, value, onChange }: Props) {
  const id = useId();
  return (
    <div className={classes.choice}>
      <label htmlFor={id}>{label}</label>
      <select id={id} value={value} onChange={(event) => onChange(event.currentTarget.value)}>
        {choices.map(([key, word]) => (
          <option key={key} value={key}>
            {word}
          </option>
        ))}
      </select>
    </div>
  );
}
