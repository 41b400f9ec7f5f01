// People: who has an account, with which role, and where. Only administrators see it.
import { Button } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { accountsQuery, scopeWords } from "../../api/access";
import { client, taken } from "../../api/client";
import { sessionQuery } from "../../api/query";
import type { Account } from "../../api/type";
import { AccountForm } from "../../forms/AccountForm";
import { TakeForm } from "../../forms/TakeForm";
import { Panel } from "../../ui/Panel";
import { Trouble } from "../../ui/Trouble";
import { AccessList } from "./AccessList";

function rights(account: Account): string {
  const parts = account.grants.map((grant) => `${grant.role} for ${scopeWords(grant.scope)}`);
  if (account.role !== "none") parts.unshift(`${account.role} for the whole fleet`);
  return `${account.email}; ${parts.join("; ") || "may see nothing yet"}`;
}

export function People() {
  const accounts = useQuery(accountsQuery);
  const me = useQuery(sessionQuery).data?.account.id;
  const queries = useQueryClient();
  const [adding, setAdding] = useState(false);
  const [removing, setRemoving] = useState<Account | undefined>();
  const rows = (accounts.data?.items ?? []).map((account) => ({
    id: account.id,
    name: account.id === me ? `${account.name} (you)` : account.name,
    about: rights(account),
    act:
      account.id === me
        ? undefined
        : { word: "Remove…", label: `Remove ${account.name}`, run: () => setRemoving(account) },
  }));
  return (
    <Panel
      title="People"
      flush
      aside={
        <Button size="xs" onClick={() => setAdding(true)}>
          Add a person
        </Button>
      }
    >
      {accounts.isError && <Trouble what="" error={accounts.error} retry={() => void accounts.refetch()} />}
      <AccessList rows={rows} />
      {adding && <AccountForm close={() => setAdding(false)} />}
      {removing && (
        <TakeForm
          title="Remove 1 person"
          goes={`${removing.email} is signed out for good, and their API tokens end.`}
          stays="what they have done, and the audit log."
          presets={["They left", "The account was used by somebody else"]}
          close={() => setRemoving(undefined)}
          take={async (reason) => {
            const path = { id: removing.id };
            await taken(client.DELETE("/api/v1/accounts/{id}", { params: { path }, body: { reason } }));
            await queries.invalidateQueries({ queryKey: ["accounts"] });
            await queries.invalidateQueries({ queryKey: ["api-tokens"] });
          }}
        />
      )}
    </Panel>
  );
}
