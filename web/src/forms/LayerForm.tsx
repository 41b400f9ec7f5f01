// Edits one layer: switches and text, a preview of what changes on which cluster, and how it goes out.
import { Button, Textarea } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { client, taken } from "../api/client";
import { asProblem } from "../api/problem";
import { layersQuery } from "../api/query";
import type { Layer, LayerEdit, LayerName } from "../api/type";
import { layerWord } from "../pages/changes/layerWord";
import { Dialog } from "../ui/Dialog";
import { Refusal } from "../ui/Refusal";
import { Time } from "../ui/Time";
import { Trouble } from "../ui/Trouble";
import { Choice } from "./Choice";
import classes from "./Form.module.css";
import { LayerPreview } from "./LayerPreview";
import { read, withSwitch, written } from "./layerText";
import { IN_BATCHES, isTyped, PaceField, termsOf } from "./PaceField";
import { ReasonField } from "./ReasonField";

const PRESETS = ["Planned", "An incident", "Less volume", "A trial"];
const SWITCH: [string, string][] = [
  ["", "left to the other layers"],
  ["true", "on"],
  ["false", "off"],
];

type Props = { name: LayerName; clusterName: string; close: () => void };

/** Waits for the layer as it is, and shows the form for it. */
export function LayerForm(props: Props) {
  const layers = useQuery({ ...layersQuery, staleTime: 0 });
  const { kind, name } = props.name;
  const layer = layers.data?.items.find((one) => one.kind === kind && one.name === name);
  // What was read when the form opened stays: a later one is another's edit, and said when it is sent.
  const [begun, setBegun] = useState<{ layer: Layer | undefined } | undefined>();
  useEffect(() => {
    if (layers.isSuccess && !layers.isFetching && begun === undefined) setBegun({ layer });
  }, [layers.isSuccess, layers.isFetching, layer, begun]);
  return (
    <Dialog title={`Change the settings of ${layerWord(props.name, props.clusterName)}`} close={props.close} wide>
      {layers.isError && (
        <Trouble what="The layers could not be read." error={layers.error} retry={() => void layers.refetch()} />
      )}
      {begun && <Fields {...props} layer={begun.layer} newest={layer} />}
    </Dialog>
  );
}

function Fields({ name, close, layer, newest }: Props & { layer: Layer | undefined; newest: Layer | undefined }) {
  const queries = useQueryClient();
  const navigate = useNavigate();
  const [known, setKnown] = useState(layer?.etag);
  const [text, setText] = useState(written(layer?.content));
  const [reason, setReason] = useState("");
  const [pace, setPace] = useState(IN_BATCHES);
  const found = read(text);
  const wrong = "wrong" in found ? found.wrong : undefined;
  const send = (dryRun: boolean) => {
    if ("wrong" in found) throw new Error(found.wrong);
    const terms = { dry_run: dryRun, reason, ...termsOf(pace) };
    return taken(
      client.PUT("/api/v1/layers/{kind}/{name}", {
        params: { path: { kind: name.kind, name: name.name }, header: { "If-Match": known } },
        body: { content: found.content as LayerEdit["content"], selector: layer?.selector ?? {}, ...terms },
      }),
    );
  };
  const preview = useMutation({ mutationFn: () => send(true) });
  const make = useMutation({
    mutationFn: () => send(false),
    onSuccess: async (made) => {
      close();
      await queries.invalidateQueries({
        predicate: ({ queryKey }) => /^(changes?|layers|values)$/.test(String(queryKey[0])),
      });
      void navigate({ to: "/changes", search: { change: made.change?.id } });
    },
    onError: (error) => {
      if (asProblem(error).status === 412) void queries.invalidateQueries({ queryKey: ["layers"] });
    },
  });
  const failed = make.error ?? preview.error;
  const edited = asProblem(failed).status === 412;
  const count = preview.data?.preview.count;
  const ready = count !== undefined && !wrong && reason.trim() !== "" && isTyped(pace, count);
  const type = (next: string) => {
    setText(next);
    // What was shown is of another text.
    preview.reset();
  };
  const spoken = "content" in found ? found.content.enabled : undefined;
  return (
    <form
      className={classes.form}
      onSubmit={(event) => {
        event.preventDefault();
        if (ready) make.mutate();
      }}
    >
      <p className="label">
        {layer ? (
          <>
            Changed by {layer.changed_by}, <Time at={layer.changed_at} />.
          </>
        ) : (
          "There is no such layer yet."
        )}{" "}
        A later layer wins: fleet, provider, region, group, cluster, and over all the flag on the cluster.
      </p>
      <Choice
        label="Observed"
        choices={SWITCH}
        value={spoken === undefined || spoken === null ? "" : String(spoken)}
        onChange={(word) => type(withSwitch(text, "enabled", word))}
      />
      <Textarea
        label="Settings as JSON"
        description='enabled, suspend, packs (values by pack, such as {"base": {"scrape": {"interval_seconds": 30}}}), destinations'
        autosize
        minRows={6}
        maxRows={18}
        spellCheck={false}
        classNames={{ input: "mono" }}
        value={text}
        error={wrong}
        onChange={(event) => type(event.currentTarget.value)}
      />
      <div>
        <Button
          variant="default"
          disabled={wrong !== undefined}
          loading={preview.isPending}
          onClick={() => preview.mutate()}
        >
          Show what changes
        </Button>
      </div>
      {preview.data && <LayerPreview preview={preview.data.preview} />}
      {count !== undefined && <PaceField count={count} pace={pace} onChange={setPace} />}
      {count !== undefined && <ReasonField presets={PRESETS} value={reason} onChange={setReason} />}
      {failed && !edited && <Refusal error={failed} />}
      {edited && newest && (
        <div role="alert">
          <p>
            {newest.changed_by} changed this <Time at={newest.changed_at} />. What you typed is kept; this is what is
            there now:
          </p>
          <pre className="mono">{written(newest.content)}</pre>
          <Button
            variant="default"
            size="xs"
            onClick={() => {
              setKnown(newest.etag);
              make.reset();
              preview.reset();
            }}
          >
            Go on from there with mine
          </Button>
        </div>
      )}
      <div className={classes.acts}>
        <Button variant="default" onClick={close}>
          Leave it
        </Button>
        <Button type="submit" disabled={!ready} loading={make.isPending}>
          {count === undefined ? "Change" : `Change ${count} ${count === 1 ? "cluster" : "clusters"}`}
        </Button>
      </div>
    </form>
  );
}
