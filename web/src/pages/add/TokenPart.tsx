// The first step: what is known of the cluster, all of it optional.
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { sessionQuery } from "../../api/query";
import { TokenForm } from "../../forms/TokenForm";
import { Panel } from "../../ui/Panel";
import { keepCommand } from "./kept";

export function TokenPart() {
  const navigate = useNavigate();
  const role = useQuery(sessionQuery).data?.account.role;
  if (role !== undefined && role !== "admin") {
    return (
      <Panel title="What you know of it">
        <p>Only an administrator can make a join token. Ask one of them; Settings lists the tokens that exist.</p>
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
