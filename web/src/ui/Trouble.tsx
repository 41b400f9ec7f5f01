// What went wrong, in the place of the part that failed, with the request id and a retry.
import { Button } from "@mantine/core";
import { asProblem } from "../api/problem";
import { Glyph } from "./Glyph";
import classes from "./Trouble.module.css";

type Props = { what: string; error: unknown; retry?: () => void };

export function Trouble({ what, error, retry }: Props) {
  const problem = asProblem(error);
  return (
    <div className={classes.trouble} role="alert">
      <Glyph tone="warn" shape="triangle" size={14} />
      <div className={classes.text}>
        <p>
          <strong>{what}</strong> {problem.detail}
        </p>
        {problem.requestId && <p className="label mono">request {problem.requestId}</p>}
      </div>
      {retry && (
        <Button variant="default" size="xs" onClick={retry}>
          Try again
        </Button>
      )}
    </div>
  );
}
