// What opens search and commands; it looks like the field that it opens.
import { Kbd } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import classes from "./CommandButton.module.css";
import { openCommands } from "./commandStore";

const mac = /Mac|iPhone|iPad/.test(navigator.userAgent);

export function CommandButton() {
  return (
    <button type="button" className={classes.button} onClick={() => openCommands()}>
      <IconSearch size={15} aria-hidden />
      <span>Search clusters and commands</span>
      <Kbd className={classes.key}>{mac ? "⌘ K" : "Ctrl K"}</Kbd>
    </button>
  );
}
