// The names under which the console uses the hub's types.
import type { components } from "./schema";

type Schemas = components["schemas"];
/** A time (RFC 3339) and a value; null where it was not known. */
export type Point = [string, number | null];
export type Session = Schemas["Session"];
// The hub's document cannot say that a point is a pair.
export type Cluster = Omit<Schemas["Cluster"], "series_trend"> & { series_trend: Point[] };
export type ClusterDetail = Omit<Schemas["ClusterDetail"], "series_trend"> & { series_trend: Point[] };
export type TimelineEvent = Schemas["Event"];
export type GaugeHistory = Omit<Schemas["GaugeSeries"], "points"> & { points: Point[] };
export type Attention = Schemas["Line"];
export type JoinToken = Schemas["Token"];
export type JoinTokenSecret = Schemas["MadeToken"];
export type Store = Schemas["Store"];
export type StoreDraft = Schemas["StoreDraft"];
export type StoreCheck = Schemas["StoreCheck"];
export type Layer = Schemas["LayerView"];
/** What a layer sets; of values and destinations the console knows no more than that they are JSON. */
export type LayerContent = {
  enabled?: boolean | null;
  suspend?: boolean | null;
  packs?: Record<string, unknown>;
  destinations?: unknown[] | null;
};
export type LayerEdit = Schemas["LayerEdit"];
export type LayerName = Schemas["LayerName"];
export type Edited = Schemas["Edited"];
export type LayerChange = Schemas["LayerChange"];
export type LayerChangeDetail = Schemas["LayerChangeDetail"];
export type ChangeCluster = Schemas["ChangeCluster"];
export type ClusterValues = Schemas["ClusterValues"];
export type ClusterValue = Schemas["ClusterValue"];
export type AuditEntry = Schemas["Entry"];
export type Account = Schemas["Account"];
export type Team = Schemas["Team"];
export type Scope = Schemas["Scope"];
export type ApiToken = Schemas["ApiToken"];
export type ApiTokenSecret = Schemas["MadeApiToken"];

export type SeriesNumber = Schemas["SeriesNumber"];
export type SeriesCost = Schemas["SeriesCost"];
export type SeriesRow = Schemas["SeriesRow"];
export type SeriesPage = Schemas["SeriesList"];
export type MetricLabel = Schemas["SeriesLabel"];
export type Budget = Schemas["Budget"];
export type BudgetOrdered = Schemas["BudgetOrdered"];
export type RefusedSeries = Schemas["RefusedSeries"];
export type Tried = Schemas["Tried"];
export type LeftWithout = Schemas["LeftWithout"];
export type KeptMetric = Schemas["KeptMetric"];
export type BudgetScope = Schemas["BudgetScope"];
export type NotificationTarget = Schemas["NotificationTarget"];
