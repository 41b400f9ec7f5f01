// Mantine's parts in the console's tokens: accent means pressable, and nothing else.
import { ActionIcon, Button, createTheme, Tooltip } from "@mantine/core";

type Variant = string | undefined;

const buttonVars = (variant: Variant) => {
  if (variant === "default") {
    return {
      "--button-bg": "var(--surface)",
      "--button-hover": "var(--raised)",
      "--button-color": "var(--ink)",
      "--button-bd": "1px solid var(--control)",
    };
  }
  if (variant === "danger") {
    return {
      "--button-bg": "var(--bad)",
      "--button-hover": "var(--bad)",
      "--button-color": "var(--surface)",
      "--button-bd": "1px solid transparent",
    };
  }
  return {
    "--button-bg": "var(--accent)",
    "--button-hover": "var(--accent)",
    "--button-color": "var(--on-accent)",
    "--button-bd": "1px solid transparent",
  };
};

export const theme = createTheme({
  cursorType: "pointer",
  defaultRadius: 4,
  fontFamily: "var(--font)",
  components: {
    Button: Button.extend({
      defaultProps: { size: "sm" },
      vars: (_, props) => ({ root: buttonVars(props.variant) }),
    }),
    ActionIcon: ActionIcon.extend({
      vars: (_, props) => ({
        root: {
          "--ai-bg": props.variant === "default" ? "var(--surface)" : "transparent",
          "--ai-hover": "var(--raised)",
          "--ai-color": "var(--ink)",
          "--ai-bd": props.variant === "default" ? "1px solid var(--control)" : "1px solid transparent",
        },
      }),
    }),
    Tooltip: Tooltip.extend({ defaultProps: { openDelay: 300, transitionProps: { duration: 80 } } }),
  },
});
