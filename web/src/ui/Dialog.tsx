// A dialog over the page: a title, the content, and a way out by key, press or button.
import { Modal } from "@mantine/core";
import classes from "./Dialog.module.css";

type Props = { title: string; close: () => void; children: React.ReactNode; wide?: boolean };

export function Dialog({ title, close, children, wide = false }: Props) {
  return (
    // Locking the scroll would inject a style element, which a strict content policy refuses.
    <Modal.Root
      opened
      onClose={close}
      lockScroll={false}
      centered
      radius={8}
      size={wide ? "lg" : "md"}
      transitionProps={{ duration: 100 }}
    >
      <Modal.Overlay />
      <Modal.Content>
        <div className={classes.head}>
          <Modal.Title className={classes.title}>{title}</Modal.Title>
          <Modal.CloseButton aria-label="Close" />
        </div>
        <Modal.Body>{children}</Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}
