// The pages that exist, in the order of the rail.
import { IconHistory, IconLayoutGrid, IconSettings } from "@tabler/icons-react";

export const PLACES = [
  { to: "/", word: "Fleet", key: "f", icon: IconLayoutGrid },
  { to: "/audit", word: "Audit", key: "a", icon: IconHistory },
  { to: "/settings", word: "Settings", key: "s", icon: IconSettings },
] as const;
