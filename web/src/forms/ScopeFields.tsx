// Which clusters: of a team, in a region, or with a label; nothing filled in is the whole fleet.
import { TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { teamsQuery } from "../api/access";
import type { Scope } from "../api/type";
import { Choice } from "./Choice";
import classes from "./Form.module.css";

type Props = { value: Scope; onChange: (value: Scope) => void };

export function ScopeFields({ value, onChange }: Props) {
  const teams = useQuery(teamsQuery).data?.items ?? [];
  return (
    <div className={classes.row}>
      <Choice
        label="Team"
        choices={[["", "any"], ...teams.map(({ name }): [string, string] => [name, name])]}
        value={value.team ?? ""}
        onChange={(team) => onChange({ ...value, team: team || undefined })}
      />
      <TextInput
        label="Region"
        placeholder="any"
        autoComplete="off"
        maxLength={253}
        value={value.region ?? ""}
        onChange={(event) => onChange({ ...value, region: event.currentTarget.value.trim() || undefined })}
      />
    </div>
  );
}
