// Takes a change back that is done: by another change, in batches unless all at once is chosen.
import { Button } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { client, taken } from "../api/client";
import type { LayerChangeDetail } from "../api/type";
import { layerWord } from "../pages/changes/layerWord";
import { Dialog } from "../ui/Dialog";
import { Refusal } from "../ui/Refusal";
import classes from "./Form.module.css";
import { IN_BATCHES, isTyped, PaceField, termsOf } from "./PaceField";
import { ReasonField } from "./ReasonField";

const PRESETS = ["It did harm", "It was a mistake", "It was only a trial"];

type Props = { change: LayerChangeDetail; close: () => void; done: (id: string) => void };

export function UndoForm({ change, close, done }: Props) {
  const queries = useQueryClient();
  const [reason, setReason] = useState("");
  const [pace, setPace] = useState(IN_BATCHES);
  const count = change.batches.reduce((sum, batch) => sum + batch.clusters.length, 0);
  const undo = useMutation({
    mutationFn: () =>
      taken(
        client.POST("/api/v1/changes/{id}/undo", {
          params: { path: { id: change.id } },
          body: { reason, ...termsOf(pace) },
        }),
      ),
    onSuccess: async (made) => {
      close();
      await queries.invalidateQueries({
        predicate: ({ queryKey }) => /^(changes?|layers|values)$/.test(String(queryKey[0])),
      });
      done(made.id);
    },
  });
  const ready = reason.trim() !== "" && isTyped(pace, count);
  return (
    <Dialog title={`Undo the change of ${layerWord(change)}`} close={close} wide>
      <form
        className={classes.form}
        onSubmit={(event) => {
          event.preventDefault();
          if (ready) undo.mutate();
        }}
      >
        <p>
          <strong>Goes:</strong> what this change set on {count === 1 ? "1 cluster" : `${count} clusters`}.{" "}
          <strong>Stays:</strong> every other layer, and what flags on clusters say.
        </p>
        <PaceField count={count} pace={pace} onChange={setPace} />
        <ReasonField presets={PRESETS} value={reason} onChange={setReason} />
        {undo.isError && <Refusal error={undo.error} />}
        <div className={classes.acts}>
          <Button variant="default" onClick={close}>
            Leave it
          </Button>
          <Button type="submit" variant="danger" disabled={!ready} loading={undo.isPending}>
            Undo
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
