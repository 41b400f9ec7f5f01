// Changes of settings on their way to clusters: the one that is looked at, and the list.
import { Button, Tooltip } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useSearch } from "@tanstack/react-router";
import { client, taken } from "../api/client";
import { changesQuery, isOpen, sessionQuery } from "../api/query";
import { may, WHO } from "../api/role";
import { Panel } from "../ui/Panel";
import { Refusal } from "../ui/Refusal";
import { Trouble } from "../ui/Trouble";
import { useTitle } from "../ui/useTitle";
import classes from "./ChangesPage.module.css";
import { ChangeList } from "./changes/ChangeList";
import { ChangeView } from "./changes/ChangeView";

export function ChangesPage() {
  const { change } = useSearch({ from: "/signed-in/changes" });
  const queries = useQueryClient();
  const changes = useQuery(changesQuery);
  const allowed = may(useQuery(sessionQuery).data?.account.role, "operator");
  useTitle("Changes");
  const items = changes.data?.items ?? [];
  const running = items.filter(({ state }) => state === "running").length;
  const chosen = change ?? items.find(({ state }) => isOpen(state))?.id ?? items[0]?.id;
  const freeze = useMutation({
    mutationFn: () => taken(client.POST("/api/v1/changes/freeze", { body: { reason: "" } })),
    onSuccess: () => queries.invalidateQueries({ predicate: ({ queryKey }) => /^changes?$/.test(String(queryKey[0])) }),
  });
  return (
    <div className={classes.page}>
      <header className={classes.head}>
        <div>
          <h1>Changes</h1>
          <p className="quiet">
            Settings on their way to clusters: to one first, then a tenth at a time while all that have them stay well.
          </p>
        </div>
        <Tooltip
          label={allowed ? "Nothing is running" : `Only ${WHO.operator} can freeze changes`}
          disabled={allowed && running > 0}
        >
          <Button
            variant="danger"
            disabled={!allowed || running === 0}
            loading={freeze.isPending}
            onClick={() => freeze.mutate()}
          >
            Freeze all
          </Button>
        </Tooltip>
      </header>
      {freeze.isError && <Refusal error={freeze.error} />}
      {changes.isError && (
        <Trouble what="The changes could not be read." error={changes.error} retry={() => void changes.refetch()} />
      )}
      {changes.isSuccess && items.length === 0 && (
        <Panel title="Nothing was changed yet">
          <p className="quiet">
            A change begins on a cluster's page, under Values: edit the layer of the fleet, a provider, a region, a
            group or the cluster alone.
          </p>
        </Panel>
      )}
      {chosen && <ChangeView id={chosen} />}
      {items.length > 0 && (
        <Panel title="All changes">
          <ChangeList items={items} chosen={chosen} />
        </Panel>
      )}
    </div>
  );
}
