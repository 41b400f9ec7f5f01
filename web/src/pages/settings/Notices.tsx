// Whom the hub tells when a budget changes its state: webhooks and e-mail addresses, how each fares, and a try.
import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";
import { notificationTargetsQuery, sessionQuery } from "../../api/query";
import { may, WHO } from "../../api/role";
import type { NotificationTarget } from "../../api/type";
import { Panel } from "../../ui/Panel";
import { Trouble } from "../../ui/Trouble";
import { NoticeRow } from "./NoticeRow";
import classes from "./Stores.module.css";

const NoticeForm = lazy(() => import("../../forms/NoticeForm"));
const RemoveNoticeForm = lazy(() => import("../../forms/RemoveNoticeForm"));
type Open = { form: "add" } | { form: "remove"; target: NotificationTarget } | undefined;

export function Notices() {
  const allowed = may(useQuery(sessionQuery).data?.account.role, "operator");
  const targets = useQuery({ ...notificationTargetsQuery, enabled: allowed });
  const [open, setOpen] = useState<Open>();
  const items = targets.data?.items ?? [];
  const close = () => setOpen(undefined);
  return (
    <Panel
      title="Notifications"
      flush
      aside={
        <Button size="xs" disabled={!allowed} onClick={() => setOpen({ form: "add" })}>
          Add a target
        </Button>
      }
    >
      {!allowed && <p className={classes.none}>Notifications are seen and set by {WHO.operator}.</p>}
      {targets.isError && <Trouble what="" error={targets.error} retry={() => void targets.refetch()} />}
      {targets.isSuccess && items.length === 0 && (
        <p className={classes.none}>
          Nobody is told but the owners of budgets. A webhook or an address here hears once of every change of a
          budget&apos;s state.
        </p>
      )}
      {targets.data && !targets.data.sends_email && (
        <p className={classes.none}>This hub sends no e-mail: it was started without an SMTP server.</p>
      )}
      <ul className={classes.list}>
        {items.map((target) => (
          <NoticeRow key={target.id} target={target} remove={() => setOpen({ form: "remove", target })} />
        ))}
      </ul>
      <Suspense>
        {open?.form === "add" && <NoticeForm sendsEmail={targets.data?.sends_email ?? false} close={close} />}
        {open?.form === "remove" && <RemoveNoticeForm target={open.target} close={close} />}
      </Suspense>
    </Panel>
  );
}
