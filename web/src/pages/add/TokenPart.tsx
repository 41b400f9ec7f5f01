// The first step: what is known of the cluster, all of it optional.
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { sessionQuery } from "../../api/query";
import { highest, may, WHO } from "../../api/role";
import { TokenForm } from "../../forms/TokenForm";
import { Panel } from "../../ui/Panel";
import { keepCommand } from "./kept";

export function TokenPart() {
  const navigate = useNavigate();
  const role = highest(useQuery(sessionQuery).data?.account);
  if (role !== undefined && !may(role, "operator")) {
    return (
      <Panel title="What you know of it">
        <p>Only {WHO.operator} can make a join token: ask one of them.</p>
      </Panel>
    );
  }
  return (
    <Panel title="What you know of it">
      <TokenForm
        done={(made) => {
          keepCommand(made);
          void navigate({ to: "/add", search: (old) => ({ ...old, token: made.id }) });
        }}
      />
    </Panel>
  );
}
