// Chromium without a screen, and pages that remember every error of their console.
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";

export type Scheme = "light" | "dark";
export type Watched = { page: Page; errors: string[]; close: () => Promise<void> };

export function openBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

type Asked = { width: number; scheme: Scheme; state?: Awaited<ReturnType<BrowserContext["storageState"]>> };

/** A page in a context of its own; motion is off, as screenshots need it. */
export async function openPage(browser: Browser, { width, scheme, state }: Asked): Promise<Watched> {
  const context = await browser.newContext({
    viewport: { width, height: width < 720 ? 780 : 900 },
    colorScheme: scheme,
    reducedMotion: "reduce",
    storageState: state,
    timezoneId: "UTC",
    locale: "en-GB",
  });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  const errors: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning")
      errors.push(`${message.text()} (${message.location().url})`);
  });
  page.on("pageerror", (error) => errors.push(error.message));
  return { page, errors, close: () => context.close() };
}
