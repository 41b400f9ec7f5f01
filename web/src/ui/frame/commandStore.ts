// Opens the search and commands from anywhere, before the part that draws them is loaded.
import { createSpotlight } from "@mantine/spotlight";

export const [commandStore, commands] = createSpotlight();

export function openCommands() {
  commands.open();
}
