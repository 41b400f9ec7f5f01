// Who did what, why, and with which outcome.
import { Button } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { auditQuery } from "../api/query";
import { Trouble } from "../ui/Trouble";
import { zoneName } from "../ui/time";
import { useTitle } from "../ui/useTitle";
import classes from "./AuditPage.module.css";
import { AuditTable } from "./audit/AuditTable";

export function AuditPage() {
  const audit = useInfiniteQuery(auditQuery);
  useTitle("Audit");
  const items = audit.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <div className={classes.page}>
      <header className={classes.head}>
        <div>
          <h1>Audit</h1>
          <p className="quiet">
            Everything that people and programs did here, newest first. Times are in {zoneName()}.
          </p>
        </div>
        <Button variant="default" size="xs" loading={audit.isRefetching} onClick={() => void audit.refetch()}>
          Read again
        </Button>
      </header>
      {audit.isError && (
        <Trouble what="The audit log could not be read." error={audit.error} retry={() => void audit.refetch()} />
      )}
      {audit.isSuccess && items.length === 0 && <p className="quiet">Nothing was done yet.</p>}
      {items.length > 0 && <AuditTable items={items} />}
      {audit.hasNextPage && (
        <Button variant="default" loading={audit.isFetchingNextPage} onClick={() => void audit.fetchNextPage()}>
          Earlier
        </Button>
      )}
    </div>
  );
}
