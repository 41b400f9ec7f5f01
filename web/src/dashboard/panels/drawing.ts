// Which type of panel is drawn by what; a type that is not here is named and not drawn.
import { type ComponentType, lazy } from "react";
import type { components } from "../../api/schema";
import type { Panel } from "../model";
import type { Context } from "../PanelCard";
import type { NamedSeries } from "../series";
import { BarPanel } from "./BarPanel";
import { GaugePanel } from "./GaugePanel";
import { LogPanel } from "./LogPanel";
import { SeriesTable } from "./SeriesTable";
import { StatPanel } from "./StatPanel";
import { TablePanel } from "./TablePanel";

export type DrawingProps = {
  panel: Panel;
  title: string;
  series: NamedSeries[];
  streams: components["schemas"]["LogStream"][];
  context: Context;
};
type Drawing = { component: ComponentType<DrawingProps>; table?: ComponentType<DrawingProps> };

const TimePanel = lazy(() => import("./TimePanel"));

const DRAWINGS: Record<string, Drawing> = {
  timeseries: { component: TimePanel, table: SeriesTable },
  graph: { component: TimePanel, table: SeriesTable },
  stat: { component: StatPanel },
  singlestat: { component: StatPanel },
  gauge: { component: GaugePanel },
  bargauge: { component: BarPanel },
  barchart: { component: BarPanel },
  table: { component: TablePanel },
  "table-old": { component: TablePanel },
  logs: { component: LogPanel },
};

export function drawingOf(type: string): Drawing | undefined {
  return DRAWINGS[type];
}
