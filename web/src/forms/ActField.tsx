// What a budget does past its limits: one of three, each with what that means in a sentence, and the labels that may go.
import { Radio, TagsInput } from "@mantine/core";
import classes from "./ActField.module.css";
import { labelsOf } from "./budgetDraft";

const ACTS: [string, string, string][] = [
  ["watch", "Watch", "The owner is told. Every series goes through."],
  [
    "aggregate",
    "Aggregate labels away",
    "From the soft limit on, meters that senders send through send sums without these labels in the place of counters. Gauges stay as they are, and so does what a rule needs. Nothing is refused.",
  ],
  [
    "refuse",
    "Refuse new series",
    "Past the hard limit, meters that senders send through refuse new series of the metrics that grew. Series that are known go on, and a rollout may double what was there.",
  ],
];

type Props = {
  act: string;
  onChange: (act: string) => void;
  labels: string;
  wrong: string | undefined;
  onLabels: (labels: string) => void;
};

export function ActField({ act, onChange, labels, wrong, onLabels }: Props) {
  return (
    <>
      <Radio.Group label="Past its limits" value={act} onChange={onChange}>
        <div className={classes.acts}>
          {ACTS.map(([value, label, description]) => (
            <Radio key={value} value={value} label={label} description={description} />
          ))}
        </div>
      </Radio.Group>
      {act !== "watch" && (
        <TagsInput
          label={act === "refuse" ? "First aggregate these labels away" : "Labels to aggregate away"}
          description={
            act === "refuse"
              ? "From the soft limit on, before anything is refused; none is fine."
              : "Such as pod or instance. Press Enter after each."
          }
          placeholder={labels === "" ? "pod" : undefined}
          splitChars={[",", " "]}
          acceptValueOnBlur
          classNames={{ inputField: classes.inner }}
          maxTags={20}
          value={labelsOf(labels)}
          error={wrong}
          onChange={(all) => onLabels(all.join(" "))}
        />
      )}
    </>
  );
}
