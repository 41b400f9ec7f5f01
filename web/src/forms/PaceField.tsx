// How fast a change goes: in batches, or to all at once, which has to be chosen and its number typed.
import { Checkbox, TextInput } from "@mantine/core";

export type Pace = { allAtOnce: boolean; typed: string };
export const IN_BATCHES: Pace = { allAtOnce: false, typed: "" };

/** Whether it may be sent for so many clusters. */
export function isTyped({ allAtOnce, typed }: Pace, count: number): boolean {
  return !allAtOnce || count <= 1 || typed.trim() === String(count);
}

/** What the hub is told of it. */
export function termsOf({ allAtOnce, typed }: Pace) {
  return { all_at_once: allAtOnce, typed_count: allAtOnce && typed.trim() !== "" ? Number(typed) : null };
}

type Props = { count: number; pace: Pace; onChange: (pace: Pace) => void };

export function PaceField({ count, pace, onChange }: Props) {
  if (count <= 1) return null;
  return (
    <>
      <Checkbox
        label="To all at once"
        description={`Otherwise one cluster gets it first, and then a tenth of the ${count} at a time while all stay well.`}
        checked={pace.allAtOnce}
        onChange={(event) => onChange({ allAtOnce: event.currentTarget.checked, typed: "" })}
      />
      {pace.allAtOnce && (
        <TextInput
          label={`Type ${count} to change ${count} clusters at once`}
          inputMode="numeric"
          autoComplete="off"
          value={pace.typed}
          onChange={(event) => onChange({ ...pace, typed: event.currentTarget.value })}
        />
      )}
    </>
  );
}
