// The command, for Helm or kubectl; it is shown only in the tab that made it.
import { useState } from "react";
import { Copy } from "../../ui/Copy";
import classes from "./CommandPart.module.css";
import type { KeptCommand } from "./kept";

export function CommandPart({ command }: { command: KeptCommand | undefined }) {
  const [way, setWay] = useState<"helm" | "kubectl">("helm");
  if (!command) {
    return (
      <p>
        The command holds a secret and was shown once, in the tab that made it. If it is lost, revoke this token and
        make another one.
      </p>
    );
  }
  return (
    <div className={classes.part}>
      <fieldset className={classes.ways}>
        <legend className="sr">By</legend>
        {(["helm", "kubectl"] as const).map((one) => (
          <button key={one} type="button" aria-pressed={way === one} onClick={() => setWay(one)}>
            {one === "helm" ? "Helm" : "kubectl"}
          </button>
        ))}
      </fieldset>
      <Copy text={command[way]} label="the command" />
      <p className="label">It holds a secret: shown in this tab only, and gone when the tab is closed.</p>
    </div>
  );
}
