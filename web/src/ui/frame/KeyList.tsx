// The list of keys.
import { Kbd } from "@mantine/core";
import { Dialog } from "../Dialog";
import classes from "./KeyList.module.css";
import { KEY_NAMES } from "./keyNames";

export default function KeyList({ close }: { close: () => void }) {
  return (
    <Dialog title="Keys" close={close}>
      <dl className={classes.list}>
        {KEY_NAMES.map(([keys, what]) => (
          <div key={keys} className={classes.row}>
            <dt>
              <Kbd>{keys}</Kbd>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
