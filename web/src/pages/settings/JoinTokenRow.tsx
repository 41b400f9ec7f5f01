// One join token: its name, whether it can still be used, and the clusters that joined by it.
import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { JoinToken } from "../../api/type";
import { Glyph } from "../../ui/Glyph";
import { StateGlyph } from "../../ui/StateGlyph";
import { Time } from "../../ui/Time";
import classes from "./JoinTokenRow.module.css";

const SHOWN = 6;

/** Why a token is of no use any more, or undefined. */
export function spent(token: JoinToken, now: number): string | undefined {
  if (token.revoked_at) return "revoked";
  if (token.uses_left <= 0) return "used up";
  return Date.parse(token.expires_at) <= now ? "expired" : undefined;
}

export function JoinTokenRow({ token, revoke }: { token: JoinToken; revoke?: () => void }) {
  const over = spent(token, Date.now());
  return (
    <li className={classes.row}>
      <Glyph tone={over ? "off" : "ok"} shape={over ? "ring" : "dot"} />
      <div className={classes.text}>
        <p className={classes.name}>{token.name}</p>
        <p className="label">
          {over ?? (
            <>
              {token.uses_left} {token.uses_left === 1 ? "use" : "uses"} left, expires <Time at={token.expires_at} />
            </>
          )}
        </p>
        {token.clusters.length > 0 && (
          <ul className={classes.clusters}>
            {token.clusters.slice(0, SHOWN).map(({ id, name, state }) => (
              <li key={id}>
                <Link to="/cluster/$id" params={{ id }} search={{}} className={classes.cluster}>
                  <StateGlyph state={state} size={10} labelled /> {name}
                </Link>
              </li>
            ))}
            {token.clusters.length > SHOWN && <li className="quiet">and {token.clusters.length - SHOWN} more</li>}
          </ul>
        )}
      </div>
      {!over && (
        <div className={classes.acts}>
          <Link to="/add" search={{ token: token.id }} className="link">
            Watch
          </Link>
          {revoke && (
            <Button variant="default" size="xs" onClick={revoke}>
              Revoke…
            </Button>
          )}
        </div>
      )}
    </li>
  );
}
