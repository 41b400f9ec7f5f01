// Which gauges are drawn in which plot.
export type Line = { gauge: string; word: string; dashed?: boolean };
export type PlotPlan = { key: string; title: string; unit: string; lines: Line[] };

export const PLOTS: PlotPlan[] = [
  { key: "series", title: "Active series", unit: "", lines: [{ gauge: "series", word: "series" }] },
  {
    key: "samples",
    title: "Samples per second",
    unit: "",
    lines: [{ gauge: "samples_per_second", word: "samples/s" }],
  },
  {
    key: "targets",
    title: "Targets",
    unit: "",
    lines: [
      { gauge: "targets_up", word: "up" },
      { gauge: "targets_down", word: "down" },
    ],
  },
  {
    key: "agents",
    title: "Agents",
    unit: "",
    lines: [
      { gauge: "agents_ready", word: "ready" },
      { gauge: "agents_wanted", word: "wanted", dashed: true },
    ],
  },
  {
    key: "memory",
    title: "Memory of the agents, bytes",
    unit: "B",
    lines: [{ gauge: "agent_memory_bytes", word: "memory" }],
  },
  { key: "cpu", title: "CPU of the agents, cores", unit: "", lines: [{ gauge: "agent_cpu_cores", word: "cores" }] },
  {
    key: "failures",
    title: "Remote-write failures",
    unit: "",
    lines: [{ gauge: "remote_write_failures", word: "failures" }],
  },
];
