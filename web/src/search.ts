// Reading values out of an address, which anybody can write.

/** A text, or a number that the address's parser made of one; anything else is left out. */
export function text(value: unknown): string | undefined {
  if (typeof value === "string" && value !== "") return value;
  return typeof value === "number" ? String(value) : undefined;
}

/** Lists of texts by their names; anything else is left out. */
export function textLists(value: unknown): Record<string, string[]> | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const lists = Object.entries(value).filter((entry): entry is [string, string[]] => {
    const [, list] = entry;
    return Array.isArray(list) && list.every((each) => typeof each === "string");
  });
  return lists.length > 0 ? Object.fromEntries(lists) : undefined;
}

/** A path of this site, or the first page: an address must not lead anywhere else. */
export function ownPath(next: string | undefined): string {
  return next?.startsWith("/") && !next.startsWith("//") && !next.startsWith("/\\") ? next : "/";
}

/** What the fleet's address keeps. */
export type FleetSearch = {
  view?: "table" | "graph";
  unwell?: true;
  state?: string;
  q?: string;
  sort?: string;
  columns?: string;
};
