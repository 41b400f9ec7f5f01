// Browser tests: Chromium against the real hub, which serves the production build; one file after another, as they share one machine.
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["browser-tests/**/*.test.ts"],
    environment: "node",
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 180_000,
    // One machine carries all of it: what fails beside the rest is tried once more, and named.
    retry: 1,
  },
});
