// A list of Settings about access: rows of a name, a line about it, and one act.
import { Button } from "@mantine/core";
import { Glyph } from "../../ui/Glyph";
import row from "./JoinTokenRow.module.css";
import classes from "./JoinTokens.module.css";

export type AccessRow = {
  id: string;
  name: string;
  about: React.ReactNode;
  over?: boolean;
  act?: { word: string; label: string; run: () => void };
};

export function AccessList({ rows }: { rows: AccessRow[] }) {
  return (
    <ul className={classes.list}>
      {rows.map(({ id, name, about, over = false, act }) => (
        <li key={id} className={row.row}>
          <Glyph tone={over ? "off" : "ok"} shape={over ? "ring" : "dot"} />
          <div className={row.text}>
            <p className={row.name}>{name}</p>
            <p className="label">{about}</p>
          </div>
          {act && (
            <div className={row.acts}>
              <Button variant="default" size="xs" aria-label={act.label} onClick={act.run}>
                {act.word}
              </Button>
            </div>
          )}
        </li>
      ))}
    </ul>
  );
}
