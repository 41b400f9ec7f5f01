// Writes src/api/schema.d.ts from the hub's own description of its API.
import { readFile, writeFile } from "node:fs/promises";
import openapiTS, { astToString } from "openapi-typescript";

const source = new URL(process.argv[2] ?? "../api-server/openapi.json", `file://${process.cwd()}/`);
const document = JSON.parse(await readFile(source, "utf8"));
const target = new URL("src/api/schema.d.ts", import.meta.url);
await writeFile(
  target,
  `// Generated from the hub's openapi.json by \`npm run generate\`.\n${astToString(await openapiTS(document))}`,
);
