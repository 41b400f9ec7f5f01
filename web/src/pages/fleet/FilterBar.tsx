// Narrows what is shown, changes the view, exports what is shown.
import { Button, TextInput } from "@mantine/core";
import { IconDownload, IconFilter, IconLayoutGrid, IconSitemap, IconTable, IconX } from "@tabler/icons-react";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { lazy, Suspense, useRef } from "react";
import { useHotkeys } from "react-hotkeys-hook";
import { look } from "../../api/state";
import type { Cluster } from "../../api/type";
import { saveCsv } from "./csv";
import classes from "./FilterBar.module.css";

const ColumnMenu = lazy(() => import("./ColumnMenu"));

type Props = { all: Cluster[]; shown: Cluster[] };

export function FilterBar({ all, shown }: Props) {
  const { q, state, unwell, view } = useSearch({ from: "/signed-in/" });
  const navigate = useNavigate({ from: "/" });
  const field = useRef<HTMLInputElement>(null);
  useHotkeys("/", () => field.current?.focus(), { preventDefault: true, useKey: true });
  return (
    <search className={classes.bar}>
      <TextInput
        ref={field}
        className={classes.field}
        size="xs"
        aria-label="Filter clusters"
        placeholder="Filter by name, place, version"
        leftSection={<IconFilter size={14} />}
        value={q ?? ""}
        onChange={(event) => {
          const value = event.currentTarget.value || undefined;
          void navigate({ search: (old) => ({ ...old, q: value }), replace: true });
        }}
        onKeyDown={(event) => event.key === "Escape" && field.current?.blur()}
      />
      <button
        type="button"
        className={classes.toggle}
        aria-pressed={unwell === true}
        title="Only what is not well ( ! )"
        onClick={() => void navigate({ search: (old) => ({ ...old, unwell: unwell ? undefined : true }) })}
      >
        Not well
      </button>
      {state && (
        <button
          type="button"
          className={classes.toggle}
          aria-pressed
          onClick={() => void navigate({ search: (old) => ({ ...old, state: undefined }) })}
        >
          {look(state).word} <IconX size={12} aria-label="leave out this filter" />
        </button>
      )}
      {shown.length !== all.length && (
        <span className="label num" role="status">
          {shown.length} of {all.length}
        </span>
      )}
      <span className={classes.space} />
      {view === "table" && (
        <Suspense>
          <ColumnMenu />
        </Suspense>
      )}
      <fieldset className={classes.views}>
        <legend className="sr">View</legend>
        {(
          [
            [undefined, "Map", IconLayoutGrid],
            ["table", "Table", IconTable],
            ["graph", "Graph", IconSitemap],
          ] as const
        ).map(([key, word, Icon]) => (
          <button
            key={word}
            type="button"
            aria-pressed={view === key}
            onClick={() => void navigate({ search: (old) => ({ ...old, view: key }) })}
          >
            <Icon size={15} aria-hidden /> {word}
          </button>
        ))}
      </fieldset>
      <Button
        className={classes.export}
        variant="default"
        size="xs"
        leftSection={<IconDownload size={14} />}
        onClick={() => saveCsv(shown)}
      >
        Export
      </Button>
    </search>
  );
}
