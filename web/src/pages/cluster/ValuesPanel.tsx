// What holds on the cluster: each value, which layer set it, what the flag overrides; and the layers to edit.
import { Button, Tooltip } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { clusterQuery, sessionQuery, valuesQuery } from "../../api/query";
import { may, WHO } from "../../api/role";
import type { ClusterValue, ClusterValues, LayerName } from "../../api/type";
import { LayerForm } from "../../forms/LayerForm";
import { Glyph } from "../../ui/Glyph";
import { Panel } from "../../ui/Panel";
import { Trouble } from "../../ui/Trouble";
import { layerWord } from "../changes/layerWord";
import classes from "./ValuesPanel.module.css";

const text = (value: unknown) => (value === null || value === undefined ? "the pack's default" : JSON.stringify(value));

export function ValuesPanel({ id }: { id: string }) {
  const values = useQuery(valuesQuery(id));
  const clusterName = useQuery(clusterQuery(id)).data?.name ?? "";
  const allowed = may(useQuery(sessionQuery).data?.account.role, "operator");
  const [editing, setEditing] = useState<LayerName | undefined>();
  const found = values.data;
  return (
    <Panel title="Values">
      {values.isError && (
        <Trouble what="The values could not be read." error={values.error} retry={() => void values.refetch()} />
      )}
      {found && (
        <div className={classes.parts}>
          <Arrived values={found} />
          {found.values.length === 0 ? (
            <p className="quiet">
              No layer of the hub sets anything for this cluster: it has the pack's defaults and what its flag says.
            </p>
          ) : (
            <ul className={classes.values}>
              {found.values.map((value) => (
                <Value key={value.pointer} value={value} />
              ))}
            </ul>
          )}
          <Tooltip label={`Only ${WHO.operator} can change settings`} disabled={allowed}>
            <div className={classes.layers}>
              <span className="label">Change for</span>
              {found.layers.map((layer) => (
                <Button
                  key={`${layer.kind}/${layer.name}`}
                  size="xs"
                  variant="default"
                  disabled={!allowed}
                  onClick={() => setEditing(layer)}
                >
                  {layer.kind === "cluster" ? "this cluster alone" : layerWord(layer)}
                </Button>
              ))}
            </div>
          </Tooltip>
        </div>
      )}
      {editing && <LayerForm name={editing} clusterName={clusterName} close={() => setEditing(undefined)} />}
    </Panel>
  );
}

/** Whether the cluster has what it was released. */
function Arrived({ values }: { values: ClusterValues }) {
  const { revision, reported_revision: reported, refused, held, change_id: change } = values;
  const under = change && (
    <>
      {" "}
      <Link to="/changes" search={{ change }} className="link">
        A change is on its way.
      </Link>
    </>
  );
  if (refused) {
    return (
      <p className={classes.sentence} role="status">
        <Glyph tone="bad" shape="diamond" />
        <span>
          It refused what it was released, and what was good before runs on: {refused}
          {under}
        </span>
      </p>
    );
  }
  if (reported === null || reported === undefined) {
    return <p className="quiet">Its operator has not said yet whether it takes settings from a hub.{under}</p>;
  }
  const there = revision === reported && held;
  return (
    <p className={classes.sentence} role="status">
      <Glyph tone={there ? "ok" : "busy"} shape={there ? "dot" : "quarter"} />
      <span>
        {there
          ? "It has all that it was released."
          : revision === reported
            ? "It has taken in what it was released, and is not at rest yet."
            : "It has not taken in yet what it was released."}
        {under}
      </span>
    </p>
  );
}

function Value({ value }: { value: ClusterValue }) {
  return (
    <li>
      <p className={classes.value}>
        <code>{value.pointer}</code> <strong>{text(value.effective)}</strong>
        <span className="label"> {value.overridden ? "set by the flag on the cluster" : `set by ${value.by}`}</span>
      </p>
      {(value.words.length > 1 || value.overridden) && (
        <p className="label">
          {value.overridden ? "overrides " : "over "}
          {(value.overridden ? value.words : value.words.slice(0, -1))
            .map((word) => `${word.layer}: ${text(word.value)}`)
            .reverse()
            .join(", ")}
        </p>
      )}
    </li>
  );
}
