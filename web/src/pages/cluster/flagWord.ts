// What the flag of a cluster says, in words.
import type { Cluster } from "../../api/type";

export function flagWord(flag: Cluster["flag"]): string {
  if (!flag) return "not set";
  const by = flag.set_by ? ` by ${flag.set_by}` : "";
  if (flag.suspended) return `suspended${by}`;
  return flag.enabled ? `on${by}` : `off${by}`;
}
