// When a filter leaves nothing: says so and offers the way out.
import { Button } from "@mantine/core";
import classes from "./NothingShown.module.css";

export function NothingShown({ clear }: { clear: () => void }) {
  return (
    <div className={classes.nothing}>
      <p>No cluster here is like that.</p>
      <Button variant="default" size="xs" onClick={clear}>
        Show all
      </Button>
    </div>
  );
}
