// Tokens of programs: one's own, everybody's for an administrator.
import { Button } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { apiTokensQuery, scopeWords } from "../../api/access";
import { client, taken } from "../../api/client";
import type { ApiToken } from "../../api/type";
import { ApiTokenForm } from "../../forms/ApiTokenForm";
import { TakeForm } from "../../forms/TakeForm";
import { Panel } from "../../ui/Panel";
import { Time } from "../../ui/Time";
import { Trouble } from "../../ui/Trouble";
import { AccessList } from "./AccessList";
import classes from "./JoinTokens.module.css";

const PRESETS = ["It is not needed any more", "It was seen by others"];

export function ApiTokens() {
  const tokens = useQuery(apiTokensQuery);
  const queries = useQueryClient();
  const [making, setMaking] = useState(false);
  const [revoking, setRevoking] = useState<ApiToken | undefined>();
  const items = tokens.data?.items ?? [];
  const rows = items.map((token) => {
    const over = Boolean(token.revoked_at) || Date.parse(token.expires_at) <= Date.now();
    return {
      id: token.id,
      name: token.name,
      over,
      about: (
        <>
          {token.role} for {scopeWords(token.scope)}, by {token.created_by};{" "}
          {token.revoked_at ? (
            "revoked"
          ) : (
            <>
              expires <Time at={token.expires_at} />
            </>
          )}
          {token.last_used_at ? (
            <>
              , last used <Time at={token.last_used_at} />
            </>
          ) : (
            ", not used yet"
          )}
        </>
      ),
      act: over
        ? undefined
        : { word: "Revoke…", label: `Revoke the API token ${token.name}`, run: () => setRevoking(token) },
    };
  });
  return (
    <Panel
      title="API tokens"
      flush
      aside={
        <Button size="xs" onClick={() => setMaking(true)}>
          Make a token
        </Button>
      }
    >
      {tokens.isError && <Trouble what="" error={tokens.error} retry={() => void tokens.refetch()} />}
      {tokens.isSuccess && items.length === 0 && <p className={classes.none}>No program asks this hub yet.</p>}
      <AccessList rows={rows} />
      {making && <ApiTokenForm close={() => setMaking(false)} />}
      {revoking && (
        <TakeForm
          title="Revoke 1 API token"
          goes={`the next call by ${revoking.name} is refused.`}
          stays="what it has done."
          presets={PRESETS}
          close={() => setRevoking(undefined)}
          take={async (reason) => {
            const path = { id: revoking.id };
            await taken(client.DELETE("/api/v1/api-tokens/{id}", { params: { path }, body: { reason } }));
            await queries.invalidateQueries({ queryKey: ["api-tokens"] });
          }}
        />
      )}
    </Panel>
  );
}
