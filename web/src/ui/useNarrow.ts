// Whether the screen is a phone's, as the style sheets have it.
import { useMediaQuery } from "@mantine/hooks";

export function useNarrow(): boolean {
  return useMediaQuery("(max-width: 720px)", undefined, { getInitialValueInEffect: false }) ?? false;
}
