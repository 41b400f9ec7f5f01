// The second and third step: the command, and the clusters that come with it, live.
import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { clustersQuery, joinTokensQuery } from "../../api/query";
import { RevokeForm } from "../../forms/RevokeForm";
import { Panel } from "../../ui/Panel";
import { Time } from "../../ui/Time";
import { Trouble } from "../../ui/Trouble";
import { CommandPart } from "./CommandPart";
import classes from "./JoinWatch.module.css";
import { forgetCommand, keptCommand } from "./kept";
import { StepList } from "./StepList";
import { stepsFor } from "./steps";

const WATCH_MS = 3000;

export function JoinWatch({ id }: { id: string }) {
  const navigate = useNavigate();
  const tokens = useQuery({ ...joinTokensQuery, refetchInterval: WATCH_MS });
  const clusters = useQuery({ ...clustersQuery, refetchInterval: WATCH_MS }).data ?? [];
  const token = tokens.data?.items.find((one) => one.id === id);
  const command = keptCommand(id);
  const [revoking, setRevoking] = useState(false);
  if (tokens.isError) {
    return <Trouble what="The token could not be read." error={tokens.error} retry={() => void tokens.refetch()} />;
  }
  if (tokens.isPending) return <div aria-busy="true" />;
  if (!token) {
    return (
      <Panel title="This token does not exist any more">
        <Link to="/add" search={{ token: undefined }} className="link">
          Make another one
        </Link>
      </Panel>
    );
  }
  const joined = token.clusters.map((one) => ({ ...one, cluster: clusters.find((each) => each.id === one.id) }));
  const expired = Date.parse(token.expires_at) < Date.now();
  const usable = token.uses_left > 0 && !expired && !token.revoked_at;
  return (
    <>
      {(usable || command) && (
        <Panel
          title="Run this on the cluster"
          aside={
            <span className="label">
              {usable ? (
                <>
                  {token.uses_left} {token.uses_left === 1 ? "use" : "uses"} left, expires{" "}
                  <Time at={token.expires_at} />
                </>
              ) : (
                "used up or expired"
              )}
            </span>
          }
        >
          <CommandPart command={command} />
          {usable && (
            <div className={classes.acts}>
              <Button variant="default" size="xs" onClick={() => setRevoking(true)}>
                Revoke this token…
              </Button>
            </div>
          )}
        </Panel>
      )}
      {joined.length === 0 ? (
        <Panel title="What happens">
          <StepList steps={stepsFor(undefined, token.created_at ?? undefined)} usable={usable} />
        </Panel>
      ) : (
        joined.map(({ id: clusterId, name, cluster, enrolled_at }) => (
          <Panel
            key={clusterId}
            title={name}
            aside={
              <Link to="/cluster/$id" params={{ id: clusterId }} search={{}} className="link">
                Open
              </Link>
            }
          >
            <StepList steps={stepsFor(cluster, enrolled_at)} usable />
          </Panel>
        ))
      )}
      {revoking && (
        <RevokeForm
          token={token}
          close={() => setRevoking(false)}
          done={() => {
            forgetCommand(id);
            void navigate({ to: "/add", search: (old) => ({ ...old, token: undefined }) });
          }}
        />
      )}
      <p>
        <Link to="/add" search={{ token: undefined }} className="link">
          Add another cluster
        </Link>
      </p>
    </>
  );
}
