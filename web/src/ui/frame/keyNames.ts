// What each key does, as `?` lists it.
export const KEY_NAMES: [string, string][] = [
  ["⌘K · Ctrl K", "search and commands"],
  ["/", "filter"],
  ["g then f, h, a, s", "fleet, changes, audit, settings"],
  ["arrows · j k", "move between clusters"],
  ["Enter", "open"],
  ["Esc", "back"],
  ["[ ]", "shorter or longer range of the plots"],
  ["!", "only what is not well"],
  ["v", "the next view of the fleet"],
  ["c", "copy the link to what is shown"],
  ["?", "these keys"],
];
