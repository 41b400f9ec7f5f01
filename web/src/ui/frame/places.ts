// The pages that exist, in the order of the rail.
import {
  IconChartTreemap,
  IconGauge,
  IconHistory,
  IconLayoutGrid,
  IconSettings,
  IconStack2,
} from "@tabler/icons-react";
import { may } from "../../api/role";

export const PLACES = [
  { to: "/", word: "Fleet", key: "f", icon: IconLayoutGrid, needs: "viewer" },
  { to: "/series", word: "Series", key: "e", icon: IconChartTreemap, needs: "viewer" },
  { to: "/budgets", word: "Budgets", key: "b", icon: IconGauge, needs: "viewer" },
  { to: "/changes", word: "Changes", key: "h", icon: IconStack2, needs: "viewer" },
  { to: "/audit", word: "Audit", key: "a", icon: IconHistory, needs: "operator" },
  { to: "/settings", word: "Settings", key: "s", icon: IconSettings, needs: "viewer" },
] as const;

/** The pages that this role can use. */
export function placesFor(role: string | undefined) {
  return PLACES.filter(({ needs }) => may(role, needs));
}
