// What a role may do; each one may what the one before it may.
const RANK = ["viewer", "operator", "admin"];
export type Role = "viewer" | "operator" | "admin";

/** A role that a newer hub invented may nothing here: the hub itself decides in any case. */
export function may(role: string | undefined, needed: Role): boolean {
  return role !== undefined && RANK.indexOf(role) >= RANK.indexOf(needed);
}

type Holder = { role: string; grants: { role: string }[] };

/** The highest role that an account has in any part of the fleet: where that is, the hub knows, and says so. */
export function highest(account: Holder | undefined): string | undefined {
  if (account === undefined) return undefined;
  const roles = [account.role, ...account.grants.map(({ role }) => role)];
  return roles.reduce((one, other) => (RANK.indexOf(other) > RANK.indexOf(one) ? other : one));
}

/** Who can do what needs this role. */
export const WHO: Record<Role, string> = {
  viewer: "everybody",
  operator: "an operator or an administrator",
  admin: "an administrator",
};
