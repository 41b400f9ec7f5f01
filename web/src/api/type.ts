// The names under which the console uses the hub's types.
import type { components } from "./schema";

type Schemas = components["schemas"];
export type Session = Schemas["Session"];
export type Cluster = Schemas["Cluster"];
export type ClusterDetail = Schemas["ClusterDetail"];
export type TimelineEvent = Schemas["Event"];
export type GaugeHistory = Schemas["GaugeHistory"];
export type Attention = Schemas["Attention"];
export type JoinToken = Schemas["JoinToken"];
export type JoinTokenSecret = Schemas["JoinTokenSecret"];
export type NewJoinToken = Schemas["NewJoinToken"];
export type AuditEntry = Schemas["AuditEntry"];
