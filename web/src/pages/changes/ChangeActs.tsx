// Freeze, resume, undo: they act at once, and never hide. What is not allowed says who may.
import { Button, Tooltip } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { client, taken } from "../../api/client";
import { isOpen, sessionQuery } from "../../api/query";
import { may, WHO } from "../../api/role";
import type { LayerChangeDetail } from "../../api/type";
import { IN_BATCHES, termsOf } from "../../forms/PaceField";
import { UndoForm } from "../../forms/UndoForm";
import { Refusal } from "../../ui/Refusal";
import classes from "./ChangeActs.module.css";

type Act = "freeze" | "resume" | "undo";

export function ChangeActs({ change }: { change: LayerChangeDetail }) {
  const queries = useQueryClient();
  const navigate = useNavigate();
  const role = useQuery(sessionQuery).data?.account.role;
  const allowed = may(role, "operator");
  const [undoing, setUndoing] = useState(false);
  const { id, state } = change;
  const act = useMutation({
    mutationFn: (name: Act) => {
      const params = { path: { id } };
      if (name === "undo")
        return taken(
          client.POST("/api/v1/changes/{id}/undo", { params, body: { reason: "", ...termsOf(IN_BATCHES) } }),
        );
      return taken(client.POST(`/api/v1/changes/{id}/${name}`, { params, body: { reason: "" } }));
    },
    onSuccess: async (now) => {
      queries.setQueryData(["change", now.id], now);
      await queries.invalidateQueries({ queryKey: ["changes"] });
    },
  });
  const open = isOpen(state);
  const word = change.undo_of ? "the undoing" : "it";
  return (
    <div className={classes.acts}>
      <Tooltip label={`Only ${WHO.operator} can steer a change`} disabled={allowed}>
        <div className={classes.buttons}>
          {state === "running" && (
            <Button variant="danger" disabled={!allowed} loading={act.isPending} onClick={() => act.mutate("freeze")}>
              Freeze
            </Button>
          )}
          {(state === "frozen" || state === "halted") && (
            <Button disabled={!allowed} loading={act.isPending} onClick={() => act.mutate("resume")}>
              {state === "halted" ? "Go on all the same" : "Resume"}
            </Button>
          )}
          {open && (
            <Button
              variant="default"
              disabled={!allowed}
              loading={act.isPending}
              onClick={() => act.mutate("undo")}
              title={`What ${word} was released to gets at once what it had`}
            >
              Undo
            </Button>
          )}
          {state === "done" && !change.undone_by && (
            <Button variant="default" disabled={!allowed} onClick={() => setUndoing(true)}>
              Undo…
            </Button>
          )}
        </div>
      </Tooltip>
      {act.isError && <Refusal error={act.error} />}
      {undoing && (
        <UndoForm
          change={change}
          close={() => setUndoing(false)}
          done={(made) => void navigate({ to: "/changes", search: { change: made } })}
        />
      )}
    </div>
  );
}
