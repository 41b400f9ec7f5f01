// Where the choice of light, dark or the system's own is kept; `public/scheme.js` reads the same key before the first paint.
import { localStorageColorSchemeManager } from "@mantine/core";

export const schemeKept = localStorageColorSchemeManager({ key: "flagstaff-scheme" });
