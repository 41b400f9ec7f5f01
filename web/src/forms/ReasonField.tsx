// Why something is done: presets to press, and free text; the audit log keeps it.
import { TextInput } from "@mantine/core";
import classes from "./ReasonField.module.css";

type Props = { presets: string[]; value: string; onChange: (value: string) => void; required?: boolean };

export function ReasonField({ presets, value, onChange, required = true }: Props) {
  return (
    <div className={classes.reason}>
      <TextInput
        label="Reason"
        description="The audit log keeps it."
        required={required}
        autoComplete="off"
        maxLength={500}
        value={value}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
      <div className={classes.presets}>
        {presets.map((preset) => (
          <button key={preset} type="button" aria-pressed={value === preset} onClick={() => onChange(preset)}>
            {preset}
          </button>
        ))}
      </div>
    </div>
  );
}
