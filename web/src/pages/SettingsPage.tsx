// Settings: join tokens, and what this hub is.
import { useQuery } from "@tanstack/react-query";
import { sessionQuery } from "../api/query";
import { FactList } from "../ui/FactList";
import { Panel } from "../ui/Panel";
import { Time } from "../ui/Time";
import { formatSpan, zoneName } from "../ui/time";
import { useTitle } from "../ui/useTitle";
import classes from "./SettingsPage.module.css";
import { Access } from "./settings/Access";
import { JoinTokens } from "./settings/JoinTokens";
import { Notices } from "./settings/Notices";
import { Stores } from "./settings/Stores";

export function SettingsPage() {
  const session = useQuery(sessionQuery).data;
  useTitle("Settings");
  return (
    <div className={classes.page}>
      <h1>Settings</h1>
      <JoinTokens />
      <Stores />
      <Notices />
      <Access />
      {session && (
        <Panel title="This hub">
          <FactList
            facts={[
              ["Version", session.hub.version],
              ["Running since", <Time key="v" at={session.hub.started_at} />],
              ["Clusters report every", formatSpan(session.hub.status_every_seconds)],
              ["Address", location.origin],
              [
                "Identity key",
                <span key="k" className="mono">
                  {session.hub.identity_key}
                </span>,
              ],
              ["Times are shown in", zoneName()],
              ["Signed in as", `${session.account.email} (${session.account.role})`],
            ]}
          />
        </Panel>
      )}
    </div>
  );
}
