// A simulated fleet: which clusters there are, over six regions of four providers.
import { createHash } from "node:crypto";
import { seeded } from "./seed";

export type Plan = {
  uid: string;
  name: string;
  region: string;
  provider: string;
  environment: string;
  series: number;
  nodes: number;
  version: string;
  mood: "well" | "degraded" | "failing" | "suspended" | "off";
};

const REGIONS: [string, string][] = [
  ["aws", "eu-west-1"],
  ["aws", "us-east-1"],
  ["aws", "ap-south-1"],
  ["azure", "westeurope"],
  ["gce", "europe-west4"],
  ["ovh", "gra-9"],
];

function uid(text: string): string {
  const hex = createHash("sha256").update(text).digest("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join("-");
}

/** `count` clusters, the same for the same seed. A few are not well, as in any fleet. */
export function planFleet(count: number, seed = 7): Plan[] {
  const random = seeded(seed);
  const numbers = new Map<string, number>();
  return Array.from({ length: count }, (_, at) => {
    const [provider, region] = REGIONS[at % REGIONS.length] as [string, string];
    const environment = random() < 0.7 ? "prod" : "stage";
    const key = `${region}-${environment}`;
    const number = (numbers.get(key) ?? 0) + 1;
    numbers.set(key, number);
    const chance = random();
    return {
      uid: uid(`${seed} ${at}`),
      name: `${key}-${number}`,
      region,
      provider,
      environment,
      series: Math.round((environment === "prod" ? 150_000 : 20_000) * (0.5 + random() * 1.6)),
      nodes: 3 + Math.floor(random() * 60),
      version: at % 11 === 5 ? "1.5.0-rc.1" : "1.4.0",
      mood: chance < 0.045 ? "degraded" : chance < 0.07 ? "failing" : chance < 0.09 ? "suspended" : "well",
    };
  });
}
