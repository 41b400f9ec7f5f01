// What can be done with a cluster: accept it, take it from the hub. An act that is not allowed stays visible and says who may.
import { Button, Tooltip } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { sessionQuery } from "../../api/query";
import { highest, may, WHO } from "../../api/role";
import type { ClusterDetail } from "../../api/type";
import { AcceptForm } from "../../forms/AcceptForm";
import { RemoveForm } from "../../forms/RemoveForm";
import classes from "./ClusterActs.module.css";

export function ClusterActs({ cluster }: { cluster: ClusterDetail }) {
  const role = highest(useQuery(sessionQuery).data?.account);
  const [open, setOpen] = useState<"accept" | "remove" | undefined>();
  const allowed = may(role, "operator");
  const removing = cluster.state === "removing";
  const close = () => setOpen(undefined);
  return (
    <div className={classes.acts}>
      {!cluster.accepted && (
        <Tooltip label={`Only ${WHO.operator} can accept a cluster`} disabled={allowed}>
          <Button
            data-disabled={!allowed || undefined}
            aria-disabled={!allowed}
            onClick={() => allowed && setOpen("accept")}
          >
            Accept
          </Button>
        </Tooltip>
      )}
      <Tooltip
        label={removing ? "Its removal is ordered already" : `Only ${WHO.operator} can remove a cluster`}
        disabled={allowed && !removing}
      >
        <Button
          variant="default"
          data-disabled={!allowed || removing || undefined}
          aria-disabled={!allowed || removing}
          onClick={() => allowed && !removing && setOpen("remove")}
        >
          Remove…
        </Button>
      </Tooltip>
      {open === "accept" && <AcceptForm cluster={cluster} close={close} />}
      {open === "remove" && <RemoveForm cluster={cluster} close={close} />}
    </div>
  );
}
