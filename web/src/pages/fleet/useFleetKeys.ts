// Keys of the fleet: `!` and `v`, and arrows or j k between clusters.
import { useNavigate } from "@tanstack/react-router";
import { useHotkeys } from "react-hotkeys-hook";
import type { FleetSearch } from "../../search";

type Step = { x: number; y: number };
const NEXT_VIEW = { map: "table", table: "graph", graph: undefined } as const;
const STEPS: Record<string, Step> = {
  ArrowLeft: { x: -1, y: 0 },
  ArrowRight: { x: 1, y: 0 },
  ArrowUp: { x: 0, y: -1 },
  ArrowDown: { x: 0, y: 1 },
};

/** The nearest cluster in that direction; distance across counts double, so that rows and columns hold. */
function nearest(from: DOMRect, others: HTMLElement[], { x, y }: Step): HTMLElement | undefined {
  let best: HTMLElement | undefined;
  let bestCost = Number.POSITIVE_INFINITY;
  for (const other of others) {
    const box = other.getBoundingClientRect();
    const dx = box.left - from.left;
    const dy = box.top - from.top;
    const along = dx * x + dy * y;
    if (along <= 1) continue;
    const cost = along + 2 * Math.abs(x === 0 ? dx : dy);
    if (cost < bestCost) [best, bestCost] = [other, cost];
  }
  return best;
}

function move(event: KeyboardEvent) {
  const all = [...document.querySelectorAll<HTMLElement>("[data-cluster]")];
  const at = all.indexOf(document.activeElement as HTMLElement);
  const current = all[at];
  if (!current) {
    if (event.key !== "ArrowLeft" && event.key !== "ArrowUp") all[0]?.focus();
    return;
  }
  const step = STEPS[event.key];
  if (step) nearest(current.getBoundingClientRect(), all, step)?.focus();
  else all[at + (event.key === "j" ? 1 : -1)]?.focus();
}

export function useFleetKeys() {
  const navigate = useNavigate({ from: "/" });
  useHotkeys(
    "!",
    () =>
      void navigate({ search: (old: FleetSearch) => ({ ...old, unwell: old.unwell ? undefined : (true as const) }) }),
    {
      useKey: true,
    },
  );
  useHotkeys(
    "v",
    () => void navigate({ search: (old: FleetSearch) => ({ ...old, view: NEXT_VIEW[old.view ?? "map"] }) }),
  );
  useHotkeys("j,k", move);
  useHotkeys("left,right,up,down", (event) => {
    // Without a cluster in focus the arrows scroll, as everywhere.
    if (!(document.activeElement instanceof HTMLElement) || !("cluster" in document.activeElement.dataset)) return;
    event.preventDefault();
    move(event);
  });
}
