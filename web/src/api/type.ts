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
export type LayerContent = Schemas["Content"];
export type LayerName = Schemas["LayerName"];
export type Edited = Schemas["Edited"];
export type LayerChange = Schemas["LayerChange"];
export type LayerChangeDetail = Schemas["LayerChangeDetail"];
export type ChangeCluster = Schemas["ChangeCluster"];
export type ClusterValues = Schemas["ClusterValues"];
export type ClusterValue = Schemas["ClusterValue"];
export type AuditEntry = Schemas["Entry"];
