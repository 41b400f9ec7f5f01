// What a role may do; each one may what the one before it may.
const RANK = ["viewer", "operator", "admin"];
export type Role = "viewer" | "operator" | "admin";

/** A role that a newer hub invented may nothing here: the hub itself decides in any case. */
export function may(role: string | undefined, needed: Role): boolean {
  return role !== undefined && RANK.indexOf(role) >= RANK.indexOf(needed);
}

/** Who can do what needs this role. */
export const WHO: Record<Role, string> = {
  viewer: "everybody",
  operator: "an operator or an administrator",
  admin: "an administrator",
};
