// Builds the console into web/dist: no inline script, no data URIs, so that the hub's content policy can be strict.
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { brotli } from "./brotli";

export default defineConfig({
  plugins: [react(), brotli()],
  build: {
    target: "es2022",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    manifest: "manifest.json",
    chunkSizeWarningLimit: 700,
  },
  server: {
    proxy: { "/api": { target: process.env.FLAGSTAFF_HUB ?? "http://127.0.0.1:8443" } },
  },
});
