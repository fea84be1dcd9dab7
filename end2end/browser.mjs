// A real Chromium whose pages fail the test on any console error or failed request.
import { chromium } from "playwright-core";

const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";

/** A page and the list of what went wrong on it; `close()` ends the browser. */
export async function openBrowser({ dark = false, width = 1440, height = 900 } = {}) {
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: dark ? "dark" : "light",
    acceptDownloads: true,
    reducedMotion: "reduce",
  });
  const page = await context.newPage();
  const problems = [];
  page.on("console", (message) => {
    if (message.type() === "error" || message.type() === "warning") problems.push(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => problems.push(`page error: ${error.message}`));
  page.on("requestfailed", (request) => {
    const why = request.failure()?.errorText ?? "";
    // Leaving a page ends its event stream and its prefetches; that is no failure.
    if (why !== "net::ERR_ABORTED") problems.push(`request failed: ${request.url()} ${why}`);
  });
  page.on("response", (response) => {
    if (response.status() >= 400) problems.push(`answer ${response.status()}: ${response.url()}`);
  });
  return { browser, context, page, problems, close: () => browser.close() };
}

/** Waits until the page's bundle has taken over. */
export async function alive(page) {
  await page.waitForFunction(() => document.documentElement.dataset.alive === "true", null, { timeout: 30_000 });
}

/** Fills the page of the first start and waits for the first workspace; without sample data unless it is asked for. */
export async function setUp(page, workspace, { sample = false } = {}) {
  await page.fill("#email", "ana@example.com");
  await page.fill("#name", "Ana");
  await page.fill("#password", "correct horse battery");
  await page.fill("#workspace", workspace);
  await page.setChecked("#sample-true", sample);
  const slug = workspace.toLowerCase().replaceAll(" ", "-");
  await Promise.all([page.waitForURL(`**/w/${slug}`), page.click("button:has-text('Create account')")]);
}
