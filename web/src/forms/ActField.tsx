// What a budget does past its hard limit: one of two, each with what that means in a sentence.
import { Radio } from "@mantine/core";
import classes from "./ActField.module.css";

const ACTS: [string, string, string][] = [
  ["watch", "Watch", "The owner is told. Every series goes through."],
  [
    "refuse",
    "Refuse new series",
    "Past the hard limit, meters that senders send through refuse new series of the metrics that grew. Series that are known go on, and a rollout may double what was there.",
  ],
];

export function ActField({ act, onChange }: { act: string; onChange: (act: string) => void }) {
  return (
    <Radio.Group label="Past the hard limit" value={act} onChange={onChange}>
      <div className={classes.acts}>
        {ACTS.map(([value, label, description]) => (
          <Radio key={value} value={value} label={label} description={description} />
        ))}
      </div>
    </Radio.Group>
  );
}
