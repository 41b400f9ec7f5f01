// The top bar: scope, search and commands, whether the screen is live, and the person.
import { useQuery } from "@tanstack/react-query";
import { sessionQuery } from "../../api/query";
import { AccountMenu } from "./AccountMenu";
import { CommandButton } from "./CommandButton";
import { LiveMark } from "./LiveMark";
import { ScopePicker } from "./ScopePicker";
import classes from "./TopBar.module.css";

export function TopBar({ showKeys }: { showKeys: () => void }) {
  const session = useQuery(sessionQuery).data;
  return (
    <header className={classes.bar}>
      <ScopePicker />
      <div className={classes.middle}>
        <CommandButton />
      </div>
      <LiveMark />
      {session && <AccountMenu account={session.account} showKeys={showKeys} />}
    </header>
  );
}
