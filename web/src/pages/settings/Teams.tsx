// Teams: names for the clusters that have some labels. Administrators make and remove them.
import { Button } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { teamsQuery } from "../../api/access";
import { client, taken } from "../../api/client";
import type { Team } from "../../api/type";
import { TakeForm } from "../../forms/TakeForm";
import { TeamForm } from "../../forms/TeamForm";
import { Panel } from "../../ui/Panel";
import { Trouble } from "../../ui/Trouble";
import { AccessList } from "./AccessList";
import classes from "./JoinTokens.module.css";

export function Teams() {
  const teams = useQuery(teamsQuery);
  const queries = useQueryClient();
  const [making, setMaking] = useState(false);
  const [removing, setRemoving] = useState<Team | undefined>();
  const items = teams.data?.items ?? [];
  const rows = items.map((team) => ({
    id: team.id,
    name: team.name,
    about: `clusters with ${Object.entries(team.labels)
      .map(([name, value]) => `${name}=${value}`)
      .join(", ")}`,
    act: { word: "Remove…", label: `Remove the team ${team.name}`, run: () => setRemoving(team) },
  }));
  return (
    <Panel
      title="Teams"
      flush
      aside={
        <Button size="xs" onClick={() => setMaking(true)}>
          Make a team
        </Button>
      }
    >
      {teams.isError && <Trouble what="" error={teams.error} retry={() => void teams.refetch()} />}
      {teams.isSuccess && items.length === 0 && (
        <p className={classes.none}>No team yet: roles are for the whole fleet or a region.</p>
      )}
      <AccessList rows={rows} />
      {making && <TeamForm close={() => setMaking(false)} />}
      {removing && (
        <TakeForm
          title="Remove 1 team"
          goes={`the team ${removing.name}, with the grants and API tokens that are for it.`}
          stays="its clusters, as they are."
          presets={["It is not needed any more"]}
          close={() => setRemoving(undefined)}
          take={async (reason) => {
            const path = { id: removing.id };
            await taken(client.DELETE("/api/v1/teams/{id}", { params: { path }, body: { reason } }));
            for (const key of ["teams", "accounts", "api-tokens"]) {
              await queries.invalidateQueries({ queryKey: [key] });
            }
          }}
        />
      )}
    </Panel>
  );
}
