// Packs what was built with Brotli beside each file, as the hub serves it.
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants } from "node:zlib";
import type { Plugin } from "vite";

const pack = promisify(brotliCompress);
const WORTH = /\.(js|css|html|svg|json)$/;

export function brotli(): Plugin {
  let folder = "";
  return {
    name: "flagstaff-brotli",
    apply: "build",
    configResolved(config) {
      folder = resolve(config.root, config.build.outDir);
    },
    async closeBundle() {
      for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
        if (!entry.isFile() || !WORTH.test(entry.name)) continue;
        const path = join(entry.parentPath, entry.name);
        const packed = await pack(await readFile(path), { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } });
        await writeFile(`${path}.br`, packed);
      }
    },
  };
}
