// The join tokens: what each may still do, who came by it, and revoking it.
import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { joinTokensQuery, sessionQuery } from "../../api/query";
import { highest, may } from "../../api/role";
import type { JoinToken } from "../../api/type";
import { RevokeForm } from "../../forms/RevokeForm";
import { Panel } from "../../ui/Panel";
import { Trouble } from "../../ui/Trouble";
import { JoinTokenRow } from "./JoinTokenRow";
import classes from "./JoinTokens.module.css";

export function JoinTokens() {
  const tokens = useQuery(joinTokensQuery);
  const allowed = may(highest(useQuery(sessionQuery).data?.account), "operator");
  const navigate = useNavigate();
  const [revoking, setRevoking] = useState<JoinToken | undefined>();
  const items = tokens.data?.items ?? [];
  return (
    <Panel
      title="Join tokens"
      flush
      aside={
        allowed && (
          <Button size="xs" onClick={() => void navigate({ to: "/add", search: {} })}>
            Add a cluster
          </Button>
        )
      }
    >
      {tokens.isError && <Trouble what="" error={tokens.error} retry={() => void tokens.refetch()} />}
      {tokens.isSuccess && items.length === 0 && (
        <p className={classes.none}>No token was made yet. Adding a cluster makes one.</p>
      )}
      <ul className={classes.list}>
        {items.map((token) => (
          <JoinTokenRow key={token.id} token={token} revoke={allowed ? () => setRevoking(token) : undefined} />
        ))}
      </ul>
      {revoking && <RevokeForm token={revoking} close={() => setRevoking(undefined)} />}
    </Panel>
  );
}
