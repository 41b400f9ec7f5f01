// The list of keys.
import { Kbd, Modal } from "@mantine/core";
import classes from "./KeyList.module.css";
import { KEY_NAMES } from "./keyNames";

export default function KeyList({ close }: { close: () => void }) {
  return (
    <Modal opened onClose={close} title="Keys">
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
    </Modal>
  );
}
