// The command with the join token in it, kept for this tab only: it survives a reload and nothing else.
import type { JoinTokenSecret } from "../../api/type";

const key = (id: string) => `flagstaff-join-${id}`;
export type KeptCommand = JoinTokenSecret["command"];

export function keepCommand({ id, command }: JoinTokenSecret) {
  sessionStorage.setItem(key(id), JSON.stringify(command));
}

/** What was kept, or undefined in another tab or after this one was closed. */
export function keptCommand(id: string): KeptCommand | undefined {
  const text = sessionStorage.getItem(key(id));
  return text === null ? undefined : (JSON.parse(text) as KeptCommand);
}

export function forgetCommand(id: string) {
  sessionStorage.removeItem(key(id));
}
